/** Starts the Python program that runs the pinned moto, and answers what it asks about every call. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { isObject, parseObject, textOf, type JsonObject } from '../json.js';
import type { CallEnd, PendingCall, Verdict } from './call.js';

/** The version that `python/moto.patch` fits. */
const MOTO_VERSION = '5.2.1';

/** moto is missing and could not be installed. The message says what to install. */
export class MotoUnavailableError extends Error {
  override readonly name = 'MotoUnavailableError';

  constructor(reason: string) {
    super(
      `the sandbox needs moto, a local AWS written in Python: ${reason}; install Python 3.10 or later with its venv module, ` +
        `or install moto for the python3 on the PATH with \`pip install 'moto[server]==${MOTO_VERSION}'\``,
    );
  }
}

export interface MotoOptions {
  /** @default a free port */
  readonly port?: number | undefined;
  readonly log: (line: string) => void;
  readonly before: (call: PendingCall) => Promise<Verdict>;
  readonly after: (end: CallEnd) => void;
  /** Receives what `before` or `after` threw; a caller whose call was not decided gets HTTP 500. */
  readonly failed: (error: unknown) => void;
}

export interface Moto {
  /** `http://127.0.0.1:PORT`, for every service. */
  readonly endpoint: string;
  /** Asks the Python program itself; see `answer_to` there. */
  ask(question: object): Promise<unknown>;
  /** Resolves when nothing is left running. */
  stop(): Promise<void>;
}

/** @throws {MotoUnavailableError} saying what to install. */
export async function startMoto({ port = 0, log, before, after, failed }: MotoOptions): Promise<Moto> {
  const python = await pythonWithMoto(log);
  const child = spawn(python, ['-m', 'aws.server', String(port)], {
    cwd: fileURLToPath(new URL('../../python', import.meta.url)),
    // Ten thousand machine images that nothing here asks for cost the first EC2 call a second.
    env: { ...process.env, PYTHONWARNINGS: 'ignore', PYTHONDONTWRITEBYTECODE: '1', MOTO_EC2_LOAD_DEFAULT_AMIS: 'false' },
    // Its own process group: an interrupt on the terminal ends the sandbox, which then ends moto by closing its input.
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const errors: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => errors.splice(0, errors.push(line) - 40));
  const ended = once(child, 'close');
  const failure = ended.then(() => Promise.reject(new Error(`moto ended; it wrote:\n${errors.join('\n')}`)));
  failure.catch(() => undefined); // `ask` rejects with it
  const say = (message: object): boolean => child.stdin.write(`${JSON.stringify(message)}\n`);
  const answers = new Map<unknown, (answer: unknown) => void>();

  const verdictOn = async (message: JsonObject): Promise<Verdict> => {
    try {
      if (isObject(message.before)) return await before(message.before as unknown as PendingCall);
      after(message.after as CallEnd);
      return {};
    } catch (error) {
      failed(error);
      return { error: { code: 'InternalFailure', message: String(error), status: 500 } };
    }
  };

  const endpoint = new Promise<string>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const message = parseObject(line) ?? {};
      const { id } = message;
      if (typeof message.endpoint === 'string') resolve(message.endpoint);
      else if ('answer' in message) answers.get(id)?.(message.answer);
      else void verdictOn(message).then((verdict) => void say({ id, verdict }));
    });
  });
  const ask = (question: object): Promise<unknown> => {
    const id = answers.size + 1;
    const answer = new Promise((resolve) => answers.set(id, resolve));
    say({ id, question });
    return Promise.race([answer, failure]);
  };
  const stop = async (): Promise<void> => {
    child.stdin.end();
    await ended;
  };
  return { endpoint: await Promise.race([endpoint, failure]), ask, stop };
}

const run = promisify(execFile);

/**
 * Returns a Python that has the pinned moto: the first one on the PATH, or else one in a virtual environment, which is created once in a cache
 * folder. The first Python on the PATH may lack moto: npm and Nx put the folder of Node.js first, and it may hold another Python.
 */
export async function pythonWithMoto(log: (line: string) => void, env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const cache = fileURLToPath(new URL('../../../../node_modules/.cache/portcullis-sandbox', import.meta.url));
  const environment = join(cache, `moto-${MOTO_VERSION}`);
  const made = join(environment, 'bin', 'python');
  const folders = [...new Set((env.PATH ?? '').split(delimiter))].filter((folder) => folder !== '');
  const pythons = folders.flatMap((folder) => ['python3', 'python'].map((name) => join(folder, name)));
  const found = await firstOf([...pythons, made], (python) => hasMoto(python, env));
  if (found !== undefined) return found;
  const python = await firstOf(pythons, (each) => runs(each, ['--version'], env));
  if (python === undefined) throw new MotoUnavailableError('`python3` is not on the PATH');
  await makeEnvironment(environment, python, env, log);
  return made;
}

async function firstOf(programs: readonly string[], test: (program: string) => Promise<boolean>): Promise<string | undefined> {
  for (const program of programs) if (await test(program)) return program;
  return undefined;
}

function hasMoto(python: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  return runs(python, ['-c', `from importlib.metadata import version; version('flask'); exit(version('moto') != '${MOTO_VERSION}')`], env);
}

async function runs(program: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<boolean> {
  const [{ status }] = await Promise.allSettled([run(program, args, { env })]);
  return status === 'fulfilled';
}

async function makeEnvironment(folder: string, python: string, env: NodeJS.ProcessEnv, log: (line: string) => void): Promise<void> {
  log(`moto ${MOTO_VERSION} is not installed: installing it into a Python environment of the sandbox's own (once)`);
  await mkdir(dirname(folder), { recursive: true });
  // Renamed when it is complete, so that a second sandbox never sees half an environment.
  const draft = await mkdtemp(`${folder}-`);
  try {
    await run(python, ['-m', 'venv', draft], { env });
    const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `moto[server]==${MOTO_VERSION}`];
    await run(join(draft, 'bin', 'python'), install, { env });
    await rm(folder, { recursive: true, force: true });
    await rename(draft, folder);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    const isThere = await hasMoto(join(folder, 'bin', 'python'), env); // another sandbox was quicker
    const said = (textOf(error, 'stderr') ?? String(error)).trim().split('\n').at(-1) ?? '';
    if (!isThere) throw new MotoUnavailableError(`making a Python environment for it failed (${said})`);
  }
}
