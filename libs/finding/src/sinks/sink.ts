/** The destinations of findings. */
import { SEVERITIES, type Finding, type Severity } from '../finding/finding.js';

export interface FindingSink {
  readonly name: string;
  /**
   * Delivers the findings. Resolves to the findings that it could not deliver. Rejects or throws if it delivered none of the findings.
   *
   * @param signal cancels the calls in progress.
   */
  emit(findings: readonly Finding[], signal: AbortSignal): Promise<readonly Undelivered[]>;
}

export interface Undelivered {
  readonly findingId: string;
  readonly reason: string;
}

/** Returns a sink that delivers only findings of at least this severity, and those that `isNeeded` names. */
export function sinkFromSeverity(
  severity: Severity,
  sink: FindingSink,
  isNeeded: (finding: Finding) => boolean = () => false,
): FindingSink {
  return {
    name: sink.name,
    emit: (findings, signal) => {
      const severe = findings.filter((finding) => isFindingAtLeast(finding, severity) || isNeeded(finding));
      return severe.length === 0 ? Promise.resolve([]) : sink.emit(severe, signal);
    },
  };
}

export function isFindingAtLeast(finding: Pick<Finding, 'severity'>, severity: Severity): boolean {
  return SEVERITIES.indexOf(finding.severity) >= SEVERITIES.indexOf(severity);
}

/**
 * Returns a sink whose code is loaded when it first has something to deliver, so the sink does not slow down a cold start. If the code
 * cannot be loaded, every finding counts as undelivered, and the function continues.
 */
export function lazySink(name: string, load: () => Promise<FindingSink>): FindingSink {
  let loading: Promise<FindingSink> | undefined;
  return {
    name,
    emit: async (findings, signal) => {
      loading ??= load();
      return (await loading).emit(findings, signal);
    },
  };
}
