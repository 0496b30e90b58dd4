/** Reports what a Lambda function does: sends findings to every sink, writes CloudWatch metrics, and writes a structured log. */
import { emfMetrics } from './emf-metrics.js';
import type { Finding } from '../finding/finding.js';
import { emitFindings } from './emit.js';
import { logSink } from './log-sink.js';
import { metricSink } from './metric-sink.js';
import type { FindingSink } from './sink.js';
import { structuredLog, writeStructuredLogLine, type Environment, type LogLevel, type WriteLine } from './structured-log.js';

export interface Reporting<Measure extends string> {
  /** Sends the findings to every sink. Logs each finding that a sink did not deliver, and counts it in the metric `SinkFailures`. */
  findings(findings: readonly Finding[]): Promise<void>;
  /** Adds a value to a metric. The unit is `Seconds` if the name ends in `Seconds`, otherwise `Count`. */
  measure(name: Measure, value: number): void;
  /** Writes one line of JSON to the log. `details` must not contain whole events or secrets. */
  log(level: LogLevel, message: string, details?: Readonly<Record<string, unknown>>): void;
  /** Logs messages of every level until the invocation ends. */
  verbose(): void;
}

/** The part of Lambda's `Context` that the log uses. */
export interface Invocation {
  readonly awsRequestId: string;
}

export interface FunctionReporting<Measure extends string> extends Reporting<Measure> {
  /**
   * Runs one invocation. Every log line contains the request id of the invocation. Writes the metrics when the invocation ends, even if the
   * invocation fails.
   */
  during<T>(invocation: Invocation | undefined, run: () => Promise<T>): Promise<T>;
}

/**
 * Returns the object with which a function reports. Environment variables can set the service name (`POWERTOOLS_SERVICE_NAME`), the
 * namespace of the metrics (`POWERTOOLS_METRICS_NAMESPACE`) and the log level (`POWERTOOLS_LOG_LEVEL`).
 *
 * @param name the default service name in logs and metrics.
 * @param sinks the sinks to use in addition to the log and the metrics.
 */
export function functionReporting<Measure extends string>(
  name: string,
  environment: Environment,
  sinks: readonly FindingSink[],
  writeLine: WriteLine = writeStructuredLogLine,
): FunctionReporting<Measure> {
  const service = environment.POWERTOOLS_SERVICE_NAME ?? name;
  const log = structuredLog(service, environment, writeLine);
  const metrics = emfMetrics(service, environment.POWERTOOLS_METRICS_NAMESPACE ?? 'Portcullis', writeLine);
  const allSinks = [logSink(log), metricSink(metrics), ...sinks];
  return {
    findings: async (findings) => {
      const failures = await emitFindings(allSinks, findings);
      for (const { sink, findingId, reason } of failures)
        log.write('error', `the sink ${sink} did not deliver a finding: ${reason}`, { sink, findingId });
      if (failures.length > 0) metrics.add('SinkFailures', failures.length);
    },
    measure: (measure, value) => {
      metrics.add(measure, value);
    },
    log: (level, message, details) => {
      log.write(level, message, details);
    },
    verbose: () => {
      log.setVerbose(true);
    },
    during: async (invocation, run) => {
      if (invocation !== undefined) log.setRequestId(invocation.awsRequestId);
      try {
        return await run();
      } finally {
        metrics.flush();
        log.setVerbose(false);
      }
    },
  };
}
