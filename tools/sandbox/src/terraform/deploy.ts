import { access, mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { listOf, objectOf, parseObject, textOf, type JsonObject } from '../json.js';
import { inventory } from '../provision/inventory.js';
import { runProgram, type ProgramResult } from '../provision/program.js';
import {
  infraDependency,
  infraDirectory,
  runSynthesis,
  stackDirectory,
  writeSettings,
} from '../provision/synthesise.js';
import type { Sandbox } from '../sandbox.js';
import { oldestProvider } from './accepted-provider.js';
import { withoutSettingsOfOthers } from './child-environment.js';
import { renderCliConfiguration } from './cli-configuration.js';
import { discover, thisMachine, type Discovery } from './discover.js';
import { cliConfigurationFile } from './mirror-places.js';
import { awsProvider } from './mirror.js';
import { overridesFor } from './overrides.js';
import { plannedChanges } from './planned-changes.js';
import { createProgress } from './progress.js';

export interface DeployOptions {
  /** The text of a baseline file. */
  readonly baselineText: string;
  /** The folder for the settings, the synthesised stack and Terraform's state. */
  readonly outdir: string;
  /** More settings, in the words of `infra/portcullis.yaml`; they outweigh what is overridden here. */
  readonly settings?: JsonObject;
  /** Told how far it is, in short lines. */
  readonly tell?: (line: string) => void;
  /** What to deploy with. @default what is found on this machine */
  readonly discovery?: Discovery;
}

/** Portcullis as `cdktf deploy` left it in a sandbox. */
export interface TerraformDeployment {
  /** The outputs of the stack: the names of the rules and the functions. */
  readonly outputs: Readonly<Record<string, string>>;
  /**
   * Synthesises again and returns what Terraform would do about it, as `update aws_sqs_queue.failures`; empty when nothing.
   *
   * @param baselineText another baseline than the one that was deployed.
   */
  planAgain(baselineText?: string): Promise<readonly string[]>;
  /** What `terraform validate` has to say about the stack; empty when it is valid. */
  validate(): Promise<readonly string[]>;
  /** Guards one more region, from the same settings, and stops guarding it; resolves to what is there while it is guarded. */
  switchRegion(region: string): Promise<readonly string[]>;
  /** `cdktf destroy` */
  destroy(): Promise<void>;
  /** What is in the sandbox and was not before, as `queue portcullis-undelivered`. */
  leftovers(): Promise<readonly string[]>;
}

/**
 * Deploys into a sandbox as a platform team does into AWS: `cdktf deploy`, by Terraform and its AWS provider. The functions must have been built. It
 * takes a minute, most of which the provider waits for queues that have long been there.
 * Rejects when Terraform or the provider is missing, and, with all they printed, when they fail.
 */
export const deployWithTerraform = async (sandbox: Sandbox, options: DeployOptions): Promise<TerraformDeployment> => {
  const { tell = () => undefined, settings = {} } = options;
  const outdir = resolve(options.outdir);
  const found = options.discovery ?? (await discover());
  if (!found.ok) throw new Error(found.summary);
  tell(found.summary);
  const overrides = overridesFor(found.provider.version, oldestProvider);
  for (const reason of overrides.reasons) tell(reason);

  await mkdir(outdir, { recursive: true });
  const write = (changed: { readonly baselineText?: string; readonly settings?: JsonObject } = {}): Promise<string> =>
    writeSettings(outdir, {
      baselineText: changed.baselineText ?? options.baselineText,
      sandbox,
      settings: {
        ...overrides.settings,
        ...settings,
        ...changed.settings,
        provider: { ...objectOf(overrides.settings, 'provider'), ...objectOf(settings, 'provider') },
      },
    });
  const settingsFile = await write();
  const out = join(outdir, 'cdktf.out');
  const isMirrored = found.provider.source === 'mirror';
  // To lock the provider for other platforms, cdktf would ask the registry.
  const locking = isMirrored ? ['--skip-provider-lock'] : [];
  const env = {
    ...withoutSettingsOfOthers(process.env),
    ...sandbox.environment(),
    ...(await cliConfiguration(found, outdir)),
    CDKTF_HOME: join(outdir, 'cdktf.home'),
    ...(isMirrored && { CDKTF_DISABLE_PLUGIN_CACHE_ENV: 'true' }),
    CHECKPOINT_DISABLE: '1',
    NODE_NO_WARNINGS: '1',
    PORTCULLIS_SETTINGS: settingsFile,
    PORTCULLIS_SKIP_BUILD: '1',
    TERRAFORM_BINARY_NAME: found.terraform.path,
    TF_IN_AUTOMATION: '1',
  };
  const cdktf = async (command: 'deploy' | 'destroy', stack: string): Promise<void> => {
    const args = [command, stack, '--auto-approve', '--output', out, ...locking];
    const result = await runProgram(process.execPath, [cdktfProgram(), ...args], {
      cwd: infraDirectory(),
      env,
      onLine: createProgress(tell),
    });
    if (result.code !== 0) throw failure(`cdktf ${command}`, result);
  };

  const before = new Set(await inventory(sandbox));
  await cdktf('deploy', '*');
  const stackDir = await stackDirectory(out);
  const terraform = (...args: readonly string[]): Promise<ProgramResult> =>
    runProgram(found.terraform.path, args, { cwd: stackDir, env });
  const outputs = await terraform('output', '-json');
  if (outputs.code !== 0) throw failure('terraform output', outputs);
  return {
    outputs: Object.fromEntries(
      Object.entries(parseObject(outputs.output) ?? {}).map(([name, output]) => [name, textOf(output, 'value') ?? '']),
    ),
    planAgain: async (baselineText) => {
      await write({ ...(baselineText !== undefined && { baselineText }) });
      await runSynthesis(settingsFile, out);
      await write();
      const plan = await terraform('plan', '-detailed-exitcode', '-input=false', '-json');
      // Source: https://developer.hashicorp.com/terraform/cli/commands/plan#detailed-exitcode
      if (plan.code === 0) return [];
      if (plan.code !== 2) throw failure('terraform plan', plan);
      const changes = plannedChanges(plan.output);
      return changes.length > 0 ? changes : ['change something that the plan does not name'];
    },
    validate: async () => {
      const { output } = await terraform('validate', '-json');
      return listOf(parseObject(output), 'diagnostics').map((each) => textOf(each, 'summary') ?? 'a problem');
    },
    switchRegion: async (region) => {
      const others = new Set(await inventory(sandbox));
      await write({ settings: { regions: [sandbox.region, region] } });
      const stack = `${textOf(settings, 'name') ?? 'portcullis'}-${region}`;
      await cdktf('deploy', stack);
      const guarded = (await inventory(sandbox)).filter((each) => !others.has(each));
      await cdktf('destroy', stack);
      await write();
      await runSynthesis(settingsFile, out);
      return guarded;
    },
    destroy: () => cdktf('destroy', '*'),
    leftovers: async () => (await inventory(sandbox)).filter((each) => !before.has(each)),
  };
};

/** The variable that names the CLI configuration which the provider is to be found with. */
const cliConfiguration = async (
  { provider }: Extract<Discovery, { ok: true }>,
  folder: string,
): Promise<NodeJS.ProcessEnv> => {
  const theirs = cliConfigurationFile(thisMachine());
  // Whoever reaches the registry may do so through a mirror on the network, or with credentials.
  if (provider.source === 'registry' && (await isThere(theirs))) return { TF_CLI_CONFIG_FILE: theirs };
  const file = join(folder, 'terraform.tfrc');
  const mirror = provider.source === 'mirror' ? provider.directory : undefined;
  await writeFile(file, renderCliConfiguration(mirror, awsProvider));
  return { TF_CLI_CONFIG_FILE: file };
};

const cdktfProgram = (): string => join(infraDependency('cdktf-cli'), 'bundle', 'bin', 'cdktf');

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** Everything a program printed, without the lines with which cdktf shows that it is alive. */
const failure = (command: string, { code, output }: ProgramResult): Error => {
  const lines = output
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^[\u2800-\u28FF] |^\d+ Stacks? deploying\b/.test(line));
  return new Error(`\`${command}\` failed${code === null ? '' : ` with exit code ${code}`}:\n${lines.join('\n')}`);
};
