import { SEVERITIES, type Finding, type Severity } from '../finding.js';
import type { FindingSink } from './sink.js';

/** Returns a sink that is given only findings of at least the severity. */
export function atLeast(severity: Severity, sink: FindingSink): FindingSink {
  return {
    name: sink.name,
    emit: (findings, signal) => {
      const severe = findings.filter((finding) => isAtLeast(finding, severity));
      return severe.length === 0 ? Promise.resolve([]) : sink.emit(severe, signal);
    },
  };
}

export function isAtLeast(finding: Pick<Finding, 'severity'>, severity: Severity): boolean {
  return SEVERITIES.indexOf(finding.severity) >= SEVERITIES.indexOf(severity);
}
