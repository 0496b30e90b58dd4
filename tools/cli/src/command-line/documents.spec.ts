/** Checks the documents of the project: baselines are valid, programs print the output shown, and command lines use existing options. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readBaselineFile } from '@portcullis/baseline/file';
import ts from 'typescript';
import type { Io } from './io.js';
import { createCommandLine } from './program.js';

jest.setTimeout(120_000);

const PROJECT = join(__dirname, '..', '..');
const ROOT = join(PROJECT, '..', '..');
const docs = readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md'));
const pages = ['README.md', 'CONTRIBUTING.md', 'tools/cli/README.md', 'tools/cli/npm/README.md', ...docs.map((name) => `docs/${name}`)].map(
  (name) => ({
    name,
    text: readFileSync(join(ROOT, name), 'utf8'),
  }),
);

const blocksIn = (text: string, language: string): string[] =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'gm'))].map(([, block = '']) => block);

const baselines = pages.flatMap(({ name, text }) =>
  blocksIn(text, 'yaml')
    .filter((block) => block.startsWith('version: 1'))
    .map((block, i): [string, number, string] => [name, i + 1, block]),
);

it.each(baselines)('%s: baseline %i is valid', (_name, _number, block) => {
  expect(readBaselineFile(block)).toMatchObject({ ok: true });
});

describe('docs/libraries.md', () => {
  const text = pages.find(({ name }) => name === 'docs/libraries.md')?.text ?? '';
  const programs = [...text.matchAll(/^## (.*)$[^]*?^```ts\n([^]*?)^```\n\n```text\n([^]*?)^```/gm)].map(
    ([, title = '', program = '', output = '']) => ({ title, program, output }),
  );
  let folder: string;
  /** What each program prints, or the error of the program. */
  let printed: readonly Promise<string>[];
  const fileOf = (i: number): string => join(folder, `example-${i}.mts`);
  const run = (file: string): Promise<string> =>
    promisify(execFile)(process.execPath, ['--conditions=@portcullis/source', '--import=tsx', file]).then(({ stdout }) => stdout, String);

  beforeAll(() => {
    // The folder is inside this project, so that the programs can import the project's packages.
    mkdirSync(join(PROJECT, 'dist'), { recursive: true });
    folder = mkdtempSync(join(PROJECT, 'dist', 'examples-'));
    programs.forEach(({ program }, i) => {
      writeFileSync(fileOf(i), program);
    });
    // The programs run at the same time, and beside the type checks.
    printed = programs.map((_, i) => run(fileOf(i)));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('docs/libraries.md has programs that pass strict type checks', () => {
    const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.base.json'), (path) => readFileSync(path, 'utf8')) as {
      readonly config: { readonly compilerOptions: object };
    };
    const overrides = { composite: false, incremental: false, noEmit: true, emitDeclarationOnly: false };
    const { options } = ts.convertCompilerOptionsFromJson({ ...config.compilerOptions, ...overrides }, ROOT);
    const checked = ts.createProgram(
      programs.map((_, i) => fileOf(i)),
      { ...options, types: ['node'] },
    );
    // Only these files: the step `typecheck` of CI checks the sources of the libraries.
    const problems = programs
      .flatMap((_, i) => {
        const file = checked.getSourceFile(fileOf(i));
        return [...checked.getSyntacticDiagnostics(file), ...checked.getSemanticDiagnostics(file)];
      })
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));

    expect(programs).toHaveLength(blocksIn(text, 'ts').length);
    expect(problems).toEqual([]);
  });

  it.each(programs.map(({ title, output }, i): [string, number, string] => [title, i, output]))(
    'docs/libraries.md shows the output that its program prints: %s',
    async (_title, i, output) => {
      expect(await printed[i]).toBe(output);
    },
  );
});

const COMMAND_LINE =
  /portcullis(?:\/cli(?:@[\d.]+)?)? ((?:survey|check|compile|plan|apply|approve|undo|adopt|explain|report|preflight|drill|completion)\b[^\n`|#>)]*)/g;
const commandLines = pages.flatMap(({ name, text }) =>
  [...text.matchAll(COMMAND_LINE)].map(([, line = '']): [string, string] => [name, line.trim()]),
);

it.each(commandLines)('%s: `portcullis %s` uses existing options', (_name, line) => {
  const output = { write: () => true };
  const program = createCommandLine(
    { stdout: output, stderr: output, command: 'portcullis', version: '1' } as unknown as Io,
    () => () => Promise.resolve(),
  );
  const [command, ...words] = line.split(/\s+/);
  const options = program.commands.find((each) => each.name() === command)?.options ?? [];
  const flags = [...options.flatMap(({ short, long }) => [short, long]), '--help', '-', '-h'];

  for (const flag of words.filter((word) => word.startsWith('-'))) expect(flags).toContain(flag);
});
