// Packs a package as npm does, and checks the tarball with publint and attw.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { run } from './packages.mjs';

/**
 * @param {{ folder: string, manifest: object }} built
 * @param {string} scratch the folder that gets the tarball
 * @returns {Promise<{ size: number, unpackedSize: number, entryCount: number, problems: string[] }>} sizes in bytes
 */
export async function inspect({ folder, manifest }, scratch) {
  const [packed] = JSON.parse(await run('npm', ['pack', `./${folder}`, '--json', '--ignore-scripts', '--pack-destination', scratch]));
  const tarball = new Uint8Array(readFileSync(join(scratch, packed.filename)));
  const { messages } = await publint({ pack: { tarball: tarball.buffer }, strict: true });
  return {
    ...packed,
    problems: [
      ...packed.files
        .map(({ path }) => path)
        .filter((path) => UNWANTED.test(path))
        .map((path) => `must not be published: ${path}`),
      ...['LICENSE', 'README.md'].filter((name) => !packed.files.some(({ path }) => path === name)).map((name) => `${name} is missing`),
      ...messages.map((message) => `publint: ${formatMessage(message, manifest)}`),
      ...(await typeProblems(tarball)),
    ],
  };
}

const UNWANTED = /\.spec\.|\.map$|tsbuildinfo|(^|\/)testing\//;

/** Checks that each resolver finds the types of each entry point, and that they match the code. */
async function typeProblems(tarball) {
  const result = await checkPackage(createPackageFromTarballData(tarball));
  // A command has no types.
  if (result.types === false) return [];
  return (
    result.problems
      // `node10` knows no `exports`. No version of Node.js that the packages support resolves modules that way.
      .filter(({ resolutionKind }) => resolutionKind !== 'node10')
      .map(
        ({ kind, entrypoint = '', resolutionKind = '', ...more }) =>
          `attw: ${kind} ${entrypoint} ${resolutionKind} ${JSON.stringify(more)}`,
      )
  );
}
