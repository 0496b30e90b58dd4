import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { lambdaOnly } from './lambda-only.js';

it('fails the build if an SDK module has changed since its replacement was written', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bundle-'));
  const module = join(folder, 'node_modules/@smithy/core/dist-es/submodules/checksum/sha256/Sha256Node.js');
  mkdirSync(dirname(module), { recursive: true });
  writeFileSync(module, 'export const Sha256Node = 1;');
  try {
    await expect(build({ entryPoints: [module], logLevel: 'silent', bundle: true, write: false, plugins: [lambdaOnly] })).rejects.toThrow(
      'this module has changed since its replacement in tools/bundle/src/lambda-only.ts was written: expected `export const Sha256Node = ',
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
