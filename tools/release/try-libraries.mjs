// Compiles and runs a program that imports every entry point of the libraries, once as ES modules and once as CommonJS modules. The
// compiler runs with its strictest options.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const LIBRARIES = ['permission-diff', 'yaml-file', 'baseline', 'cloudtrail', 'finding', 'security-groups', 'guard'];
const TSC = createRequire(import.meta.url).resolve('typescript/bin/tsc');
const OPTIONS = ['--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess', '--target', 'es2023', '--module', 'nodenext'];

/** Returns a program that imports every entry point. The program fails if an entry point exports nothing. */
function entryPointsProgram() {
  const names = LIBRARIES.flatMap((library) => {
    const { exports } = JSON.parse(readFileSync(`libs/${library}/package/package.json`, 'utf8'));
    const modules = Object.keys(exports).filter((path) => exports[path].import !== undefined);
    return modules.map((path) => `@portcullis/${library}${path.slice(1)}`);
  });
  return [
    ...names.map(
      (name, i) => `import * as m${i} from '${name}';\nif (Object.keys(m${i}).length === 0) throw new Error('${name} is empty');`,
    ),
    `if (!m${names.indexOf('@portcullis/permission-diff')}.compareAccess([], []).equal) throw new Error('compareAccess');\n`,
  ].join('\n');
}

/** Returns one line about the result. @throws {Error} if a program does not compile or fails */
export async function tryPublishedLibraries({ makeScratchFolder, run, version }) {
  const folder = makeScratchFolder('libraries', {});
  await run('npm', ['install', ...LIBRARIES.map((name) => `@portcullis/${name}@${version}`), '@types/node@20'], folder);
  const program = entryPointsProgram();
  for (const type of ['module', 'commonjs']) {
    mkdirSync(join(folder, type));
    writeFileSync(join(folder, type, 'package.json'), JSON.stringify({ type }));
    writeFileSync(join(folder, type, 'program.ts'), program);
  }
  const programs = ['module/program', 'commonjs/program'];
  await run(process.execPath, [TSC, ...programs.map((name) => `${name}.ts`), '--ignoreConfig', '--types', 'node', ...OPTIONS], folder);
  for (const name of programs) await run(process.execPath, [`${name}.js`], folder);
  return 'a program that imports every entry point of the libraries compiles and runs as ES modules and as CommonJS modules';
}
