/** Starts the Python program that runs the pinned moto, and answers the program with a verdict on each call. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { runSandboxProgram } from '../deployment/program.js';
import { json, type JsonObject } from '../json.js';
import type { CallEnd, PendingCall, Verdict } from './call.js';

/** `python/moto.patch` fits only this version. */
const MOTO_VERSION = '5.2.1';

/** moto is missing and cannot be installed. The message says what the user must install. */
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
  /** Called with each error of `before` and `after`. If `before` throws an error, the AWS call fails with HTTP 500. */
  readonly failed: (error: unknown) => void;
}

export interface Moto {
  /** `http://127.0.0.1:PORT`, for every service. */
  readonly endpoint: string;
  /** Asks the Python program a question. `ANSWERS` in python/aws/server.py lists the questions. */
  ask(question: object): Promise<unknown>;
  /** Stops the Python program. Resolves when the program has ended. */
  stop(): Promise<void>;
}

/** Returns a value that moto always sets. @throws {Error} if the value is undefined */
export function expectMotoValue<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('expected a value');
  return value;
}

/** @throws {MotoUnavailableError} */
export async function startMoto({ port = 0, log, before, after, failed }: MotoOptions): Promise<Moto> {
  const python = await findPythonWithMoto(log);
  const child = spawn(python, ['-m', 'aws.server', String(port)], {
    cwd: fileURLToPath(new URL('../../python', import.meta.url)),
    // By default, the first EC2 call takes a second longer, because moto loads ten thousand machine images.
    env: { ...process.env, PYTHONWARNINGS: 'ignore', PYTHONDONTWRITEBYTECODE: '1', MOTO_EC2_LOAD_DEFAULT_AMIS: 'false' },
    // The program runs in its own process group, so Ctrl-C does not end it. The sandbox ends the program by closing its input.
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const errors: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => errors.splice(0, errors.push(line) - 40));
  const ended = once(child, 'close');
  const failure = ended.then(() => Promise.reject(new Error(`moto ended; it wrote:\n${errors.join('\n')}`)));
  failure.catch(() => undefined); // the callers of `ask` also get this error
  const say = (message: object): boolean => child.stdin.write(`${JSON.stringify(message)}\n`);
  const answers = new Map<unknown, (answer: unknown) => void>();

  const verdictOn = async (message: JsonObject): Promise<Verdict> => {
    try {
      if (json.isObject(message.before)) return await before(message.before as unknown as PendingCall);
      after(message.after as CallEnd);
      return {};
    } catch (error) {
      failed(error);
      return { error: { code: 'InternalFailure', message: String(error), status: 500 } };
    }
  };

  const endpoint = new Promise<string>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const message = json.parse(line) ?? {};
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

/**
 * Returns the path of the first Python on the PATH that has the pinned moto. If no Python has moto 5.2.1, installs moto once into a virtual
 * environment in a cache folder. Tries every Python on the PATH, because npm and Nx put the folder of Node.js first, which can contain
 * another Python.
 */
export async function findPythonWithMoto(log: (line: string) => void, env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const cache = fileURLToPath(new URL('../../../../node_modules/.cache/portcullis-sandbox', import.meta.url));
  const environment = join(cache, `moto-${MOTO_VERSION}`);
  const made = join(environment, 'bin', 'python');
  const folders = [...new Set((env.PATH ?? '').split(delimiter))].filter((folder) => folder !== '');
  const pythons = folders.flatMap((folder) => ['python3', 'python'].map((name) => join(folder, name)));
  for (const python of [...pythons, made]) if (await hasMoto(python, env)) return python;
  for (const python of pythons) {
    if (!(await programSucceeds(python, ['--version'], env))) continue;
    await createMotoEnvironment(environment, python, env, log);
    return made;
  }
  throw new MotoUnavailableError('`python3` is not on the PATH');
}

function hasMoto(python: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  return programSucceeds(
    python,
    ['-c', `from importlib.metadata import version; version('flask'); exit(version('moto') != '${MOTO_VERSION}')`],
    env,
  );
}

async function programSucceeds(program: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<boolean> {
  return (await runSandboxProgram(program, args, { cwd: process.cwd(), env })).code === 0;
}

async function createMotoEnvironment(folder: string, python: string, env: NodeJS.ProcessEnv, log: (line: string) => void): Promise<void> {
  log(`moto ${MOTO_VERSION} is not installed: installing it once into a Python environment for the sandbox`);
  await mkdir(dirname(folder), { recursive: true });
  // The environment is renamed when it is complete, so that another sandbox never uses an incomplete environment.
  const draft = await mkdtemp(`${folder}-`);
  const steps = [
    [python, '-m', 'venv', draft],
    [join(draft, 'bin', 'python'), '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `moto[server]==${MOTO_VERSION}`],
  ] as const;
  for (const [program, ...args] of steps) {
    const { code, output } = await runSandboxProgram(program, args, { cwd: process.cwd(), env });
    if (code === 0) continue;
    await rm(draft, { recursive: true, force: true });
    throw new MotoUnavailableError(`cannot create a Python environment for moto (${output.trim().split('\n').at(-1) ?? ''})`);
  }
  // Another sandbox may have created the environment in the meantime.
  if (await hasMoto(join(folder, 'bin', 'python'), env)) await rm(draft, { recursive: true, force: true });
  else await rm(folder, { recursive: true, force: true }).then(() => rename(draft, folder));
}
