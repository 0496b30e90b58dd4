import { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm/index.js';
import { Construct } from 'constructs';
import type { Deployment } from '../deployment.js';

/** One thing that somebody has to look at. */
export interface Alarm {
  /** What it is about, in one sentence: it is what a person reads at night. */
  readonly description: string;
  readonly metric: Metric;
  /** It is an alarm when the statistic over a period is greater. */
  readonly above: number;
  /** In seconds. */
  readonly period: number;
}

export interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: 'Sum' | 'Maximum';
}

export interface AlarmsProps {
  readonly deployment: Deployment;
  /** By their ids, which end the alarms' names, after the id of what they are about: the construct around them. */
  readonly alarms: Readonly<Record<string, Alarm>>;
  /** The ARNs of what is told when an alarm begins and when it ends, SNS topics for the most part. */
  readonly actions: readonly string[];
}

/** The alarms of one part of the stack. No data is no alarm: a guard that nobody calls says nothing. */
export class Alarms extends Construct {
  constructor(scope: Construct, id: string, { deployment, alarms, actions }: AlarmsProps) {
    super(scope, id);
    for (const [name, { description, metric, above, period }] of Object.entries(alarms)) {
      new CloudwatchMetricAlarm(this, name, {
        alarmName: `${deployment.name}-${scope.node.id}-${name}`,
        alarmDescription: description,
        namespace: metric.namespace,
        metricName: metric.name,
        dimensions: { ...metric.dimensions },
        statistic: metric.statistic,
        comparisonOperator: 'GreaterThanThreshold',
        threshold: above,
        period,
        evaluationPeriods: 1,
        treatMissingData: 'notBreaching',
        ...(actions.length > 0 && { alarmActions: [...actions], okActions: [...actions] }),
      });
    }
  }
}

const FIVE_MINUTES = 300;
const HOUR = 3_600;

/** Source: Lambda developer guide, "Types of metrics for Lambda functions". */
const ofFunction = (functionName: string, name: string, statistic: Metric['statistic']): Metric => ({
  namespace: 'AWS/Lambda',
  name,
  dimensions: { FunctionName: functionName },
  statistic,
});

/** Measured by the function itself. It adds the name of the service. */
const ofGuard = (service: string, name: string): Metric => ({
  namespace: 'Portcullis',
  name,
  dimensions: { service },
  statistic: 'Sum',
});

/** Something is in a queue that nobody takes anything out of, but a person. */
export const queueAlarm = (queueName: string, description: string): Alarm => ({
  description,
  // Source: SQS developer guide, "Available CloudWatch metrics for Amazon SQS".
  metric: {
    namespace: 'AWS/SQS',
    name: 'ApproximateNumberOfMessagesVisible',
    dimensions: { QueueName: queueName },
    statistic: 'Maximum',
  },
  above: 0,
  period: FIVE_MINUTES,
});

/** What can go wrong with either function. */
export const guardAlarms = (service: string, functionName: string, failuresName: string): Readonly<Record<string, Alarm>> => ({
  errors: {
    description: `${service} ended with an error: its log says which. Lambda tries the event twice more.`,
    metric: ofFunction(functionName, 'Errors', 'Sum'),
    above: 0,
    period: FIVE_MINUTES,
  },
  throttles: {
    description: `${service} could not be started: the account, or what is reserved for the function, has no instance left.`,
    metric: ofFunction(functionName, 'Throttles', 'Sum'),
    above: 0,
    period: FIVE_MINUTES,
  },
  age: {
    description: `Events wait for ${service} for more than five minutes.`,
    // Milliseconds.
    metric: ofFunction(functionName, 'AsyncEventAge', 'Maximum'),
    above: FIVE_MINUTES * 1_000,
    period: FIVE_MINUTES,
  },
  failures: queueAlarm(failuresName, `${service} failed on an event for the last time: it is in the queue.`),
  sinks: {
    description: `A sink did not take a finding of ${service}: its log has the finding.`,
    metric: ofGuard(service, 'SinkFailures'),
    above: 0,
    period: FIVE_MINUTES,
  },
});

/** Two owners fight over a group: more drifts in an hour than people make. */
export const fightAlarm = (service: string, drifts: number): Alarm => ({
  description: `More than ${drifts} drifts within an hour: somebody changes back what ${service} restores. The findings name who.`,
  metric: ofGuard(service, 'DriftFound'),
  above: drifts,
  period: HOUR,
});
