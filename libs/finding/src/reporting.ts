/** How a function tells what it found: findings to every sink, measures as CloudWatch metrics, one structured log. */
import type { Logger } from '@aws-lambda-powertools/logger';
import { MetricUnit, type Metrics } from '@aws-lambda-powertools/metrics';
import type { Finding } from './finding.js';
import { emitFindings } from './sinks/emit.js';
import type { FindingSink } from './sinks/sink.js';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface Reporting<Measure extends string> {
  /** Gives the findings to every sink; a sink that fails is logged, counted in `SinkFailures`, and keeps no finding from the others. */
  findings(findings: readonly Finding[]): Promise<void>;
  /** Adds to a metric of this invocation. A name that ends in `Seconds` is in seconds; any other is a count. */
  measure(name: Measure, value: number): void;
  /** Writes one structured line. `details` hold no whole event and no secret. */
  log(level: LogLevel, message: string, details?: Readonly<Record<string, unknown>>): void;
  /** Lowers the log level to DEBUG until the invocation ends. */
  verbose(): void;
}

/** A function's invocation, as Lambda names it. */
export interface Invocation {
  readonly awsRequestId: string;
}

export interface PowertoolsReporting<Measure extends string> extends Reporting<Measure> {
  /** Runs one invocation: its request id is on every line, and its metrics are written when it ends, however it ends. */
  during<T>(invocation: Invocation | undefined, run: () => Promise<T>): Promise<T>;
}

/** Returns the reporting over Powertools for AWS Lambda. */
export function powertoolsReporting<Measure extends string>(
  logger: Logger,
  metrics: Metrics,
  sinks: readonly FindingSink[],
): PowertoolsReporting<Measure> {
  const usualLevel = logger.getLevelName();
  return {
    findings: async (findings) => {
      const failures = await emitFindings(sinks, findings);
      for (const { sink, findingId, reason } of failures)
        logger.error(`the sink ${sink} did not take a finding: ${reason}`, { sink, findingId });
      if (failures.length > 0) metrics.addMetric('SinkFailures', MetricUnit.Count, failures.length);
    },
    measure: (name, value) => {
      metrics.addMetric(name, name.endsWith('Seconds') ? MetricUnit.Seconds : MetricUnit.Count, value);
    },
    log: (level, message, details = {}) => {
      logger[level](message, details);
    },
    verbose: () => {
      logger.setLogLevel('DEBUG');
    },
    during: async (invocation, run) => {
      if (invocation !== undefined) logger.appendKeys({ function_request_id: invocation.awsRequestId });
      try {
        return await run();
      } finally {
        // Powertools warns when there is nothing to publish, which is no fault.
        if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
        logger.setLogLevel(usualLevel);
      }
    },
  };
}
