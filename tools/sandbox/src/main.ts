/** `npm run sandbox`: simulates AWS with Portcullis deployed, until the user presses Ctrl-C. */
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { formatFileProblem, readBaselineFile } from '@portcullis/baseline/file';
import { narrateSandbox } from './demo/narrate.js';
import { printDemoLines, printDemoHeading, printDemoLabelled } from './demo/terminal.js';
import { createExampleGroup, createBaselineGroups, type SandboxBaseline } from './demo/groups.js';
import { invokeDueSchedules } from './delivery/schedules.js';
import { json } from './json.js';
import { MotoUnavailableError } from './simulated-aws/moto.js';
import { buildFunctionsForSandbox, deployStacks } from './deployment/synthesis.js';
import { startSandbox, type Sandbox } from './sandbox.js';

const DEFAULT_PORT = 4700;

const HELP = `npm run sandbox                        Portcullis guards a new group \`web\` with tcp 80 and 443
npm run sandbox -- BASELINE.yaml       Portcullis guards a new group for each group id in the file
npm run sandbox -- --bare              AWS without Portcullis
  --region REGION   the default is eu-west-1
  --port PORT       the default is ${DEFAULT_PORT}, or a free port if the default is in use
  --events          shows each delivered event as JSON

While the sandbox runs, type \`deploy BASELINE.yaml\` to deploy Portcullis with that baseline. Ctrl-C ends the sandbox.`;

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

if (options.help) printDemoLines(HELP);
else process.exitCode = await runSandbox(options, positionals[0]).catch(printSandboxError);

/** Prints the error, without a stack trace if the user can fix the error. */
function printSandboxError(error: unknown): number {
  const isForeseen =
    error instanceof MotoUnavailableError || error instanceof InvalidFileError || json.text(error, 'syscall') !== undefined;
  process.stderr.write(`${(isForeseen ? undefined : json.text(error, 'stack')) ?? json.text(error, 'message') ?? ''}\n`);
  return 1;
}

async function runSandbox({ bare, events: wholeEvents, port, region }: typeof options, file: string | undefined): Promise<number> {
  const declared = file === undefined ? undefined : await readSandboxBaseline(file);
  if (port !== undefined && !/^\d{1,5}$/.test(port)) {
    process.stderr.write(`invalid port "${port}": expected a number from 1 to 65535\n`);
    return 1;
  }

  // Registers the signal handlers before anything starts, so that an early Ctrl-C leaves nothing running.
  const interrupted = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, resolve);
  });
  const log = (line: string): void => {
    printDemoLabelled('', line, 'dim');
  };
  const sandbox = await startSandbox({ region, port: await chooseSandboxPort(port), log });
  const folder = await mkdtemp(join(tmpdir(), 'portcullis-sandbox-'));
  const typed = createInterface({ input: process.stdin });
  try {
    const baseline = bare
      ? undefined
      : await (declared === undefined ? createExampleGroup(sandbox) : createBaselineGroups(sandbox, declared));
    if (baseline !== undefined) await deploySandboxBaseline(sandbox, baseline.text, folder);
    printSandboxUsage(sandbox, baseline, join(folder, 'baseline.yaml'));
    const stop = narrateSandbox(sandbox, { wholeEvents });
    const schedules = setInterval(() => void invokeDueSchedules(sandbox, new Date()).catch(printSandboxError), 1000);
    typed.on('line', (line) => void runSandboxCommand(line, sandbox, folder).catch(printSandboxError));
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
async function readSandboxBaseline(file: string): Promise<string> {
  const text = await readFile(file, 'utf8');
  const read = readBaselineFile(text);
  if (!read.ok) throw new InvalidFileError(read.problems.map((problem) => formatFileProblem(file, problem)).join('\n'));
  return text;
}

async function chooseSandboxPort(asked: string | undefined): Promise<number> {
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
  printDemoLabelled('', `port ${DEFAULT_PORT} is in use: using another port`, 'yellow');
  return 0;
}

/** Executes a line that the user typed. */
async function runSandboxCommand(line: string, sandbox: Sandbox, folder: string): Promise<void> {
  const [, file] = /^\s*deploy\s+(\S+)\s*$/.exec(line) ?? [];
  if (file !== undefined) await deploySandboxBaseline(sandbox, await readSandboxBaseline(file), folder);
  else if (line.trim() !== '') printDemoLabelled('', `unknown command "${line.trim()}": expected \`deploy BASELINE.yaml\``, 'yellow');
}

async function deploySandboxBaseline(sandbox: Sandbox, baselineText: string, folder: string): Promise<void> {
  printDemoLabelled('building', 'both functions');
  await buildFunctionsForSandbox();
  printDemoLabelled('deploying', 'the synthesised stack, without Terraform');
  await deployStacks(sandbox, { baselineText, outdir: folder });
  await sandbox.settle();
  printDemoLabelled('deployed', 'Portcullis guards the groups of the baseline', 'green');
}

function printSandboxUsage(sandbox: Sandbox, baseline: SandboxBaseline | undefined, baselineFile: string): void {
  const { endpoint, region, accountId } = sandbox;
  printDemoHeading(`Simulated AWS on this machine: ${endpoint}`, `region ${region}, account ${accountId}; nothing leaves this machine`);
  for (const { called, id } of baseline?.groups ?? []) printDemoLabelled('guarded', called === id ? id : `${id} (${called})`);
  const exports = Object.entries(sandbox.environment(sandbox.person('mallory'))).map(([name, value]) => `export ${name}='${value}'`);
  printSandboxCommands('In another terminal, be mallory:', exports);
  const [{ id } = { id: undefined }] = baseline?.groups ?? [];
  if (id === undefined && baseline !== undefined)
    printSandboxCommands(
      'The baseline file names no group by its id. Create a group that the baseline selects. Then open a port of the group, with the id that the first command prints:',
      [
        'aws ec2 create-security-group --group-name mine --description mine',
        'aws ec2 authorize-security-group-ingress --protocol tcp --port 22 --cidr 0.0.0.0/0 --group-id',
      ],
    );
  else if (id === undefined)
    printSandboxCommands('Portcullis is not deployed. docs/tutorial.md says what to do next. After step 4 of the tutorial, type here:', [
      'deploy infra/baseline.yaml',
    ]);
  else
    printSandboxCommands('Open a port, close a port, and see what AWS Config and Portcullis report:', [
      `aws ec2 authorize-security-group-ingress --group-id ${id} --protocol tcp --port 445 --cidr 0.0.0.0/0`,
      `aws ec2 revoke-security-group-ingress --group-id ${id} --protocol tcp --port 443 --cidr 0.0.0.0/0`,
      `aws ec2 describe-security-group-rules --filters Name=group-id,Values=${id}`,
      `aws configservice get-compliance-details-by-resource --resource-type AWS::EC2::SecurityGroup --resource-id ${id}`,
      `npx portcullis plan ${baselineFile}`,
    ]);
  printDemoLabelled('', 'Calls and events appear below. Ctrl-C ends the sandbox.', 'bold');
  printDemoLines('');
}

function printSandboxCommands(title: string, commands: readonly string[]): void {
  // Does not indent the commands, so that users can copy them easily.
  printDemoLines(`# ${title}`, ...commands, '');
}
