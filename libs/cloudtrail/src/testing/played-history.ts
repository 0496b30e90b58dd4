/**
 * Random histories of one group: calls by several people, the resulting rules in EC2, and the records in CloudTrail.
 */
import { readCidr, type Rule, type Source } from '@portcullis/permission-diff';
import * as fc from 'fast-check';
import type { ApiCall } from '../event/parse-cloudtrail-event.js';
import { cloudTrailEvent } from './cloudtrail-event.js';
import { callOf } from './summary.js';

export const GROUP = 'sg-0a0a0a0a0a0a0a0a1';

/** A rule in EC2, and the person who gave the rule its current content. */
export interface ModelRule {
  readonly ruleId: string;
  readonly port: number;
  readonly cidr: string;
  readonly madeBy: string;
}

/** One call. The index of the rule that the call changes is `nth` modulo the number of rules. */
export type Act =
  | { readonly do: 'authorize'; readonly port: number; readonly cidr: string; readonly withIds: boolean }
  | { readonly do: 'modify'; readonly nth: number; readonly port: number; readonly cidr: string }
  | { readonly do: 'describe' | 'revoke by id' | 'revoke by id, answered' | 'revoke by value'; readonly nth: number }
  | { readonly do: 'refused'; readonly port: number; readonly cidr: string };

/** The name of a caller, and the call. */
export type Turn = readonly [who: string, act: Act];

const content = { port: fc.constantFrom(22, 80, 443), cidr: fc.constantFrom('0.0.0.0/0', '10.0.0.0/8', '192.0.2.0/24') };
const nth = fc.nat(5);
const act = fc.oneof<fc.Arbitrary<Act>[]>(
  fc.record({ do: fc.constant('authorize' as const), ...content, withIds: fc.constant(true) }),
  fc.record({ do: fc.constant('modify' as const), nth, ...content }),
  fc.record({
    do: fc.constantFrom('describe' as const, 'revoke by id' as const, 'revoke by id, answered' as const, 'revoke by value' as const),
    nth,
  }),
  fc.record({ do: fc.constant('refused' as const), ...content }),
);
const person = fc.constantFrom('ana', 'ben', 'chloe', 'dan');
export const history = fc.array(fc.tuple(person, act), { minLength: 1, maxLength: 25 });

function fieldsOf(port: number): object {
  return { ipProtocol: 'tcp', fromPort: port, toPort: port };
}

interface Played {
  readonly rules: readonly ModelRule[];
  /** The rules that were removed, and that the group does not have now. `removedBy` names the person who removed the rule last. */
  readonly lost: readonly (ModelRule & { readonly removedBy: string })[];
  /** The recorded calls, oldest first. */
  readonly calls: readonly ApiCall[];
}

/** Simulates the calls on one group, and returns the resulting rules and records. */
export function played(turns: readonly Turn[], secondsBetween = 1): Played {
  const rules: ModelRule[] = [];
  const lost = new Map<string, ModelRule & { readonly removedBy: string }>();
  const calls: ApiCall[] = [];
  let [time, ids] = [Date.parse('2026-01-15T09:30:00Z'), 0];
  for (const [who, act] of turns) {
    time += secondsBetween * 1000;
    const record = (eventName: string, requestParameters: object, rest: object = {}): void => {
      const userIdentity = { type: 'IAMUser', userName: who, arn: `arn:aws:iam::111122223333:user/${who}` };
      const eventTime = new Date(time).toISOString();
      calls.push(
        callOf(cloudTrailEvent({ eventName, requestParameters, userIdentity, eventTime, eventID: `event-${calls.length}`, ...rest })),
      );
    };
    const permission = (port: number, cidr: string) => ({
      groupId: GROUP,
      ipPermissions: { items: [{ ...fieldsOf(port), ipRanges: { items: [{ cidrIp: cidr }] } }] },
    });
    const modified = (rule: ModelRule, description: string) => {
      record('ModifySecurityGroupRules', {
        ModifySecurityGroupRulesRequest: {
          GroupId: GROUP,
          SecurityGroupRule: {
            SecurityGroupRuleId: rule.ruleId,
            SecurityGroupRule: { IpProtocol: 'tcp', FromPort: rule.port, ToPort: rule.port, CidrIpv4: rule.cidr, Description: description },
          },
        },
      });
    };
    const isDuplicate = (port: number, cidr: string) => rules.some((rule) => rule.port === port && rule.cidr === cidr);
    const add = (added: ModelRule): void => {
      lost.delete(contentKey(added));
      rules.push(added);
    };
    const remove = (removed: ModelRule): void => {
      lost.set(contentKey(removed), { ...removed, removedBy: who });
      rules.splice(rules.indexOf(removed), 1);
    };
    const at = 'nth' in act && rules.length > 0 ? act.nth % rules.length : -1;
    const rule = rules[at];
    if (act.do === 'refused') {
      record('AuthorizeSecurityGroupIngress', permission(act.port, act.cidr), { errorCode: 'Client.UnauthorizedOperation' });
    } else if (act.do === 'authorize') {
      if (isDuplicate(act.port, act.cidr)) continue;
      const ruleId = `sgr-${String((ids += 1)).padStart(17, '0')}`;
      add({ ruleId, port: act.port, cidr: act.cidr, madeBy: who });
      const item = { groupId: GROUP, securityGroupRuleId: ruleId, isEgress: false, ...fieldsOf(act.port), cidrIpv4: act.cidr };
      const responseElements = act.withIds ? { securityGroupRuleSet: { items: [item] } } : { _return: true };
      record('AuthorizeSecurityGroupIngress', permission(act.port, act.cidr), { responseElements });
    } else if (rule === undefined) {
      continue;
    } else if (act.do === 'modify') {
      if (isDuplicate(act.port, act.cidr)) continue;
      const moved = { ...rule, port: act.port, cidr: act.cidr, madeBy: who };
      remove(rule);
      add(moved);
      modified(moved, 'moved');
    } else if (act.do === 'describe') {
      modified(rule, `by ${who}`);
    } else {
      remove(rule);
      const byId = { groupId: GROUP, securityGroupRuleIds: { items: [{ securityGroupRuleId: rule.ruleId }] } };
      const answer = { securityGroupRuleId: rule.ruleId, groupId: GROUP, isEgress: false, ...fieldsOf(rule.port), cidrIpv4: rule.cidr };
      record(
        'RevokeSecurityGroupIngress',
        act.do === 'revoke by value' ? permission(rule.port, rule.cidr) : byId,
        act.do === 'revoke by id, answered' ? { responseElements: { revokedSecurityGroupRuleSet: { items: [answer] } } } : {},
      );
    }
  }
  return { rules, lost: [...lost.values()], calls };
}

function contentKey({ port, cidr }: ModelRule): string {
  return `${port} ${cidr}`;
}

/** Returns the rule as an ingress rule of `GROUP`. */
export function ingressRule({ port, cidr }: ModelRule): Rule & { readonly groupId: string } {
  return {
    groupId: GROUP,
    direction: 'ingress',
    traffic: { kind: 'ports', protocol: 'tcp', fromPort: port, toPort: port },
    source: block(cidr),
  };
}

export function block(cidr: string): Source {
  const read = readCidr(cidr, 'cidr');
  if (!read.ok) throw new Error(`not a CIDR block: ${cidr}`);
  return read.value;
}
