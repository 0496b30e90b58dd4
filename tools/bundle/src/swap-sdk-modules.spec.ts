import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { swapSdkModules } from './swap-sdk-modules.js';

it('`swapSdkModules` fails the build if an SDK module lacks the text that its replacement expects', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bundle-'));
  const module = join(folder, 'node_modules/@smithy/core/dist-es/submodules/checksum/sha256/Sha256Node.js');
  mkdirSync(dirname(module), { recursive: true });
  writeFileSync(module, 'export const Sha256Node = 1;');
  try {
    await expect(
      build({ entryPoints: [module], logLevel: 'silent', bundle: true, write: false, plugins: [swapSdkModules] }),
    ).rejects.toThrow(
      'the SDK has changed this module, which tools/bundle/src/swap-sdk-modules.ts replaces: expected the text `export const Sha256Node = ',
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

interface Partition {
  readonly id: string;
  readonly regionRegex: string;
  readonly regions: object;
}

it("the bundle needs no list of regions, because each partition's pattern matches exactly the names of its own regions", () => {
  const path = join(__dirname, '../../../node_modules/@aws-sdk/core/dist-es/submodules/client/util-endpoints/lib/aws/partitions.js');
  const [json = ''] = /\{[^]*\}/.exec(readFileSync(path, 'utf8')) ?? [];
  const { partitions } = JSON.parse(json) as { partitions: readonly Partition[] };
  // No function runs in a pseudo-region such as `aws-global`.
  const regions = partitions.flatMap(({ id, regions: own }) =>
    Object.keys(own).flatMap((name) => (name.endsWith('-global') ? [] : [{ id, name }])),
  );

  const matched = regions.map(({ name }) => partitions.filter(({ regionRegex }) => new RegExp(regionRegex).test(name)).map(({ id }) => id));
  expect(matched).toEqual(regions.map(({ id }) => [id]));
  expect(regions).toContainEqual({ id: 'aws-cn', name: 'cn-north-1' });
});
