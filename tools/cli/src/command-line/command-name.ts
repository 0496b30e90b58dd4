import { basename, delimiter, dirname, join, resolve, sep } from 'node:path';

/**
 * Returns the command that starts this program again:
 *
 * - `portcullis` if the user's shell finds it on PATH. npx and npm scripts set `npm_command` and add a folder to PATH that is not on the
 *   shell's PATH.
 * - `npx portcullis` if it is installed in a project.
 * - `npx @portcullis/cli` otherwise. Without an installation, `npx portcullis` would run another package of the registry, of that name.
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
  // npx installs what a project lacks into the folder `_npx` of its cache.
  const isInProject = folder.endsWith(join('node_modules', '.bin')) && !folder.includes(`${sep}_npx${sep}`);
  return isInProject ? 'npx portcullis' : 'npx @portcullis/cli';
}
