/**
 * Simulates an aggregator of AWS Config, because moto does not support queries of aggregators. The aggregator contains the groups as they
 * were at the last `update`, so that tests can use a stale aggregator.
 * @see https://docs.aws.amazon.com/config/latest/developerguide/querying-AWS-resources.html
 */
import type { PendingCall, Verdict } from './call.js';
import type { AwsLocation } from '../deployment/deployment.js';
import { json, type JsonObject } from '../json.js';
import type { Sandbox } from '../sandbox.js';
import { groupConfigItem, isSameConfigItem } from './config-item.js';

/** The maximum and the default number of results in a page. Source: AWS Config API reference, SelectAggregateResourceConfig. */
const MAX_PAGE = 100;
const DEFAULT_PAGE = 25;

export class ConfigAggregator {
  private items: readonly JsonObject[] = [];

  constructor(
    private readonly sandbox: Sandbox,
    readonly name: string,
  ) {}

  /** Records the groups of these accounts and regions. If a group has not changed, its item and its capture time stay the same. */
  async update(locations: readonly AwsLocation[]): Promise<void> {
    const known = new Map(this.items.map((item) => [String(item.resourceId), item]));
    const items: JsonObject[] = [];
    for (const location of locations)
      for (const [id, { group }] of Object.entries(await this.sandbox.groups(location))) {
        const item = groupConfigItem(group, 'OK', { capture: new Date(), stateId: Date.now() }, location);
        const previous = known.get(id);
        items.push(previous !== undefined && isSameConfigItem(previous, item) ? previous : item);
      }
    this.items = items;
  }

  /** Answers a call that reads an aggregator. Returns undefined for any other call. */
  answer({ service, operation, input }: PendingCall): Verdict | undefined {
    if (service !== 'config' || !['SelectAggregateResourceConfig', 'DescribeConfigurationAggregatorSourcesStatus'].includes(operation))
      return undefined;
    if (input.ConfigurationAggregatorName !== this.name)
      return simulatedAggregatorError('NoSuchConfigurationAggregatorException', 'The configuration aggregator does not exist.');
    return operation === 'SelectAggregateResourceConfig' ? this.select(input) : { result: { AggregatedSourceStatusList: [] } };
  }

  private select(input: JsonObject): Verdict {
    const query = parseAggregatorQuery(json.text(input, 'Expression') ?? '');
    if (query === undefined)
      return simulatedAggregatorError(
        'InvalidExpressionException',
        `the sandbox does not support this query: ${json.text(input, 'Expression') ?? ''}`,
      );
    const size = Number(input.Limit ?? input.MaxResults ?? DEFAULT_PAGE) || DEFAULT_PAGE;
    if (size > MAX_PAGE) return simulatedAggregatorError('InvalidLimitException', `The limit is at most ${MAX_PAGE}.`);
    const from = Number(input.NextToken ?? 0);
    if (!Number.isInteger(from)) return simulatedAggregatorError('InvalidNextTokenException', 'The token is invalid.');
    const byText = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
    const found = this.items
      .map(queryableProperties)
      .filter((item) => query.conditions.every(([field, values]) => values.includes(String(item[field]))))
      .sort((a, b) => query.order.map((field) => byText(String(a[field]), String(b[field]))).find((order) => order !== 0) ?? 0);
    const next = from + size < found.length ? { NextToken: String(from + size) } : {};
    const Results = found
      .slice(from, from + size)
      .map((item) => JSON.stringify(Object.fromEntries(query.fields.map((field) => [field, item[field]]))));
    return { result: { Results, QueryInfo: { SelectFields: query.fields.map((Name) => ({ Name })) }, ...next } };
  }
}

/** Returns the properties of an item under the names that queries use: https://github.com/awslabs/aws-config-resource-schema */
function queryableProperties({ awsAccountId, ARN, tags, configuration, ...item }: JsonObject): JsonObject {
  const { tags: _, ...rest } = json.object({ configuration }, 'configuration');
  const list = Object.entries(json.isObject(tags) ? tags : {}).map(([key, value]) => ({ key, tag: `${key}=${String(value)}`, value }));
  return { ...item, accountId: awsAccountId, arn: ARN, tags: list, configuration: rest };
}

interface Query {
  readonly fields: readonly string[];
  /** A group meets a condition if the field has one of the values. */
  readonly conditions: readonly (readonly [field: string, values: readonly string[]])[];
  readonly order: readonly string[];
}

/** Reads `SELECT a, b WHERE c = 'x' AND d IN ('y', 'z') ORDER BY a, b` with top-level properties. Returns undefined for any other query. */
function parseAggregatorQuery(expression: string): Query | undefined {
  const [, fields = '', where = '', order = ''] = /^SELECT ([\w, ]+) WHERE (.+?)(?: ORDER BY ([\w, ]+))?$/.exec(expression) ?? [];
  const conditions = where.split(' AND ').map((condition) => {
    const [, field = '', value = ''] = /^(\w+) (?:= |IN \()('[^']*'(?:, '[^']*')*)\)?$/.exec(condition) ?? [];
    return [field, value.split(', ').map((each) => each.slice(1, -1))] as const;
  });
  if (conditions.some(([field]) => field === '')) return undefined;
  return { fields: fields.split(', '), conditions, order: order === '' ? [] : order.split(', ') };
}

function simulatedAggregatorError(code: string, message: string): Verdict {
  return { error: { code, message } };
}
