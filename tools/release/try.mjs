// `npm run release:try`: publishes every package to a registry on this machine, then installs and uses the packages in folders outside this
// repository.
//
// Exit codes: 0 if all packages can be published and used; 1 for a problem; 3 if npm's registry, which has the dependencies, is
// unreachable.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { npmPackageProblems } from './package-problems.mjs';
import { startLocalNpmRegistry } from './local-registry.mjs';
import { runReleaseProgram } from './run-program.mjs';
import { tryPublishedCli } from './try-cli.mjs';
import { tryPublishedConstructs } from './try-constructs.mjs';
import { tryPublishedLibraries } from './try-libraries.mjs';

const started = Date.now();
process.chdir(join(import.meta.dirname, '../..'));
const scratch = mkdtempSync(join(tmpdir(), 'portcullis-release-'));
const failures = [];

function printReleaseLine(line) {
  console.log(`${((Date.now() - started) / 1000).toFixed(0).padStart(3)} s  ${line}`);
}

/** Makes a folder outside the repository. `manifest` becomes the folder's package.json. */
function makeScratchFolder(name, manifest) {
  const folder = join(scratch, name);
  mkdirSync(folder);
  if (manifest) writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, private: true, ...manifest }));
  return folder;
}

/** Returns the folders that the target `package` wrote. Without `./`, npm would read the paths as names of packages. */
function releasedPackageFolders() {
  const libraries = readdirSync('libs').map((library) => `./libs/${library}/package`);
  const constructs = existsSync('infra/packages') ? readdirSync('infra/packages').map((name) => `./infra/packages/${name}`) : [];
  return [...libraries, './tools/cli/package', ...constructs].filter((folder) => existsSync(join(folder, 'package.json')));
}

/**
 * Packs and checks the packages, and prints their sizes. Returns the output of `npm pack` with the path of each tarball.
 */
async function packReleasedPackages() {
  await runReleaseProgram('npx', ['nx', 'run-many', '-t', 'package']);
  const folders = releasedPackageFolders();
  printReleaseLine(`built ${folders.length} packages`);
  const tarballs = makeScratchFolder('tarballs');
  const packages = JSON.parse(
    await runReleaseProgram('npm', ['pack', ...folders, '--json', '--ignore-scripts', '--pack-destination', tarballs]),
  );
  for (const packed of packages) {
    packed.tarball = join(tarballs, packed.filename);
    failures.push(...(await npmPackageProblems(packed, packed.tarball)).map((problem) => `${packed.name}: ${problem}`));
  }
  printReleaseLine('packed every package, and checked every tarball with publint and attw');
  console.table(
    packages.map(({ name, size, unpackedSize, entryCount }, index) => {
      const { dependencies = {}, peerDependencies = {} } = JSON.parse(readFileSync(join(folders[index], 'package.json'), 'utf8'));
      const needed = [...Object.keys(dependencies), ...Object.keys(peerDependencies).map((peer) => `${peer} (peer)`)];
      return { package: name, bytes: size, 'bytes unpacked': unpackedSize, files: entryCount, dependencies: needed.join(', ') };
    }),
  );
  return packages;
}

async function publishAndUsePackages(packages, registry) {
  const publish = ({ tarball }) =>
    runReleaseProgram('npm', ['publish', tarball, '--ignore-scripts', '--provenance=false'], { env: registry.env });
  await Promise.all(packages.map(publish));
  printReleaseLine(`published to ${registry.url}`);

  const { ok, status } = await fetch(`${registry.url}yaml`);
  if (!ok) {
    failures.push(
      `no package was installed, because npm's configured registry cannot be reached (HTTP status ${status} for the package yaml)`,
    );
    process.exitCode = 3;
    return;
  }
  const outside = {
    makeScratchFolder,
    run: (program, args, folder) => runReleaseProgram(program, args, { cwd: folder, env: registry.env }),
    version: packages[0].version,
  };
  // The three checks run at the same time, because each mostly waits for npm.
  await Promise.all(
    [tryPublishedCli, tryPublishedConstructs, tryPublishedLibraries].map((use) =>
      use(outside).then(printReleaseLine, (error) => failures.push(`${use.name}: ${error.message}`)),
    ),
  );
}

try {
  const packages = await packReleasedPackages();
  const registry = await startLocalNpmRegistry(scratch);
  await publishAndUsePackages(packages, registry).finally(registry.stop);
} catch (error) {
  failures.push(error.message);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
for (const failure of failures) console.error(failure);
printReleaseLine(failures.length === 0 ? 'all packages can be published' : `failed: ${failures.length}`);
if (failures.length > 0) process.exitCode ??= 1;
