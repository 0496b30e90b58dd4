/**
 * Joins the README's examples into one program. Compiles the program like a program of a user, and runs each statement.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import ts from 'typescript';
import * as library from '../index.js';

const PROJECT = join(__dirname, '..', '..');
const readme = readFileSync(join(PROJECT, 'README.md'), 'utf8');
const fences = readme.match(/^[ \t]*(```|~~~).*$/gm) ?? [];
const blocks = [...readme.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code = '']) => code);
const program = blocks.join('\n');
const source = ts.createSourceFile('README.ts', program, ts.ScriptTarget.ES2023, true);

/** A statement of the program, and the comment lines after the statement. */
interface Example {
  readonly code: string;
  readonly statement: ts.Statement;
  readonly says: readonly string[];
}

const examples: readonly Example[] = source.statements.map((statement, index) => {
  const next = source.statements[index + 1];
  const behind = program.slice(statement.end, next?.getStart() ?? program.length);
  const says = behind.split('\n').flatMap((line) => {
    const [, comment] = /^\s*\/\/ ?(.*)$/.exec(line) ?? [];
    return comment === undefined ? [] : [comment];
  });
  return { code: statement.getText(), statement, says };
});

/**
 * Imports and declarations need no comment, because later statements assert their values. Every other statement needs a comment that shows
 * its result.
 */
const prepares = ({ statement }: Example) => ts.isImportDeclaration(statement) || ts.isVariableStatement(statement);
const asserted = examples.filter((example) => !prepares(example));

const asScript = (code: string): string =>
  ts.transpileModule(code, { compilerOptions: { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ES2022 } }).outputText;

/** The result of a statement. */
type Outcome = { readonly returned: unknown } | { readonly printed: string } | { readonly threw: string };

const outcomes = new Map<Example, { readonly outcome: Outcome; readonly said: Outcome }>();
beforeAll(() => {
  const lines: string[] = [];
  const context = createContext({ ...library, console: { log: (text: string) => lines.push(text) } });
  const outcomeOf = (code: string): Outcome => {
    lines.length = 0;
    try {
      const returned: unknown = runInContext(asScript(code), context);
      return lines.length === 0 ? { returned } : { printed: lines.join('\n') };
    } catch (error) {
      return { threw: String(error) };
    }
  };
  for (const example of examples) {
    // Imports need not run, because the context contains the library's exports.
    if (ts.isImportDeclaration(example.statement)) continue;
    const outcome = outcomeOf(example.code);
    const text = example.says.join('\n');
    const said = text.startsWith('→ ') ? outcomeOf(`(${text.slice(2)})`) : { printed: text };
    if (!prepares(example)) outcomes.set(example, { outcome, said });
  }
});

it.each(asserted.map((example) => [example.code.split('\n').join(' ').slice(0, 100), example] as const))('%s', (_code, example) => {
  const { outcome, said } = outcomes.get(example) ?? {};

  expect(outcome).not.toHaveProperty('threw');
  expect(outcome).toEqual(said);
});

describe('the README', () => {
  it('the test runs every example of the README', () => {
    // The README must have only TypeScript code blocks, because other code blocks would not run.
    expect(fences).toEqual(blocks.flatMap(() => ['```ts', '```']));
    expect(outcomes.size).toBe(asserted.length);
    expect(asserted.length).toBeGreaterThan(0);
  });

  it('the README imports everything that its examples use, and the examples compile in strict mode', () => {
    expect(diagnosticsOf(program)).toEqual([]);
  });
});

/** Compiles the program as a module next to `package.json`, so that the compiler finds the library through the `exports` of the package. */
function diagnosticsOf(code: string): readonly string[] {
  const file = join(PROJECT, 'README.ts');
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: true,
    types: ['node'],
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    customConditions: ['@portcullis/source'],
  };
  const disk = ts.createCompilerHost(options);
  const host: ts.CompilerHost = {
    ...disk,
    fileExists: (name) => name === file || disk.fileExists(name),
    readFile: (name) => (name === file ? code : disk.readFile(name)),
    getSourceFile: (name, version, ...rest) =>
      name === file ? ts.createSourceFile(name, code, version) : disk.getSourceFile(name, version, ...rest),
  };
  const compiled = ts.createProgram({ rootNames: [file], options, host });
  return ts
    .getPreEmitDiagnostics(compiled)
    .map(({ messageText, start = 0 }) => `${ts.flattenDiagnosticMessageText(messageText, ' ')}: ${code.slice(start, start + 60)}`);
}
