/** Records the findings, log lines and metrics of a handler. */
import type { Finding, LogLevel, Reporting } from '@portcullis/finding';

export interface Reported<Measure extends string> {
  /** The findings that the sinks received. */
  readonly findings: Finding[];
  readonly logged: { readonly level: LogLevel; readonly message: string; readonly details: Readonly<Record<string, unknown>> }[];
  readonly measured: Partial<Record<Measure, number>>;
  readonly isVerbose: () => boolean;
}

/** @param emitted receives each batch of findings. */
export function recordedReporting<Measure extends string>(
  emitted?: (findings: readonly Finding[]) => void,
): Reported<Measure> & { readonly reporting: Reporting<Measure> } {
  const findings: Finding[] = [];
  const logged: Reported<Measure>['logged'] = [];
  const measured: Partial<Record<Measure, number>> = {};
  let verbose = false;
  const reporting: Reporting<Measure> = {
    findings: (some) => {
      findings.push(...some);
      emitted?.(some);
      return Promise.resolve();
    },
    measure: (name, value) => (measured[name] = (measured[name] ?? 0) + value),
    log: (level, message, details = {}) => logged.push({ level, message, details }),
    verbose: () => (verbose = true),
  };
  return { findings, logged, measured, isVerbose: () => verbose, reporting };
}
