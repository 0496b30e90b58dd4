// `npm run release:try`: publishes every package to a registry on this machine, and uses them as somebody does who has only npm.
//
// A file in `steps` is one use. It exports `needs`, the names of the packages that it installs, and `use(outside)`, which returns a line
// that says what it has shown, or throws. Exit codes: 0 all is well; 1 something is wrong; 3 the registry that npm is configured with,
// which has the dependencies, cannot be reached.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { npmPackageProblems } from './package-problems.mjs';
import { startLocalRegistry } from './local-registry.mjs';
import { runOrThrow } from './run-program.mjs';

const started = Date.now();
process.chdir(join(import.meta.dirname, '../..'));
const scratch = mkdtempSync(join(tmpdir(), 'portcullis-release-'));
const failures = [];

function printTimedLine(line) {
  console.log(`${((Date.now() - started) / 1000).toFixed(0).padStart(3)} s  ${line}`);
}

/** Makes an empty folder outside the repository, or one with a package.json. */
function makeScratchFolder(name, manifest) {
  const folder = join(scratch, name);
  mkdirSync(folder);
  if (manifest) writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, private: true, ...manifest }));
  return folder;
}

/** Returns the folders that the target `package` made, in the form that npm tells from the name of a package. */
function builtPackageFolders() {
  const libraries = readdirSync('libs').map((library) => `./libs/${library}/package`);
  const constructs = existsSync('infra/packages') ? readdirSync('infra/packages').map((name) => `./infra/packages/${name}`) : [];
  return [...libraries, './tools/cli/package', ...constructs].filter((folder) => existsSync(join(folder, 'package.json')));
}

/** Packs and checks the packages, and prints their sizes. Returns what `npm pack` says of each, with the path of its tarball. */
async function packAndCheckPackages() {
  await runOrThrow('npx', ['nx', 'run-many', '-t', 'package']);
  const folders = builtPackageFolders();
  printTimedLine(`built ${folders.length} packages`);
  const tarballs = makeScratchFolder('tarballs');
  const packages = JSON.parse(await runOrThrow('npm', ['pack', ...folders, '--json', '--ignore-scripts', '--pack-destination', tarballs]));
  for (const packed of packages) {
    packed.tarball = join(tarballs, packed.filename);
    failures.push(...(await npmPackageProblems(packed, packed.tarball)).map((problem) => `${packed.name}: ${problem}`));
  }
  printTimedLine('packed; publint and attw looked at every tarball');
  printPackageTable([
    ['package', 'packed', 'unpacked', 'files', 'dependencies'],
    ...packages.map(({ name, size, unpackedSize, entryCount }, index) => {
      const { dependencies = {}, peerDependencies = {} } = JSON.parse(readFileSync(join(folders[index], 'package.json'), 'utf8'));
      const needed = [...Object.keys(dependencies), ...Object.keys(peerDependencies).map((peer) => `${peer} (peer)`)];
      return [name, formatKilobytes(size), formatKilobytes(unpackedSize), String(entryCount), needed.join(', ') || 'none'];
    }),
  ]);
  return packages;
}

function formatKilobytes(bytes) {
  return `${(bytes / 1000).toFixed(1)} kB`;
}

/** Prints rows in columns: the first and the last column to the left, the numbers between them to the right. */
function printPackageTable(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  for (const [name, ...cells] of rows) {
    const numbers = cells.slice(0, -1).map((cell, index) => cell.padStart(widths[index + 1]));
    console.log(`  ${[name.padEnd(widths[0]), ...numbers, cells.at(-1)].join('  ')}`);
  }
}

/** Publishes the packages, and takes every step whose packages exist. */
async function publishAndUsePackages(packages, registry) {
  const publish = ({ tarball }) => runOrThrow('npm', ['publish', tarball, '--ignore-scripts', '--provenance=false'], { env: registry.env });
  await Promise.all(packages.map(publish));
  printTimedLine(`published to ${registry.url}`);

  const { ok, status } = await fetch(`${registry.url}yaml`);
  if (!ok) {
    failures.push(`nothing was installed: the registry that npm is configured with cannot be reached (status ${status} for yaml)`);
    process.exitCode = 3;
    return;
  }
  const outside = {
    emptyFolder: makeScratchFolder,
    run: (program, args, folder) => runOrThrow(program, args, { cwd: folder, env: registry.env }),
    version: packages[0].version,
  };
  // Together, because a step mostly waits for npm.
  const take = async (file) => {
    const { needs, use } = await import(`./steps/${file}`);
    const missing = needs.filter((needed) => !packages.some(({ name }) => name === needed));
    printTimedLine(`${file}: ${missing.length > 0 ? `left out, because nothing builds ${missing.join(', ')}` : await use(outside)}`);
  };
  const files = readdirSync(join(import.meta.dirname, 'steps'));
  await Promise.all(files.map((file) => take(file).catch((error) => failures.push(`${file}: ${error.message}`))));
}

try {
  const packages = await packAndCheckPackages();
  const registry = await startLocalRegistry(scratch);
  await publishAndUsePackages(packages, registry).finally(registry.stop);
} catch (error) {
  failures.push(error.message);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
for (const failure of failures) console.error(failure);
printTimedLine(failures.length === 0 ? 'all packages can be published' : `failed: ${failures.length}`);
if (failures.length > 0) process.exitCode ??= 1;
