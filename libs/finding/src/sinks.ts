/** Where findings go. One sink failing never keeps a finding from the others. */
import type { Finding } from './finding.js';

export interface FindingSink {
  readonly name: string;
  emit(finding: Finding): Promise<void>;
}

export interface SinkFailure {
  readonly sink: string;
  readonly findingId: string;
  readonly error: unknown;
}

/** Gives every finding to every sink, and returns what failed. */
export async function emitFindings(
  sinks: readonly FindingSink[],
  findings: readonly Finding[],
): Promise<SinkFailure[]> {
  const failures: SinkFailure[] = [];
  for (const finding of findings) {
    for (const sink of sinks) {
      try {
        await sink.emit(finding);
      } catch (error) {
        failures.push({ sink: sink.name, findingId: finding.id, error });
      }
    }
  }
  return failures;
}
