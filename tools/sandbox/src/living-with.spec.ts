/** docs/living-with.md, Terraform: its steps in their order, with real Terraform. */
import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runProgram } from './deployment/program.js';
import { findMirror, findTerraform } from './terraform/terraform.js';
import { folder, sandbox, useSandbox } from './testing/fixture.js';

const ROOT = join(__dirname, '..', '..', '..');
const PORTCULLIS = join(ROOT, 'tools', 'cli', 'bin', 'portcullis.mjs');
const PAGE = readFileSync(join(ROOT, 'docs', 'living-with.md'), 'utf8');
const SECTION = PAGE.slice(PAGE.indexOf('\n## Terraform'), PAGE.indexOf('\n## EKS'));

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
/** The pull request opens a port. */
const CHANGE = `resource "aws_vpc_security_group_ingress_rule" "admin" {
  security_group_id = aws_security_group.shop.id
  ip_protocol       = "tcp"
  from_port         = 8443
  to_port           = 8443
  cidr_ipv4         = "10.0.0.0/8"
}
`;

interface Typed {
  readonly command: string;
  expected: string;
}

/** The commands of each `console` block, with what the page says that they print. */
const blocks = [...SECTION.matchAll(/^ *```console\n([^]*?)^ *```/gm)].map(([, block = '']) => {
  const typed: Typed[] = [];
  for (const line of block.split('\n').map((each) => each.replace(/^ {3}/, ''))) {
    const last = typed.at(-1);
    if (line.startsWith('$ ')) typed.push({ command: line.slice(2), expected: '' });
    else if (last !== undefined && line !== '') last.expected += `${line}\n`;
  }
  return typed;
});
/** The permit of the pull request, as the page indents it, and its last day. */
const [, permit = '', lastDay = ''] = /^ *```yaml\n([^]*?until: (\S+)[^]*?)^ *```/m.exec(SECTION) ?? [];
const TOMORROW = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);

const hasTerraform = spawnSync('terraform', ['version']).status === 0 && findMirror(process.env.PORTCULLIS_TF_MIRROR) !== undefined;
const test = hasTerraform ? it : it.skip;

useSandbox();

/** Runs a block and compares what each command prints. Terraform's own words are not ours to promise. Returns the last exit code. */
async function follow(block: readonly Typed[] = []): Promise<number> {
  let last = 0;
  for (const { command, expected } of block) {
    const { code, output } = await shell(command);
    if (command.startsWith('npx portcullis')) expect(asOnPage(output)).toBe(expected);
    else if (code !== 0) throw new Error(`${command}: ${output}`);
    last = code;
  }
  return last;
}

/** Returns the text without empty lines, and with the id and the last day that the page has. */
function asOnPage(text: string): string {
  return text
    .replace(/sg-[0-9a-f]{17}/g, 'sg-0a1b2c3d4e5f60718')
    .replaceAll(TOMORROW, lastDay)
    .replace(/^\n+/gm, '');
}

let env: NodeJS.ProcessEnv;

function shell(command: string): ReturnType<typeof runProgram> {
  return runProgram('bash', ['-c', command], { cwd: folder, env });
}

function edit(file: string, change: (text: string) => string): void {
  const path = join(folder, file);
  writeFileSync(path, change(readFileSync(path, 'utf8')));
}

test('the steps of the page keep Terraform and the guard agreed (skipped without Terraform and a mirror of its AWS provider)', async () => {
  const tools = await findTerraform();
  writeFileSync(join(folder, 'main.tf'), MAIN);
  // npx would look for the package in the folder.
  writeFileSync(join(folder, 'npx'), `#!/bin/sh\nshift\nexec ${process.execPath} ${PORTCULLIS} "$@"\n`);
  chmodSync(join(folder, 'npx'), 0o755);
  env = { ...tools.env, ...sandbox.environment(), PATH: `${folder}${delimiter}${process.env.PATH ?? ''}` };
  const [adopt, ask, again, afterMerge] = blocks;
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
