import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import { baselineOf } from '../testing/synthesised.js';
import { writeTerraformModule } from './write-module.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'module-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function write(settings: Readonly<Record<string, unknown>>, region?: string) {
  const bundle = join(folder, 'main.mjs');
  writeFileSync(bundle, 'export const handler = () => {};');
  writeFileSync(join(folder, 'baseline.json'), JSON.stringify({ version: 1, baselines: [baselineOf('web', ['sg-00000001'])] }));
  writeFileSync(join(folder, 'settings.yaml'), JSON.stringify({ baseline: 'baseline.json', ...settings }));
  return writeTerraformModule({
    settingsFile: join(folder, 'settings.yaml'),
    bundles: { remediator: bundle, detector: bundle },
    outdir: join(folder, 'deep', 'module'),
    region,
  });
}

it('`writeTerraformModule` writes a folder with the module and both zips', () => {
  expect(write({ regions: ['eu-west-1'], trail: 'existing' })).toMatchObject({ ok: true, notes: [] });

  const written = readdirSync(join(folder, 'deep', 'module'));
  expect(written.sort()).toEqual([
    'README.md',
    'cloudtrail-detector.zip',
    'config-remediator.zip',
    'main.tf.json',
    'outputs.tf.json',
    'variables.tf.json',
    'versions.tf.json',
  ]);
  for (const name of written.filter((each) => !each.endsWith('.zip')))
    expect(readFileSync(join(folder, 'deep', 'module', name), 'utf8')).not.toContain(folder);
  const zip = unzipSync(readFileSync(join(folder, 'deep', 'module', 'config-remediator.zip')));
  expect(strFromU8(zip['baseline.json'] ?? new Uint8Array())).toContain('sg-00000001');
});

it('`writeTerraformModule` replaces an earlier module, and refuses a folder with other files', () => {
  const settings = { regions: ['eu-west-1'] };
  expect(write(settings)).toMatchObject({ ok: true });
  expect(write(settings)).toMatchObject({ ok: true });
  rmSync(join(folder, 'deep', 'module', 'main.tf.json'));

  expect(write(settings)).toEqual({
    ok: false,
    problems: [expect.stringMatching(/module: contains files, but no earlier module/) as string],
  });
});

it('`writeTerraformModule` writes a module for the chosen region', () => {
  const regions = { 'eu-west-1': {}, 'us-east-1': { memory: 512 } };

  expect(write({ regions }, 'us-east-1')).toMatchObject({ ok: true });
  const variables = readFileSync(join(folder, 'deep', 'module', 'variables.tf.json'), 'utf8');
  expect((JSON.parse(variables) as { variable: { memory: unknown } }).variable.memory).toMatchObject({ default: 512 });
});

it.each([
  [
    'several regions without a choice',
    { regions: ['eu-west-1', 'us-east-1'] },
    undefined,
    /a module is for one region: choose one of eu-west-1, us-east-1 with `--region`$/,
  ],
  [
    'an unknown region',
    { regions: ['eu-west-1'] },
    'eu-west-2',
    /there is no region `eu-west-2`: choose one of eu-west-1 with `--region`$/,
  ],
  [
    'an organization',
    { regions: ['eu-west-1'], accountId: '111122223333', organization: { id: 'o-exampleorgid' } },
    undefined,
    /a module is for one account: remove `organization`, or deploy the stacks of the settings$/,
  ],
  ['invalid settings', { regions: ['eu-west-1'], memory: 1 }, undefined, /settings\.yaml:1:\d+: bad-value: `memory`/],
  ['a missing baseline', { regions: ['eu-west-1'], baseline: 'other.json' }, undefined, /other\.json: cannot be read/],
])('`writeTerraformModule` refuses %s', (_, settings, region, problem) => {
  expect(write(settings, region)).toEqual({ ok: false, problems: [expect.stringMatching(problem) as string] });
});
