/** Ports that keep what they are given. */
import type { Finding, LogLevel } from '@portcullis/finding';
import type { SimulatedEc2 } from '@portcullis/security-groups/testing';
import type { Evaluation, EvaluationsError, Measure, Ports } from '../ports.js';

export interface RecordedPorts {
  readonly ports: Ports;
  /** Each call of PutEvaluations. */
  readonly puts: {
    readonly evaluations: readonly Evaluation[];
    readonly resultToken: string;
    readonly testMode: boolean;
  }[];
  readonly findings: Finding[];
  readonly logged: {
    readonly level: LogLevel;
    readonly message: string;
    readonly details: Readonly<Record<string, unknown>>;
  }[];
  readonly measured: Partial<Record<Measure, number>>;
  /** What PutEvaluations answers with next, instead of success. */
  refuse: EvaluationsError | undefined;
  verbose: boolean;
}

export function recordedPorts(ec2: SimulatedEc2): RecordedPorts {
  const recorded: RecordedPorts = {
    puts: [],
    findings: [],
    logged: [],
    measured: {},
    refuse: undefined,
    verbose: false,
    ports: {
      securityGroups: ec2,
      evaluations: {
        put: (evaluations, resultToken, testMode) => {
          recorded.puts.push({ evaluations, resultToken, testMode });
          return recorded.refuse === undefined ? Promise.resolve() : Promise.reject(recorded.refuse);
        },
      },
      reporting: {
        findings: (findings) => {
          recorded.findings.push(...findings);
          return Promise.resolve();
        },
        measure: (name, value) => {
          recorded.measured[name] = (recorded.measured[name] ?? 0) + value;
        },
        log: (level, message, details = {}) => {
          recorded.logged.push({ level, message, details });
        },
        verbose: () => {
          recorded.verbose = true;
        },
      },
      now: () => new Date('2026-11-23T10:02:00.000Z'),
      wait: () => Promise.resolve(),
    },
  };
  return recorded;
}
