import { dirname } from 'node:path';
import type { Plugin } from 'esbuild';

const chain = '@aws-sdk/credential-provider-node';
const namespace = 'environment-credentials';

// Only what clients import from the chain: should one ask for more, esbuild stops at the missing export.
const contents = `export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';`;

/**
 * Replaces the AWS SDK's chain of credential providers (SSO, profiles, web identity, instance metadata …) by the one a
 * Lambda uses: the service puts the role's keys into `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and
 * `AWS_SESSION_TOKEN`. Without them a call fails with the SDK's `CredentialsProviderError`, which says so.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
export const environmentCredentials: Plugin = {
  name: 'environment-credentials',
  setup: (build) => {
    build.onResolve({ filter: new RegExp(`^${chain}$`) }, async ({ kind, resolveDir, importer, pluginData }) => {
      if (pluginData === namespace) return undefined;
      const original = await build.resolve(chain, { kind, resolveDir, importer, pluginData: namespace });
      if (original.errors.length > 0) return { errors: original.errors };
      return { path: original.path, namespace };
    });
    // The replacement imports as the chain itself would: from where the chain is installed.
    build.onLoad({ filter: /.*/, namespace }, ({ path }) => ({ contents, loader: 'js', resolveDir: dirname(path) }));
  },
};
