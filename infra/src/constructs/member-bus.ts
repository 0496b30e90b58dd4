import { CloudwatchEventBusPolicy } from '@cdktf/provider-aws/lib/cloudwatch-event-bus-policy/index.js';
import { CloudwatchEventBus } from '@cdktf/provider-aws/lib/cloudwatch-event-bus/index.js';
import { memberBusName } from '@portcullis/settings';
import { Construct } from 'constructs';
import type { Deployment } from './deployment.js';
import { iamPolicyDocument } from '../policies/statements.js';

/**
 * The event bus of the central account, to which the member accounts forward their API calls. A member cannot forge an API call on this
 * bus: EventBridge accepts event sources that begin with `aws.` only from AWS's own services. Source: EventBridge API reference,
 * PutEventsRequestEntry, Source.
 */
export class MemberBus extends Construct {
  readonly busName: string;

  constructor(scope: Construct, id: string, deployment: Deployment, organizationId: string) {
    super(scope, id);
    const bus = new CloudwatchEventBus(this, 'bus', { name: memberBusName(deployment) });
    new CloudwatchEventBusPolicy(this, 'policy', {
      eventBusName: bus.name,
      policy: iamPolicyDocument([
        {
          Sid: 'MembersForward',
          Effect: 'Allow',
          Principal: '*',
          Action: ['events:PutEvents'],
          Resource: [bus.arn],
          Condition: { StringEquals: { 'aws:PrincipalOrgID': organizationId } },
        },
      ]),
    });
    this.busName = bus.name;
  }
}
