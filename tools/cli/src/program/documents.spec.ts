/** The pages of `docs` hold what they show: every baseline is valid, every program prints what stands below it, every command exists. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import ts from 'typescript';
import { readBaselineFile } from '@portcullis/baseline/file';
import { createProgram } from './program.js';
import { runIn } from '../testing/run-command.js';

jest.setTimeout(120_000);

const ROOT = join(__dirname, '..', '..', '..', '..');
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'tools/cli/README.md',
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
].map((name) => ({ name, text: readFileSync(join(ROOT, name), 'utf8') }));

const blocksIn = (text: string, language: string): string[] =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'gm'))].map(([, block = '']) => block);

const baselines = pages.flatMap(({ name, text }) =>
  blocksIn(text, 'yaml')
    .filter((block) => block.startsWith('version: 1'))
    .map((block, i): [string, number, string] => [name, i + 1, block]),
);

it('there are baselines to check', () => {
  expect(baselines.length).toBeGreaterThan(3);
});

it.each(baselines)('%s: the baseline no. %i is valid', (_name, _number, block) => {
  expect(readBaselineFile(block)).toMatchObject({ ok: true });
});

describe('docs/libraries.md', () => {
  const text = pages.find(({ name }) => name === 'docs/libraries.md')?.text ?? '';
  const programs = [...text.matchAll(/^## (.*)$[^]*?^```ts\n([^]*?)^```\n\n```text\n([^]*?)^```/gm)].map(
    ([, title = '', program = '', output = '']): [string, string, string] => [title, program, output],
  );
  let folder: string;

  beforeAll(() => {
    // Within this project, whose packages they import.
    mkdirSync(join(__dirname, '..', '..', 'dist'), { recursive: true });
    folder = mkdtempSync(join(__dirname, '..', '..', 'dist', 'examples-'));
    programs.forEach(([, program], i) => {
      writeFileSync(join(folder, `example-${i + 1}.mts`), program);
    });
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('has a program for each library, and each prints something', () => {
    expect(programs).toHaveLength(blocksIn(text, 'ts').length);
    expect(programs.filter(([, , output]) => output.trim() === '')).toEqual([]);
    for (const library of ['permission-diff', 'baseline', 'security-groups', 'cloudtrail', 'finding'])
      expect(programs.filter(([, program]) => program.includes(`'@portcullis/${library}'`)).length).toBeGreaterThan(0);
  });

  it.each(programs.map(([title, , output], i): [string, number, string] => [title, i + 1, output]))(
    '%s',
    async (_title, number, output) => {
      const { stdout } = await promisify(execFile)(process.execPath, [
        '--conditions=@portcullis/source',
        '--import=tsx',
        join(folder, `example-${number}.mts`),
      ]);

      expect(stdout).toBe(output);
    },
  );

  it('has programs that a strict compiler takes', () => {
    const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.base.json'), (path) => readFileSync(path, 'utf8')) as {
      readonly config: { readonly compilerOptions: object };
    };
    const { options } = ts.convertCompilerOptionsFromJson(
      { ...config.compilerOptions, composite: false, incremental: false, noEmit: true, emitDeclarationOnly: false },
      ROOT,
    );
    const files = programs.map((_, i) => join(folder, `example-${i + 1}.mts`));

    const problems = ts
      .getPreEmitDiagnostics(ts.createProgram(files, { ...options, types: ['node'] }))
      .filter(({ file }) => file !== undefined && files.includes(file.fileName))
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));

    expect(problems).toEqual([]);
  });
});

describe('every command line of the pages', () => {
  const lines = pages.flatMap(({ name, text }) =>
    [
      ...text.matchAll(/(?:npx )?portcullis ((?:check|compile|plan|apply|adopt|explain|report|preflight|drill|completion)\b[^\n`|#>)]*)/g),
    ].map(([, line = '']): [string, string] => [name, line.trim()]),
  );
  const io = {
    stdout: { write: () => true },
    stderr: { write: () => true },
    version: '1',
    env: {},
    cwd: '/',
    now: () => new Date(),
    wait: () => Promise.resolve(),
    signal: new AbortController().signal,
    openAccountRegion: () => Promise.reject(new Error('nothing is asked here')),
  };

  it('are many', () => {
    expect(lines.length).toBeGreaterThan(20);
  });

  it.each(lines)('%s: `portcullis %s` names a command and options that there are', (_name, line) => {
    const [command, ...rest] = line.split(/\s+/);
    const program = createProgram(io, () => () => Promise.resolve());
    const known = program.commands.find((each) => each.name() === command)?.options ?? [];
    const flags = [...known.flatMap(({ short, long }) => [short, long]), '--help', '-', '-h'];

    for (const flag of rest.filter((word) => word.startsWith('-'))) expect(flags).toContain(flag);
  });

  it('would tell of an option that there is not', async () => {
    expect(await runIn('/', ['plan', '--colour'])).toMatchObject({ exitCode: 1 });
  });
});
