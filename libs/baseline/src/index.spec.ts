import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';

/** Returns the packages that the module and its local imports load at run time. Leaves out imports of types. */
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

it('unlike `@portcullis/baseline/file`, `@portcullis/baseline` loads neither a YAML parser nor a schema library', () => {
  const [main, file] = ['index.ts', 'file.ts'].map((entry) => [...new Set(packagesOf(join(__dirname, entry)))].sort());

  expect(main).toEqual(['@portcullis/permission-diff', '@portcullis/permission-diff/exposure', 'node:crypto']);
  expect(file).toEqual(expect.arrayContaining(['yaml', 'zod']));
});
