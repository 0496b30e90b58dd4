import { CloudwatchEventRule } from '@cdktf/provider-aws/lib/cloudwatch-event-rule/index.js';
import { CloudwatchEventTarget } from '@cdktf/provider-aws/lib/cloudwatch-event-target/index.js';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy/index.js';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js';
import { LambdaPermission } from '@cdktf/provider-aws/lib/lambda-permission/index.js';
import { SqsQueuePolicy } from '@cdktf/provider-aws/lib/sqs-queue-policy/index.js';
import type { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue/index.js';
import type { EventPattern, GuardCallPattern } from '@portcullis/cloudtrail';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { Deployment } from './deployment.js';
import type { Settings } from '@portcullis/settings';
import { Alarms, queueAlarm } from './alarms.js';
import { createFailureQueue } from './failure-queue.js';
import type { GuardFunction } from './guard-function.js';
import { putEventsStatement, iamPolicyDocument, serviceTrustPolicy } from '../policies/statements.js';

/** An EventBridge rule, and the API calls that the rule sends to its target. */
export interface Watch {
  /** The suffix of the rule's name. */
  readonly name: string;
  readonly description: string;
  readonly pattern: EventPattern | GuardCallPattern;
  /**
   * The name of the event bus that the rule matches events on.
   * @default the account's default bus, to which AWS sends API calls
   */
  readonly eventBusName?: string;
}

/** The target that receives the calls: a function of this stack, or the event bus of another account. */
export type TriggerTarget = { readonly guard: GuardFunction } | { readonly eventBusArn: string };

export interface CloudTrailTriggerProps {
  readonly deployment: Deployment;
  readonly target: TriggerTarget;
  /** The rules. The key of a rule is the prefix of the rule's construct ids, and can be empty. */
  readonly watches: Readonly<Record<string, Watch>>;
  readonly settings: Pick<Settings, 'alarms' | 'permissionsBoundary'>;
}

export function cloudtrailTriggerRuleName({ name }: Deployment, watch: Pick<Watch, 'name'>): string {
  return `${name}-${watch.name}`;
}

/** The EventBridge rules that send API calls to a target, and the queue for calls that cannot be delivered. */
export class CloudTrailTrigger extends Construct {
  readonly rules: readonly CloudwatchEventRule[];
  /** The name of the queue for events that could not be delivered. */
  readonly undeliveredName: string;

  constructor(scope: Construct, id: string, { deployment, target, watches, settings }: CloudTrailTriggerProps) {
    super(scope, id);

    const named = Object.entries(watches).map(([key, watch]) => ({
      prefix: key === '' ? '' : `${key}-`,
      rule: new CloudwatchEventRule(this, key === '' ? 'rule' : `${key}-rule`, {
        name: cloudtrailTriggerRuleName(deployment, watch),
        description: watch.description,
        eventPattern: JSON.stringify(watch.pattern),
        ...(watch.eventBusName !== undefined && { eventBusName: watch.eventBusName }),
      }),
      eventBusName: watch.eventBusName,
    }));
    this.rules = named.map(({ rule }) => rule);

    this.undeliveredName = `${deployment.name}-${id}-undelivered`;
    const undelivered = createFailureQueue(this, 'undelivered', this.undeliveredName, deployment);
    new Alarms(this, 'alarms', {
      deployment,
      alarms: {
        undelivered: queueAlarm(this.undeliveredName, 'EventBridge could not deliver an event. The event is in the queue.'),
      },
      actions: settings.alarms.actions,
    });
    const queuePolicy = this.keepUndelivered(undelivered);
    const forwarder = 'guard' in target ? undefined : this.forwarder(deployment, target.eventBusArn, settings);

    for (const { prefix, rule, eventBusName } of named) {
      const ready: ITerraformDependable[] =
        'guard' in target
          ? [
              new LambdaPermission(this, `${prefix}permission`, {
                statementId: `${prefix}eventbridge`,
                action: 'lambda:InvokeFunction',
                functionName: target.guard.function.functionName,
                principal: 'events.amazonaws.com',
                // `sourceArn` already contains the account. A `sourceAccount` is therefore unnecessary, and could make EventBridge fail to
                // invoke the function.
                sourceArn: rule.arn,
              }),
              queuePolicy,
            ]
          : [queuePolicy];
      new CloudwatchEventTarget(this, `${prefix}target`, {
        rule: rule.name,
        targetId: 'guard',
        arn: 'guard' in target ? target.guard.function.arn : target.eventBusArn,
        ...(forwarder && { roleArn: forwarder.arn }),
        ...(eventBusName !== undefined && { eventBusName }),
        // A late report is still useful, so EventBridge retries for 24 hours, the maximum.
        retryPolicy: { maximumEventAgeInSeconds: 86_400, maximumRetryAttempts: 185 },
        deadLetterConfig: { arn: undelivered.arn },
        dependsOn: ready,
      });
    }
  }

  private keepUndelivered(queue: SqsQueue): SqsQueuePolicy {
    return new SqsQueuePolicy(this, 'undelivered-policy', {
      queueUrl: queue.url,
      policy: iamPolicyDocument([
        {
          Sid: 'KeepUndeliveredEvents',
          Effect: 'Allow',
          Principal: { Service: 'events.amazonaws.com' },
          Action: ['sqs:SendMessage'],
          Resource: [queue.arn],
          Condition: { ArnEquals: { 'aws:SourceArn': this.rules.map(({ arn }) => arn) } },
        },
      ]),
    });
  }

  /**
   * Creates the role that EventBridge assumes to put events on another account's bus. Source: EventBridge user guide, "Sending and
   * receiving events between accounts".
   */
  private forwarder(
    { name, region, accountId }: Deployment,
    eventBusArn: string,
    { permissionsBoundary }: Pick<Settings, 'permissionsBoundary'>,
  ): IamRole {
    const role = new IamRole(this, 'forwarder', {
      name: `${name}-forwarder-${region}`,
      description: 'Lets EventBridge forward API calls to the account that guards this one',
      assumeRolePolicy: serviceTrustPolicy('events.amazonaws.com', { sourceAccount: accountId }),
      permissionsBoundary,
    });
    new IamRolePolicy(this, 'forwarder-policy', {
      name: 'least-privilege',
      role: role.name,
      policy: iamPolicyDocument([putEventsStatement(eventBusArn)]),
    });
    return role;
  }
}
