import { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm/index.js';
import { Construct } from 'constructs';
import type { Deployment } from './deployment.js';

/** A CloudWatch alarm that tells a person to investigate. */
export interface Alarm {
  /** What the person on call must know when the alarm starts. */
  readonly description: string;
  readonly metric: AlarmMetric;
  /** The alarm starts when the metric's statistic for one period exceeds this number. */
  readonly above: number;
  readonly periodSeconds: number;
}

export interface AlarmMetric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: 'Sum' | 'Maximum';
}

export interface AlarmsProps {
  readonly deployment: Deployment;
  /** The alarms, keyed by id. An alarm's name consists of the deployment's name, the parent construct's id and the alarm's id. */
  readonly alarms: Readonly<Record<string, Alarm>>;
  /** The ARNs, usually of SNS topics, that each alarm notifies when the alarm starts and when it ends. */
  readonly actions: readonly string[];
}

/**
 * The alarms of one construct, such as one function. Missing data does not start an alarm, because a function that is not invoked has no
 * data.
 */
export class Alarms extends Construct {
  constructor(scope: Construct, id: string, { deployment, alarms, actions }: AlarmsProps) {
    super(scope, id);
    for (const [name, { description, metric, above, periodSeconds }] of Object.entries(alarms)) {
      new CloudwatchMetricAlarm(this, name, {
        alarmName: `${deployment.name}-${scope.node.id}-${name}`,
        alarmDescription: description,
        namespace: metric.namespace,
        metricName: metric.name,
        dimensions: { ...metric.dimensions },
        statistic: metric.statistic,
        comparisonOperator: 'GreaterThanThreshold',
        threshold: above,
        period: periodSeconds,
        evaluationPeriods: 1,
        treatMissingData: 'notBreaching',
        ...(actions.length > 0 && { alarmActions: [...actions], okActions: [...actions] }),
      });
    }
  }
}

const FIVE_MINUTES_IN_SECONDS = 300;
const HOUR_IN_SECONDS = 3_600;

/** Returns an alarm on a Lambda metric. Source: Lambda developer guide, "Types of metrics for Lambda functions". */
function lambdaMetricAlarm(functionName: string, name: string, description: string): Alarm {
  const metric: AlarmMetric = { namespace: 'AWS/Lambda', name, dimensions: { FunctionName: functionName }, statistic: 'Sum' };
  return { description, metric, above: 0, periodSeconds: FIVE_MINUTES_IN_SECONDS };
}

/** Returns a metric that the function `service` writes. */
function guardAlarmMetric(service: string, name: string): AlarmMetric {
  return { namespace: 'Portcullis', name, dimensions: { service }, statistic: 'Sum' };
}

/**
 * Returns an alarm that starts when the queue is not empty. Source: SQS developer guide, "Available CloudWatch metrics for Amazon SQS".
 */
export function queueAlarm(queueName: string, description: string): Alarm {
  const name = 'ApproximateNumberOfMessagesVisible';
  const metric: AlarmMetric = { namespace: 'AWS/SQS', name, dimensions: { QueueName: queueName }, statistic: 'Maximum' };
  return { description, metric, above: 0, periodSeconds: FIVE_MINUTES_IN_SECONDS };
}

/** Returns the alarms that both functions have. */
export function guardAlarms(service: string, functionName: string, failuresName: string): Readonly<Record<string, Alarm>> {
  const age = lambdaMetricAlarm(functionName, 'AsyncEventAge', `Events have waited for ${service} for more than five minutes.`);
  return {
    errors: lambdaMetricAlarm(
      functionName,
      'Errors',
      `${service} failed. The function's log has the error. Lambda retries the event twice.`,
    ),
    throttles: lambdaMetricAlarm(
      functionName,
      'Throttles',
      `${service} could not start: the function or the account has reached its maximum concurrency.`,
    ),
    // AsyncEventAge is in milliseconds.
    age: { ...age, metric: { ...age.metric, statistic: 'Maximum' }, above: FIVE_MINUTES_IN_SECONDS * 1_000 },
    failures: queueAlarm(failuresName, `${service} failed on an event three times. The event is in the failure queue.`),
    sinks: {
      description: `A sink failed to deliver a finding of ${service}. The function's log has the finding.`,
      metric: guardAlarmMetric(service, 'SinkFailures'),
      above: 0,
      periodSeconds: FIVE_MINUTES_IN_SECONDS,
    },
  };
}

/**
 * Returns an alarm that starts when there are more than `drifts` drifts in an hour. So many drifts usually mean that two owners undo each
 * other's changes.
 */
export function ownersFightAlarm(service: string, drifts: number): Alarm {
  return {
    description: `More drifts in an hour than people usually cause: another owner undoes what ${service} restores. The findings name this owner.`,
    metric: guardAlarmMetric(service, 'DriftFound'),
    above: drifts,
    periodSeconds: HOUR_IN_SECONDS,
  };
}
