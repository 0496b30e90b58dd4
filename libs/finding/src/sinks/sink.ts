/** The destinations of findings. */
import { SEVERITIES, type Finding, type Severity } from '../finding/finding.js';

export interface FindingSink {
  readonly name: string;
  /**
   * Delivers the findings. Resolves to the undelivered findings, with the reasons. Rejects or throws if the sink could deliver none of the
   * findings.
   *
   * @param signal aborts the requests in progress.
   */
  emit(findings: readonly Finding[], signal: AbortSignal): Promise<readonly Undelivered[]>;
}

export interface Undelivered {
  readonly findingId: string;
  readonly reason: string;
}

/** Returns a sink that delivers only findings of at least this severity, and findings for which `isNeeded` returns true. */
export function sinkFromSeverity(
  severity: Severity,
  sink: FindingSink,
  isNeeded: (finding: Finding) => boolean = () => false,
): FindingSink {
  return {
    name: sink.name,
    emit: (findings, signal) => {
      const severe = findings.filter((finding) => isAtLeastSinkSeverity(finding, severity) || isNeeded(finding));
      return severe.length === 0 ? Promise.resolve([]) : sink.emit(severe, signal);
    },
  };
}

export function isAtLeastSinkSeverity(finding: Pick<Finding, 'severity'>, severity: Severity): boolean {
  return SEVERITIES.indexOf(finding.severity) >= SEVERITIES.indexOf(severity);
}

/**
 * Returns a sink that loads its code when it gets its first finding, so that the code does not slow down a cold start. If loading fails,
 * `emit` rejects, and `emitFindings` returns every finding as undelivered.
 */
export function lazyFindingSink(name: string, load: () => Promise<FindingSink>): FindingSink {
  let loading: Promise<FindingSink> | undefined;
  return {
    name,
    emit: async (findings, signal) => {
      loading ??= load();
      return (await loading).emit(findings, signal);
    },
  };
}
