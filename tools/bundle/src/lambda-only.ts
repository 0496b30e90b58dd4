import { dirname } from 'node:path';
import { readFile } from 'node:fs/promises';
import type { Metafile, OnLoadResult, Plugin } from 'esbuild';

/** A module of the AWS SDK that a Lambda does not need, or not whole. */
interface Swap {
  /** The package, in whose every bundle the module is expected. */
  readonly package: string;
  /** The module's path within the package. */
  readonly path: string;
  /** Text that the module must have: without it the module is no longer the one that the swap was written for. */
  readonly expected: string;
  /** The module's new text, made of its old. An export that a client needs and that is missing stops esbuild. */
  readonly write: (original: string) => string;
}

const CORE = '@smithy/core';

/** The text of an error, as a literal. */
function leavesOut(what: string): string {
  return JSON.stringify(`this bundle leaves out ${what}: see tools/bundle/src/lambda-only.ts`);
}

/** Every entry removes code that would only be parsed at a cold start. */
const SWAPS: readonly Swap[] = [
  {
    // Lambda puts the keys of the role into the environment, so the chain of providers (SSO, profiles, instance metadata, …) is one.
    // Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
    package: '@aws-sdk/credential-provider-node',
    path: 'dist-es/index.js',
    expected: 'defaultProvider',
    write: () => `export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';`,
  },
  {
    // The same for settings: a function has environment variables, and no ~/.aws/config.
    package: CORE,
    path: 'dist-es/submodules/config/node-config-provider/fromSharedConfigFiles.js',
    expected: 'export const fromSharedConfigFiles = (configSelector, ',
    write: () => `
      import { CredentialsProviderError } from "../property-provider/CredentialsProviderError";
      export const fromSharedConfigFiles = () => async () => { throw new CredentialsProviderError("a Lambda has no shared configuration files"); };`,
  },
  {
    // Asked in the defaults mode "auto" only, and there only outside of Lambda.
    package: CORE,
    path: 'dist-es/submodules/config/config-resolver/regionConfig/getInstanceMetadataRegion.js',
    expected: 'export const getInstanceMetadataRegion = async () => {',
    write: () => 'export const getInstanceMetadataRegion = async () => undefined;',
  },
  {
    // No operation that a function calls answers with an event stream; its reader loads `node:zlib` too.
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
    // Trying whether Node.js has OpenSSL makes a hash at every start, and keeps SHA-256 in JavaScript. Without OpenSSL there is no HTTPS either.
    package: CORE,
    path: 'dist-es/submodules/checksum/sha256/Sha256Node.js',
    expected: 'export const Sha256Node = hasNativeCrypto ? buildNativeClass() : Sha256Js;',
    write: (original) =>
      original
        .replace(/^const hasNativeCrypto = \(\(\) => \{[^]*?^\}\)\(\);$/m, '')
        .replace('hasNativeCrypto ? buildNativeClass() : Sha256Js', 'buildNativeClass()'),
  },
  {
    // The retry mode "adaptive" becomes "standard": with at most a few attempts of a call there is no rate to adapt.
    package: CORE,
    path: 'dist-es/submodules/retry/util-retry/DefaultRateLimiter.js',
    expected: 'export class DefaultRateLimiter {',
    write: () => 'export class DefaultRateLimiter { async getSendToken() {} updateClientSendingRate() {} }',
  },
  {
    // The SDK's own parser of dates, where that of JavaScript reads the same three formats.
    package: CORE,
    path: 'dist-es/submodules/retry/middleware-retry/parseRetryAfterHeader.js',
    expected: 'parseRfc7231DateTime(retryAfter)',
    write: (original) => original.replace('parseRfc7231DateTime(retryAfter)', 'new Date(retryAfter)'),
  },
  {
    // Lets esbuild drop the patterns of dates that nobody reads: making one could have an effect, for all it knows.
    package: CORE,
    path: 'dist-es/submodules/serde/date-utils.js',
    expected: ' = new RegExp(/',
    write: (original) => original.replaceAll(' = new RegExp(/', ' = /* @__PURE__ */ new RegExp(/'),
  },
  {
    // Headers of events in a stream.
    package: '@smithy/signature-v4',
    path: 'dist-es/HeaderFormatter.js',
    expected: 'export class HeaderFormatter {',
    write: () => `export class HeaderFormatter { format() { throw new Error(${leavesOut('the signing of events')}); } }`,
  },
  {
    // Writes every call to the client's logger, which no client of a function has.
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
    // The notice that later versions will want a newer Node.js is for those who update the SDK, not for who reads a function's log.
    package: '@aws-sdk/core',
    path: 'dist-es/submodules/client/emitWarningIfUnsupportedVersion.js',
    expected: 'export const emitWarningIfUnsupportedVersion = (version) => {',
    write: () => 'export const state = { warningEmitted: true };\nexport const emitWarningIfUnsupportedVersion = () => {};',
  },
  {
    package: '@aws-sdk/core',
    path: 'dist-es/submodules/client/util-endpoints/lib/aws/partitions.js',
    expected: 'export const partitionsInfo = {',
    write: withoutRegionsThatMatch,
  },
];

interface Partition {
  readonly regionRegex: string;
  readonly regions: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** Leaves out the regions that the SDK finds by their partition's pattern as well, and whose entry says no more than a name for people. */
function withoutRegionsThatMatch(original: string): string {
  const [, json = ''] = /^export const partitionsInfo = (\{[^]*\});\s*$/.exec(original) ?? [];
  const { partitions, ...rest } = JSON.parse(json) as { partitions: readonly Partition[] };
  const byPattern = (region: string): Partition | undefined => partitions.find(({ regionRegex }) => new RegExp(regionRegex).test(region));
  const shorter = partitions.map((partition) => ({
    ...partition,
    regions: Object.fromEntries(
      Object.entries(partition.regions)
        .map(([region, entry]) => [region, Object.entries(entry).filter(([key]) => key !== 'description')] as const)
        .filter(([region, more]) => byPattern(region) !== partition || more.length > 0)
        .map(([region, more]) => [region, Object.fromEntries(more)]),
    ),
  }));
  return `export const partitionsInfo = ${JSON.stringify({ ...rest, partitions: shorter })};`;
}

/** Parses the name of a client's version out of its `package.json`, which is all that the client reads of it. */
function versionAlone(original: string): string {
  const { version } = JSON.parse(original) as { version?: unknown };
  if (typeof version !== 'string') throw new Error('expected a text `version`');
  return JSON.stringify({ version });
}

/** Puts the shorter modules in place of the SDK's own, and reads the process from the global of that name. */
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
        throw new Error(`this module has changed since a shorter one was written for it: expected \`${expected}\``);
      });
    rewrite(/[\\/]@aws-sdk[\\/]client-[^\\/]+[\\/]package\.json$/, 'json', versionAlone);

    // Importing the module would read each of its exports, and so open the standard input.
    build.onResolve({ filter: /^(node:)?process$/ }, () => ({ path: 'process', namespace: 'process', sideEffects: false }));
    build.onLoad({ filter: /.*/, namespace: 'process' }, () => ({ contents: 'export const { env, versions } = process;', loader: 'js' }));
  },
};

/** Returns the swaps that were not made though their package is there: the SDK has moved the module. */
export function sdkSwapProblems(inputs: Metafile['inputs']): readonly string[] {
  const paths = Object.keys(inputs);
  return SWAPS.filter(
    ({ package: name, path }) =>
      paths.some((each) => each.includes(`node_modules/${name}/`)) && !paths.some((each) => each.endsWith(`node_modules/${name}/${path}`)),
  ).map(({ package: name, path }) => `\`${name}\` has no module \`${path}\`, which a shorter one was written for`);
}
