/** Reads security groups from an aggregator of AWS Config, with one advanced query. */
import { readConfigItemRules } from '@portcullis/permission-diff';
import { UnreadableRuleError, type SurveyedGroup } from '@portcullis/security-groups';
import { parseJsonText, jsonMember, jsonTextMember } from '../files/json-members.js';
import { Failure } from '../command-line/failure.js';
import type { AccountRegion, Scope } from './account-region.js';
import type { UnreadRegion } from './account-regions.js';
import { awsErrorWords } from './error-words.js';
import type { OrganizationRequest } from './organization.js';

/** The groups of an account and region that AWS Config recorded. */
export interface RecordedGroups extends Scope {
  readonly groups: readonly SurveyedGroup[];
  readonly captured: CaptureTimes;
}

/**
 * The times of the oldest and the newest capture, in ISO 8601, UTC. AWS Config captures a group only when the group changes, so an old
 * capture can still be current.
 *
 * @see https://docs.aws.amazon.com/config/latest/developerguide/config-concepts.html
 */
export interface CaptureTimes {
  readonly oldest: string;
  readonly newest: string;
}

/**
 * AWS Config returns at most 100 results on a page, and accepts at most 4,096 characters in an expression. Source: AWS Config API
 * reference, SelectAggregateResourceConfig.
 */
const MAX_RESULTS = 100;
const MAX_EXPRESSION = 4096;

/**
 * `SELECT *` would omit the configuration and the tags. Source: AWS Config developer guide, "Querying the current configuration state".
 */
const FIELDS = 'accountId, awsRegion, resourceId, resourceName, configuration, tags, configurationItemCaptureTime';

/**
 * Yields the recorded groups of each account and region. The query sorts the results by account and region, so that only the groups of one
 * region are in memory. Omits a group in a shared VPC if another account owns the group. Ends once the signal is aborted.
 *
 * @throws {Failure} if AWS refuses the query.
 */
export async function* readAggregatorGroups(
  caller: AccountRegion,
  aggregator: string,
  filter: Pick<OrganizationRequest, 'accounts' | 'regions'>,
  abortSignal: AbortSignal,
): AsyncGenerator<RecordedGroups> {
  const Expression = aggregatorQuery(filter);
  const { ConfigServiceClient, paginateSelectAggregateResourceConfig } = await import('@aws-sdk/client-config-service');
  const client = caller.client(ConfigServiceClient);
  const input = { ConfigurationAggregatorName: aggregator, Expression };
  const pages = paginateSelectAggregateResourceConfig({ client, pageSize: MAX_RESULTS }, input, { abortSignal });
  let current: (Scope & { readonly groups: SurveyedGroup[]; readonly times: string[] }) | undefined;
  const finished = ({ accountId, region, groups, times }: NonNullable<typeof current>): RecordedGroups => {
    const sorted = times.sort();
    return { accountId, region, groups, captured: { oldest: sorted[0] ?? '', newest: sorted.at(-1) ?? '' } };
  };
  try {
    for await (const { Results = [] } of pages)
      for (const result of Results) {
        const { accountId, region, captured, group } = parseAggregatorItem(result, aggregator);
        if (current !== undefined && (current.accountId !== accountId || current.region !== region)) yield finished(current);
        if (current?.accountId !== accountId || current.region !== region) current = { accountId, region, groups: [], times: [] };
        current.times.push(captured);
        if (group.ownerId === accountId) current.groups.push(group);
      }
  } catch (error) {
    if (error instanceof Failure) throw error;
    if (abortSignal.aborted) return;
    throw new Failure(awsErrorWords(error, caller, 'config:SelectAggregateResourceConfig'), { cause: error });
  }
  if (current !== undefined) yield finished(current);
}

function aggregatorQuery({ regions, accounts }: Pick<OrganizationRequest, 'accounts' | 'regions'>): string {
  const among = (field: string, values: readonly string[]): string =>
    values.length === 0 ? '' : ` AND ${field} IN (${values.map((value) => `'${value}'`).join(', ')})`;
  const where = `resourceType = 'AWS::EC2::SecurityGroup'${among('awsRegion', regions)}${among('accountId', accounts)}`;
  const expression = `SELECT ${FIELDS} WHERE ${where} ORDER BY accountId, awsRegion`;
  if (expression.length > MAX_EXPRESSION)
    throw new Failure(
      `too many accounts and regions for one query of AWS Config; expected fewer values of \`--accounts\` and \`--regions\``,
    );
  return expression;
}

/** @throws {Failure} if the result does not have the fields of the query. */
function parseAggregatorItem(result: string, aggregator: string): Scope & { readonly captured: string; readonly group: SurveyedGroup } {
  const item = parseJsonText(result);
  const [accountId, region, id, captured] = ['accountId', 'awsRegion', 'resourceId', 'configurationItemCaptureTime'].map((name) =>
    jsonTextMember(item, name),
  );
  if (accountId == null || region == null || id == null || captured == null)
    throw new Failure(`the aggregator \`${aggregator}\` returned an item without the fields of the query: ${result.slice(0, 200)}`);
  const configuration = jsonMember(item, 'configuration');
  const read = readConfigItemRules(item);
  const group: SurveyedGroup = {
    id,
    name: jsonTextMember(item, 'resourceName') ?? jsonTextMember(configuration, 'groupName'),
    vpcId: jsonTextMember(configuration, 'vpcId'),
    ownerId: jsonTextMember(configuration, 'ownerId'),
    tags: aggregatorItemTags(jsonMember(item, 'tags')),
    description: jsonTextMember(configuration, 'description'),
    rules: read.ok ? read.value.rules : new UnreadableRuleError(id, read.problems),
  };
  return { accountId, region, captured, group };
}

/**
 * The result of a query contains the tags as a list of keys and values. Source: https://github.com/awslabs/aws-config-resource-schema,
 * `tags.key` and `tags.value`.
 */
function aggregatorItemTags(tags: unknown): Record<string, string> {
  const list: unknown[] = Array.isArray(tags) ? tags : [];
  return Object.fromEntries(
    list.flatMap((tag) => {
      const key = jsonTextMember(tag, 'key');
      return key === null ? [] : [[key, jsonTextMember(tag, 'value') ?? '']];
    }),
  );
}

/**
 * Returns the requested accounts and regions whose data in the aggregator is incomplete or outdated.
 *
 * @see https://docs.aws.amazon.com/config/latest/APIReference/API_DescribeConfigurationAggregatorSourcesStatus.html
 */
export async function outdatedAggregatorSources(
  caller: AccountRegion,
  aggregator: string,
  { accounts, regions }: Pick<OrganizationRequest, 'accounts' | 'regions'>,
  abortSignal: AbortSignal,
): Promise<UnreadRegion[]> {
  const { ConfigServiceClient, paginateDescribeConfigurationAggregatorSourcesStatus } = await import('@aws-sdk/client-config-service');
  const client = caller.client(ConfigServiceClient);
  const input = { ConfigurationAggregatorName: aggregator, UpdateStatus: ['FAILED' as const, 'OUTDATED' as const] };
  const outdated: UnreadRegion[] = [];
  // An empty list requests every account or region. A source without an account or region covers all accounts or regions.
  const isRequested = (requested: readonly string[], value: string | undefined): boolean =>
    requested.length === 0 || value === undefined || requested.includes(value);
  for await (const page of paginateDescribeConfigurationAggregatorSourcesStatus({ client }, input, { abortSignal }))
    for (const {
      SourceId = '',
      SourceType,
      AwsRegion,
      LastUpdateStatus,
      LastUpdateTime,
      LastErrorMessage,
    } of page.AggregatedSourceStatusList ?? []) {
      const since = LastUpdateTime === undefined ? 'never updated' : `last updated at ${LastUpdateTime.toISOString()}`;
      const why = LastErrorMessage === undefined ? '' : `: ${LastErrorMessage}`;
      const reason = `its data in the aggregator is ${LastUpdateStatus === 'FAILED' ? 'incomplete' : 'outdated'} (${since})${why}`;
      const account = SourceType === 'ACCOUNT' ? { accountId: SourceId } : {};
      if (!isRequested(accounts, account.accountId) || !isRequested(regions, AwsRegion)) continue;
      const region = AwsRegion ?? 'every region';
      outdated.push({ label: `${SourceId}/${region}`, profile: undefined, ...account, region, reason, isPermanent: true });
    }
  return outdated;
}
