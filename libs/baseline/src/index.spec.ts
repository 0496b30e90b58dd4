import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';

/** Returns the packages that the module and its modules import when they run; types are gone by then. */
const packagesOf = (file: string, seen = new Set<string>()): string[] => {
  if (seen.has(file)) return [];
  seen.add(file);
  const { outputText } = ts.transpileModule(readFileSync(file, 'utf8'), {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023, verbatimModuleSyntax: true },
  });
  return ts
    .preProcessFile(outputText)
    .importedFiles.flatMap(({ fileName }) =>
      fileName.startsWith('.') ? packagesOf(join(dirname(file), fileName.replace(/\.js$/, '.ts')), seen) : [fileName],
    );
};

it('brings neither a YAML parser nor a schema library into a function', () => {
  const packages = new Set(packagesOf(join(__dirname, 'index.ts')));

  expect([...packages].sort()).toEqual(['@portcullis/permission-diff', 'node:crypto']);
});

it('leaves those to the entry for the file, which shows that the walk above would find them', () => {
  const packages = new Set(packagesOf(join(__dirname, 'file.ts')));

  expect([...packages].sort()).toEqual([
    '@portcullis/permission-diff',
    '@portcullis/permission-diff/exposure',
    '@portcullis/yaml-file',
    'yaml',
    'zod',
  ]);
});
