import type { Finding } from '../finding/finding.js';
import { jsonByteLength } from '../finding/finding-size.js';
import type { LogLevel, StructuredLog } from './structured-log.js';
import type { FindingSink } from './sink.js';

/** CloudWatch Logs accepts 256 KiB per event, and the log adds keys. Source: PutLogEvents, `maximum event size`. */
const MAX_LINE_BYTES = 250_000;

/** Returns the sink that writes each finding as one structured log line. The log level follows the severity. */
export function logSink(log: Pick<StructuredLog, 'write'>): FindingSink {
  return {
    name: 'log',
    emit: (findings) => {
      for (const finding of findings) {
        const write = (message: string, details: Readonly<Record<string, unknown>>): void => {
          log.write(findingLogLevel(finding), message, details);
        };
        const { rules, ...rest } = finding;
        if (rules === undefined || jsonByteLength(finding) <= MAX_LINE_BYTES) {
          write(finding.summary, { finding });
          continue;
        }
        // A person needs the rules before and after the change to undo it, so the log keeps all rules, on separate lines.
        write(finding.summary, { finding: { ...rest, omitted: ['rules'] } });
        for (const when of ['before', 'after'] as const) {
          for (const direction of ['ingress', 'egress'] as const)
            write(`the rules ${when}: ${direction}`, { findingId: finding.id, rules: rules[when][direction] });
        }
      }
      return Promise.resolve([]);
    },
  };
}

function findingLogLevel({ severity }: Finding): LogLevel {
  if (severity === 'critical' || severity === 'high') return 'error';
  return severity === 'medium' ? 'warn' : 'info';
}
