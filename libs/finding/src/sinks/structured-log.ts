/**
 * The log of a function: one JSON line for each message. The log uses the keys, levels and environment variables of Powertools for AWS
 * Lambda, so that queries and dashboards for Powertools work: https://docs.aws.amazon.com/powertools/typescript/latest/features/logger/
 */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Writes one line of text. CloudWatch Logs turns every line on stdout or stderr into a log event. */
export type WriteLine = (line: string, stream: 'stdout' | 'stderr') => void;

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The weights of the log levels. The log writes a message only if the weight of its level is at least the weight of the configured level.
 */
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
  /** Writes a message as one line if its level is at least the configured level. */
  write(level: LogLevel, message: string, details?: Readonly<Record<string, unknown>>): void;
  /** Adds this request id to every later line. */
  setRequestId(requestId: string): void;
  /** True makes the log write messages of every level. False restores the configured level. */
  setVerbose(verbose: boolean): void;
}

export function writeStructuredLogLine(line: string, stream: 'stdout' | 'stderr'): void {
  process[stream].write(`${line}\n`);
}

/** Returns the log of a service. Environment variables set the lowest level that the log writes. */
export function structuredLog(service: string, environment: Environment, writeLine: WriteLine): StructuredLog {
  // The log level in Lambda's configuration comes first, because Lambda drops every line below this level.
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
        // Powertools writes `sampling_rate` too. 0 means that the log contains all lines, not a sample.
        sampling_rate: 0,
        xray_trace_id: /Root=([^;]+)/.exec(environment._X_AMZN_TRACE_ID ?? '')?.[1],
        ...details,
      };
      // Like Powertools, leave out keys whose value is empty.
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
