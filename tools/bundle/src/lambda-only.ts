import { dirname } from 'node:path';
import { readFile } from 'node:fs/promises';
import type { Metafile, OnLoadResult, Plugin } from 'esbuild';

/** A module of the AWS SDK that a Lambda function needs only in part or not at all. */
interface Swap {
  /** The npm package. Every bundle that contains the package must contain the module. */
  readonly package: string;
  /** The module's path in the package. */
  readonly path: string;
  /** Text that the module must contain. If the text is missing, the module has changed since the swap was written. */
  readonly expected: string;
  /** Returns the module's new text. If it lacks an export that a client imports, esbuild fails. */
  readonly write: (original: string) => string;
}

const CORE = '@smithy/core';

function leavesOut(what: string): string {
  return JSON.stringify(`this bundle leaves out ${what}: see tools/bundle/src/lambda-only.ts`);
}

/**
 * Every swap removes code that a cold start would parse but not run. Together they save 150 KB and a sixth of the CPU time to load a
 * bundle.
 */
const SWAPS: readonly Swap[] = [
  {
    // Lambda puts the keys of the role into the environment, so no other credential provider (SSO, profiles, instance metadata, …) is
    // needed. Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
    package: '@aws-sdk/credential-provider-node',
    path: 'dist-es/index.js',
    expected: 'defaultProvider',
    write: () => `export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';`,
  },
  {
    // Settings also come from the environment: a function has no ~/.aws/config.
    package: CORE,
    path: 'dist-es/submodules/config/node-config-provider/fromSharedConfigFiles.js',
    expected: 'export const fromSharedConfigFiles = (configSelector, ',
    write: () => `
      import { CredentialsProviderError } from "../property-provider/CredentialsProviderError";
      export const fromSharedConfigFiles = () => async () => { throw new CredentialsProviderError("a Lambda has no shared configuration files"); };`,
  },
  {
    // Called only in the defaults mode "auto", and only outside Lambda.
    package: CORE,
    path: 'dist-es/submodules/config/config-resolver/regionConfig/getInstanceMetadataRegion.js',
    expected: 'export const getInstanceMetadataRegion = async () => {',
    write: () => 'export const getInstanceMetadataRegion = async () => undefined;',
  },
  {
    // No operation that a function calls returns an event stream. The reader of event streams also loads `node:zlib`.
    package: CORE,
    path: 'dist-es/submodules/event-streams/index.js',
    expected: 'resolveEventStreamSerdeConfig',
    write: () => `
      const refuse = () => { throw new Error(${leavesOut('event streams')}); };
      export const EventStreamSerde = refuse;
      export const eventStreamSerdeProvider = refuse;
      export const resolveEventStreamSerdeConfig = (config) => config;`,
  },
  {
    // The SDK tests at every start whether Node.js has OpenSSL, and falls back to SHA-256 in JavaScript. The fallback is useless, because
    // HTTPS needs OpenSSL.
    package: CORE,
    path: 'dist-es/submodules/checksum/sha256/Sha256Node.js',
    expected: 'export const Sha256Node = hasNativeCrypto ? buildNativeClass() : Sha256Js;',
    write: (original) =>
      original
        .replace(/^const hasNativeCrypto = \(\(\) => \{[^]*?^\}\)\(\);$/m, '')
        .replace('hasNativeCrypto ? buildNativeClass() : Sha256Js', 'buildNativeClass()'),
  },
  {
    // Turns the retry mode "adaptive" into "standard": a few attempts of a call are too few to adapt a rate.
    package: CORE,
    path: 'dist-es/submodules/retry/util-retry/DefaultRateLimiter.js',
    expected: 'export class DefaultRateLimiter {',
    write: () => 'export class DefaultRateLimiter { async getSendToken() {} updateClientSendingRate() {} }',
  },
  {
    // JavaScript's own date parser reads the same three formats.
    package: CORE,
    path: 'dist-es/submodules/retry/middleware-retry/parseRetryAfterHeader.js',
    expected: 'parseRfc7231DateTime(retryAfter)',
    write: (original) => original.replace('parseRfc7231DateTime(retryAfter)', 'new Date(retryAfter)'),
  },
  {
    // Lets esbuild drop unused date patterns. Without the comment, it must assume that creating one has side effects.
    package: CORE,
    path: 'dist-es/submodules/serde/date-utils.js',
    expected: ' = new RegExp(/',
    write: (original) => original.replaceAll(' = new RegExp(/', ' = /* @__PURE__ */ new RegExp(/'),
  },
  {
    // Formats the headers of the events in an event stream.
    package: '@smithy/signature-v4',
    path: 'dist-es/HeaderFormatter.js',
    expected: 'export class HeaderFormatter {',
    write: () => `export class HeaderFormatter { format() { throw new Error(${leavesOut('the signing of events')}); } }`,
  },
  {
    // Writes every call to the client's logger. The clients of the functions have no logger.
    package: '@aws-sdk/core',
    path: 'dist-es/submodules/client/middleware-logger/loggerMiddleware.js',
    expected: 'export const getLoggerPlugin = (options) => ({',
    write: () => `
      export const loggerMiddleware = () => (next) => next;
      export const loggerMiddlewareOptions = {};
      export const getLoggerPlugin = () => ({ applyToStack: () => {} });`,
  },
  {
    package: CORE,
    path: 'dist-es/submodules/endpoints/middleware-endpoint/service-customizations/index.js',
    expected: 'resolveParamsForS3',
    write: () => `export const resolveParamsForS3 = async () => { throw new Error(${leavesOut('the endpoints of S3')}); };`,
  },
  {
    // The notice that later SDK versions need a newer Node.js is for people who update the SDK, not for readers of a function's log.
    package: '@aws-sdk/core',
    path: 'dist-es/submodules/client/emitWarningIfUnsupportedVersion.js',
    expected: 'export const emitWarningIfUnsupportedVersion = (version) => {',
    write: () => 'export const state = { warningEmitted: true };\nexport const emitWarningIfUnsupportedVersion = () => {};',
  },
];

/** Returns only the version from a client's `package.json`, because the client reads nothing else. */
function versionAlone(original: string): string {
  const { version } = JSON.parse(original) as { version?: unknown };
  if (typeof version !== 'string') throw new Error('expected a text `version`');
  return JSON.stringify({ version });
}

/** Replaces modules of the SDK with shorter ones, and the module `process` with the global of that name. */
export const lambdaOnly: Plugin = {
  name: 'lambda-only',
  setup: (build) => {
    const rewrite = (filter: RegExp, loader: 'js' | 'json', write: (original: string) => string): void => {
      build.onLoad({ filter }, async ({ path }): Promise<OnLoadResult> => {
        const original = await readFile(path, 'utf8');
        try {
          return { contents: write(original), loader, resolveDir: dirname(path) };
        } catch (error) {
          return { errors: [{ text: error instanceof Error ? error.message : String(error), location: { file: path } }] };
        }
      });
    };
    for (const { package: name, path, expected, write } of SWAPS)
      rewrite(new RegExp(`[\\\\/]${`${name}/${path}`.replaceAll('.', '\\.').replaceAll('/', '[\\\\/]')}$`), 'js', (original) => {
        if (original.includes(expected)) return write(original);
        throw new Error(
          `this module has changed since its replacement in tools/bundle/src/lambda-only.ts was written: expected \`${expected}\``,
        );
      });
    rewrite(/[\\/]@aws-sdk[\\/]client-[^\\/]+[\\/]package\.json$/, 'json', versionAlone);

    // Importing the module would read all of its exports, which opens the standard input.
    build.onResolve({ filter: /^(node:)?process$/ }, () => ({ path: 'process', namespace: 'process', sideEffects: false }));
    build.onLoad({ filter: /.*/, namespace: 'process' }, () => ({ contents: 'export const { env, versions } = process;', loader: 'js' }));
  },
};

/**
 * Returns a problem for each swap that was not made although the bundle contains its package: the SDK has moved the module.
 */
export function sdkSwapProblems(inputs: Metafile['inputs']): readonly string[] {
  const paths = Object.keys(inputs);
  return SWAPS.filter(
    ({ package: name, path }) =>
      paths.some((each) => each.includes(`node_modules/${name}/`)) && !paths.some((each) => each.endsWith(`node_modules/${name}/${path}`)),
  ).map(
    ({ package: name, path }) => `\`${name}\` has no module \`${path}\`: expected it, because tools/bundle/src/lambda-only.ts replaces it`,
  );
}
