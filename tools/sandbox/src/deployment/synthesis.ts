/** Synthesises stacks: runs the CDKTF app as a separate program, as `cdktf synth` does. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { json, type JsonObject } from '../json.js';
import type { Sandbox } from '../sandbox.js';
import type { Deployment } from './deployment.js';
import { runSandboxProgram } from './program.js';
import { readSynthesisedStack } from './synthesised-stack.js';

const { resolve: locate } = createRequire(import.meta.url);

/** Builds the bundles of both functions with Nx. @throws {Error} that contains the output of Nx, if the build fails */
export async function buildFunctionsForSandbox(): Promise<void> {
  const nx = ['run-many', '-t', 'build', '-p', 'config-remediator,cloudtrail-detector', '--output-style=static'];
  const { code, output } = await runSandboxProgram(process.execPath, [locate('nx/bin/nx.js'), ...nx], {
    cwd: join(dirname(locate('nx/package.json')), '..', '..'),
    env: { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false' },
  });
  if (code !== 0) throw new Error(`the functions could not be built:\n${output}`);
}

/**
 * The input of the CDKTF app. All files are written to `outdir`. `settings` override the default settings, and have the keys of
 * `infra/portcullis.yaml`.
 */
export interface SettingsInput {
  readonly baselineText: string;
  readonly region: string;
  readonly outdir: string;
  readonly settings?: JsonObject | undefined;
}

/**
 * Synthesises the stacks. Returns the folders of the stacks in the order of deployment. Each folder contains a `cdk.tf.json`. The functions
 * must have been built. @throws {Error} that lists every problem of the baseline and the settings with its line
 */
export async function synthesiseStacksForSandbox(input: SettingsInput): Promise<readonly string[]> {
  const out = join(input.outdir, 'cdktf.out');
  await runInfraScript('src/synth/main.ts', [], { CDKTF_OUTDIR: out, PORTCULLIS_SETTINGS: await writeSandboxSettings(input) });
  const manifest = json.parse(await readFile(join(out, 'manifest.json'), 'utf8'));
  return Object.values(json.object(manifest, 'stacks')).map((stack) => join(out, json.text(stack, 'workingDirectory') ?? ''));
}

/** Writes a Terraform module for the region into the folder, as the command `portcullis-module` does. */
export async function synthesiseModuleForSandbox(input: SettingsInput, folder: string): Promise<void> {
  await runInfraScript('src/terraform-module/main.ts', [await writeSandboxSettings(input), '--region', input.region, '--out', folder]);
}

/** Writes the baseline file and the settings file. Returns the path of the settings file. */
async function writeSandboxSettings({ baselineText, region, outdir, settings = {} }: SettingsInput): Promise<string> {
  const file = resolve(outdir, 'portcullis.yaml');
  await mkdir(outdir, { recursive: true });
  await writeFile(join(outdir, 'baseline.yaml'), baselineText);
  // JSON is YAML.
  await writeFile(file, JSON.stringify({ regions: [region], baseline: 'baseline.yaml', ...settings }));
  return file;
}

async function runInfraScript(script: string, args: readonly string[], variables: NodeJS.ProcessEnv = {}): Promise<void> {
  const { code, output } = await runSandboxProgram(
    process.execPath,
    ['--conditions=@portcullis/source', '--import', 'tsx', script, ...args],
    {
      cwd: dirname(locate('@portcullis/infra/package.json')),
      env: { ...process.env, ...variables },
    },
  );
  if (code !== 0) throw new Error(`the stack cannot be synthesised:\n${output}`);
}

/** Synthesises stacks, and returns the deployments that `terraform apply` would create. */
export async function synthesiseDeployments(sandbox: Sandbox, input: Omit<SettingsInput, 'region'>): Promise<readonly Deployment[]> {
  const folders = await synthesiseStacksForSandbox({ ...input, region: sandbox.region });
  return Promise.all(folders.map((folder) => readSynthesisedStack(join(folder, 'cdk.tf.json'), sandbox)));
}

/** Synthesises stacks and deploys them into the sandbox in seconds, without Terraform. */
export async function deployStacks(sandbox: Sandbox, input: Omit<SettingsInput, 'region'>): Promise<readonly Deployment[]> {
  const deployments = await synthesiseDeployments(sandbox, input);
  for (const deployment of deployments) await sandbox.deploy(deployment);
  return deployments;
}
