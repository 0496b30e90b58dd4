/** docs/tutorial.md, followed by a reader who types every line into two terminals: what each shows must be what the page says. */
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

const ROOT = join(__dirname, '..', '..', '..');
const PAGE = readFileSync(join(ROOT, 'docs', 'tutorial.md'), 'utf8');
const DEADLINE_MILLISECONDS = 60_000;

jest.setTimeout(400_000);

/** What the reader types, unless the page only says what a terminal shows; and what the terminal prints then. */
interface Step {
  readonly line: number;
  readonly terminal: 'console' | 'sandbox';
  readonly text?: string;
  expected: string;
}

/** The steps of the page's `console` blocks, and of the `sandbox` blocks for the terminal of `npm run sandbox`. */
function stepsIn(page: string): Step[] {
  const steps: Step[] = [];
  let terminal: Step['terminal'] | undefined;
  for (const [i, line] of page.split('\n').entries()) {
    if (line.startsWith('```')) {
      terminal = (['console', 'sandbox'] as const).find((name) => line === `\`\`\`${name}`);
      if (terminal === 'sandbox') steps.push({ line: i + 1, terminal, expected: '' });
    } else if (terminal !== undefined && /^[$>] /.test(line)) steps.push({ line: i + 1, terminal, text: line.slice(2), expected: '' });
    else if (terminal !== undefined) {
      const last = steps.at(-1);
      if (last?.terminal !== terminal) throw new Error(`line ${i + 1}: output of no command`);
      last.expected += `${line}\n`;
    }
  }
  return steps.filter(({ text, expected }) => text !== undefined || expected !== '');
}

/** A program that a person types lines into, with what it has printed to both streams. */
class Terminal {
  printed = '';
  private readonly child;

  constructor(cwd: string, env: NodeJS.ProcessEnv, program: string, ...args: readonly string[]) {
    this.child = spawn(program, args, { cwd, env, stdio: 'pipe' });
    for (const stream of [this.child.stdout, this.child.stderr])
      stream.on('data', (chunk: Buffer) => {
        this.printed += chunk.toString();
      });
  }

  type(line: string): void {
    this.child.stdin.write(`${line}\n`);
  }

  /** Resolves to what `find` finds in what was printed; undefined when it finds nothing in time. */
  async sees<T>(find: (printed: string) => T | undefined): Promise<T | undefined> {
    const end = Date.now() + DEADLINE_MILLISECONDS;
    for (;;) {
      const found = find(this.printed);
      if (found !== undefined || Date.now() > end || this.child.exitCode !== null) return found;
      await setTimeout(20);
    }
  }

  async end(): Promise<void> {
    this.child.kill('SIGINT');
    while (this.child.exitCode === null && this.child.signalCode === null) await setTimeout(20);
  }
}

/** Types a line into a shell, which keeps its variables; returns what it printed and its exit code. */
async function run(shell: Terminal, line: string): Promise<{ readonly output: string; readonly code: number }> {
  shell.printed = '';
  // What the line sees as `$?` is what the line before left.
  shell.type(`(exit \${last:-0})\n${line}\nlast=$?; printf '\\n\\036%d\\036' $last`);
  const [, output = '', code] = (await shell.sees((printed) => /^([^]*)\n\u001e(\d+)\u001e$/.exec(printed) ?? undefined)) ?? [];
  return { output, code: Number(code) };
}

const ID = /^(sg|vpc|sgr)-[0-9a-f]{17}$/;

/** Compares what was printed with the page; the ids of the page stand for those that EC2 gave, each for one. */
class Reader {
  private readonly ids = new Map<string, string>();
  private pending = new Set<string>();

  /** Returns what the page says, if that is what was printed or `isPart` of it; else what was printed. */
  asOnPage(printed: string, expected: string, isPart = false): string {
    this.pending = new Set();
    const pattern = expected
      .split(/(…|\b(?:sg|vpc|sgr)-[0-9a-f]{17}\b)/)
      .map((part) => {
        if (part === '…') return '[^]*?';
        return ID.test(part) ? this.patternOf(part) : escaped(part);
      })
      .join('');
    const match = new RegExp(isPart ? pattern : `^${pattern}$`).exec(printed);
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
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

const hasAwsCli = spawnSync('aws', ['--version']).status === 0;
// The page's commands are those of the AWS CLI; where it is not, nobody can follow the page.
const where = hasAwsCli ? it : it.skip;

it('the page has commands, and says what they print', () => {
  const steps = stepsIn(PAGE);

  expect(steps.length).toBeGreaterThan(20);
  expect(steps.filter(({ expected }) => expected !== '').length).toBeGreaterThan(12);
  for (const command of ['survey', 'adopt', 'check', 'plan', 'apply', 'explain', 'report'])
    expect(PAGE).toContain(`\n$ npx portcullis ${command}`);
});

where('every command prints what the page says, from an account as it grew to a guarded fleet', async () => {
  const folder = folderLikeTheClone();
  const env = { ...process.env, FORCE_COLOR: undefined, PATH: [join(folder, 'bin'), process.env.PATH ?? ''].join(delimiter) };
  const tsx = createRequire(__filename).resolve('tsx');
  const main = join(__dirname, 'main.ts');
  const sandbox = new Terminal(folder, env, process.execPath, '--conditions=@portcullis/source', '--import', tsx, main, '--bare');
  const shell = new Terminal(folder, env, 'bash', '--noprofile', '--norc');
  const reader = new Reader();
  try {
    shell.type('exec 2>&1');
    await sandbox.sees((printed) => (printed.includes('Ctrl-C ends it') ? printed : undefined));
    await run(
      shell,
      sandbox.printed
        .split('\n')
        .filter((line) => line.startsWith('export '))
        .join('\n'),
    );
    const steps = stepsIn(PAGE);
    for (const [i, { line, terminal, text = '', expected }] of steps.entries()) {
      const typed = `line ${line}: ${text}\n`;
      if (terminal === 'sandbox') {
        if (text !== '') sandbox.type(text);
        // What it shows comes a moment later than what the reader did in the other terminal. The times are others each time.
        const wanted = withoutTimes(expected);
        const asOnPage = (printed: string): string => reader.asOnPage(withoutTimes(printed), wanted, true);
        await sandbox.sees((printed) => (asOnPage(printed) === wanted ? wanted : undefined));
        expect(typed + asOnPage(sandbox.printed)).toBe(typed + wanted);
      } else {
        const { output, code } = await run(shell, text);
        expect(typed + reader.asOnPage(output, expected)).toBe(typed + expected);
        // A code that is not 0 is one that the page goes on to show.
        if (steps[i + 1]?.text !== 'echo $?') expect({ line, text, code }).toEqual({ line, text, code: 0 });
      }
    }
  } finally {
    await Promise.all([sandbox.end(), shell.end()]);
    rmSync(folder, { recursive: true });
  }
});

function withoutTimes(text: string): string {
  return text.replaceAll(/^ *\d+ m?s(?= )/gm, '    0 ms');
}

/** What the page speaks of: the folder `infra`, and `npx portcullis`. */
function folderLikeTheClone(): string {
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-tutorial-'));
  mkdirSync(join(folder, 'bin'));
  mkdirSync(join(folder, 'infra'));
  copyFileSync(join(ROOT, 'infra', 'baseline.yaml'), join(folder, 'infra', 'baseline.yaml'));
  const npx = join(folder, 'bin', 'npx');
  const portcullis = join(ROOT, 'tools', 'cli', 'bin', 'portcullis.mjs');
  writeFileSync(npx, `#!/bin/sh\n[ "$1" = portcullis ] || exit 127\nshift\nexec '${process.execPath}' '${portcullis}' "$@"\n`);
  chmodSync(npx, 0o755);
  return folder;
}
