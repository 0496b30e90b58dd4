/** Many groups with their rules, for few calls: `DescribeSecurityGroups` tells both at once, all but the rules' ids and tags. */
import { DescribeSecurityGroupsCommand, type EC2Client, type Filter, type SecurityGroup } from '@aws-sdk/client-ec2';
import { readSecurityGroup, type Rule } from '@portcullis/permission-diff';
import { chunksOf } from '../chunks.js';
import { UnreadableRuleError } from '../errors.js';
import type { GroupFacts } from '../live-rule.js';
import { translated } from './call-error.js';
import { factsOf } from './group-facts.js';
import { MAX_FILTER_VALUES, MAX_RESULTS } from './limits.js';
import { eachPage } from './pages.js';

/** Which groups: those that meet all that is there; without any, every group that EC2 shows in the region. */
export interface SurveyFilter {
  readonly ids?: readonly string[];
  readonly tags?: Readonly<Record<string, string>>;
  readonly vpcs?: readonly string[];
  /** The account that owns them: EC2 shows groups of other accounts, too, see `SecurityGroupReader`. */
  readonly ownerId?: string;
}

export interface SurveyedGroup extends GroupFacts {
  readonly description: string | null;
  /** Without ids and tags, which this call does not tell; or why they cannot be read. */
  readonly rules: readonly Rule[] | UnreadableRuleError;
}

/**
 * Yields the groups that exist, a page at a time.
 *
 * @param signal ends whatever call is under way: it then fails as one that may be tried again.
 * @throws {SecurityGroupCallError} when EC2 does not answer.
 */
export async function* surveyGroups(
  client: EC2Client,
  { ids, tags = {}, vpcs, ownerId }: SurveyFilter = {},
  signal?: AbortSignal,
): AsyncGenerator<readonly SurveyedGroup[]> {
  const others: Filter[] = [
    ...Object.entries(tags).map(([key, value]) => ({ Name: `tag:${key}`, Values: [literal(value)] })),
    ...(vpcs === undefined ? [] : [{ Name: 'vpc-id', Values: [...vpcs] }]),
    ...(ownerId === undefined ? [] : [{ Name: 'owner-id', Values: [ownerId] }]),
  ];
  // By filter and not by `GroupIds`, which fails as a whole for one group that does not exist.
  const byIds = ids === undefined ? [[]] : chunksOf(ids, MAX_FILTER_VALUES).map((Values) => [{ Name: 'group-id', Values: [...Values] }]);
  for (const byId of byIds) {
    const Filters = [...byId, ...others];
    const pages = eachPage('DescribeSecurityGroups', async (NextToken) => {
      const input = {
        MaxResults: MAX_RESULTS,
        ...(Filters.length > 0 && { Filters }),
        ...(NextToken && { NextToken }),
      };
      const call = client.send(new DescribeSecurityGroupsCommand(input), { abortSignal: signal });
      const page = await translated('DescribeSecurityGroups', call);
      return { items: page.SecurityGroups, nextToken: page.NextToken };
    });
    for await (const page of pages) yield page.flatMap(surveyed);
  }
}

/** Source: EC2 user guide, "Filter your resources": `*` and `?` stand for other text unless a backslash precedes them. */
function literal(value: string): string {
  return value.replace(/[*?\\]/g, String.raw`\$&`);
}

function surveyed(group: SecurityGroup): SurveyedGroup[] {
  const { GroupId: id, Description } = group;
  if (id === undefined) return [];
  const read = readSecurityGroup(group);
  const rules = read.ok ? read.value.rules : new UnreadableRuleError(id, read.problems);
  return [{ ...factsOf(group, id), description: Description ?? null, rules }];
}
