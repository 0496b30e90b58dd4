import type { Metafile } from 'esbuild';
import { bundleProblems } from './bundle-problems.js';

type Output = Metafile['outputs'][string];

function output(overrides: Partial<Output> = {}): Output {
  return { bytes: 1_000, inputs: {}, imports: [], exports: ['handler'], ...overrides };
}
function inputs(...paths: string[]): Metafile['inputs'] {
  return Object.fromEntries(paths.map((path) => [`../node_modules/@aws-sdk/${path}`, { bytes: 100, imports: [] }]));
}
function external(path: string, kind: Output['imports'][number]['kind'] = 'import-statement'): Output['imports'][number] {
  return { path, kind, external: true };
}
const expected = { exports: 'handler', lazyBundles: ['./part.mjs'], budgetBytes: 1_000 };

it('`bundleProblems` returns no problem for a bundle that keeps its budget, exports `handler`, and imports only Node.js modules and lazy bundles', () => {
  const imports = [external('node:https'), external('./part.mjs', 'dynamic-import')];
  const swapped = inputs('credential-provider-node/dist-es/index.js', 'credential-provider-node/dist-es/defaultProvider.js');

  expect(bundleProblems(swapped, output({ imports }), expected)).toEqual([]);
});

it.each<[string, Metafile['inputs'], Output, string]>([
  ['exports no handler', {}, output({ exports: ['main'] }), 'the bundle exports `main`: expected an export `handler`'],
  [
    'imports a package',
    {},
    output({ imports: [external('left-pad')] }),
    'the bundle imports `left-pad`: expected only imports of Node.js modules',
  ],
  [
    'requires a module',
    {},
    output({ imports: [external('http', 'require-call')] }),
    '`require("http")` cannot run in an ES module: expected an `import`',
  ],
  [
    'uses a client whose schemas have moved',
    inputs('client-ec2/dist-es/index.js', 'client-ec2/dist-es/schemas.js'),
    output(),
    'the unused schemas of `@aws-sdk/client-ec2/` could not be removed: expected a module `dist-es/schemas/schemas_0.js`',
  ],
  [
    'uses a package whose replaced module has moved',
    inputs('credential-provider-node/dist-es/other.js'),
    output(),
    '`@aws-sdk/credential-provider-node` has no module `dist-es/index.js`, which tools/bundle/src/swap-sdk-modules.ts replaces',
  ],
  [
    'is one byte over its budget',
    {},
    output({
      bytes: 1_001,
      inputs: {
        '../../node_modules/@smithy/core/a.js': { bytesInOutput: 300 },
        '../../node_modules/@smithy/core/b.js': { bytesInOutput: 301 },
        '../../libs/baseline/src/index.ts': { bytesInOutput: 250 },
        'src/main.ts': { bytesInOutput: 150 },
      },
    }),
    'the bundle is 1,001 bytes, over its budget of 1,000 bytes; the largest packages in it: @smithy/core 601, libs/baseline 250, this project 150',
  ],
])('`bundleProblems` reports a bundle that %s', (_, allInputs, made, problem) => {
  expect(bundleProblems(allInputs, made, expected)).toEqual([problem]);
});
