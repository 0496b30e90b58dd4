import { basename, delimiter, dirname, resolve } from 'node:path';

/**
 * Returns how the user can start this program again: `portcullis` only if the shell of the user found it. npx and npm scripts add a folder to
 * PATH that the shell does not have, and leave `npm_command` in the environment.
 *
 * @param startedAs the path of the script that was started, without symbolic links followed
 */
export function commandName(
  startedAs: string,
  { PATH = '', npm_command }: Readonly<Partial<Record<'PATH' | 'npm_command', string | undefined>>>,
): 'portcullis' | 'npx portcullis' {
  const isOnPath = PATH.split(delimiter).some((folder) => folder !== '' && resolve(folder) === dirname(startedAs));
  return npm_command === undefined && basename(startedAs) === 'portcullis' && isOnPath ? 'portcullis' : 'npx portcullis';
}
