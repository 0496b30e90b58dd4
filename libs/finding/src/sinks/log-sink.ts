import type { Finding } from '../finding.js';
import { bytesOf } from '../size.js';
import type { LogLevel, StructuredLog } from '../structured-log.js';
import type { FindingSink } from './sink.js';

/** What CloudWatch Logs takes in one event is 256 KiB of which the log's own keys need some. Source: PutLogEvents, `maximum event size`. */
const MAX_LINE = 250_000;

/** Writes each finding as one structured log line, at a level that follows its severity. */
export function logSink(log: Pick<StructuredLog, 'write'>): FindingSink {
  return {
    name: 'log',
    emit: (findings) => {
      for (const finding of findings) {
        const write = (message: string, details: Readonly<Record<string, unknown>>): void => {
          log.write(levelOf(finding), message, details);
        };
        const { rules, ...rest } = finding;
        if (rules === undefined || bytesOf(finding) <= MAX_LINE) write(finding.summary, { finding });
        else {
          // The record to undo it by is long where there are a thousand rules: it has its own lines, and nothing of it is lost.
          write(finding.summary, { finding: { ...rest, omitted: ['rules'] } });
          for (const when of ['before', 'after'] as const) {
            for (const direction of ['ingress', 'egress'] as const)
              write(`the rules ${when}: ${direction}`, { findingId: finding.id, rules: rules[when][direction] });
          }
        }
      }
      return Promise.resolve([]);
    },
  };
}

function levelOf({ severity }: Finding): LogLevel {
  if (severity === 'critical' || severity === 'high') return 'error';
  return severity === 'medium' ? 'warn' : 'info';
}
