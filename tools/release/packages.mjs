// Finds and publishes the packages that `npx nx run-many -t package` made.
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Each folder in these may contain a `package`, and `infra/packages` contains nothing else. */
const PLACES = [...foldersIn('libs').map((folder) => join(folder, 'package')), 'tools/cli/package', ...foldersIn('infra/packages')];

function foldersIn(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(folder, name));
}

/**
 * Returns the packages, each after those that it depends on.
 *
 * @returns {{ folder: string, manifest: { name: string, version: string, dependencies?: Record<string, string> } }[]}
 */
export function builtPackages() {
  const built = PLACES.filter((folder) => existsSync(join(folder, 'package.json'))).map((folder) => ({
    folder,
    manifest: JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')),
  }));
  const ordered = new Set();
  const add = (one) => {
    for (const other of built) if (one.manifest.dependencies?.[other.manifest.name] !== undefined) add(other);
    ordered.add(one);
  };
  built.forEach(add);
  return [...ordered];
}

/** Runs a program to its end and returns what it printed. Throws an error with all output if the program fails. */
export async function run(program, args, options) {
  try {
    const { stdout } = await promisify(execFile)(program, args, { maxBuffer: 64 * 1024 * 1024, ...options });
    return stdout;
  } catch (error) {
    throw new Error(`${program} ${args.join(' ')} failed:\n${error.stdout ?? ''}${error.stderr ?? ''}`);
  }
}

/** Publishes the folder of a package. `args` are further options of `npm publish`. */
export async function publish(folder, args, options) {
  await run('npm', ['publish', `./${folder}`, '--ignore-scripts', ...args], options);
}
