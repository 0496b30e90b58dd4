/** docs/tutorial.md, followed by a reader who types every line: what a command prints must be what the page says. */
import { spawn, spawnSync, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { deployStacks } from './deployment/synthesis.js';
import { folder, sandbox, useSandbox } from './testing/fixture.js';

const ROOT = join(__dirname, '..', '..', '..');
const PAGE = readFileSync(join(ROOT, 'docs', 'tutorial.md'), 'utf8');

useSandbox();
jest.setTimeout(180_000);

interface Command {
  readonly line: number;
  readonly text: string;
  readonly expected: string;
}

/** The commands of the page's `console` blocks, each with what it should print. */
function commandsIn(page: string): Command[] {
  const commands: { line: number; text: string; expected: string }[] = [];
  let isConsole = false;
  for (const [i, line] of page.split('\n').entries()) {
    if (line.startsWith('```')) isConsole = line === '```console';
    else if (isConsole && line.startsWith('$ ')) commands.push({ line: i + 1, text: line.slice(2), expected: '' });
    else if (isConsole) {
      const last = commands.at(-1);
      if (last === undefined) throw new Error(`line ${i + 1}: output of no command`);
      last.expected += `${line}\n`;
    }
  }
  return commands;
}

/** A shell that keeps its variables from line to line. */
class Shell {
  private readonly child: ChildProcessWithoutNullStreams;
  private output = '';
  private changed: () => void = () => undefined;

  constructor(cwd: string, env: NodeJS.ProcessEnv) {
    this.child = spawn('bash', ['--noprofile', '--norc'], { cwd, env, stdio: 'pipe' });
    for (const stream of [this.child.stdout, this.child.stderr])
      stream.on('data', (chunk: Buffer) => {
        this.output += chunk.toString();
        this.changed();
      });
    this.child.stdin.write('exec 2>&1; last=0\n');
  }

  /** Returns what the line printed, both streams, and its exit code. */
  async run(line: string): Promise<{ readonly output: string; readonly code: number }> {
    this.output = '';
    // What the line sees as `$?` is what the line before left.
    this.child.stdin.write(`(exit $last)\n${line}\nlast=$?; printf '\\n\\036%d\\036' $last\n`);
    for (;;) {
      const ended = /^([^]*)\n\u001e(\d+)\u001e$/.exec(this.output);
      if (ended !== null) return { output: ended[1] ?? '', code: Number(ended[2]) };
      await new Promise<void>((resolve) => {
        this.changed = resolve;
      });
    }
  }

  end(): void {
    this.child.stdin.end();
    this.child.kill();
  }
}

const ID = /^(sg|vpc|sgr)-[0-9a-f]{17}$/;

/** Compares what was printed with the page; the ids of the page stand for those that EC2 gave, each for one. */
class Reader {
  private readonly ids = new Map<string, string>();

  /** Returns what was printed in the ids of the page, where it is what the page says; else as it was printed. */
  asOnPage(printed: string, expected: string): string {
    const pattern = expected
      .split(/(…|\b(?:sg|vpc|sgr)-[0-9a-f]{17}\b)/)
      .map((part) => {
        if (part === '…') return '[^]*?';
        return ID.test(part) ? this.patternOf(part) : escaped(part);
      })
      .join('');
    const match = new RegExp(`^${pattern}$`).exec(printed);
    for (const [name, id] of Object.entries(match?.groups ?? {})) this.ids.set(name.replace('_', '-'), id);
    return match === null ? printed : expected;
  }

  /** A new id is taken from where it first stands; from then on it is that one. */
  private patternOf(id: string): string {
    const known = this.ids.get(id);
    if (known !== undefined) return known;
    const name = id.replace('-', '_');
    const [prefix = ''] = id.split('-');
    if (this.pending.has(name)) return `\\k<${name}>`;
    this.pending.add(name);
    return `(?<${name}>${prefix}-[0-9a-f]{17})`;
  }

  private pending = new Set<string>();

  begin(): void {
    this.pending = new Set();
  }
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

const hasAwsCli = spawnSync('aws', ['--version']).status === 0;
// The page's commands are those of the AWS CLI; where it is not, nobody can follow the page.
const where = hasAwsCli ? it : it.skip;

it('the page has commands, and says what they print', () => {
  const commands = commandsIn(PAGE);

  expect(commands.length).toBeGreaterThan(20);
  expect(commands.filter(({ expected }) => expected !== '').length).toBeGreaterThan(12);
  for (const command of ['adopt', 'check', 'plan', 'apply', 'explain', 'report']) expect(PAGE).toContain(`$ npx portcullis ${command} `);
});

where('every command prints what the page says, from an account as it grew to a guarded fleet', async () => {
  const shell = new Shell(folderLikeTheClone(), {
    ...process.env,
    ...sandbox.environment(sandbox.person('mallory')),
    PATH: [join(folder, 'bin'), process.env.PATH ?? ''].join(delimiter),
  });
  const reader = new Reader();
  try {
    const commands = commandsIn(PAGE);
    for (const [i, { line, text, expected }] of commands.entries()) {
      const isDeployment = text.includes('cdktf deploy');
      const { output, code } = isDeployment ? await deploy() : await shell.run(text);
      await sandbox.settle();
      reader.begin();

      expect(`line ${line}: ${text}\n${reader.asOnPage(output, expected)}`).toBe(`line ${line}: ${text}\n${expected}`);
      // A code that is not 0 is one that the page goes on to show.
      if (commands[i + 1]?.text !== 'echo $?') expect({ line, text, code }).toEqual({ line, text, code: 0 });
    }
  } finally {
    shell.end();
  }
});

/** What the page speaks of: the folder `infra`, and `npx portcullis`. */
function folderLikeTheClone(): string {
  mkdirSync(join(folder, 'bin'));
  mkdirSync(join(folder, 'infra'));
  copyFileSync(join(ROOT, 'infra', 'baseline.yaml'), join(folder, 'infra', 'baseline.yaml'));
  const npx = join(folder, 'bin', 'npx');
  const portcullis = join(ROOT, 'tools', 'cli', 'bin', 'portcullis.mjs');
  writeFileSync(npx, `#!/bin/sh\n[ "$1" = portcullis ] || exit 127\nshift\nexec '${process.execPath}' '${portcullis}' "$@"\n`);
  chmodSync(npx, 0o755);
  return folder;
}

/** The stack of the page's own baseline, synthesised as `cdktf deploy` would and deployed without Terraform. */
async function deploy(): Promise<{ readonly output: string; readonly code: number }> {
  const baselineText = readFileSync(join(folder, 'infra', 'baseline.yaml'), 'utf8');
  await deployStacks(sandbox, { baselineText, outdir: join(folder, 'deployed') });
  return { output: 'deployed\n', code: 0 };
}
