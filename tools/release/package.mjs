// Makes the npm package of a library: `node tools/release/package.mjs libs/baseline` writes `libs/baseline/package`.
//
// The library's own package.json exports the sources and `./testing`, for the workspace. The published package.json exports compiled files
// as ES modules and as CommonJS modules, with the same declarations, but not `./testing`. The package contains only the files that its
// entry points import. TypeScript translates each ES module to CommonJS separately. The option `isolatedModules` ensures that each module
// can be translated separately.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, posix } from 'node:path';
import { exit, argv } from 'node:process';
import ts from 'typescript';
import { publishedPackageFields, publishedReadme } from './published-fields.mjs';

const [directory] = argv.slice(2);
const source = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
const target = join(directory, 'package');

/** The texts of the published files, keyed by path in `dist`. */
const files = new Map();
const imported = new Set();

/** Adds a file of `dist`, and all files and packages that the file imports. */
function addReleasedFile(path) {
  if (files.has(path)) return;
  const text = readFileSync(join(directory, 'dist', path), 'utf8');
  files.set(path, text.replace(/^\/\/# sourceMappingURL=.*\n?/m, ''));
  for (const { fileName } of ts.preProcessFile(text, true, true).importedFiles) {
    if (!fileName.startsWith('.')) imported.add(fileName.match(/^(@[^/]+\/)?[^/]+/)[0]);
    else addReleasedFile(posix.join(posix.dirname(path), path.endsWith('.d.ts') ? fileName.replace(/\.js$/, '.d.ts') : fileName));
  }
}

/** Returns the published value of an entry of `exports`, or undefined if the entry is only for the workspace. */
function publishedExport(entry) {
  if (typeof entry === 'string') return entry;
  if (entry.import === undefined) return undefined;
  addReleasedFile(posix.relative('dist', entry.import));
  addReleasedFile(posix.relative('dist', entry.types));
  const commonJs = (path) => path.replace('./dist/', './cjs/');
  return {
    import: { types: entry.types, default: entry.import },
    require: { types: commonJs(entry.types), default: commonJs(entry.import) },
  };
}

function writeReleasedFile(path, text) {
  mkdirSync(dirname(join(target, path)), { recursive: true });
  writeFileSync(join(target, path), text);
}

const entries = Object.entries(source.exports).map(([path, entry]) => [path, publishedExport(entry)]);
const main = entries.find(([path]) => path === '.')?.[1];

const { dependencies = {}, peerDependencies, peerDependenciesMeta } = source;
const declared = { ...dependencies, ...peerDependencies };
const problems = [
  ...[...imported]
    .filter((name) => !(name in declared) && !isBuiltin(name))
    .map((name) => `the code imports \`${name}\`: add it to the dependencies`),
  ...Object.keys(dependencies)
    .filter((name) => !imported.has(name))
    .map((name) => `the code never imports \`${name}\`: remove it from the dependencies`),
];
if (problems.length > 0) {
  console.error(problems.map((problem) => `${directory}/package.json: ${problem}`).join('\n'));
  exit(1);
}

rmSync(target, { recursive: true, force: true });
for (const [path, text] of files) {
  writeReleasedFile(join('dist', path), text);
  const { outputText } = path.endsWith('.d.ts')
    ? { outputText: text }
    : ts.transpileModule(text, { compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2023 } });
  writeReleasedFile(join('cjs', path), outputText);
}
writeReleasedFile('cjs/package.json', '{ "type": "commonjs" }\n');
writeReleasedFile('README.md', publishedReadme(readFileSync(join(directory, 'README.md'), 'utf8'), directory, source.version));
cpSync('LICENSE', join(target, 'LICENSE'));
for (const path of source.files ?? []) cpSync(join(directory, path), join(target, path), { recursive: true });
writeReleasedFile(
  'package.json',
  `${JSON.stringify(
    {
      ...publishedPackageFields(source, directory),
      type: 'module',
      ...(main && { main: main.require.default, types: main.require.types }),
      exports: Object.fromEntries(entries.filter(([, entry]) => entry !== undefined)),
      sideEffects: false,
      dependencies,
      peerDependencies,
      peerDependenciesMeta,
    },
    null,
    2,
  )}\n`,
);
