import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { access, constants, mkdir, rm, symlink } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { textOf } from './json.js';

const run = promisify(execFile);

/** The version whose differences from AWS the mends of this sandbox were written against. */
export const motoVersion = '5.2.1';

const isExecutable = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );

const isWritable = (path: string): Promise<boolean> =>
  access(path, constants.W_OK).then(
    () => true,
    () => false,
  );

const onPath = async (program: string, path: string): Promise<string | undefined> => {
  for (const folder of path.split(delimiter).filter((entry) => entry !== '')) {
    if (await isExecutable(join(folder, program))) return join(folder, program);
  }
  return undefined;
};

const cacheFolder = async (environment: NodeJS.ProcessEnv): Promise<string> => {
  const modules = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', 'node_modules');
  if (await isWritable(modules)) return join(modules, '.cache', 'portcullis-sandbox');
  return join(environment.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'portcullis-sandbox');
};

/** moto is not there and could not be got. The message says what to install. */
export class MotoUnavailableError extends Error {
  override readonly name = 'MotoUnavailableError';
}

const adviceFor = (reason: string): MotoUnavailableError =>
  new MotoUnavailableError(
    `the sandbox needs moto, a local AWS written in Python: ${reason}; install Python 3.10 or later with its venv module, ` +
      `or put \`moto_server\` on the PATH with \`pip install 'moto[server]==${motoVersion}'\``,
  );

/** What a program that failed said of it: pip marks it by `ERROR`, the last of several being the gist. */
const outputOf = (fault: unknown): string => {
  const lines = (textOf(fault, 'stderr') ?? '').split('\n').filter((line) => line.trim() !== '');
  const errors = lines.filter((line) => line.startsWith('ERROR: ')).map((line) => line.slice('ERROR: '.length));
  return errors.at(-1) ?? lines.at(-1) ?? textOf(fault, 'message') ?? 'for no reason it gave';
};

const makeEnvironment = async (
  cache: string,
  python: string,
  env: NodeJS.ProcessEnv,
  log: (line: string) => void,
): Promise<string> => {
  const link = join(cache, `moto-${motoVersion}`);
  const server = join(link, 'bin', 'moto_server');
  if (await isExecutable(server)) return server;

  // Made under a name of its own and only then linked to, so that a second sandbox never sees half an environment.
  const folder = join(cache, `moto-${motoVersion}-${randomUUID().slice(0, 8)}`);
  await mkdir(cache, { recursive: true });
  log(
    `moto_server is not on the PATH: installing moto ${motoVersion} into a Python environment of the sandbox's own (once)`,
  );
  try {
    await run(python, ['-m', 'venv', folder], { env });
    const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `moto[server]==${motoVersion}`];
    await run(join(folder, 'bin', 'python'), install, { env });
  } catch (fault) {
    await rm(folder, { recursive: true, force: true });
    throw adviceFor(`making a Python environment for it failed (${outputOf(fault)})`);
  }
  try {
    await symlink(folder, link);
  } catch {
    // Another sandbox was quicker, or the link is left of an environment that was removed.
    if (await isExecutable(server)) {
      await rm(folder, { recursive: true, force: true });
      return server;
    }
    await rm(link, { force: true });
    await symlink(folder, link);
  }
  return server;
};

/**
 * The `moto_server` to run: the one on the PATH, else one installed into a Python environment in a cache folder.
 * Rejects with what is missing and how to get it when there is neither.
 */
export const motoCommand = async (
  log: (line: string) => void,
  environment: NodeJS.ProcessEnv = process.env,
  cache?: string,
): Promise<string> => {
  const path = environment.PATH ?? '';
  const installed = await onPath('moto_server', path);
  if (installed !== undefined) return installed;
  const python = (await onPath('python3', path)) ?? (await onPath('python', path));
  if (python === undefined) throw adviceFor('neither `moto_server` nor `python3` is on the PATH');
  return makeEnvironment(cache ?? (await cacheFolder(environment)), python, environment, log);
};
