/**
 * The log of a function: one JSON line for each message. It uses the keys, levels and environment variables of Powertools for AWS Lambda,
 * so that existing queries and dashboards work: https://docs.aws.amazon.com/powertools/typescript/latest/features/logger/
 */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Writes one line. CloudWatch Logs turns every line of stdout and stderr into an event. */
export type WriteLine = (line: string, stream: 'stdout' | 'stderr') => void;

export type Environment = Readonly<Record<string, string | undefined>>;

/** The weights of the levels. A message below the configured level is not written. */
const WEIGHTS: Readonly<Record<string, number>> = {
  TRACE: 6,
  DEBUG: 8,
  INFO: 12,
  WARN: 16,
  ERROR: 20,
  CRITICAL: 24,
  FATAL: 24,
  SILENT: 28,
};
const DEFAULT_WEIGHT = 12;

export interface StructuredLog {
  /** Writes a line unless its level is too low. */
  write(level: LogLevel, message: string, details?: Readonly<Record<string, unknown>>): void;
  /** Adds the id to every following line. */
  setRequestId(requestId: string): void;
  /** While set, messages of every level are written. */
  setVerbose(verbose: boolean): void;
}

/** Writes one line to a stream of the process. */
export function toStandardStream(line: string, stream: 'stdout' | 'stderr'): void {
  process[stream].write(`${line}\n`);
}

/** Returns the log of a service. */
export function structuredLog(service: string, environment: Environment, writeLine: WriteLine): StructuredLog {
  // Lambda's own level takes precedence, because Lambda drops lines below it anyway.
  const named = [environment.AWS_LAMBDA_LOG_LEVEL, environment.POWERTOOLS_LOG_LEVEL, environment.LOG_LEVEL];
  const least = named.map((name) => WEIGHTS[name?.toUpperCase() ?? '']).find((weight) => weight !== undefined) ?? DEFAULT_WEIGHT;
  let requestId: string | undefined;
  let isVerbose = false;
  return {
    write: (level, message, details) => {
      const name = level.toUpperCase();
      if ((WEIGHTS[name] ?? DEFAULT_WEIGHT) < least && !isVerbose) return;
      const line = {
        level: name,
        message,
        timestamp: new Date().toISOString(),
        service,
        function_request_id: requestId,
        // Powertools writes the sampling rate. We do not sample lines.
        sampling_rate: 0,
        xray_trace_id: /Root=([^;]+)/.exec(environment._X_AMZN_TRACE_ID ?? '')?.[1],
        ...details,
      };
      // Omit empty values, like Powertools.
      const present = Object.entries(line).filter(([, value]) => (value ?? '') !== '');
      writeLine(JSON.stringify(Object.fromEntries(present)), level === 'warn' || level === 'error' ? 'stderr' : 'stdout');
    },
    setRequestId: (id) => {
      requestId = id;
    },
    setVerbose: (verbose) => {
      isVerbose = verbose;
    },
  };
}
