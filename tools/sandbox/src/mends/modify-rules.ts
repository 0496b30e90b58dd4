// ModifySecurityGroupRules: moto changes IPv4 sources only, silently ignores every other, and wants ports of a protocol
// that has none. The call is therefore carried out here, each rule removed and put back with its new content under its
// old id.
import { randomUUID } from 'node:crypto';
import { EC2ServiceException, type EC2Client, type SecurityGroupRule } from '@aws-sdk/client-ec2';
import type { ApiRequest } from '../api-request.js';
import { ec2Error, ec2Response, type ApiResponse } from '../api-response.js';
import { listOf, objectOf, textOf, type JsonObject } from '../json.js';
import { protocolInMoto } from '../permission-input.js';
import { addRule, removeRule } from '../rule-writes.js';
import type { GroupStates } from '../security-groups.js';
import { text } from '../xml.js';
import type { RuleIds } from './rule-ids.js';

const sources = ['CidrIpv4', 'CidrIpv6', 'PrefixListId', 'ReferencedGroupId'] as const;
type SourceKind = (typeof sources)[number];

const sourceKindOf = (rule: SecurityGroupRule): SourceKind | undefined =>
  rule.ReferencedGroupInfo === undefined
    ? sources.find((kind) => kind !== 'ReferencedGroupId' && rule[kind] !== undefined)
    : 'ReferencedGroupId';

const portless = (protocol: string): boolean =>
  !['tcp', '6', 'udp', '17', 'icmp', '1'].includes(protocol.toLowerCase());

const port = (value: string | undefined, protocol: string): number => (portless(protocol) ? -1 : Number(value));

const changed = (rule: SecurityGroupRule, change: unknown, kind: SourceKind): SecurityGroupRule => {
  const source = textOf(change, kind) ?? '';
  const protocol = textOf(change, 'IpProtocol') ?? '';
  const description = textOf(change, 'Description') ?? rule.Description;
  return {
    GroupId: rule.GroupId,
    SecurityGroupRuleId: rule.SecurityGroupRuleId,
    IsEgress: rule.IsEgress,
    IpProtocol: protocolInMoto(protocol),
    FromPort: port(textOf(change, 'FromPort'), protocol),
    ToPort: port(textOf(change, 'ToPort'), protocol),
    ...(kind === 'ReferencedGroupId' ? { ReferencedGroupInfo: { GroupId: source } } : { [kind]: source }),
    ...(description !== undefined && { Description: description }),
  };
};

type Accepted = { readonly rule: SecurityGroupRule; readonly kind: SourceKind } | { readonly refusal: ApiResponse };

const refuse = (code: string, message: string): Accepted => ({ refusal: ec2Error(code, message) });

// What EC2 refuses, in its words as moto recorded them from AWS.
const accept = (rule: SecurityGroupRule | undefined, id: string, change: JsonObject): Accepted => {
  const [kind, another] = sources.filter((source) => change[source] !== undefined);
  if (another !== undefined) {
    return refuse(
      'InvalidParameterCombination',
      'Only one of cidrIp, cidrIpv6, prefixListId, or referencedGroupId can be specified',
    );
  }
  if (kind === undefined) {
    return refuse(
      'MissingParameter',
      'The request must contain exactly one of: cidrIp, cidrIpv6, prefixListId, or referencedGroupId',
    );
  }
  if (rule === undefined)
    return refuse('InvalidSecurityGroupRuleId.NotFound', `The security group rule ID '${id}' does not exist`);
  const protocol = textOf(change, 'IpProtocol');
  if (protocol === undefined) {
    return refuse(
      'InvalidParameterValue',
      "Invalid value 'null' for protocol. VPC security group rules must specify protocols explicitly.",
    );
  }
  if (!portless(protocol) && (change.FromPort === undefined || change.ToPort === undefined)) {
    return refuse(
      'InvalidParameterValue',
      'Invalid value for portRange. Must specify both from and to ports with TCP/UDP.',
    );
  }
  if (sourceKindOf(rule) !== kind) {
    return refuse(
      'InvalidParameterValue',
      `Invalid rule type for security group rule '${id}'. You may not change the type of its source.`,
    );
  }
  return { rule, kind };
};

/** Carries the call out. A refusal may leave a part done: the caller takes it back. */
export const modifyRules = async (
  ec2: EC2Client,
  ruleIds: RuleIds,
  request: ApiRequest,
  before: GroupStates,
): Promise<ApiResponse> => {
  const rules = new Map(
    [...before.values()].flatMap((state) => state.rules.map((rule) => [rule.SecurityGroupRuleId, rule] as const)),
  );
  for (const update of listOf(request.input, 'SecurityGroupRule')) {
    const id = textOf(update, 'SecurityGroupRuleId') ?? '';
    const change = objectOf(update, 'SecurityGroupRule');
    const accepted = accept(rules.get(id), id, change);
    if ('refusal' in accepted) return accepted.refusal;
    try {
      await removeRule(ec2, ruleIds, accepted.rule);
      await addRule(ec2, ruleIds, changed(accepted.rule, change, accepted.kind));
    } catch (fault) {
      if (fault instanceof EC2ServiceException) return ec2Error(fault.name, fault.message);
      throw fault;
    }
  }
  return ec2Response('ModifySecurityGroupRules', randomUUID(), [text('return', true)]);
};
