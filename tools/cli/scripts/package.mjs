// `npx nx run cli:package` writes the npm package of the command line into package/, or into the folder given as an argument. The package
// has one file and no dependencies.
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { shakeSchemas } from '@portcullis/bundle/shake-schemas';
import { build } from 'esbuild';
import { releaseLicensesText } from '../../release/licenses.mjs';
import { publishedPackageFields, publishedReadme } from '../../release/published-fields.mjs';

const project = join(import.meta.dirname, '..');
const workspace = join(project, '..', '..');
const folder = resolve(process.argv[2] ?? join(project, 'package'));
/** The bundle exceeds this budget if esbuild includes a whole package of the SDK. A larger bundle makes the command start more slowly. */
const BUDGET_BYTES = 1_500_000;
const OWN_SOURCE = /[\\/](?:tools[\\/]cli|libs[\\/][^\\/]+)[\\/]src[\\/].*\.ts$/;

/**
 * Replaces every `import()` by a static import. For `import()`, esbuild would keep every export of the module, such as all 700 operations
 * of EC2. Also replaces each `readFileSync` of a file in the source folder with the text of that file.
 */
const inOneFile = {
  name: 'in-one-file',
  setup: ({ onLoad }) => {
    onLoad({ filter: OWN_SOURCE }, async ({ path }) => {
      const imports = [];
      const text = (await readFile(path, 'utf8'))
        // Imports only the used names, because `import * as` would keep every export of a package.
        .replace(/\bconst (\{[^}=]+\}) = await import\(('[^']+')\);/g, (_, names, specifier) => {
          imports.push(`import ${names} from ${specifier};`);
          return '';
        })
        .replace(/\bimport\(('\.[^']+')\)/g, (_, specifier) => {
          imports.push(`import * as lazy${imports.length} from ${specifier};`);
          return `Promise.resolve(lazy${imports.length - 1})`;
        });
      const parts = text.split(/readFileSync\(new URL\('([^']+)', import\.meta\.url\), 'utf8'\)/);
      for (let i = 1; i < parts.length; i += 2) parts[i] = JSON.stringify(await readFile(join(path, '..', parts[i]), 'utf8'));
      return { contents: `${imports.join(' ')} ${parts.join('')}`, loader: 'ts' };
    });
  },
};

const { metafile, outputFiles } = await build({
  absWorkingDir: workspace,
  entryPoints: [join(project, 'src', 'main.ts')],
  outfile: join(folder, 'bin', 'portcullis.mjs'),
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.12',
  minify: true,
  conditions: ['@portcullis/source', 'module'],
  mainFields: ['module', 'main'],
  legalComments: 'none',
  // CommonJS packages call `require`, which an ES module does not have.
  banner: {
    js: "#!/usr/bin/env node\n// Portcullis, Apache-2.0. Licenses of the included packages: THIRD-PARTY-LICENSES.txt\nimport { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
  },
  metafile: true,
  write: false,
  logLevel: 'warning',
  plugins: [inOneFile, shakeSchemas],
});
const [bundle] = outputFiles;
const unshaken = Object.entries(metafile.inputs)
  .filter(([path, { imports }]) => OWN_SOURCE.test(`/${path}`) && imports.some(({ kind }) => kind === 'dynamic-import'))
  .map(([path]) => path);
if (unshaken.length > 0) throw new Error(`scripts/package.mjs cannot make an import() static: ${unshaken.join(', ')}`);
if (bundle.contents.length > BUDGET_BYTES)
  throw new Error(
    `the bundle has ${bundle.contents.length} bytes and exceeds its budget of ${BUDGET_BYTES} bytes: expected fewer or smaller dependencies`,
  );
const lost = bundle.text.split('import.meta.url').length - 2;
if (lost !== 0)
  throw new Error(`the bundle loads ${lost} modules or files at run time, because scripts/package.mjs could not include them`);

const source = JSON.parse(await readFile(join(project, 'package.json'), 'utf8'));
const manifest = { ...publishedPackageFields(source, 'tools/cli'), type: 'module', bin: source.bin };
const readme = publishedReadme(await readFile(join(project, 'npm', 'README.md'), 'utf8'), 'tools/cli/npm', source.version);

await rm(folder, { recursive: true, force: true });
await mkdir(join(folder, 'bin'), { recursive: true });
await writeFile(bundle.path, bundle.contents, { mode: 0o755 });
await writeFile(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
await writeFile(join(folder, 'THIRD-PARTY-LICENSES.txt'), releaseLicensesText([metafile], workspace));
await copyFile(join(workspace, 'LICENSE'), join(folder, 'LICENSE'));
await writeFile(join(folder, 'README.md'), readme);
console.log(`cli: bin/portcullis.mjs is ${bundle.contents.length.toLocaleString('en-US')} bytes`);
