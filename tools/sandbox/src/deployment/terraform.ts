/** Deploys a synthesised stack into a sandbox with Terraform and its AWS provider. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { runSandboxProgram } from './program.js';
import { json } from '../json.js';
import type { Sandbox } from '../sandbox.js';

/** The path of the AWS provider within a mirror: https://developer.hashicorp.com/terraform/cli/config/config-file#filesystem_mirror */
const PROVIDER = join('registry.terraform.io', 'hashicorp', 'aws');

/**
 * By default, Terraform runs 10 operations in parallel. A higher value saves time, because the provider mostly waits for queues and
 * buckets.
 */
const PARALLELISM = '-parallelism=30';

export interface TerraformTools {
  /** The options of `terraform init` that name the folder of the mirror. Empty without a mirror. */
  readonly initOptions: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** The newest version of the provider in the mirror. Undefined without a mirror, because Terraform then chooses the version. */
  readonly providerVersion: string | undefined;
  readonly summary: string;
}

/**
 * Finds Terraform and a mirror of the AWS provider. The mirror is in the folder PORTCULLIS_TF_MIRROR or in one of the usual folders.
 * Without a mirror, Terraform downloads the provider.
 * @throws {Error} if Terraform is not installed
 */
export async function findTerraform(): Promise<TerraformTools> {
  // Every command reads the large schema of the provider. Less garbage collection (GOGC) saves a quarter of the time.
  const env = { ...process.env, CHECKPOINT_DISABLE: '1', TF_IN_AUTOMATION: '1', GOGC: '400' };
  const { code, stdout } = await runSandboxProgram('terraform', ['version', '-json'], { cwd: process.cwd(), env });
  const version = json.text(json.parse(stdout), 'terraform_version');
  if (code !== 0 || version === undefined)
    throw new Error('Terraform 1.5 or later is not on the PATH: https://developer.hashicorp.com/terraform/install');
  const mirror = findProviderMirror(process.env.PORTCULLIS_TF_MIRROR);
  const from =
    mirror === undefined
      ? "the AWS provider comes from Terraform's own configuration"
      : `AWS provider ${mirror.version} from ${mirror.folder}`;
  return {
    env,
    initOptions: mirror === undefined ? [] : [`-plugin-dir=${mirror.folder}`],
    providerVersion: mirror?.version,
    summary: `Terraform ${version}; ${from}`,
  };
}

/** Returns the folder of a mirror of the AWS provider, and the newest version in this mirror. */
export function findProviderMirror(named = ''): { readonly folder: string; readonly version: string } | undefined {
  const entriesOf = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder) : []);
  const inOpt = entriesOf('/opt').map((name) => join('/opt', name));
  for (const folder of named === '' ? ['/usr/local/share/terraform/plugins', '/usr/share/terraform/plugins', ...inOpt] : [named]) {
    const version = entriesOf(join(folder, PROVIDER))
      .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
      .at(-1);
    if (version !== undefined) return { folder, version };
  }
  return undefined;
}

/** Runs Terraform in the folder of a stack. */
export class TerraformStack {
  constructor(
    readonly folder: string,
    private readonly tools: TerraformTools,
    private readonly sandbox: Pick<Sandbox, 'environment'>,
    private readonly tell: (line: string) => void,
  ) {}

  readonly init = (): Promise<string> => this.run(['init', '-input=false', ...this.tools.initOptions]);
  readonly apply = (): Promise<string> => this.run(['apply', '-auto-approve', '-input=false', PARALLELISM]);
  /** Terraform's state, for `readDeploymentFromTerraform`. */
  readonly show = (): Promise<string> => this.run(['show', '-json']);
  /** Does not refresh the state first, because `apply` has just written the state. */
  readonly destroy = (): Promise<string> => this.run(['destroy', '-refresh=false', '-auto-approve', '-input=false', PARALLELISM]);

  /** Reports whether `terraform validate` prints neither errors nor warnings. */
  async isValid(): Promise<boolean> {
    return /^Success! The configuration is valid\.$/m.test(await this.run(['validate', '-no-color']));
  }

  /**
   * Returns a text such as `update aws_sqs_queue.failures` for each change that Terraform plans. Format:
   * https://developer.hashicorp.com/terraform/internals/machine-readable-ui
   */
  async plan(): Promise<readonly string[]> {
    const output = await this.run(['plan', '-detailed-exitcode', '-input=false', '-json'], [0, 2]);
    const planned = output
      .split('\n')
      .map(json.parse)
      .filter((message) => message?.type === 'planned_change');
    return planned.map((message) => {
      const change = json.object(message, 'change');
      return `${json.text(change, 'action') ?? 'change'} ${json.text(json.object(change, 'resource'), 'addr') ?? 'a resource'}`;
    });
  }

  private async run(args: readonly string[], expected: readonly number[] = [0]): Promise<string> {
    const env = { ...this.tools.env, ...this.sandbox.environment() };
    const { code, output, stdout } = await runSandboxProgram('terraform', args, { cwd: this.folder, env });
    if (!expected.includes(code)) throw new Error(`\`terraform ${args.join(' ')}\` failed:\n${output}`);
    const [complete] = /^(Apply|Destroy) complete!.*/m.exec(output) ?? [];
    if (complete !== undefined) this.tell(complete);
    return stdout;
  }
}
