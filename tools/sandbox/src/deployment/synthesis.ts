/** Runs the CDKTF app as `cdktf` runs it: as a program, of which nothing is imported. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { objectOf, parseObject, textOf, type JsonObject } from '../json.js';
import type { Sandbox } from '../sandbox.js';
import type { Deployment } from './deployment.js';
import { runProgram } from './program.js';
import { readSynthesised } from './synthesised.js';

const { resolve: locate } = createRequire(import.meta.url);

/**
 * Builds the bundles of both functions, as `nx build` does: at once when nothing changed.
 *
 * @throws {Error} with what Nx printed, when a bundle cannot be built.
 */
export async function buildFunctions(): Promise<void> {
  const nx = ['run-many', '-t', 'build', '-p', 'config-remediator,cloudtrail-detector', '--output-style=static'];
  const { code, output } = await runProgram(process.execPath, [locate('nx/bin/nx.js'), ...nx], {
    cwd: join(dirname(locate('nx/package.json')), '..', '..'),
    env: { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false' },
  });
  if (code !== 0) throw new Error(`the functions could not be built:\n${output}`);
}

/** The text of a baseline file, and the folder to write to; `settings`, in the words of `infra/portcullis.yaml`, outweigh what is set here. */
export interface SettingsInput {
  readonly baselineText: string;
  readonly region: string;
  readonly outdir: string;
  readonly settings?: JsonObject | undefined;
}

/**
 * Returns the folders of the stacks that the settings make, each with its `cdk.tf.json`, in the order in which they are deployed. The baseline and the settings
 * are written to `outdir`. The functions must have been built.
 *
 * @throws {Error} with every problem of the baseline and the settings, each with its line.
 */
export async function synthesise({ baselineText, region, outdir, settings = {} }: SettingsInput): Promise<readonly string[]> {
  const file = resolve(outdir, 'portcullis.yaml');
  await mkdir(outdir, { recursive: true });
  await writeFile(join(outdir, 'baseline.yaml'), baselineText);
  // JSON is YAML.
  await writeFile(file, JSON.stringify({ regions: [region], baseline: 'baseline.yaml', ...settings }));
  const out = join(outdir, 'cdktf.out');
  const { code, output } = await runProgram(process.execPath, ['--conditions=@portcullis/source', '--import', 'tsx', 'src/main.ts'], {
    cwd: dirname(locate('@portcullis/infra/package.json')),
    env: { ...process.env, CDKTF_OUTDIR: out, PORTCULLIS_SETTINGS: file },
  });
  if (code !== 0) throw new Error(`the stack cannot be synthesised:\n${output}`);
  const manifest = parseObject(await readFile(join(out, 'manifest.json'), 'utf8'));
  return Object.values(objectOf(manifest, 'stacks')).map((stack) => join(out, textOf(stack, 'workingDirectory') ?? ''));
}

/** Synthesises and deploys into the sandbox, without Terraform: seconds. */
export async function deployStacks(sandbox: Sandbox, input: Omit<SettingsInput, 'region'>): Promise<readonly Deployment[]> {
  const folders = await synthesise({ ...input, region: sandbox.region });
  const deployments = await Promise.all(folders.map((folder) => readSynthesised(join(folder, 'cdk.tf.json'), sandbox)));
  for (const deployment of deployments) await sandbox.deploy(deployment);
  return deployments;
}
