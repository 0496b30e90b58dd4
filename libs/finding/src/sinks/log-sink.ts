import type { Finding } from '../finding/finding.js';
import { findingJsonByteLength } from '../finding/finding-size.js';
import type { LogLevel, StructuredLog } from './structured-log.js';
import type { FindingSink } from './sink.js';

/**
 * CloudWatch Logs accepts at most 256 KiB for one event. The rest is for the keys that the log adds to the finding. Source: PutLogEvents,
 * `maximum event size`.
 */
const MAX_LINE_BYTES = 250_000;

/**
 * Returns a sink that writes each finding as one line of the structured log. If the line would be too long, writes the rules before and
 * after on separate lines. The log level depends on the severity.
 */
export function logSink(log: Pick<StructuredLog, 'write'>): FindingSink {
  return {
    name: 'log',
    emit: (findings) => {
      for (const finding of findings) {
        const write = (message: string, details: Readonly<Record<string, unknown>>): void => {
          log.write(findingLogLevel(finding), message, details);
        };
        const { rules, ...rest } = finding;
        if (rules === undefined || findingJsonByteLength(finding) <= MAX_LINE_BYTES) {
          write(finding.summary, { finding });
          continue;
        }
        // To undo a change, a person needs all rules before and after it. So the log contains all rules, on separate lines.
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
