import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { build, type Plugin } from 'esbuild';
import { lambdaOnly, sdkSwapProblems } from './lambda-only.js';

/** Runs a module of the SDK as it is bundled with the plugins, and returns its exports. */
const load = async (contents: string, plugins: Plugin[]): Promise<unknown> => {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: __dirname },
    bundle: true,
    logLevel: 'silent',
    write: false,
    format: 'iife',
    globalName: 'exported',
    platform: 'node',
    mainFields: ['module', 'main'],
    plugins,
  });
  return runInNewContext(`${outputFiles[0]?.text ?? ''}; exported`, { require, process });
};

it('finds the partition of every region that the SDK knows, and of one that it does not know yet', async () => {
  const folder = '@aws-sdk/core/dist-es/submodules/client/util-endpoints/lib/aws';
  const contents = `
    import { partition } from '../../../node_modules/${folder}/partition.js';
    import { partitionsInfo } from '../../../node_modules/${folder}/partitions.js';
    export const regions = partitionsInfo.partitions.flatMap(({ regions }) => Object.keys(regions));
    export const dnsSuffixes = (regions) => regions.map((region) => [region, { ...partition(region), description: undefined }]);`;
  interface Exports {
    readonly regions: readonly string[];
    readonly dnsSuffixes: (regions: readonly string[]) => unknown;
  }

  const original = (await load(contents, [])) as Exports;
  const swapped = (await load(contents, [lambdaOnly])) as Exports;

  const regions = [...original.regions, 'eu-atlantis-1', 'us-gov-atlantis-1', 'atlantis'];
  expect(regions.length).toBeGreaterThan(40);
  expect(swapped.regions.length).toBeLessThan(12);
  expect(swapped.dnsSuffixes(regions)).toEqual(original.dnsSuffixes(regions));
});

it('stops the build when a module is no longer what a shorter one was written for', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bundle-'));
  const module = join(folder, 'node_modules/@smithy/core/dist-es/submodules/checksum/sha256/Sha256Node.js');
  mkdirSync(dirname(module), { recursive: true });
  writeFileSync(module, 'export const Sha256Node = 1;');
  try {
    await expect(load(`export * from ${JSON.stringify(module)};`, [lambdaOnly])).rejects.toThrow(
      'this module has changed since a shorter one was written for it: expected `export const Sha256Node = ',
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it('names the module that the SDK has moved', () => {
  const paths = ['dist-es/index.js', 'dist-es/defaultProvider.js'];
  const inputs = (...files: string[]) =>
    Object.fromEntries(files.map((file) => [`../node_modules/@aws-sdk/credential-provider-node/${file}`, { bytes: 1, imports: [] }]));

  expect(sdkSwapProblems(inputs(...paths))).toEqual([]);
  expect(sdkSwapProblems(inputs('dist-es/other.js'))).toEqual([
    '`@aws-sdk/credential-provider-node` has no module `dist-es/index.js`, which a shorter one was written for',
  ]);
  expect(sdkSwapProblems({})).toEqual([]);
});
