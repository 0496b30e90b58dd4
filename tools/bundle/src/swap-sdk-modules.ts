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

function leftOutOfBundleMessage(what: string): string {
  return JSON.stringify(`this bundle leaves out ${what}: see tools/bundle/src/swap-sdk-modules.ts`);
}

/**
 * Every swap removes code that a cold start would parse but not run. Together they save 180 KB and a sixth of the CPU time to load a
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
      const refuse = () => { throw new Error(${leftOutOfBundleMessage('event streams')}); };
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
    path: 'dist-es/submodules/retry/util-retry/AdaptiveRetryStrategy.js',
    expected: 'export class AdaptiveRetryStrategy {',
    write: () => `export { StandardRetryStrategy as AdaptiveRetryStrategy } from "./StandardRetryStrategy";`,
  },
  {
    // JavaScript's own date parser reads the formats that AWS sends.
    package: CORE,
    path: 'dist-es/submodules/serde/date-utils.js',
    expected: 'export const parseRfc7231DateTime = (value) => {',
    write: () => `
      const parse = (value) => {
        if (value == null) return undefined;
        const date = new Date(value);
        if (Number.isNaN(date.getTime())) throw new TypeError("invalid time " + value);
        return date;
      };
      export const dateToUtcString = (date) => date.toUTCString();
      export const parseEpochTimestamp = (value) => parse(value == null ? value : Math.round(value * 1000));
      export { parse as parseRfc3339DateTime, parse as parseRfc3339DateTimeWithOffset, parse as parseRfc7231DateTime };`,
  },
  {
    // The same functions again, for the protocols with schemas.
    package: CORE,
    path: 'dist-es/submodules/serde/schema-serde-lib/schema-date-utils.js',
    expected: 'export const _parseRfc7231DateTime = (value) => {',
    write: () => `
      export {
        parseEpochTimestamp as _parseEpochTimestamp,
        parseRfc3339DateTimeWithOffset as _parseRfc3339DateTimeWithOffset,
        parseRfc7231DateTime as _parseRfc7231DateTime,
      } from "../date-utils";`,
  },
  {
    // The SDK has two JSON codecs. The smaller one uses JSON.stringify instead of writing each byte itself.
    package: CORE,
    path: 'dist-es/submodules/protocols/json/codec-v2/JsonCodec2.js',
    expected: 'export class JsonCodec2 extends ',
    write: () => `export { JsonCodec as JsonCodec2 } from "../codec-v1/JsonCodec";`,
  },
  {
    // Reads numbers that JavaScript's own numbers cannot represent. No call of the functions returns such a number.
    package: CORE,
    path: 'dist-es/submodules/protocols/json/jsonReviver.js',
    expected: 'export function jsonReviver(key, value, context) {',
    write: () => 'export const jsonReviver = undefined;',
  },
  {
    // Only the protocol with CBOR calls this method.
    package: CORE,
    path: 'dist-es/submodules/protocols/HttpProtocol.js',
    expected: 'export class HttpProtocol extends ',
    write: (original) => withoutSdkClassMethods(original, ['resolveError']),
  },
  {
    // The functions sign only requests: no URLs, and no events of an event stream.
    package: '@smithy/signature-v4',
    path: 'dist-es/SignatureV4.js',
    expected: 'headerFormatter = new HeaderFormatter();',
    write: (original) =>
      withoutSdkClassMethods(original.replace('headerFormatter = new HeaderFormatter();', ''), [
        'presign',
        'signEvent',
        'signMessage',
        'signString',
      ]),
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
    // Hides secrets before the client's logger writes a call.
    package: CORE,
    path: 'dist-es/submodules/client/smithy-client/schemaLogFilter.js',
    expected: 'export function schemaLogFilter(schema, data) {',
    write: () => `export function schemaLogFilter() { throw new Error(${leftOutOfBundleMessage('the logging of calls')}); }`,
  },
  {
    // Lambda's runtime sets this global. Source: https://github.com/aws/aws-lambda-nodejs-runtime-interface-client
    package: '@aws/lambda-invoke-store',
    path: 'dist-es/invoke-store.js',
    expected: 'export { InvokeStore, InvokeStoreBase };',
    write: () => 'export const InvokeStore = { getInstanceAsync: async () => globalThis.awslambda?.InvokeStore };',
  },
  {
    // The patterns of region names are enough to find the partition of a region.
    package: '@aws-sdk/core',
    path: 'dist-es/submodules/client/util-endpoints/lib/aws/partitions.js',
    expected: '"regions": {',
    write: (original) => original.replaceAll(/"regions": \{[^]*?\n            \}/g, '"regions": {}'),
  },
  {
    // Adds codes of the SDK features that a call uses to the user agent, for AWS's statistics.
    package: '@aws-sdk/core',
    path: 'dist-es/submodules/client/middleware-user-agent/check-features.js',
    expected: 'export async function checkFeatures(context, config, args) {',
    write: () => 'export async function checkFeatures() {}',
  },
  {
    package: CORE,
    path: 'dist-es/submodules/endpoints/middleware-endpoint/service-customizations/index.js',
    expected: 'resolveParamsForS3',
    write: () => `export const resolveParamsForS3 = async () => { throw new Error(${leftOutOfBundleMessage('the endpoints of S3')}); };`,
  },
  {
    // The notice that later SDK versions need a newer Node.js is for people who update the SDK, not for readers of a function's log.
    package: '@aws-sdk/core',
    path: 'dist-es/submodules/client/emitWarningIfUnsupportedVersion.js',
    expected: 'export const emitWarningIfUnsupportedVersion = (version) => {',
    write: () => 'export const state = { warningEmitted: true };\nexport const emitWarningIfUnsupportedVersion = () => {};',
  },
];

/** Returns the text of a class without these methods. */
function withoutSdkClassMethods(original: string, names: readonly string[]): string {
  return names.reduce((text, name) => {
    const shorter = text.replace(new RegExp(`^    (?:async )?${name}\\([^]*?^    \\}\\n`, 'm'), '');
    if (shorter === text) throw new Error(`expected a method \`${name}\``);
    return shorter;
  }, original);
}

/** Returns only the version from a client's `package.json`, because the client reads nothing else. */
function sdkPackageVersionAlone(original: string): string {
  const { version } = JSON.parse(original) as { version?: unknown };
  if (typeof version !== 'string') throw new Error('expected a text `version`');
  return JSON.stringify({ version });
}

/** Returns the module for a client without extensions, as all clients of the functions are. */
function withoutSdkClientExtensions(original: string): string {
  const head = 'export const resolveRuntimeExtensions = (runtimeConfig, extensions) => {';
  if (!original.includes(head)) throw new Error(`expected \`${head}\``);
  return `${head}
    if (extensions.length > 0) throw new Error(${leftOutOfBundleMessage('extensions of clients')});
    return runtimeConfig;
  };`;
}

/** Replaces modules of the SDK with shorter ones, and the module `process` with the global of that name. */
export const swapSdkModules: Plugin = {
  name: 'swap-sdk-modules',
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
          `this module has changed since its replacement in tools/bundle/src/swap-sdk-modules.ts was written: expected \`${expected}\``,
        );
      });
    rewrite(/[\\/]@aws-sdk[\\/]client-[^\\/]+[\\/]package\.json$/, 'json', sdkPackageVersionAlone);
    rewrite(/[\\/]@aws-sdk[\\/]client-[^\\/]+[\\/]dist-es[\\/]runtimeExtensions\.js$/, 'js', withoutSdkClientExtensions);

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
    ({ package: name, path }) =>
      `\`${name}\` has no module \`${path}\`: expected it, because tools/bundle/src/swap-sdk-modules.ts replaces it`,
  );
}
