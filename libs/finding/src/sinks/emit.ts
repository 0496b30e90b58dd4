/** Gives findings to sinks. One sink failing, or never answering, keeps no finding from the others. */
import type { Finding } from '../finding.js';
import type { FindingSink, Undelivered } from './sink.js';

export interface SinkFailure extends Undelivered {
  readonly sink: string;
}

/**
 * How long a sink may take, in milliseconds: what is left of a function's time is for telling AWS Config. The log has every finding
 * before any other sink is waited for.
 */
const TIME_LIMIT = 5_000;

/** Gives every finding to every sink, all sinks at once, and returns what failed. Never rejects. */
export async function emitFindings(
  sinks: readonly FindingSink[],
  findings: readonly Finding[],
  timeLimit = TIME_LIMIT,
): Promise<SinkFailure[]> {
  if (findings.length === 0) return [];
  const failures = await Promise.all(sinks.map((sink) => emitTo(sink, findings, timeLimit)));
  return failures.flat();
}

async function emitTo(sink: FindingSink, findings: readonly Finding[], timeLimit: number): Promise<SinkFailure[]> {
  const time = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  // Besides the signal, since a sink may not heed it.
  const timeIsUp = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const error = new Error(`no answer within ${timeLimit} ms`);
      reject(error);
      time.abort(error);
    }, timeLimit);
  });
  try {
    const undelivered = await Promise.race([delivered(sink, findings, time.signal), timeIsUp]);
    return undelivered.map((each) => ({ sink: sink.name, ...each }));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return findings.map(({ id }) => ({ sink: sink.name, findingId: id, reason }));
  } finally {
    clearTimeout(timer);
  }
}

/** An async function, so that what a sink throws at once is a rejection like any other. */
async function delivered(sink: FindingSink, findings: readonly Finding[], signal: AbortSignal): Promise<readonly Undelivered[]> {
  return sink.emit(findings, signal);
}
