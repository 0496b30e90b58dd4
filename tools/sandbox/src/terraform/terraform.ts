/** Deploys a synthesised stack into a sandbox with real Terraform and its AWS provider. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram } from '../deployment/program.js';
import { listOf, objectOf, parseObject, textOf } from '../json.js';
import type { Sandbox } from '../sandbox.js';

/** The place in a mirror where Terraform looks for the provider: https://developer.hashicorp.com/terraform/cli/config/config-file#filesystem_mirror */
const PROVIDER = join('registry.terraform.io', 'hashicorp', 'aws');

/** The provider waits for most of the time, until a queue or a bucket has been as asked for for a while. */
const PARALLELISM = '-parallelism=30';

export interface Tools {
  /** How Terraform finds the provider. */
  readonly initOptions: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** The only version of the provider that is there; undefined when Terraform chooses. */
  readonly providerVersion: string | undefined;
  readonly summary: string;
}

/**
 * Finds Terraform, and how it gets the AWS provider: from a mirror that PORTCULLIS_TF_MIRROR names or that lies in a usual place, else as its own configuration says.
 *
 * @throws {Error} when there is no Terraform: it says what to install.
 */
export async function findTerraform(): Promise<Tools> {
  // The provider's schema is large, and is read anew by every command: a lazier garbage collector (GOGC) saves a quarter of the time.
  const env = { ...process.env, CHECKPOINT_DISABLE: '1', TF_IN_AUTOMATION: '1', GOGC: '400' };
  const { code, stdout } = await runProgram('terraform', ['version', '-json'], { cwd: process.cwd(), env });
  const version = textOf(parseObject(stdout), 'terraform_version');
  if (code !== 0 || version === undefined)
    throw new Error('Terraform 1.5 or later is not on the PATH: https://developer.hashicorp.com/terraform/install');
  const mirror = findMirror(process.env.PORTCULLIS_TF_MIRROR);
  const from =
    mirror === undefined ? 'the AWS provider as its own configuration says' : `AWS provider ${mirror.version} from ${mirror.folder}`;
  return {
    env,
    initOptions: mirror === undefined ? [] : [`-plugin-dir=${mirror.folder}`],
    providerVersion: mirror?.version,
    summary: `Terraform ${version}; ${from}`,
  };
}

/** Returns the folder of a mirror that has the AWS provider, and the provider's newest version in it. */
export function findMirror(named = ''): { readonly folder: string; readonly version: string } | undefined {
  const inOpt = names('/opt').map((name) => join('/opt', name));
  for (const folder of named === '' ? ['/usr/local/share/terraform/plugins', '/usr/share/terraform/plugins', ...inOpt] : [named]) {
    const version = names(join(folder, PROVIDER))
      .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
      .at(-1);
    if (version !== undefined) return { folder, version };
  }
  return undefined;
}

/** Returns the names in the folder; none if there is no such folder. */
function names(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

/** One stack, where Terraform runs in its folder. */
export class TerraformStack {
  constructor(
    readonly folder: string,
    private readonly tools: Tools,
    private readonly sandbox: Pick<Sandbox, 'environment'>,
    private readonly tell: (line: string) => void,
  ) {}

  readonly init = (): Promise<string> => this.run(['init', '-input=false', ...this.tools.initOptions]);
  readonly apply = (): Promise<string> => this.run(['apply', '-auto-approve', '-input=false', PARALLELISM]);
  /** Terraform's state, for `readTerraformState`. */
  readonly show = (): Promise<string> => this.run(['show', '-json']);
  /** As the state has it: what `apply` made. */
  readonly destroy = (): Promise<string> => this.run(['destroy', '-refresh=false', '-auto-approve', '-input=false', PARALLELISM]);

  /** What `terraform validate` has to say; empty when the stack is valid. */
  async validate(): Promise<readonly string[]> {
    const output = parseObject(await this.run(['validate', '-json'], [0, 1]));
    return listOf(output, 'diagnostics').map((each) => textOf(each, 'summary') ?? 'a problem');
  }

  /**
   * What Terraform would change, as `update aws_sqs_queue.failures`; empty when nothing.
   *
   * @see https://developer.hashicorp.com/terraform/internals/machine-readable-ui
   */
  async plan(): Promise<readonly string[]> {
    const output = await this.run(['plan', '-detailed-exitcode', '-input=false', '-json'], [0, 2]);
    const planned = output
      .split('\n')
      .map(parseObject)
      .filter((message) => message?.type === 'planned_change');
    return planned.map((message) => {
      const change = objectOf(message, 'change');
      return `${textOf(change, 'action') ?? 'change'} ${textOf(objectOf(change, 'resource'), 'addr') ?? 'a resource'}`;
    });
  }

  private async run(args: readonly string[], expected: readonly number[] = [0]): Promise<string> {
    const env = { ...this.tools.env, ...this.sandbox.environment() };
    const { code, output, stdout } = await runProgram('terraform', args, { cwd: this.folder, env });
    if (!expected.includes(code)) throw new Error(`\`terraform ${args.join(' ')}\` failed:\n${output}`);
    const [complete] = /^(Apply|Destroy) complete!.*/m.exec(output) ?? [];
    if (complete !== undefined) this.tell(complete);
    return stdout;
  }
}
