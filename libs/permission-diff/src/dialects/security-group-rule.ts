/** Reads EC2's `DescribeSecurityGroupRules`: the same data as permissions, in the dialect of single rules. */
import { isFields, readResult, refuseInto, type PermissionProblem, type ReadResult } from '../problem.js';
import { readRules } from '../read-rules.js';
import type { Rule } from '../rule.js';
import type { RecordedRule } from './document-rules.js';

/** How each kind of source stands in a rule, and in a permission. */
const SOURCES: readonly (readonly [field: string, asPermission: (value: unknown, Description: unknown) => object])[] = [
  ['CidrIpv4', (CidrIp, Description) => ({ IpRanges: [{ CidrIp, Description }] })],
  ['CidrIpv6', (CidrIpv6, Description) => ({ Ipv6Ranges: [{ CidrIpv6, Description }] })],
  ['PrefixListId', (PrefixListId, Description) => ({ PrefixListIds: [{ PrefixListId, Description }] })],
  [
    'ReferencedGroupInfo',
    (group, Description) => ({ UserIdGroupPairs: [isFields(group) ? { ...group, Description } : group] }),
  ],
];

/**
 * Returns the rule of one item, or every problem. `path` begins the paths of problems. Descriptions are taken as EC2 returned them.
 * Never throws.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroupRule.html
 */
export function readSecurityGroupRule(item: unknown, path: string): ReadResult<Rule> {
  const problems: PermissionProblem[] = [];
  const refuse = refuseInto(problems, () => path);
  if (!isFields(item)) {
    refuse('wrong-type', '', item, 'a rule: an object with `IsEgress`, `IpProtocol` and one source');
    return { ok: false, problems };
  }
  const { IsEgress, IpProtocol, FromPort, ToPort, Description } = item;
  if (typeof IsEgress !== 'boolean') refuse('wrong-type', '.IsEgress', IsEgress, 'true or false');
  const given = SOURCES.filter(([field]) => item[field] !== undefined && item[field] !== null);
  const [source] = given;
  const fields = SOURCES.map(([field]) => `\`${field}\``).join(', ');
  if (source === undefined) refuse('no-source', '', undefined, `exactly one of ${fields}`);
  else if (given.length > 1) {
    refuse('several-sources', '', given.map(([field]) => field).join(', '), `exactly one of ${fields}`);
  }
  if (source === undefined || problems.length > 0) return { ok: false, problems };
  const [field, asPermission] = source;
  const read = readRules([{ IpProtocol, FromPort, ToPort, ...asPermission(item[field], Description) }], {
    direction: IsEgress === true ? 'egress' : 'ingress',
    path: '',
    descriptions: 'trusted',
  });
  if (!read.ok) return { ok: false, problems: read.problems.map((problem) => relocated(problem, field, path)) };
  const [rule] = read.value;
  if (rule === undefined) throw new Error('a permission with one source was read into no rule');
  return { ok: true, value: rule };
}

/** Returns the rules of a list of items, or every problem of all of them. `path` begins the paths of problems. Never throws. */
export function readSecurityGroupRules(items: unknown, path = 'rules'): ReadResult<readonly RecordedRule[]> {
  const problems: PermissionProblem[] = [];
  const refuse = refuseInto(problems, () => path);
  if (!Array.isArray(items)) {
    refuse('wrong-type', '', items, 'a list of rules');
    return { ok: false, problems };
  }
  const rules = Array.from(items, (item: unknown, i): readonly RecordedRule[] => {
    const read = readSecurityGroupRule(item, `${path}[${i}]`);
    if (!read.ok) problems.push(...read.problems);
    const ruleId = isFields(item) ? item.SecurityGroupRuleId : undefined;
    return read.ok ? [{ ...read.value, ruleId: typeof ruleId === 'string' ? ruleId : null }] : [];
  });
  return readResult(rules.flat(), problems);
}

/** Returns the problem under the item's own path instead of the one within the permission made of it. */
function relocated(problem: PermissionProblem, source: string, path: string): PermissionProblem {
  const [, list = '', field = ''] = /^\[0\](\.\w+\[0\])?(\.\w+)?$/.exec(problem.path) ?? [];
  const isOfSource = list !== '' && field !== '.Description';
  const within = !isOfSource ? field : source === 'ReferencedGroupInfo' ? `.${source}${field}` : `.${source}`;
  return { ...problem, path: `${path}${within}` };
}
