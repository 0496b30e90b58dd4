/** Runs the CDKTF app as `cdktf` runs it: as a program, of which nothing is imported. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { isObject, objectOf, parseObject, textOf, type JsonObject } from '../json.js';
import type { Sandbox } from '../sandbox.js';
import type { Deployment, Existing } from './deployment.js';
import { runProgram } from './program.js';
import { readSynthesised } from './synthesised.js';

export interface SettingsInput {
  /** The text of a baseline file. */
  readonly baselineText: string;
  readonly region: string;
  /** The folder to write to. */
  readonly outdir: string;
  /** More settings, in the words of `infra/portcullis.yaml`; they outweigh what is set here. */
  readonly settings?: JsonObject;
}

/** Writes a baseline and the settings that name it into a folder; returns the path of the settings. */
export async function writeSettings({ baselineText, region, outdir, settings = {} }: SettingsInput): Promise<string> {
  await mkdir(outdir, { recursive: true });
  const file = join(outdir, 'portcullis.yaml');
  await writeFile(join(outdir, 'baseline.yaml'), baselineText);
  // JSON is YAML.
  await writeFile(file, JSON.stringify({ regions: [region], baseline: 'baseline.yaml', ...settings }));
  return file;
}

/**
 * Returns the folders of the stacks that the settings make, each with its `cdk.tf.json`, in the order in which they are deployed. The functions must have
 * been built.
 *
 * @throws {Error} with every problem of the baseline and the settings, each with its line.
 */
export async function synthesise(settingsFile: string): Promise<readonly string[]> {
  const out = join(dirname(settingsFile), 'cdktf.out');
  const infra = dirname(createRequire(import.meta.url).resolve('@portcullis/infra/package.json'));
  const { code, output } = await runProgram(
    process.execPath,
    ['--conditions=@portcullis/source', '--import', 'tsx', join('src', 'main.ts')],
    {
      cwd: infra,
      env: { ...process.env, CDKTF_OUTDIR: out, PORTCULLIS_SETTINGS: resolve(settingsFile) },
    },
  );
  if (code !== 0) throw new Error(`the stack cannot be synthesised:\n${output}`);
  const manifest = parseObject(await readFile(join(out, 'manifest.json'), 'utf8'));
  return Object.values(objectOf(manifest, 'stacks'))
    .filter(isObject)
    .map((stack) => join(out, textOf(stack, 'workingDirectory') ?? ''));
}

/** Synthesises and deploys into the sandbox, without Terraform: seconds. */
export async function deployStacks(
  sandbox: Sandbox,
  input: Omit<SettingsInput, 'region'>,
  existing?: Existing,
): Promise<readonly Deployment[]> {
  const folders = await synthesise(await writeSettings({ ...input, region: sandbox.region }));
  const deployments = await Promise.all(folders.map((folder) => readSynthesised(join(folder, 'cdk.tf.json'), sandbox, existing)));
  for (const deployment of deployments) await sandbox.deploy(deployment);
  return deployments;
}
