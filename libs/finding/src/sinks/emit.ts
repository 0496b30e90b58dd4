import type { Finding } from '../finding/finding.js';
import { withTimeout } from './with-timeout.js';
import type { FindingSink, Undelivered } from './sink.js';

export interface SinkFailure extends Undelivered {
  readonly sink: string;
}

/** The maximum time for a sink to deliver its findings. After this time, the Lambda function still has to report to AWS Config. */
const SINK_TIMEOUT_MILLISECONDS = 5_000;

/**
 * Sends every finding to all sinks at the same time. Returns one failure for each finding that a sink did not deliver. If a sink fails or
 * exceeds the timeout, the other sinks still get the findings. Never rejects.
 */
export async function emitFindings(
  sinks: readonly FindingSink[],
  findings: readonly Finding[],
  timeoutMilliseconds = SINK_TIMEOUT_MILLISECONDS,
): Promise<SinkFailure[]> {
  if (findings.length === 0) return [];
  const failures = await Promise.all(sinks.map((sink) => emitToSink(sink, findings, timeoutMilliseconds)));
  return failures.flat();
}

async function emitToSink(sink: FindingSink, findings: readonly Finding[], timeoutMilliseconds: number): Promise<SinkFailure[]> {
  try {
    const undelivered = await withTimeout(timeoutMilliseconds, (signal) => sink.emit(findings, signal));
    return undelivered.map((each) => ({ sink: sink.name, ...each }));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return findings.map(({ id }) => ({ sink: sink.name, findingId: id, reason }));
  }
}
