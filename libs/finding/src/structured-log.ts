/**
 * The log of a function: one JSON line for each message. The keys, the levels and the variables are those of Powertools for AWS Lambda, which
 * queries and dashboards know: https://docs.aws.amazon.com/powertools/typescript/latest/features/logger/
 */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Writes one line. CloudWatch Logs makes an event of every line on either stream. */
export type WriteLine = (line: string, stream: 'stdout' | 'stderr') => void;

export type Environment = Readonly<Record<string, string | undefined>>;

/** The levels that a variable may name, by weight: a message below the least one is not written. */
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
  /** Puts the id on every line that follows. */
  setRequestId(requestId: string): void;
  /** Writes every level while it is set. */
  setVerbose(verbose: boolean): void;
}

export const toStandardStream: WriteLine = (line, stream) => {
  process[stream].write(`${line}\n`);
};

export function structuredLog(service: string, environment: Environment, writeLine: WriteLine): StructuredLog {
  // Lambda's own setting wins: below its level, Lambda drops the line anyway.
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
        // Every line is written, none is a sample.
        sampling_rate: 0,
        xray_trace_id: /Root=([^;]+)/.exec(environment._X_AMZN_TRACE_ID ?? '')?.[1],
        ...details,
      };
      // As Powertools does, nothing that is empty.
      const said = Object.entries(line).filter(([, value]) => (value ?? '') !== '');
      writeLine(JSON.stringify(Object.fromEntries(said)), level === 'warn' || level === 'error' ? 'stderr' : 'stdout');
    },
    setRequestId: (id) => {
      requestId = id;
    },
    setVerbose: (verbose) => {
      isVerbose = verbose;
    },
  };
}
