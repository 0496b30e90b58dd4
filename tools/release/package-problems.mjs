// Checks a packed package with publint and attw.
import { readFileSync } from 'node:fs';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

const REQUIRED = ['LICENSE', 'README.md'];
const UNWANTED = /\.spec\.|\.map$|tsbuildinfo|(^|\/)testing\//;

/**
 * Returns what is wrong with a package, in words.
 *
 * @param {{ files: { path: string }[] }} packed what `npm pack --json` says of it
 * @param {string} file the tarball
 */
export async function npmPackageProblems({ files }, file) {
  const paths = files.map(({ path }) => path);
  const tarball = new Uint8Array(readFileSync(file));
  const { messages, pkg } = await publint({ pack: { tarball: tarball.buffer }, strict: true });
  return [
    ...REQUIRED.filter((name) => !paths.includes(name)).map((name) => `${name} is missing`),
    ...paths.filter((path) => UNWANTED.test(path)).map((path) => `${path} must not be published`),
    ...messages.map((message) => `publint: ${formatMessage(message, pkg)}`),
    ...(await npmTypeProblems(tarball)),
  ];
}

/** Checks that each resolver finds the types of each entry point, and that they match the code. */
async function npmTypeProblems(tarball) {
  const { types, problems = [] } = await checkPackage(createPackageFromTarballData(tarball));
  // A command has no types.
  if (types === false) return [];
  return (
    problems
      // `node10` knows no `exports`. No version of Node.js that the packages support resolves modules that way.
      .filter(({ resolutionKind }) => resolutionKind !== 'node10')
      .map(({ kind, ...where }) => `attw: ${kind} ${JSON.stringify(where)}`)
  );
}
