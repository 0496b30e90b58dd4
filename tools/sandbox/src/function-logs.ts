// What a function writes lands in CloudWatch Logs, as Lambda sends it there
// (https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html): moto does not run the function and has nothing to send.
import {
  CreateLogStreamCommand,
  PutLogEventsCommand,
  ResourceNotFoundException,
  type CloudWatchLogsClient,
} from '@aws-sdk/client-cloudwatch-logs';

export interface LogStream {
  readonly logGroupName: string;
  readonly logStreamName: string;
}

/** Sends the lines of one invocation to a stream. */
export type SendLogs = (stream: LogStream, lines: readonly string[]) => Promise<void>;

/** @param logs straight to moto, past the proxy */
export const sendLogsTo = (logs: CloudWatchLogsClient): SendLogs => {
  const streams = new Set<string>();
  return async (stream, lines) => {
    if (lines.length === 0) return;
    try {
      if (!streams.has(stream.logStreamName)) await logs.send(new CreateLogStreamCommand(stream));
      streams.add(stream.logStreamName);
      const timestamp = Date.now();
      await logs.send(
        new PutLogEventsCommand({ ...stream, logEvents: lines.map((message) => ({ timestamp, message })) }),
      );
    } catch (fault) {
      // Without a log group there is no log: Lambda would make one if the function's role may, and what is deployed here brings its own.
      if (!(fault instanceof ResourceNotFoundException)) throw fault;
    }
  };
};
