// Makes the npm package of a library: `node tools/release/package.mjs libs/baseline` writes `libs/baseline/package`.
//
// The library's own package.json is for the workspace: it exports the sources and `./testing`. The published package.json exports ESM and
// CommonJS for every other entry point. The package contains only the files that these entry points import. TypeScript translates the
// compiled ESM to CommonJS file by file, which is safe because `isolatedModules` is on. The ESM and the CommonJS files have the same
// declarations.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, posix } from 'node:path';
import { exit, argv } from 'node:process';
import ts from 'typescript';
import { publishedPackageFields, publishedReadme } from './published-fields.mjs';

const [directory] = argv.slice(2);
const source = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
const target = join(directory, 'package');

/** Collects the text of each compiled file by its path in `dist`, and the packages that the files import. */
const files = new Map();
const imported = new Set();

/** Adds a file of `dist`, and all files and packages that it imports. */
function addCompiledFile(path) {
  if (files.has(path)) return;
  const text = readFileSync(join(directory, 'dist', path), 'utf8');
  files.set(path, text.replace(/^\/\/# sourceMappingURL=.*\n?/m, ''));
  for (const { fileName } of ts.preProcessFile(text, true, true).importedFiles) {
    if (!fileName.startsWith('.')) imported.add(fileName.match(/^(@[^/]+\/)?[^/]+/)[0]);
    else addCompiledFile(posix.join(posix.dirname(path), path.endsWith('.d.ts') ? fileName.replace(/\.js$/, '.d.ts') : fileName));
  }
}

/** Returns the published form of an entry of `exports`, or undefined if the entry is for the workspace only. */
function publishedExport(entry) {
  if (typeof entry === 'string') return entry;
  if (entry.import === undefined) return undefined;
  addCompiledFile(posix.relative('dist', entry.import));
  addCompiledFile(posix.relative('dist', entry.types));
  const commonJs = (path) => path.replace('./dist/', './cjs/');
  return {
    import: { types: entry.types, default: entry.import },
    require: { types: commonJs(entry.types), default: commonJs(entry.import) },
  };
}

function writePackageFile(path, text) {
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
    .map((name) => `\`${name}\` is imported, so it must be one of the dependencies`),
  ...Object.keys(dependencies)
    .filter((name) => !imported.has(name))
    .map((name) => `\`${name}\` is never imported, so it must not be one of the dependencies`),
];
if (problems.length > 0) {
  console.error(problems.map((problem) => `${directory}/package.json: ${problem}`).join('\n'));
  exit(1);
}

rmSync(target, { recursive: true, force: true });
for (const [path, text] of files) {
  writePackageFile(join('dist', path), text);
  const { outputText } = path.endsWith('.d.ts')
    ? { outputText: text }
    : ts.transpileModule(text, { compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2023 } });
  writePackageFile(join('cjs', path), outputText);
}
writePackageFile('cjs/package.json', '{ "type": "commonjs" }\n');
writePackageFile('README.md', publishedReadme(readFileSync(join(directory, 'README.md'), 'utf8'), directory, source.version));
cpSync('LICENSE', join(target, 'LICENSE'));
for (const path of source.files ?? []) cpSync(join(directory, path), join(target, path), { recursive: true });
writePackageFile(
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
