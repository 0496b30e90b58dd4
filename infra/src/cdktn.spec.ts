/** Checks that these sources work with CDKTF and with its successor, CDK Terrain. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const SETTINGS = {
  regions: ['eu-west-1', 'us-east-1'],
  baseline: 'baseline.json',
  accountId: '111122223333',
  kmsKey: 'create',
  sinks: { sns: { topicArn: 'arn:aws:sns:eu-west-1:111122223333:findings' } },
  organization: { id: 'o-exampleorgid', members: ['444455556666'], stackSet: { organizationalUnits: ['r-ab12'] } },
  state: { bucket: 'states', region: 'eu-west-1' },
  tags: { Team: 'platform' },
};
const BASELINE = { version: 1, baselines: [{ name: 'web', groups: { ids: ['sg-00000001'] }, ingress: [] }] };

/** Makes Node.js load CDK Terrain and its bindings when a source file imports CDKTF. */
const HOOK = `export const resolve = (specifier, context, next) => next(specifier.replace(/^(@?)cdktf(?=\\/|$)/, '$1cdktn'), context);`;
function moduleUrl(text: string): string {
  return `data:text/javascript,${encodeURIComponent(text)}`;
}
const AS_CDKTN = `--import=${moduleUrl(`import { register } from 'node:module'; register(${JSON.stringify(moduleUrl(HOOK))});`)}`;

it('the same sources synthesise the same stacks with CDK Terrain as with CDKTF', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cdktn-'));
  writeFileSync(join(folder, 'settings.yaml'), JSON.stringify(SETTINGS));
  writeFileSync(join(folder, 'baseline.json'), JSON.stringify(BASELINE));
  writeFileSync(join(folder, 'main.mjs'), 'export const handler = () => {};');

  /** Returns each synthesised stack without the keys that name the framework or the registry address of the provider. */
  function synthesised(framework: string, ...options: readonly string[]): Readonly<Record<string, unknown>> {
    const outdir = join(folder, framework);
    const bundle = join(folder, 'main.mjs');
    const input = { settingsFile: join(folder, 'settings.yaml'), bundles: { remediator: bundle, detector: bundle }, outdir };
    const program = `import { synthesise } from ${JSON.stringify(pathToFileURL(join(__dirname, 'synth', 'synthesise.ts')).href)};
      process.exitCode = synthesise(${JSON.stringify(input)}).ok ? 0 : 1;`;
    const { status, stderr } = spawnSync(
      process.execPath,
      ['--conditions=@portcullis/source', '--import=tsx', ...options, '--input-type=module', `--eval=${program}`],
      { encoding: 'utf8' },
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const stacks = join(outdir, 'stacks');
    return Object.fromEntries(
      readdirSync(stacks).map((stack) => [
        stack,
        JSON.parse(readFileSync(join(stacks, stack, 'cdk.tf.json'), 'utf8'), (key, value: unknown) =>
          key === '//' || key === 'required_providers' ? undefined : value,
        ),
      ]),
    );
  }
  const [cdktf, cdktn] = [synthesised('cdktf'), synthesised('cdktn', AS_CDKTN)];
  const version = (JSON.parse(readFileSync(join(folder, 'cdktn', 'manifest.json'), 'utf8')) as { version: string }).version;
  const installed = (JSON.parse(readFileSync(require.resolve('cdktn/package.json'), 'utf8')) as { version: string }).version;
  rmSync(folder, { recursive: true });

  expect(version).toBe(installed);
  expect(Object.keys(cdktf)).toHaveLength(6);
  expect(cdktn).toEqual(cdktf);
});
