// `npm run release:try`: publishes every package to a registry on this machine, then installs and uses the packages in folders outside of
// this repository.
//
// Exit codes: 0 all packages can be published and used; 1 something is wrong; 3 the npm registry that serves the dependencies cannot be
// reached.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { npmPackageProblems } from './package-problems.mjs';
import { startLocalRegistry } from './local-registry.mjs';
import { runOrThrow } from './run-program.mjs';
import { tryPublishedCli } from './try-cli.mjs';
import { tryPublishedConstructs } from './try-constructs.mjs';
import { tryPublishedLibraries } from './try-libraries.mjs';

const started = Date.now();
process.chdir(join(import.meta.dirname, '../..'));
const scratch = mkdtempSync(join(tmpdir(), 'portcullis-release-'));
const failures = [];

function printTimedLine(line) {
  console.log(`${((Date.now() - started) / 1000).toFixed(0).padStart(3)} s  ${line}`);
}

/** Makes a folder outside of the repository. If there is a manifest, writes it as package.json. */
function makeScratchFolder(name, manifest) {
  const folder = join(scratch, name);
  mkdirSync(folder);
  if (manifest) writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, private: true, ...manifest }));
  return folder;
}

/** Returns the folders that the target `package` made. The paths start with `./`, so that npm does not take them for names of packages. */
function builtPackageFolders() {
  const libraries = readdirSync('libs').map((library) => `./libs/${library}/package`);
  const constructs = existsSync('infra/packages') ? readdirSync('infra/packages').map((name) => `./infra/packages/${name}`) : [];
  return [...libraries, './tools/cli/package', ...constructs].filter((folder) => existsSync(join(folder, 'package.json')));
}

/**
 * Packs and checks the packages, and prints their sizes. Returns the entry of each package in the output of `npm pack`, with the path of
 * the tarball.
 */
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
  printTimedLine('packed; publint and attw checked every tarball');
  console.table(
    packages.map(({ name, size, unpackedSize, entryCount }, index) => {
      const { dependencies = {}, peerDependencies = {} } = JSON.parse(readFileSync(join(folders[index], 'package.json'), 'utf8'));
      const needed = [...Object.keys(dependencies), ...Object.keys(peerDependencies).map((peer) => `${peer} (peer)`)];
      return { package: name, bytes: size, 'bytes unpacked': unpackedSize, files: entryCount, dependencies: needed.join(', ') };
    }),
  );
  return packages;
}

/** Publishes the packages, then tries the command line, the constructs and the libraries. */
async function publishAndUsePackages(packages, registry) {
  const publish = ({ tarball }) => runOrThrow('npm', ['publish', tarball, '--ignore-scripts', '--provenance=false'], { env: registry.env });
  await Promise.all(packages.map(publish));
  printTimedLine(`published to ${registry.url}`);

  const { ok, status } = await fetch(`${registry.url}yaml`);
  if (!ok) {
    failures.push(
      `nothing was installed, because the registry that npm is configured with cannot be reached (HTTP status ${status} for the package yaml)`,
    );
    process.exitCode = 3;
    return;
  }
  const outside = {
    makeScratchFolder,
    run: (program, args, folder) => runOrThrow(program, args, { cwd: folder, env: registry.env }),
    version: packages[0].version,
  };
  // All three run at the same time, because each mostly waits for npm.
  await Promise.all(
    [tryPublishedCli, tryPublishedConstructs, tryPublishedLibraries].map((use) =>
      use(outside).then(printTimedLine, (error) => failures.push(`${use.name}: ${error.message}`)),
    ),
  );
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
