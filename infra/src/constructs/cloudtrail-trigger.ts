import { CloudwatchEventRule } from '@cdktf/provider-aws/lib/cloudwatch-event-rule/index.js';
import { CloudwatchEventTarget } from '@cdktf/provider-aws/lib/cloudwatch-event-target/index.js';
import { LambdaPermission } from '@cdktf/provider-aws/lib/lambda-permission/index.js';
import { SqsQueuePolicy } from '@cdktf/provider-aws/lib/sqs-queue-policy/index.js';
import type { EventPattern } from '@portcullis/cloudtrail';
import { Construct } from 'constructs';
import type { Deployment } from '../deployment.js';
import type { Settings } from '../settings/settings.js';
import { Alarms, queueAlarm } from './alarms.js';
import { failureQueue } from './failure-queue.js';
import type { GuardFunction } from './guard-function.js';
import { policyDocument } from './least-privilege.js';

export interface CloudTrailTriggerProps {
  readonly deployment: Deployment;
  readonly guard: GuardFunction;
  readonly pattern: EventPattern;
  readonly settings: Pick<Settings, 'alarms'>;
}

/** The EventBridge rule that invokes a guard on the API calls a pattern lets through, and keeps those it cannot deliver. */
export class CloudTrailTrigger extends Construct {
  readonly rule: CloudwatchEventRule;
  /** The name of the queue of the events that could not be delivered. */
  readonly undeliveredName: string;

  constructor(scope: Construct, id: string, { deployment, guard, pattern, settings }: CloudTrailTriggerProps) {
    super(scope, id);

    this.rule = new CloudwatchEventRule(this, 'rule', {
      name: `${deployment.name}-security-group-calls`,
      description: 'API calls that could change a guarded security group',
      eventPattern: JSON.stringify(pattern),
    });

    const permission = new LambdaPermission(this, 'permission', {
      statementId: 'eventbridge',
      action: 'lambda:InvokeFunction',
      functionName: guard.function.functionName,
      principal: 'events.amazonaws.com',
      // The rule alone says which account: EventBridge may fail to invoke when a source account is asked for as well.
      sourceArn: this.rule.arn,
    });

    this.undeliveredName = `${deployment.name}-${id}-undelivered`;
    const undelivered = failureQueue(this, 'undelivered', this.undeliveredName, deployment);
    new Alarms(this, 'alarms', {
      deployment,
      alarms: {
        undelivered: queueAlarm(this.undeliveredName, 'EventBridge could not deliver a call: it is in the queue.'),
      },
      actions: settings.alarms.actions,
    });
    const queuePolicy = new SqsQueuePolicy(this, 'undelivered-policy', {
      queueUrl: undelivered.url,
      policy: policyDocument([
        {
          Sid: 'KeepUndeliveredEvents',
          Effect: 'Allow',
          Principal: { Service: 'events.amazonaws.com' },
          Action: ['sqs:SendMessage'],
          Resource: [undelivered.arn],
          Condition: { ArnEquals: { 'aws:SourceArn': this.rule.arn } },
        },
      ]),
    });

    new CloudwatchEventTarget(this, 'target', {
      rule: this.rule.name,
      targetId: 'guard',
      arn: guard.function.arn,
      // As long and as often as EventBridge can: a late report is worth having.
      retryPolicy: { maximumEventAgeInSeconds: 86_400, maximumRetryAttempts: 185 },
      deadLetterConfig: { arn: undelivered.arn },
      dependsOn: [permission, queuePolicy],
    });
  }
}
