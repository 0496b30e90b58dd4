// Checks a packed package with publint and attw.
import { readFileSync } from 'node:fs';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

const REQUIRED = ['LICENSE', 'README.md'];
const UNWANTED = /\.spec\.|\.map$|tsbuildinfo|(^|\/)testing\//;

/**
 * Returns a text for each problem of a package.
 *
 * @param {{ files: { path: string }[] }} packed the entry of the package in the output of `npm pack --json`
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

/** Checks with attw that every way to resolve modules finds the types of each entry point, and that the types match the code. */
async function npmTypeProblems(tarball) {
  const { types, problems = [] } = await checkPackage(createPackageFromTarballData(tarball));
  // A package that only contains a command has no types.
  if (types === false) return [];
  return (
    problems
      // The resolution `node10` does not support `exports`. No version of Node.js that the packages support uses it.
      .filter(({ resolutionKind }) => resolutionKind !== 'node10')
      .map(({ kind, ...where }) => `attw: ${kind} ${JSON.stringify(where)}`)
  );
}
