import { basename, delimiter, dirname, resolve } from 'node:path';

/**
 * Returns the command that starts this program: `portcullis` if the user's shell finds it on PATH, and `npx portcullis` otherwise. npx and
 * npm scripts set `npm_command` and add a folder to PATH that is not on the shell's PATH.
 *
 * @param startedAs the path of the started script, before symbolic links are resolved
 */
export function commandName(
  startedAs: string,
  { PATH = '', npm_command }: Readonly<Partial<Record<'PATH' | 'npm_command', string | undefined>>>,
): 'portcullis' | 'npx portcullis' {
  const isOnPath = PATH.split(delimiter).some((folder) => folder !== '' && resolve(folder) === dirname(startedAs));
  return npm_command === undefined && basename(startedAs) === 'portcullis' && isOnPath ? 'portcullis' : 'npx portcullis';
}
