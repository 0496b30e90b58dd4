/** `npm run sandbox`: simulates AWS with Portcullis deployed, until it is interrupted. */
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { formatFileProblem, readBaselineFile } from '@portcullis/baseline/file';
import { narrate } from './demo/narrate.js';
import { write, writeHeading, writeLine } from './demo/stage.js';
import { exampleBaseline, playableBaseline, type PlayableBaseline } from './demo/groups.js';
import { runSchedules } from './delivery/schedules.js';
import { textOf } from './json.js';
import { MotoUnavailableError } from './simulated-aws/moto.js';
import { buildFunctions, deployStacks } from './deployment/synthesis.js';
import { startSandbox, type Sandbox } from './sandbox.js';

const DEFAULT_PORT = 4700;

const HELP = `npm run sandbox                        Portcullis guards a new group \`web\` with tcp 80 and 443
npm run sandbox -- BASELINE.yaml       Portcullis guards a new group for each group id in the file
npm run sandbox -- --bare              AWS without Portcullis
  --region REGION   the default is eu-west-1
  --port PORT       the default is ${DEFAULT_PORT}, or a free port if that is taken
  --events          shows each delivered event as JSON

While it runs, type \`deploy BASELINE.yaml\` to deploy Portcullis with that baseline. Ctrl-C ends it.`;

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

if (options.help) write(HELP);
else process.exitCode = await main(options, positionals[0]).catch(refuse);

/** Writes an error that the user can fix without its stack. */
function refuse(error: unknown): number {
  const isForeseen = error instanceof MotoUnavailableError || error instanceof InvalidFileError || textOf(error, 'syscall') !== undefined;
  process.stderr.write(`${(isForeseen ? undefined : textOf(error, 'stack')) ?? textOf(error, 'message') ?? ''}\n`);
  return 1;
}

async function main({ bare, events: wholeEvents, port, region }: typeof options, file: string | undefined): Promise<number> {
  const declared = file === undefined ? undefined : await readBaseline(file);
  if (port !== undefined && !/^\d{1,5}$/.test(port)) {
    process.stderr.write(`invalid port "${port}": expected a number from 1 to 65535\n`);
    return 1;
  }

  // Registered first, so that an early interrupt leaves nothing running.
  const interrupted = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, resolve);
  });
  const log = (line: string): void => {
    writeLine('', line, 'dim');
  };
  const sandbox = await startSandbox({ region, port: await portFor(port), log });
  const folder = await mkdtemp(join(tmpdir(), 'portcullis-sandbox-'));
  const typed = createInterface({ input: process.stdin });
  try {
    const baseline = bare ? undefined : await (declared === undefined ? exampleBaseline(sandbox) : playableBaseline(sandbox, declared));
    if (baseline !== undefined) await deploy(sandbox, baseline.text, folder);
    introduce(sandbox, baseline, join(folder, 'baseline.yaml'));
    const stop = narrate(sandbox, { wholeEvents });
    const schedules = setInterval(() => void runSchedules(sandbox, new Date()).catch(refuse), 1000);
    typed.on('line', (line) => void obey(line, sandbox, folder).catch(refuse));
    await interrupted;
    clearInterval(schedules);
    stop();
    return 0;
  } finally {
    typed.close();
    await sandbox.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

class InvalidFileError extends Error {}

/** Returns the text of a valid baseline file. @throws {InvalidFileError} with every problem of the file */
async function readBaseline(file: string): Promise<string> {
  const text = await readFile(file, 'utf8');
  const read = readBaselineFile(text);
  if (!read.ok) throw new InvalidFileError(read.problems.map((problem) => formatFileProblem(file, problem)).join('\n'));
  return text;
}

async function portFor(asked: string | undefined): Promise<number> {
  if (asked !== undefined) return Number(asked);
  const server = createServer();
  const isFree = once(server.listen(DEFAULT_PORT, '127.0.0.1'), 'listening').then(
    () => true,
    () => false,
  );
  if (await isFree) {
    server.close();
    return DEFAULT_PORT;
  }
  writeLine('', `port ${DEFAULT_PORT} is in use: using another port`, 'yellow');
  return 0;
}

/** Executes a line that the user typed. */
async function obey(line: string, sandbox: Sandbox, folder: string): Promise<void> {
  const [, file] = /^\s*deploy\s+(\S+)\s*$/.exec(line) ?? [];
  if (file !== undefined) await deploy(sandbox, await readBaseline(file), folder);
  else if (line.trim() !== '') writeLine('', `unknown command "${line.trim()}": expected \`deploy BASELINE.yaml\``, 'yellow');
}

async function deploy(sandbox: Sandbox, baselineText: string, folder: string): Promise<void> {
  writeLine('building', 'both functions');
  await buildFunctions();
  writeLine('deploying', 'straight from the synthesised stack');
  await deployStacks(sandbox, { baselineText, outdir: folder });
  await sandbox.settle();
  writeLine('deployed', 'Portcullis guards the groups of the baseline', 'green');
}

function introduce(sandbox: Sandbox, baseline: PlayableBaseline | undefined, baselineFile: string): void {
  const { endpoint, region, accountId } = sandbox;
  writeHeading(`AWS on this machine: ${endpoint}`, `region ${region}, account ${accountId}; nothing leaves this machine`);
  for (const { called, id } of baseline?.groups ?? []) writeLine('guarded', called === id ? id : `${id} (${called})`);
  const exports = Object.entries(sandbox.environment(sandbox.person('mallory'))).map(([name, value]) => `export ${name}='${value}'`);
  writeCommands('In another terminal, be mallory:', exports);
  const [{ id } = { id: undefined }] = baseline?.groups ?? [];
  if (id === undefined && baseline !== undefined)
    writeCommands('The file names no group by its id. Create a group that it covers, then open a port with the id that the call returns:', [
      'aws ec2 create-security-group --group-name mine --description mine',
      'aws ec2 authorize-security-group-ingress --protocol tcp --port 22 --cidr 0.0.0.0/0 --group-id',
    ]);
  else if (id === undefined)
    writeCommands('Nothing is deployed. docs/tutorial.md says what to do next; after its step 4, type here:', [
      'deploy infra/baseline.yaml',
    ]);
  else
    writeCommands('Open a port, close one, and ask what AWS Config and Portcullis say:', [
      `aws ec2 authorize-security-group-ingress --group-id ${id} --protocol tcp --port 445 --cidr 0.0.0.0/0`,
      `aws ec2 revoke-security-group-ingress --group-id ${id} --protocol tcp --port 443 --cidr 0.0.0.0/0`,
      `aws ec2 describe-security-group-rules --filters Name=group-id,Values=${id}`,
      `aws configservice get-compliance-details-by-resource --resource-type AWS::EC2::SecurityGroup --resource-id ${id}`,
      `npx portcullis plan ${baselineFile}`,
    ]);
  writeLine('', 'What happens is shown here. Ctrl-C ends it.', 'bold');
  write('');
}

function writeCommands(title: string, commands: readonly string[]): void {
  // Without a margin, so that they are easy to copy.
  write(`# ${title}`, ...commands, '');
}
