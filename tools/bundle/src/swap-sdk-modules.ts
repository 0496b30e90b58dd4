import { dirname } from 'node:path';
import { readFile } from 'node:fs/promises';
import type { Metafile, OnLoadResult, Plugin } from 'esbuild';

/** The replacement of an AWS SDK module. A Lambda function needs little or nothing of the original module. */
interface Swap {
  /** The npm package that contains the module. */
  readonly package: string;
  /** The module's path in the package. */
  readonly path: string;
  /** A text that the module must contain. If the module lacks this text, a new SDK version has changed the module, so the build fails. */
  readonly expected: string;
  /** Returns the module's new text, which must have every export that a client imports. */
  readonly write: (original: string) => string;
}

const CORE = '@smithy/core';

function leftOutOfBundleMessage(what: string): string {
  return JSON.stringify(`this bundle does not contain ${what}: see tools/bundle/src/swap-sdk-modules.ts`);
}

/**
 * The replacements remove code that Node.js would parse at a cold start, but that a function never runs. A bundle becomes 180 KB smaller,
 * and loading the bundle takes a sixth less CPU time.
 */
const SWAPS: readonly Swap[] = [
  {
    // Lambda sets environment variables with the keys of the function's role. So the function needs no other credential provider (SSO,
    // profiles, instance metadata, …). Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
    package: '@aws-sdk/credential-provider-node',
    path: 'dist-es/index.js',
    expected: 'defaultProvider',
    write: () => `export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';`,
  },
  {
    // This module reads ~/.aws/config, a file that a function does not have.
    package: CORE,
    path: 'dist-es/submodules/config/node-config-provider/fromSharedConfigFiles.js',
    expected: 'export const fromSharedConfigFiles = (configSelector, ',
    write: () => `
      import { CredentialsProviderError } from "../property-provider/CredentialsProviderError";
      export const fromSharedConfigFiles = () => async () => { throw new CredentialsProviderError("a Lambda has no shared configuration files"); };`,
  },
  {
    // The SDK reads the region from the instance metadata only in the defaults mode "auto", and only outside Lambda.
    package: CORE,
    path: 'dist-es/submodules/config/config-resolver/regionConfig/getInstanceMetadataRegion.js',
    expected: 'export const getInstanceMetadataRegion = async () => {',
    write: () => 'export const getInstanceMetadataRegion = async () => undefined;',
  },
  {
    // No operation that the functions call returns an event stream. The reader of event streams would also load `node:zlib`.
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
    // At every start, this module tests whether Node.js has OpenSSL. The test is unnecessary, because the functions use HTTPS, which needs
    // OpenSSL.
    package: CORE,
    path: 'dist-es/submodules/checksum/sha256/Sha256Node.js',
    expected: 'export const Sha256Node = hasNativeCrypto ? buildNativeClass() : Sha256Js;',
    write: (original) =>
      original
        .replace(/^const hasNativeCrypto = \(\(\) => \{[^]*?^\}\)\(\);$/m, '')
        .replace('hasNativeCrypto ? buildNativeClass() : Sha256Js', 'buildNativeClass()'),
  },
  {
    // The retry mode "adaptive" becomes "standard", because one invocation makes too few attempts to adapt a rate.
    package: CORE,
    path: 'dist-es/submodules/retry/util-retry/AdaptiveRetryStrategy.js',
    expected: 'export class AdaptiveRetryStrategy {',
    write: () => `export { StandardRetryStrategy as AdaptiveRetryStrategy } from "./StandardRetryStrategy";`,
  },
  {
    // This module parses dates. The replacement uses JavaScript's `Date`, which can parse all date formats that AWS sends.
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
    // This module parses dates for the protocols that use schemas. The replacement uses the parsers above.
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
    // The SDK has two JSON codecs. The replacement uses the smaller codec, which calls JSON.stringify.
    package: CORE,
    path: 'dist-es/submodules/protocols/json/codec-v2/JsonCodec2.js',
    expected: 'export class JsonCodec2 extends ',
    write: () => `export { JsonCodec as JsonCodec2 } from "../codec-v1/JsonCodec";`,
  },
  {
    // This module reads numbers that a JavaScript number cannot represent. No response to the functions contains such a number.
    package: CORE,
    path: 'dist-es/submodules/protocols/json/jsonReviver.js',
    expected: 'export function jsonReviver(key, value, context) {',
    write: () => 'export const jsonReviver = undefined;',
  },
  {
    // Only the CBOR protocol calls `resolveError`, and no client of the functions uses CBOR.
    package: CORE,
    path: 'dist-es/submodules/protocols/HttpProtocol.js',
    expected: 'export class HttpProtocol extends ',
    write: (original) => withoutSdkClassMethods(original, ['resolveError']),
  },
  {
    // The functions sign requests, but no URLs and no events of an event stream.
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
    // This middleware logs every call, but the clients of the functions have no logger.
    package: '@aws-sdk/core',
    path: 'dist-es/submodules/client/middleware-logger/loggerMiddleware.js',
    expected: 'export const getLoggerPlugin = (options) => ({',
    write: () => `
      export const loggerMiddleware = () => (next) => next;
      export const loggerMiddlewareOptions = {};
      export const getLoggerPlugin = () => ({ applyToStack: () => {} });`,
  },
  {
    // This module hides secrets in the log of a call, but the clients of the functions have no logger.
    package: CORE,
    path: 'dist-es/submodules/client/smithy-client/schemaLogFilter.js',
    expected: 'export function schemaLogFilter(schema, data) {',
    write: () => `export function schemaLogFilter() { throw new Error(${leftOutOfBundleMessage('the logging of calls')}); }`,
  },
  {
    // The SDK reads the ids of the invocation from a store. Lambda's runtime provides the store in the global variable `awslambda`. Source:
    // https://github.com/aws/aws-lambda-nodejs-runtime-interface-client
    package: '@aws/lambda-invoke-store',
    path: 'dist-es/invoke-store.js',
    expected: 'export { InvokeStore, InvokeStoreBase };',
    write: () => 'export const InvokeStore = { getInstanceAsync: async () => globalThis.awslambda?.InvokeStore };',
  },
  {
    // This module lists the regions of each partition. The list is unnecessary, because each partition also has a pattern for its region
    // names.
    package: '@aws-sdk/core',
    path: 'dist-es/submodules/client/util-endpoints/lib/aws/partitions.js',
    expected: '"regions": {',
    write: (original) => original.replaceAll(/"regions": \{[^]*?\n            \}/g, '"regions": {}'),
  },
  {
    // This module only tells AWS, in the user agent, which SDK features a call uses.
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
    // This module warns that a later SDK version will need a newer Node.js. The warning is useless in a function's log.
    package: '@aws-sdk/core',
    path: 'dist-es/submodules/client/emitWarningIfUnsupportedVersion.js',
    expected: 'export const emitWarningIfUnsupportedVersion = (version) => {',
    write: () => 'export const state = { warningEmitted: true };\nexport const emitWarningIfUnsupportedVersion = () => {};',
  },
];

function withoutSdkClassMethods(original: string, names: readonly string[]): string {
  return names.reduce((text, name) => {
    const shorter = text.replace(new RegExp(`^    (?:async )?${name}\\([^]*?^    \\}\\n`, 'm'), '');
    if (shorter === text) throw new Error(`expected a method \`${name}\``);
    return shorter;
  }, original);
}

/** Returns a client's `package.json` with only the version, because the client reads no other field. */
function sdkPackageVersionAlone(original: string): string {
  const { version } = JSON.parse(original) as { version?: unknown };
  if (typeof version !== 'string') throw new Error('expected a string `version`');
  return JSON.stringify({ version });
}

/** Returns a shorter module that refuses client extensions, because the functions configure no extension. */
function withoutSdkClientExtensions(original: string): string {
  const head = 'export const resolveRuntimeExtensions = (runtimeConfig, extensions) => {';
  if (!original.includes(head)) throw new Error(`expected \`${head}\``);
  return `${head}
    if (extensions.length > 0) throw new Error(${leftOutOfBundleMessage('extensions of clients')});
    return runtimeConfig;
  };`;
}

/** An esbuild plugin that replaces modules of the SDK with shorter modules, and the module `process` with the global variable `process`. */
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
          `the SDK has changed this module, which tools/bundle/src/swap-sdk-modules.ts replaces: expected the text \`${expected}\``,
        );
      });
    rewrite(/[\\/]@aws-sdk[\\/]client-[^\\/]+[\\/]package\.json$/, 'json', sdkPackageVersionAlone);
    rewrite(/[\\/]@aws-sdk[\\/]client-[^\\/]+[\\/]dist-es[\\/]runtimeExtensions\.js$/, 'js', withoutSdkClientExtensions);

    // An import of the module `process` reads all its exports, and reading `process.stdin` opens the standard input.
    build.onResolve({ filter: /^(node:)?process$/ }, () => ({ path: 'process', namespace: 'process', sideEffects: false }));
    build.onLoad({ filter: /.*/, namespace: 'process' }, () => ({ contents: 'export const { env, versions } = process;', loader: 'js' }));
  },
};

/**
 * Returns a problem for each module that should have been replaced, but is missing although the bundle contains its package. In this case,
 * a new SDK version has moved the module.
 */
export function sdkSwapProblems(inputs: Metafile['inputs']): readonly string[] {
  const paths = Object.keys(inputs);
  return SWAPS.filter(
    ({ package: name, path }) =>
      paths.some((each) => each.includes(`node_modules/${name}/`)) && !paths.some((each) => each.endsWith(`node_modules/${name}/${path}`)),
  ).map(({ package: name, path }) => `\`${name}\` has no module \`${path}\`, which tools/bundle/src/swap-sdk-modules.ts replaces`);
}
