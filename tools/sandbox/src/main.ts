/** `npm run sandbox`: AWS on this machine with Portcullis deployed in it, until it is interrupted. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { formatFileProblem, readBaselineFile } from '@portcullis/baseline/file';
import { narrate } from './demo/narrate.js';
import { Stage } from './demo/stage.js';
import { exampleBaseline, playableBaseline, type PlayableBaseline } from './demo/groups.js';
import { textOf } from './json.js';
import { MotoUnavailableError } from './aws/moto.js';
import { buildFunctions, deployStacks } from './deployment/synthesis.js';
import { startSandbox, type Sandbox } from './sandbox.js';

const HELP = `npm run sandbox                        Portcullis guarding one group \`web\`, declared as tcp 80 and 443
npm run sandbox -- BASELINE.yaml       Portcullis guarding one group for each id in the file
npm run sandbox -- --bare              AWS alone, with nothing deployed
  --region REGION   the default is eu-west-1
  --port PORT       the default is a free port
  --events          shows each delivered event whole`;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    bare: { type: 'boolean', default: false },
    events: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
    port: { type: 'string' },
    region: { type: 'string' },
  },
});

const stage = new Stage();

if (options.help) process.stdout.write(`${HELP}\n`);
else process.exitCode = await main(options, positionals[0]).catch(refuse);

/** Explains in one line what the reader can change; anything else keeps its stack. */
function refuse(error: unknown): number {
  const isForeseen = error instanceof MotoUnavailableError || textOf(error, 'syscall') !== undefined;
  return complain((isForeseen ? undefined : textOf(error, 'stack')) ?? textOf(error, 'message') ?? '');
}

function complain(...lines: readonly string[]): number {
  for (const line of lines) process.stderr.write(`${line}\n`);
  return 1;
}

async function main({ bare, events: wholeEvents, port, region }: typeof options, file: string | undefined): Promise<number> {
  const declared = file === undefined ? undefined : await readFile(file, 'utf8');
  const read = declared === undefined ? undefined : readBaselineFile(declared);
  if (read?.ok === false) return complain(...read.problems.map((problem) => formatFileProblem(file ?? '', problem)));
  if (port !== undefined && !/^\d{1,5}$/.test(port)) return complain(`\`--port ${port}\` is not a port: expected a number from 1 to 65535`);

  // Listened for before anything is started, so that nothing is left running when it comes early.
  const interrupted = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, resolve);
  });
  const log = (line: string): void => {
    stage.line('', line, 'dim');
  };
  const sandbox = await startSandbox({ region, port: port === undefined ? undefined : Number(port), log });
  try {
    introduce(sandbox, bare ? [] : (await deploy(sandbox, declared)).groups);
    const stop = narrate(sandbox, stage, { wholeEvents });
    await interrupted;
    stop();
    return 0;
  } finally {
    await sandbox.stop();
  }
}

async function deploy(sandbox: Sandbox, declared: string | undefined): Promise<PlayableBaseline> {
  const outdir = await mkdtemp(join(tmpdir(), 'portcullis-sandbox-stack-'));
  try {
    stage.line('building', 'both functions');
    await buildFunctions();
    const baseline = declared === undefined ? await exampleBaseline(sandbox) : await playableBaseline(sandbox, declared);
    stage.line('deploying', 'straight from the synthesised stack');
    await deployStacks(sandbox, { baselineText: baseline.text, outdir });
    await sandbox.settle();
    return baseline;
  } finally {
    await rm(outdir, { recursive: true, force: true });
  }
}

function introduce(sandbox: Sandbox, groups: PlayableBaseline['groups']): void {
  const { endpoint, region, accountId } = sandbox;
  stage.heading(`AWS on this machine: ${endpoint}`, `region ${region}, account ${accountId}; nothing leaves this machine`);
  for (const { called, id } of groups) stage.line('guarded', called === id ? id : `${id} (${called})`);
  stage.gap();
  const exports = Object.entries(sandbox.environment(sandbox.person('mallory'))).map(([name, value]) => `export ${name}='${value}'`);
  tellCommands('In another terminal, be mallory:', exports);
  const id = groups[0]?.id ?? 'sg-…';
  tellCommands('and do something:', [
    `aws ec2 describe-security-group-rules --filters Name=group-id,Values=${id}`,
    `aws ec2 authorize-security-group-ingress --group-id ${id} --protocol tcp --port 445 --cidr 0.0.0.0/0`,
    `aws ec2 revoke-security-group-ingress --group-id ${id} --protocol tcp --port 443 --cidr 0.0.0.0/0`,
    `aws configservice get-compliance-details-by-resource --resource-type AWS::EC2::SecurityGroup --resource-id ${id}`,
  ]);
  stage.line('', 'What happens is shown here. Ctrl-C ends it.', 'bold');
  stage.gap();
}

function tellCommands(title: string, commands: readonly string[]): void {
  stage.line('', title, 'bold');
  // Without a margin, so that they can be copied as they are.
  process.stdout.write(`${commands.join('\n')}\n\n`);
}
