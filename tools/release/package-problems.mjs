import { readFileSync } from 'node:fs';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

const REQUIRED = ['LICENSE', 'README.md'];
const UNWANTED = /\.spec\.|\.map$|tsbuildinfo|(^|\/)testing\//;

/**
 * Checks a packed package with publint and attw, and returns a text for each problem.
 *
 * @param {{ files: { path: string }[] }} packed the package's entry in the output of `npm pack --json`
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

/** Checks with attw that TypeScript finds each entry point's types in every resolution mode, and that the types match the code. */
async function npmTypeProblems(tarball) {
  const { types, problems = [] } = await checkPackage(createPackageFromTarballData(tarball));
  // A package with only a command has no types.
  if (types === false) return [];
  return (
    problems
      // The resolution mode `node10` ignores `exports`. Every version of Node.js that the packages support reads `exports`.
      .filter(({ resolutionKind }) => resolutionKind !== 'node10')
      .map(({ kind, ...where }) => `attw: ${kind} ${JSON.stringify(where)}`)
  );
}
