// `npm run release:try`: publishes every package to a registry on this machine, and uses each as somebody does who has only npm.
//
// A file in `steps` is one use. It exports `needs`, the names of the packages that it installs, and `use(outside)`, which returns a line
// that says what it has shown, or throws. Exit codes: 0 all is well; 1 something is wrong; 3 the registry that npm is configured with,
// which has the dependencies, cannot be reached.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from './inspect.mjs';
import { builtPackages, publish, run } from './packages.mjs';
import { startRegistry } from './registry.mjs';

const started = Date.now();
process.chdir(join(import.meta.dirname, '../..'));
const scratch = mkdtempSync(join(tmpdir(), 'portcullis-release-'));
const failures = [];

function say(line) {
  console.log(`${((Date.now() - started) / 1000).toFixed(0).padStart(3)} s  ${line}`);
}

function kilobytes(bytes) {
  return `${(bytes / 1000).toFixed(1)} kB`;
}

/** Prints rows in columns. The first column and the last begin, the others end, at the same place. */
function printTable(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  for (const row of rows) {
    const cells = row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column])));
    console.log(`  ${[...cells.slice(0, -1), row.at(-1)].join('  ')}`.trimEnd());
  }
}

/** Makes an empty folder outside the repository. */
function emptyFolder(name, manifest) {
  const folder = join(scratch, name);
  mkdirSync(folder);
  if (manifest) writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, private: true, ...manifest }));
  return folder;
}

async function main() {
  await run('npx', ['nx', 'run-many', '-t', 'package']);
  const packages = builtPackages();
  say(`built ${packages.length} packages`);

  const tarballs = emptyFolder('tarballs');
  const rows = [['package', 'packed', 'unpacked', 'files', 'dependencies']];
  for (const built of packages) {
    const { size, unpackedSize, entryCount, problems } = await inspect(built, tarballs);
    const dependencies = Object.keys(built.manifest.dependencies ?? {}).join(' ');
    rows.push([built.manifest.name, kilobytes(size), kilobytes(unpackedSize), String(entryCount), dependencies || 'none']);
    failures.push(...problems.map((problem) => `${built.manifest.name}: ${problem}`));
  }
  say('packed; publint and attw looked at every tarball');
  printTable(rows);

  const registry = await startRegistry(scratch);
  try {
    for (const { folder } of packages) await publish(folder, ['--provenance=false'], { env: registry.env });
    say(`published to ${registry.url}`);

    const { ok, status } = await fetch(`${registry.url}yaml`);
    if (!ok) {
      failures.push(
        `the registry that npm is configured with cannot be reached (status ${status} for its package yaml), so nothing was installed`,
      );
      process.exitCode = 3;
      return;
    }
    const outside = {
      emptyFolder,
      run: (program, args, folder) => run(program, args, { cwd: folder, env: registry.env }),
      version: packages[0].manifest.version,
    };
    const names = packages.map(({ manifest }) => manifest.name);
    for (const file of readdirSync(join(import.meta.dirname, 'steps')).sort()) {
      const { needs, use } = await import(`./steps/${file}`);
      const missing = needs.filter((name) => !names.includes(name));
      if (missing.length > 0) {
        say(`${file}: left out, because nothing builds ${missing.join(', ')}`);
        continue;
      }
      try {
        say(`${file}: ${await use(outside)}`);
      } catch (error) {
        failures.push(`${file}: ${error.message}`);
      }
    }
  } finally {
    registry.stop();
  }
}

try {
  await main();
} catch (error) {
  failures.push(error.message);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
for (const failure of failures) console.error(`\n${failure}`);
say(failures.length === 0 ? 'all packages can be published' : `failed: ${failures.length}`);
if (failures.length > 0) process.exitCode ??= 1;
