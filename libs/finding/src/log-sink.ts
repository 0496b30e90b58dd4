import type { Logger } from '@aws-lambda-powertools/logger';
import type { Finding } from './finding.js';
import type { FindingSink } from './sinks.js';

/** Writes each finding as one structured log line, at a level that follows its severity. */
export function logSink(logger: Pick<Logger, 'info' | 'warn' | 'error'>): FindingSink {
  return {
    name: 'log',
    emit: (finding) => {
      logger[levelOf(finding)](finding.summary, { finding });
      return Promise.resolve();
    },
  };
}

function levelOf({ severity }: Finding): 'info' | 'warn' | 'error' {
  if (severity === 'critical' || severity === 'high') return 'error';
  return severity === 'medium' ? 'warn' : 'info';
}
