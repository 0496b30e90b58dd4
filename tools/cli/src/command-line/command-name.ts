import { basename, delimiter, dirname, join, resolve, sep } from 'node:path';

/**
 * Returns the command that starts this program again:
 *
 * - `portcullis` if the user's shell finds the program on PATH. If `npm_command` is set, PATH also contains a folder of npm that the user's
 *   shell does not search.
 * - `npx portcullis` if the program is installed in a project.
 * - `npx @portcullis/cli` otherwise. Without an installation, `npx portcullis` would run the package `portcullis` of the registry, which is
 *   not this program.
 *
 * @param startedAs the path of the started script, before symbolic links are resolved
 */
export function portcullisCommandName(
  startedAs: string,
  { PATH = '', npm_command }: Readonly<Partial<Record<'PATH' | 'npm_command', string | undefined>>>,
): 'portcullis' | 'npx portcullis' | 'npx @portcullis/cli' {
  const folder = dirname(startedAs);
  const isOnPath = PATH.split(delimiter).some((each) => each !== '' && resolve(each) === folder);
  if (npm_command === undefined && basename(startedAs) === 'portcullis' && isOnPath) return 'portcullis';
  // npx runs a package from the folder `_npx` of npm's cache if the project does not have the package.
  const isInProject = folder.endsWith(join('node_modules', '.bin')) && !folder.includes(`${sep}_npx${sep}`);
  return isInProject ? 'npx portcullis' : 'npx @portcullis/cli';
}
