import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { FunctionError } from './delivery.js';
import { isObject, listOf, objectOf, textOf } from './json.js';

export interface Invocation {
  readonly requestId: string;
  readonly event: unknown;
  /** Milliseconds since 1970. */
  readonly deadline: number;
  readonly memoryLimitInMB: number;
  readonly functionArn: string;
  readonly traceId: string;
}

export type Outcome = ({ readonly result: unknown } | { readonly error: FunctionError }) & {
  readonly logs: readonly string[];
};

/** One execution environment of a function: a process that has loaded its code and runs one invocation at a time. */
export interface FunctionProcess {
  /** Whether another invocation can be sent. False after a timeout or a crash. */
  readonly alive: boolean;
  invoke(invocation: Invocation, timeoutSeconds: number): Promise<Outcome>;
  stop(): Promise<void>;
}

const mark = '\u0001portcullis-sandbox-end-of-invocation';

interface Lines {
  /**
   * The lines read since the last time, up to the mark of that invocation; resolves when the mark is read or the stream
   * ends.
   */
  until(requestId: string): Promise<void>;
}

const readLines = (stream: Readable, keep: (line: string) => void): Lines => {
  const waiting = new Map<string, () => void>();
  const seen = new Set<string>();
  let ended = false;
  const reader = createInterface({ input: stream });
  reader.on('line', (line) => {
    if (!line.startsWith(mark)) {
      if (line !== '') keep(line);
      return;
    }
    const requestId = line.slice(mark.length + 1);
    seen.add(requestId);
    waiting.get(requestId)?.();
  });
  reader.on('close', () => {
    ended = true;
    for (const resolve of waiting.values()) resolve();
  });
  return {
    until: (requestId) =>
      ended || seen.has(requestId) ? Promise.resolve() : new Promise((resolve) => waiting.set(requestId, resolve)),
  };
};

const errorIn = (message: unknown): FunctionError => {
  const error = objectOf(message, 'error');
  return {
    errorType: textOf(error, 'errorType') ?? 'Error',
    errorMessage: textOf(error, 'errorMessage') ?? '',
    trace: listOf(error, 'trace').filter((line): line is string => typeof line === 'string'),
  };
};

const timedOut = (requestId: string, seconds: number): FunctionError => ({
  errorType: 'Sandbox.Timedout',
  errorMessage: `RequestId: ${requestId} Error: Task timed out after ${seconds.toFixed(2)} seconds`,
  trace: [],
});

const exited = (requestId: string, child: ChildProcess): FunctionError => ({
  errorType: 'Runtime.ExitError',
  errorMessage: `RequestId: ${requestId} Error: Runtime exited with error: ${child.signalCode ?? `exit status ${String(child.exitCode)}`}`,
  trace: [],
});

/** Starts a process for the code in `taskRoot`, with this environment and nothing else of this process's own. */
export const startFunctionProcess = (
  taskRoot: string,
  environment: Readonly<Record<string, string>>,
): FunctionProcess => {
  const runtime = join(dirname(fileURLToPath(import.meta.url)), 'function-runtime.mjs');
  const child = fork(runtime, [], {
    cwd: taskRoot,
    env: { ...environment, SANDBOX_MARK: mark },
    execArgv: [],
    serialization: 'json',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const closed = once(child, 'close');
  let logs: string[] = [];
  const keep = (line: string): void => {
    logs.push(line);
  };
  if (child.stdout === null || child.stderr === null) throw new Error('a process forked with pipes has streams');
  const streams = [readLines(child.stdout, keep), readLines(child.stderr, keep)];
  let alive = true;
  child.once('exit', () => {
    alive = false;
  });
  child.on('error', (fault) => {
    keep(fault.message);
  });

  const kill = async (): Promise<void> => {
    alive = false;
    child.kill('SIGKILL');
    await closed;
  };

  const takeLogs = (): readonly string[] => {
    const taken = logs;
    logs = [];
    return taken;
  };

  return {
    get alive() {
      return alive;
    },
    invoke: async (invocation, timeoutSeconds) => {
      const { requestId } = invocation;
      const answered = new Promise<unknown>((resolve) => {
        const listen = (message: unknown): void => {
          if (textOf(message, 'requestId') !== requestId) return;
          child.off('message', listen);
          resolve(message);
        };
        child.on('message', listen);
      });
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<'late'>((resolve) => {
        timer = setTimeout(() => {
          resolve('late');
        }, timeoutSeconds * 1000);
      });
      // A process that is gone cannot be sent to; that it is gone is seen below.
      child.send(invocation, () => undefined);
      const first = await Promise.race([answered, late, closed.then(() => 'closed' as const)]);
      clearTimeout(timer);
      if (first === 'late') {
        await kill();
        return { error: timedOut(requestId, timeoutSeconds), logs: takeLogs() };
      }
      if (first === 'closed') return { error: exited(requestId, child), logs: takeLogs() };
      await Promise.all(streams.map((stream) => stream.until(requestId)));
      const outcome =
        isObject(first) && 'error' in first
          ? { error: errorIn(first) }
          : { result: isObject(first) ? first.result : undefined };
      return { ...outcome, logs: takeLogs() };
    },
    stop: kill,
  };
};
