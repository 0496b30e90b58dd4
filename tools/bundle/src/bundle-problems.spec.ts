import type { Metafile } from 'esbuild';
import { bundleProblems } from './bundle-problems.js';

type Output = Metafile['outputs'][string];

const output = (overrides: Partial<Output> = {}): Output => ({
  bytes: 1_000,
  inputs: {},
  imports: [],
  exports: ['handler'],
  ...overrides,
});
const inputs = (...paths: string[]): Metafile['inputs'] => Object.fromEntries(paths.map((path) => [path, { bytes: 100, imports: [] }]));
const expected = { exports: 'handler', parts: ['./part.mjs'], budgetBytes: 1_000 };
const part = (bytesInOutput: number): { bytesInOutput: number } => ({ bytesInOutput });

it('finds nothing wrong with a small module that exports a handler and imports only from Node and its own parts', () => {
  const imports = [
    { path: 'node:https', kind: 'import-statement' as const, external: true },
    { path: './part.mjs', kind: 'dynamic-import' as const, external: true },
  ];

  expect(bundleProblems({}, output({ imports }), expected)).toEqual([]);
});

it.each<[string, Metafile['inputs'], Output, string]>([
  ['exports no handler', {}, output({ exports: ['main'] }), 'the bundle exports `main`: expected an export `handler`'],
  [
    'leaves a package outside',
    {},
    output({ imports: [{ path: 'left-pad', kind: 'import-statement', external: true }] }),
    "`left-pad` is left outside the bundle: expected only Node's own modules there",
  ],
  [
    'requires a module when it is loaded', // esbuild's stand-in throws in an ES module, on AWS and not before
    {},
    output({ imports: [{ path: 'http', kind: 'require-call', external: true }] }),
    '`require("http")` cannot run in an ES module: expected an `import`',
  ],
  [
    'uses a client whose schemas have moved',
    inputs('node_modules/@aws-sdk/client-ec2/dist-es/index.js', 'node_modules/@aws-sdk/client-ec2/dist-es/schemas.js'),
    output(),
    'no schemas of `@aws-sdk/client-ec2/` were shaken: expected a module `dist-es/schemas/schemas_0.js`',
  ],
  [
    'carries credential providers', // and `-env`, the one a Lambda uses, is none of them
    {},
    output({
      inputs: {
        'node_modules/@aws-sdk/credential-provider-env/dist-es/fromEnv.js': part(600),
        'node_modules/@aws-sdk/credential-provider-sso/dist-es/fromSSO.js': part(1_700),
        'node_modules/@aws-sdk/credential-provider-ini/dist-es/index.js': part(0),
      },
    }),
    'credential providers a Lambda never uses are in the bundle: `@aws-sdk/credential-provider-sso`',
  ],
  [
    'is one byte over its budget',
    {},
    output({
      bytes: 1_001,
      inputs: {
        '../../node_modules/@smithy/core/a.js': part(300),
        '../../node_modules/@smithy/core/b.js': part(301),
        '../../libs/baseline/src/index.ts': part(250),
        'src/main.ts': part(150),
      },
    }),
    'the bundle is 1,001 bytes, over its budget of 1,000 bytes; its largest parts: @smithy/core 601, libs/baseline 250, this project 150',
  ],
])('says so when the bundle %s', (_, allInputs, made, problem) => {
  expect(bundleProblems(allInputs, made, expected)).toEqual([problem]);
});

it('accepts a bundle of exactly its budget', () => {
  expect(bundleProblems({}, output({ bytes: 1_000 }), expected)).toEqual([]);
});
