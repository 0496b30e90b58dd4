import type { Finding } from '../finding/finding.js';
import { findingJsonByteLength } from '../finding/finding-size.js';
import type { LogLevel, StructuredLog } from './structured-log.js';
import type { FindingSink } from './sink.js';

/**
 * The maximum size of a finding in one line. CloudWatch Logs accepts at most 256 KiB for one log event, and the log adds its own keys to
 * the finding. Source: PutLogEvents, `maximum event size`.
 */
const MAX_LINE_BYTES = 250_000;

/**
 * Returns a sink that writes each finding as one line of the structured log. If the line would be too long, writes the group's rules before
 * and after the change on separate lines. The severity decides the log level.
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
        // To undo a change, a person needs all rules from before and after the change.
        write(finding.summary, { finding: { ...rest, omitted: ['rules'] } });
        for (const when of ['before', 'after'] as const) {
          for (const direction of ['ingress', 'egress'] as const)
            write(`${direction} rules ${when} the change`, { findingId: finding.id, rules: rules[when][direction] });
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
