import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

it('`main.ts` prints each problem on its own line, writes no file and fails', () => {
  const folder = mkdtempSync(join(tmpdir(), 'main-'));
  const settingsFile = join(folder, 'settings.yaml');
  writeFileSync(settingsFile, 'regions: [eu-west-1]\nmemory: 1\n');
  const outdir = join(folder, 'cdktf.out');

  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--conditions=@portcullis/source', '--import=tsx', join(__dirname, 'main.ts')],
    { encoding: 'utf8', env: { ...process.env, PORTCULLIS_SETTINGS: settingsFile, CDKTF_OUTDIR: outdir } },
  );
  const written = existsSync(outdir);
  rmSync(folder, { recursive: true });

  expect(stderr.trim().split('\n')).toEqual([
    expect.stringContaining('settings.yaml:1:1: missing-key: `baseline`'),
    expect.stringContaining('settings.yaml:2:9: bad-value: `memory`'),
  ]);
  expect({ status, stdout, written }).toEqual({ status: 1, stdout: '', written: false });
});
