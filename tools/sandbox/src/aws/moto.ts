/** Starts the Python program that runs the pinned moto in process, and the callback by which it asks and tells the sandbox of every call. */
import { execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, rm, symlink } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { isObject, parseObject, textOf } from '../json.js';
import type { CallEnd, PendingCall, Verdict } from './call.js';

/** The version that `python/aws` corrects. */
export const MOTO_VERSION = '5.2.1';

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
  /** Told of what failed in the callbacks, which moto answers with HTTP 500. */
  readonly failed: (error: unknown) => void;
}

export interface Moto {
  /** `http://127.0.0.1:PORT`, for every service. */
  readonly endpoint: string;
  /** Asks the Python program itself; see `administer` there. */
  ask(message: object): Promise<unknown>;
  /** Resolves when nothing is left running. */
  stop(): Promise<void>;
}

/** @throws {MotoUnavailableError} saying what to install. */
export async function startMoto(options: MotoOptions): Promise<Moto> {
  const python = await pythonWithMoto(options.log);
  const callback = createCallback(options).listen(0, '127.0.0.1');
  await once(callback, 'listening');
  const { port } = callback.address() as AddressInfo;
  const argument = JSON.stringify({ version: MOTO_VERSION, port: options.port ?? 0, callback: `http://127.0.0.1:${port}` });
  const child = spawn(python, ['-m', 'aws.server', argument], {
    cwd: fileURLToPath(new URL('../../python', import.meta.url)),
    // Ten thousand machine images that nothing here asks for cost the first EC2 call a second.
    env: { ...process.env, PYTHONWARNINGS: 'ignore', PYTHONDONTWRITEBYTECODE: '1', MOTO_EC2_LOAD_DEFAULT_AMIS: 'false' },
    // Its own process group: an interrupt on the terminal ends the sandbox, which then ends moto by closing its input.
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const ended = once(child, 'close');
  const errors: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => errors.splice(0, errors.push(line) - 40));
  const stop = async (): Promise<void> => {
    child.stdin.end();
    await ended;
    const closed = once(callback, 'close');
    callback.close();
    callback.closeAllConnections();
    await closed;
  };
  const timer = setTimeout(() => child.kill('SIGKILL'), 60_000);
  const first = once(createInterface({ input: child.stdout }), 'line').then(([line]) => textOf(parseObject(String(line)), 'endpoint'));
  const endpoint = await Promise.race([first, ended.then(() => undefined)]);
  clearTimeout(timer);
  if (endpoint === undefined) {
    await stop();
    throw new Error(`moto ended before it was ready; it wrote:\n${errors.join('\n')}`);
  }
  const ask = async (message: object): Promise<unknown> => {
    const response = await fetch(`${endpoint}/sandbox`, { method: 'POST', body: JSON.stringify(message) });
    if (!response.ok) throw new Error(`moto answered ${response.status} to ${JSON.stringify(message)}:\n${errors.join('\n')}`);
    // Not `response.json()`: in a test it would make arrays and objects of another realm, which equal none of this one.
    return JSON.parse(await response.text()) as unknown;
  };
  return { endpoint, ask, stop };
}

function createCallback({ before, after, failed }: MotoOptions): Server {
  const answer = async (request: IncomingMessage): Promise<unknown> => {
    const message: unknown = JSON.parse(await text(request));
    if (isObject(message) && message.phase === 'before') return before(message as unknown as PendingCall);
    after(message as CallEnd);
    return {};
  };
  return createServer((request, response) => {
    answer(request).then(
      (verdict) => response.end(JSON.stringify(verdict)),
      (error: unknown) => {
        failed(error);
        response.writeHead(500).end(String(error));
      },
    );
  });
}

const run = promisify(execFile);

/**
 * Returns a Python that has the pinned moto: the first on the PATH that does, else one with a virtual environment that is made once in a cache folder. npm
 * and Nx put the folder of Node.js first, where another Python may be than the one that a person calls.
 */
export async function pythonWithMoto(log: (line: string) => void, env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const cache = fileURLToPath(new URL('../../../../node_modules/.cache/portcullis-sandbox', import.meta.url));
  const made = join(cache, `moto-${MOTO_VERSION}`, 'bin', 'python');
  const folders = [...new Set((env.PATH ?? '').split(delimiter))].filter((folder) => folder !== '');
  const pythons = folders.flatMap((folder) => ['python3', 'python'].map((name) => join(folder, name)));
  const found = await firstOf([...pythons, made], (python) => hasMoto(python, env));
  if (found !== undefined) return found;
  const python = await firstOf(pythons, (each) => runs(each, ['--version'], env));
  if (python === undefined) throw new MotoUnavailableError('`python3` is not on the PATH');
  await makeEnvironment(cache, python, env, log);
  return made;
}

/** Asks all at once. */
async function firstOf(programs: readonly string[], test: (program: string) => Promise<boolean>): Promise<string | undefined> {
  const passed = await Promise.all(programs.map(test));
  return programs.find((_, index) => passed[index]);
}

const hasMoto = (python: string, env: NodeJS.ProcessEnv): Promise<boolean> =>
  runs(python, ['-c', `import importlib.metadata as m, flask; raise SystemExit(m.version('moto') != '${MOTO_VERSION}')`], env);

const runs = async (program: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<boolean> =>
  (await Promise.allSettled([run(program, args, { env })]))[0].status === 'fulfilled';

async function makeEnvironment(cache: string, python: string, env: NodeJS.ProcessEnv, log: (line: string) => void): Promise<void> {
  // Made under a name of its own and only then linked to, so that a second sandbox never sees half an environment.
  const folder = join(cache, `moto-${MOTO_VERSION}-${randomUUID().slice(0, 8)}`);
  const link = join(cache, `moto-${MOTO_VERSION}`);
  await mkdir(cache, { recursive: true });
  log(`moto ${MOTO_VERSION} is not installed: installing it into a Python environment of the sandbox's own (once)`);
  try {
    await run(python, ['-m', 'venv', folder], { env });
    const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `moto[server]==${MOTO_VERSION}`];
    await run(join(folder, 'bin', 'python'), install, { env });
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    const [said = String(error)] = (textOf(error, 'stderr') ?? '').trim().split('\n').slice(-1).filter(Boolean);
    throw new MotoUnavailableError(`making a Python environment for it failed (${said})`);
  }
  await rm(link, { force: true, recursive: true });
  await symlink(folder, link).catch(async (error: unknown) => {
    // Another sandbox was quicker: its environment is as good.
    if (!(await hasMoto(join(link, 'bin', 'python'), env))) throw error;
    await rm(folder, { recursive: true, force: true });
  });
}
