/** Reads many groups with few calls: `DescribeSecurityGroups` returns groups with their rules, but without the rules' ids and tags. */
import { DescribeSecurityGroupsCommand, type EC2Client, type Filter, type SecurityGroup } from '@aws-sdk/client-ec2';
import { readSecurityGroup, type Rule } from '@portcullis/permission-diff';
import { UnreadableRuleError } from './errors.js';
import type { GroupFacts } from './port.js';
import { groupFacts } from './ec2-reader.js';
import { ec2FiltersInChunks, MAX_RESULTS, readEachEc2Page } from './pages.js';

/** Selects the groups that match all given fields. An empty filter selects every group that EC2 shows in the region. */
export interface SurveyFilter {
  readonly ids?: readonly string[];
  readonly tags?: Readonly<Record<string, string>>;
  readonly vpcs?: readonly string[];
  /** The id of the account that owns the groups. EC2 also shows groups of other accounts: see `SecurityGroupReader`. */
  readonly ownerId?: string;
}

export interface SurveyedGroup extends GroupFacts {
  readonly description: string | null;
  /** The rules without their ids and tags, or the error if the rules cannot be read. */
  readonly rules: readonly Rule[] | UnreadableRuleError;
}

/**
 * Yields the groups page by page.
 *
 * @param signal aborts the current call. The aborted call fails with the kind `transient`.
 * @throws {SecurityGroupCallError} if a call fails.
 */
export async function* surveyGroups(
  client: EC2Client,
  { ids, tags = {}, vpcs, ownerId }: SurveyFilter = {},
  signal?: AbortSignal,
): AsyncGenerator<readonly SurveyedGroup[]> {
  const others: Filter[] = [
    ...Object.entries(tags).map(([key, value]) => ({ Name: `tag:${key}`, Values: [escapeFilterWildcards(value)] })),
    ...(vpcs === undefined ? [] : [{ Name: 'vpc-id', Values: [...vpcs] }]),
    ...(ownerId === undefined ? [] : [{ Name: 'owner-id', Values: [ownerId] }]),
  ];
  // Filters by id, because a call with `GroupIds` fails if one of the groups does not exist.
  for (const byId of ec2FiltersInChunks('group-id', ids)) {
    const Filters = [...byId, ...others];
    const input = { MaxResults: MAX_RESULTS, ...(Filters.length > 0 && { Filters }) };
    const pages = readEachEc2Page(
      'DescribeSecurityGroups',
      (page) => client.send(new DescribeSecurityGroupsCommand({ ...input, ...page }), { abortSignal: signal }),
      ({ SecurityGroups }) => SecurityGroups,
    );
    for await (const page of pages) yield page.flatMap(surveyedEc2Group);
  }
}

/**
 * Escapes the wildcards `*` and `?` of a filter.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html
 */
function escapeFilterWildcards(value: string): string {
  return value.replace(/[*?\\]/g, String.raw`\$&`);
}

function surveyedEc2Group(group: SecurityGroup): SurveyedGroup[] {
  const { GroupId: id, Description } = group;
  if (id === undefined) return [];
  const read = readSecurityGroup(group);
  const rules = read.ok ? read.value.rules : new UnreadableRuleError(id, read.problems);
  return [{ ...groupFacts(group, id), description: Description ?? null, rules }];
}
