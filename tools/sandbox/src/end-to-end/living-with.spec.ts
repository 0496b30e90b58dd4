/** Runs the Terraform steps of docs/living-with.md with the real Terraform program. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runSandboxProgram } from '../deployment/program.js';
import { findProviderMirror, findTerraform } from '../deployment/terraform.js';
import { folder, sandbox, useSandbox } from '../testing/fixture.js';
import { blocksIn, Reader, ROOT, type Step } from '../testing/docs-page.js';
import { portcullis } from '../testing/portcullis.js';

const MAIN = `terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
provider "aws" {
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}
resource "aws_security_group" "shop" {
  name = "shop"
}
resource "aws_vpc_security_group_ingress_rule" "https" {
  security_group_id = aws_security_group.shop.id
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_ipv4         = "0.0.0.0/0"
}
`;
/** The change in the pull request: a rule that opens port 8443. */
const CHANGE = `resource "aws_vpc_security_group_ingress_rule" "admin" {
  security_group_id = aws_security_group.shop.id
  ip_protocol       = "tcp"
  from_port         = 8443
  to_port           = 8443
  cidr_ipv4         = "10.0.0.0/8"
}
`;

/** The permit for the pull request, copied from the page, and its last day. */
const [, permit = '', lastDay = ''] =
  /^ *```yaml\n([^]*?until: (\S+)[^]*?)^ *```/m.exec(readFileSync(join(ROOT, 'docs', 'living-with.md'), 'utf8')) ?? [];
const TOMORROW = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);

const hasTerraform = spawnSync('terraform', ['version']).status === 0 && findProviderMirror(process.env.PORTCULLIS_TF_MIRROR) !== undefined;
const test = hasTerraform ? it : it.skip;

useSandbox();

const env: NodeJS.ProcessEnv = {};

/** Runs a command of the page: `portcullis` in this process, and any other command in a shell. */
async function shell(command: string): Promise<{ readonly code: number; readonly output: string }> {
  if (!command.startsWith('npx portcullis')) return runSandboxProgram('bash', ['-c', command], { cwd: folder, env });
  const { exitCode, stdout, stderr } = await portcullis(...command.split(' ').slice(2));
  return { code: exitCode, output: stdout + stderr };
}

const reader = new Reader();

/**
 * Runs the commands of a block, and compares the output of `portcullis` with the page. Ignores the output of Terraform. Returns the exit
 * code of the last command.
 */
async function follow(block: readonly Step[] = []): Promise<number | undefined> {
  let last: number | undefined;
  for (const { text = '', expected } of block) {
    const { code, output } = await shell(text);
    if (text.startsWith('npx portcullis')) expect(reader.asOnPage(output.replaceAll(TOMORROW, lastDay), expected)).toBe(expected);
    else if (code !== 0) throw new Error(`${text}: ${output}`);
    last = code;
  }
  return last;
}

function edit(file: string, change: (text: string) => string): void {
  const path = join(folder, file);
  writeFileSync(path, change(readFileSync(path, 'utf8')));
}

test('the steps of docs/living-with.md keep Terraform and Portcullis in agreement (skipped without Terraform and a mirror of its AWS provider)', async () => {
  const tools = await findTerraform();
  writeFileSync(join(folder, 'main.tf'), MAIN);
  Object.assign(env, tools.env, sandbox.environment());
  const [adopt, ask, again, afterMerge] = blocksIn('living-with.md');
  const created = await shell(`terraform init -input=false ${tools.initOptions.join(' ')} && terraform apply -auto-approve -input=false`);
  expect(created).toMatchObject({ code: 0 });

  expect(await follow(adopt)).toBe(0);
  edit('baseline.yaml', (text) => text.replace(/^ *mode: report\n/gm, ''));
  edit('main.tf', (text) => text + CHANGE);
  expect(await follow(ask)).toBe(2);
  edit('baseline.yaml', (text) => `${text}${permit.replace(lastDay, TOMORROW).replace(/^ {3}/gm, '    ')}`);
  expect(await follow(again)).toBe(0);
  expect(await follow(afterMerge)).toBe(0);
}, 180_000);
