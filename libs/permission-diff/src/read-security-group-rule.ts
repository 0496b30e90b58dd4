/** Reads one item of EC2's `DescribeSecurityGroupRules`: the same data as a permission, in the dialect of single rules. */
import type { IpPermission } from './ec2-permission.js';
import { offendingText, type ReadResult } from './problem.js';
import { readRules } from './read-rules.js';
import type { Rule } from './rule.js';

/**
 * EC2's `SecurityGroupRule`, structurally typed. Exactly one of `CidrIpv4`, `CidrIpv6`, `PrefixListId` and `ReferencedGroupInfo` is present.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroupRule.html
 */
export interface SecurityGroupRuleFields {
  IsEgress?: boolean | undefined;
  IpProtocol?: string | undefined;
  FromPort?: number | undefined;
  ToPort?: number | undefined;
  CidrIpv4?: string | undefined;
  CidrIpv6?: string | undefined;
  PrefixListId?: string | undefined;
  ReferencedGroupInfo?: { GroupId?: string | undefined; UserId?: string | undefined } | undefined;
  Description?: string | undefined;
}

/**
 * Returns the rule, or every problem. `path` begins the paths of problems. Descriptions are taken as EC2 returned them.
 * Never throws.
 */
export function readSecurityGroupRule(item: SecurityGroupRuleFields, path: string): ReadResult<Rule> {
  const { IpProtocol, FromPort, ToPort, Description, CidrIpv4, CidrIpv6, PrefixListId, ReferencedGroupInfo } = item;
  const traffic: IpPermission = { IpProtocol, FromPort, ToPort };
  const sources: IpPermission[] = [];
  if (CidrIpv4 != null) sources.push({ ...traffic, IpRanges: [{ CidrIp: CidrIpv4, Description }] });
  if (CidrIpv6 != null) sources.push({ ...traffic, Ipv6Ranges: [{ CidrIpv6, Description }] });
  if (PrefixListId != null) sources.push({ ...traffic, PrefixListIds: [{ PrefixListId, Description }] });
  if (ReferencedGroupInfo != null) {
    const { GroupId, UserId } = ReferencedGroupInfo;
    sources.push({ ...traffic, UserIdGroupPairs: [{ GroupId, UserId, Description }] });
  }
  if (typeof item.IsEgress !== 'boolean') {
    return {
      ok: false,
      problems: [
        { code: 'wrong-type', path: `${path}.IsEgress`, text: offendingText(item.IsEgress), expected: 'true or false' },
      ],
    };
  }
  if (sources.length > 1) {
    const expected = 'exactly one of `CidrIpv4`, `CidrIpv6`, `PrefixListId` and `ReferencedGroupInfo`';
    return { ok: false, problems: [{ code: 'several-sources', path, text: `${sources.length} sources`, expected }] };
  }
  const read = readRules(sources.length === 1 ? sources : [traffic], {
    direction: item.IsEgress ? 'egress' : 'ingress',
    path,
    descriptions: 'trusted',
  });
  if (!read.ok) return read;
  const [rule] = read.value;
  if (rule === undefined) throw new Error('a permission with one source was read into no rule');
  return { ok: true, value: rule };
}
