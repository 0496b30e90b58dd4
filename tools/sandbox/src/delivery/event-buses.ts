/** Simulates EventBridge: sends each event to the targets of the enabled rules that match the event. */
import { matchesPattern } from '@portcullis/cloudtrail/matching';
import type { DeployedEventRule, Deployment } from '../deployment/deployment.js';
import { evaluateIamPolicies } from '../simulated-aws/iam-policies.js';
import { simulatedOrganizationId } from '../simulated-aws/iam-requests.js';
import type { JsonObject } from '../json.js';
import type { Sandbox } from '../sandbox.js';

interface Target {
  readonly arn: string;
  readonly roleArn?: string | undefined;
  readonly rule: DeployedEventRule;
  readonly deployment: Deployment;
}

export class EventBuses {
  constructor(private readonly sandbox: Sandbox) {}

  /** Finds the rules of the bus that match the event, and sends the event to their targets. */
  async put(event: JsonObject, bus: { accountId: string; region: string; busName: string }, cause: number | undefined): Promise<void> {
    const targets = this.sandbox.deployments
      .filter(({ accountId, region }) => accountId === bus.accountId && region === bus.region)
      .flatMap((deployment) => deployment.eventRules.map((rule) => ({ rule, deployment })))
      .filter(({ rule }) => rule.isEnabled && rule.busName === bus.busName && matchesPattern(rule.pattern, event))
      .flatMap(({ rule, deployment }) => rule.targets.map((target) => ({ ...target, rule, deployment })));
    await Promise.all(targets.map((target) => this.send(event, target, cause)));
  }

  private async send(event: JsonObject, target: Target, cause: number | undefined): Promise<void> {
    const { courier, emit } = this.sandbox;
    const { arn, rule, deployment } = target;
    const [, , service, region = '', accountId = '', resource = ''] = arn.split(':');
    const busName = resource.replace('event-bus/', '');
    const refusal =
      service === 'lambda'
        ? courier.refusal(arn, 'events.amazonaws.com', rule.arn, deployment.accountId)
        : service === 'events'
          ? this.mayForward(target, busName, accountId)
          : `the sandbox delivers events only to functions and event buses, not to \`${arn}\``;
    if (refusal !== undefined) emit({ type: 'not-delivered', reason: `EventBridge rule \`${rule.name}\`: ${refusal}` });
    else if (service === 'events') await this.put(event, { accountId, region, busName }, cause);
    else await courier.deliver({ kind: 'cloudtrail', functionArn: arn, ruleName: rule.name, event, cause });
  }

  /**
   * Returns the reason if the rule cannot forward events to the bus of the other account. Otherwise returns undefined.
   */
  private mayForward({ arn, roleArn, deployment }: Target, busName: string, accountId: string): string | undefined {
    const request = {
      action: 'events:PutEvents',
      resource: arn,
      principal: roleArn ?? `arn:${deployment.partition}:iam::${deployment.accountId}:root`,
      context: {
        'aws:PrincipalOrgID': simulatedOrganizationId(deployment.accountId),
        'aws:ResourceOrgID': simulatedOrganizationId(accountId),
        'aws:ResourceAccount': accountId,
        'aws:PrincipalArn': roleArn,
      },
    };
    const role = deployment.roles.find((each) => each.arn === roleArn);
    if (evaluateIamPolicies(role?.policies ?? [], request) !== 'allowed')
      return `the role of the rule does not allow events:PutEvents on \`${arn}\``;
    const buses = this.sandbox.deployments.filter((each) => each.accountId === accountId).flatMap((each) => each.buses);
    const isTaken = evaluateIamPolicies(buses.find(({ name }) => name === busName)?.policies ?? [], request) === 'allowed';
    return isTaken ? undefined : `\`${arn}\` accepts no events from account ${deployment.accountId}`;
  }
}
