import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { motoCommand } from './moto-command.js';

/** A running moto server, on a port of 127.0.0.1 of its own. */
export interface Moto {
  /** `http://127.0.0.1:PORT` */
  readonly endpoint: string;
  /** The last lines it wrote, for an error message. */
  recentOutput(): string;
  /** Resolves when the server and everything it forked is gone. */
  stop(): Promise<void>;
}

const startSeconds = 60;
const portAttempts = 5;
const keptLines = 40;

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('a listening server has an address with a port');
  return address.port;
};

const environmentOf = (environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  ...environment,
  PYTHONWARNINGS: 'ignore',
  PYTHONUNBUFFERED: '1',
  // Ten thousand machine images which nothing here asks for cost the first EC2 call a second.
  MOTO_EC2_LOAD_DEFAULT_AMIS: 'false',
});

const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

const answers = async (endpoint: string): Promise<boolean> => {
  try {
    return (await fetch(`${endpoint}/moto-api/`, { signal: AbortSignal.timeout(1000) })).ok;
  } catch {
    return false; // not yet listening
  }
};

const startOn = async (command: string, port: number): Promise<Moto | undefined> => {
  const endpoint = `http://127.0.0.1:${port}`;
  const keeper = join(dirname(fileURLToPath(import.meta.url)), 'keeper.mjs');
  const child = spawn(process.execPath, [keeper, command, '-H', '127.0.0.1', '-p', String(port)], {
    env: environmentOf(process.env),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const keep = (chunk: Buffer): void => {
    lines.push(
      ...chunk
        .toString('utf8')
        .split('\n')
        .filter((line) => line !== ''),
    );
    lines.splice(0, lines.length - keptLines);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const ended = once(child, 'close');
  const recentOutput = (): string => lines.join('\n');

  const stop = async (): Promise<void> => {
    child.stdin.end();
    await ended;
  };

  const deadline = Date.now() + startSeconds * 1000;
  while (!hasEnded(child)) {
    // An answer alone proves nothing: another program may have taken the port meanwhile. moto's own server says when
    // the port is its.
    if (recentOutput().includes('Running on') && (await answers(endpoint))) return { endpoint, recentOutput, stop };
    if (Date.now() > deadline) {
      await stop();
      throw new Error(`moto did not answer within ${startSeconds} seconds; it wrote:\n${recentOutput()}`);
    }
    await delay(20);
  }
  await ended;
  if (/address already in use|port \d+ is in use/i.test(recentOutput())) return undefined;
  throw new Error(`\`${command}\` ended at once; it wrote:\n${recentOutput()}`);
};

/** Starts moto on a free port and waits until it answers. */
export const startMoto = async (log: (line: string) => void): Promise<Moto> => {
  const command = await motoCommand(log);
  for (let attempt = 1; attempt <= portAttempts; attempt += 1) {
    const moto = await startOn(command, await freePort());
    if (moto !== undefined) return moto;
    log('another program took the port meanwhile: trying another');
  }
  throw new Error(`no port of 127.0.0.1 stayed free long enough for moto, ${portAttempts} times over`);
};
