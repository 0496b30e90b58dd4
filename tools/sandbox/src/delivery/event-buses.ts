/** EventBridge: the enabled rules of the buses, and where they send what matches. */
import { matchesPattern } from '@portcullis/cloudtrail/matching';
import type { Deployment } from '../deployment/deployment.js';
import { evaluate, type IamRequest } from '../iam/evaluate.js';
import { ORGANIZATION_ID } from '../iam/requests.js';
import type { JsonObject } from '../json.js';
import type { Courier } from './courier.js';

export interface EventBusesOptions {
  readonly courier: Courier;
  readonly deployments: readonly Deployment[];
  readonly onNotDelivered: (reason: string) => void;
}

export class EventBuses {
  constructor(private readonly options: EventBusesOptions) {}

  /** Sends the event to the targets of the rules that it matches, on a bus of an account. */
  async put(
    event: JsonObject,
    place: { readonly accountId: string; readonly region: string; readonly busName: string },
    cause: number | undefined,
  ): Promise<void> {
    const rules = this.options.deployments
      .filter(({ accountId, region }) => accountId === place.accountId && region === place.region)
      .flatMap((deployment) => deployment.eventRules.map((rule) => ({ rule, deployment })))
      .filter(({ rule }) => rule.isEnabled && rule.busName === place.busName && matchesPattern(rule.pattern, event));
    await Promise.all(
      rules.flatMap(({ rule, deployment }) =>
        rule.targets.map((target) => this.send(event, { ...target, ruleName: rule.name, ruleArn: rule.arn, deployment }, cause)),
      ),
    );
  }

  private async send(
    event: JsonObject,
    target: {
      readonly arn: string;
      readonly roleArn?: string;
      readonly ruleName: string;
      readonly ruleArn: string;
      readonly deployment: Deployment;
    },
    cause: number | undefined,
  ): Promise<void> {
    const { courier, onNotDelivered } = this.options;
    const refused = (why: string): void => {
      onNotDelivered(`EventBridge rule \`${target.ruleName}\`: ${why}`);
    };
    const [, , service, region = '', accountId = '', resource = ''] = target.arn.split(':');
    if (service === 'lambda') {
      const refusal = courier.refusal(target.arn, {
        principal: 'events.amazonaws.com',
        sourceArn: target.ruleArn,
        sourceAccount: target.deployment.accountId,
      });
      if (refusal === undefined)
        await courier.deliver({ kind: 'cloudtrail', functionArn: target.arn, ruleName: target.ruleName, event, cause });
      else refused(refusal);
      return;
    }
    if (service !== 'events') {
      refused(`the sandbox delivers to functions and event buses, not to \`${target.arn}\``);
      return;
    }
    const busName = resource.replace('event-bus/', '');
    const why = this.mayForward(target, busName, accountId);
    if (why === undefined) await this.put(event, { accountId, region, busName }, cause);
    else refused(why);
  }

  /** To another account's bus an event goes if the rule's role may put it and the bus's policy takes it. */
  private mayForward(
    { arn, roleArn, deployment }: { readonly arn: string; readonly roleArn?: string; readonly deployment: Deployment },
    busName: string,
    accountId: string,
  ): string | undefined {
    const request: IamRequest = {
      action: 'events:PutEvents',
      resource: arn,
      principal: roleArn ?? `arn:${deployment.partition}:iam::${deployment.accountId}:root`,
      context: {
        'aws:PrincipalOrgID': ORGANIZATION_ID,
        'aws:ResourceOrgID': ORGANIZATION_ID,
        'aws:ResourceAccount': accountId,
        'aws:PrincipalArn': roleArn,
      },
    };
    const role = deployment.roles.find((each) => each.arn === roleArn);
    if (role === undefined || evaluate(role.policies, request) !== 'allowed') return `its role may not put events on \`${arn}\``;
    const bus = this.options.deployments
      .filter((each) => each.accountId === accountId)
      .flatMap(({ buses }) => buses)
      .find(({ name }) => name === busName);
    return bus !== undefined && evaluate(bus.policies, request) === 'allowed'
      ? undefined
      : `\`${arn}\` takes no events from ${deployment.accountId}`;
  }
}
