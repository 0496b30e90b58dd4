import { dirname } from 'node:path';
import { readFile } from 'node:fs/promises';
import type { Metafile, OnLoadResult, Plugin } from 'esbuild';

/** A module of the AWS SDK that a Lambda function needs only in part or not at all. */
interface Swap {
  /** The npm package. Every bundle that contains the package must contain the module. */
  readonly package: string;
  /** The module's path in the package. */
  readonly path: string;
  /** Text that the module must contain. If the module lacks this text, the SDK has changed the module after the swap was written. */
  readonly expected: string;
  /** Returns the module's new text. If the new text lacks an export that a client imports, the build fails. */
  readonly write: (original: string) => string;
}

const CORE = '@smithy/core';

function leftOutOfBundleMessage(what: string): string {
  return JSON.stringify(`this bundle leaves out ${what}: see tools/bundle/src/swap-sdk-modules.ts`);
}

/**
 * Every swap removes code that Node.js would parse but not run at a cold start. Together, the swaps save 180 KB, and a sixth of the CPU
 * time that loading a bundle needs.
 */
const SWAPS: readonly Swap[] = [
  {
    // Lambda writes the keys of the function's role into environment variables, so the function needs no other credential provider (SSO,
    // profiles, instance metadata, …). Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
    package: '@aws-sdk/credential-provider-node',
    path: 'dist-es/index.js',
    expected: 'defaultProvider',
    write: () => `export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';`,
  },
  {
    // A function has no ~/.aws/config, so all settings come from environment variables.
    package: CORE,
    path: 'dist-es/submodules/config/node-config-provider/fromSharedConfigFiles.js',
    expected: 'export const fromSharedConfigFiles = (configSelector, ',
    write: () => `
      import { CredentialsProviderError } from "../property-provider/CredentialsProviderError";
      export const fromSharedConfigFiles = () => async () => { throw new CredentialsProviderError("a Lambda has no shared configuration files"); };`,
  },
  {
    // The SDK calls this function only in the defaults mode "auto", and only outside Lambda.
    package: CORE,
    path: 'dist-es/submodules/config/config-resolver/regionConfig/getInstanceMetadataRegion.js',
    expected: 'export const getInstanceMetadataRegion = async () => {',
    write: () => 'export const getInstanceMetadataRegion = async () => undefined;',
  },
  {
    // The functions call no operation that returns an event stream. The reader of event streams would also load `node:zlib`.
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
    // At every start, the SDK tests whether Node.js has OpenSSL. If not, the SDK computes SHA-256 in JavaScript. This fallback is useless,
    // because HTTPS needs OpenSSL.
    package: CORE,
    path: 'dist-es/submodules/checksum/sha256/Sha256Node.js',
    expected: 'export const Sha256Node = hasNativeCrypto ? buildNativeClass() : Sha256Js;',
    write: (original) =>
      original
        .replace(/^const hasNativeCrypto = \(\(\) => \{[^]*?^\}\)\(\);$/m, '')
        .replace('hasNativeCrypto ? buildNativeClass() : Sha256Js', 'buildNativeClass()'),
  },
  {
    // Makes the retry mode "adaptive" the same as "standard". The few attempts of one invocation are not enough to adapt a rate.
    package: CORE,
    path: 'dist-es/submodules/retry/util-retry/AdaptiveRetryStrategy.js',
    expected: 'export class AdaptiveRetryStrategy {',
    write: () => `export { StandardRetryStrategy as AdaptiveRetryStrategy } from "./StandardRetryStrategy";`,
  },
  {
    // These functions parse dates themselves. JavaScript's own parser can read all date formats that AWS sends.
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
    // The same functions again, for the protocols that use schemas.
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
    // The SDK has two JSON codecs. The smaller codec, which is used here, calls JSON.stringify. The other codec writes each byte itself.
    package: CORE,
    path: 'dist-es/submodules/protocols/json/codec-v2/JsonCodec2.js',
    expected: 'export class JsonCodec2 extends ',
    write: () => `export { JsonCodec as JsonCodec2 } from "../codec-v1/JsonCodec";`,
  },
  {
    // This function reads numbers that a JavaScript number cannot represent. No response to the calls of the functions contains such a
    // number.
    package: CORE,
    path: 'dist-es/submodules/protocols/json/jsonReviver.js',
    expected: 'export function jsonReviver(key, value, context) {',
    write: () => 'export const jsonReviver = undefined;',
  },
  {
    // Only the CBOR protocol calls this method, and no client of the functions uses that protocol.
    package: CORE,
    path: 'dist-es/submodules/protocols/HttpProtocol.js',
    expected: 'export class HttpProtocol extends ',
    write: (original) => withoutSdkClassMethods(original, ['resolveError']),
  },
  {
    // The functions sign only requests. They sign no URLs and no events of an event stream.
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
    // This middleware writes every call to the client's logger, but the clients of the functions have no logger.
    package: '@aws-sdk/core',
    path: 'dist-es/submodules/client/middleware-logger/loggerMiddleware.js',
    expected: 'export const getLoggerPlugin = (options) => ({',
    write: () => `
      export const loggerMiddleware = () => (next) => next;
      export const loggerMiddlewareOptions = {};
      export const getLoggerPlugin = () => ({ applyToStack: () => {} });`,
  },
  {
    // This function hides secrets before a client's logger writes a call, but the clients of the functions have no logger.
    package: CORE,
    path: 'dist-es/submodules/client/smithy-client/schemaLogFilter.js',
    expected: 'export function schemaLogFilter(schema, data) {',
    write: () => `export function schemaLogFilter() { throw new Error(${leftOutOfBundleMessage('the logging of calls')}); }`,
  },
  {
    // Lambda's runtime sets the global variable `awslambda`. Source: https://github.com/aws/aws-lambda-nodejs-runtime-interface-client
    package: '@aws/lambda-invoke-store',
    path: 'dist-es/invoke-store.js',
    expected: 'export { InvokeStore, InvokeStoreBase };',
    write: () => 'export const InvokeStore = { getInstanceAsync: async () => globalThis.awslambda?.InvokeStore };',
  },
  {
    // The list of regions is not needed, because each partition has a pattern that matches the names of its regions.
    package: '@aws-sdk/core',
    path: 'dist-es/submodules/client/util-endpoints/lib/aws/partitions.js',
    expected: '"regions": {',
    write: (original) => original.replaceAll(/"regions": \{[^]*?\n            \}/g, '"regions": {}'),
  },
  {
    // This function adds codes to the user agent for AWS's statistics. The codes say which SDK features a call uses.
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
    // The SDK warns if a later SDK version will need a newer Node.js. The warning is for people who update the SDK, not for readers of a
    // function's log.
    package: '@aws-sdk/core',
    path: 'dist-es/submodules/client/emitWarningIfUnsupportedVersion.js',
    expected: 'export const emitWarningIfUnsupportedVersion = (version) => {',
    write: () => 'export const state = { warningEmitted: true };\nexport const emitWarningIfUnsupportedVersion = () => {};',
  },
];

/** Returns the text of a module without the methods with these names. */
function withoutSdkClassMethods(original: string, names: readonly string[]): string {
  return names.reduce((text, name) => {
    const shorter = text.replace(new RegExp(`^    (?:async )?${name}\\([^]*?^    \\}\\n`, 'm'), '');
    if (shorter === text) throw new Error(`expected a method \`${name}\``);
    return shorter;
  }, original);
}

/** Returns a client's `package.json` with nothing but the version, because the client reads nothing else. */
function sdkPackageVersionAlone(original: string): string {
  const { version } = JSON.parse(original) as { version?: unknown };
  if (typeof version !== 'string') throw new Error('expected a text `version`');
  return JSON.stringify({ version });
}

/** Returns a shorter module that throws an error if a client has extensions. The clients of the functions have none. */
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
          `this module has changed after its replacement in tools/bundle/src/swap-sdk-modules.ts was written: expected it to contain \`${expected}\``,
        );
      });
    rewrite(/[\\/]@aws-sdk[\\/]client-[^\\/]+[\\/]package\.json$/, 'json', sdkPackageVersionAlone);
    rewrite(/[\\/]@aws-sdk[\\/]client-[^\\/]+[\\/]dist-es[\\/]runtimeExtensions\.js$/, 'js', withoutSdkClientExtensions);

    // Importing the module `process` would read all of its exports, and reading `process.stdin` opens the standard input.
    build.onResolve({ filter: /^(node:)?process$/ }, () => ({ path: 'process', namespace: 'process', sideEffects: false }));
    build.onLoad({ filter: /.*/, namespace: 'process' }, () => ({ contents: 'export const { env, versions } = process;', loader: 'js' }));
  },
};

/**
 * Returns a problem for each swap whose package is in the bundle although its module is not. The SDK has then moved the module.
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
