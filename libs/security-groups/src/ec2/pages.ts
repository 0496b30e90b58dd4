/** Reads every page of EC2's Describe calls, and splits long filters into several calls. */
import type { Filter } from '@aws-sdk/client-ec2';
import { translateEc2Errors } from './call-error.js';
import { chunksOf } from './chunks.js';
import { SecurityGroupCallError } from './errors.js';

/**
 * The maximum number of values in one filter.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html
 */
export const MAX_FILTER_VALUES = 200;

/**
 * The maximum `MaxResults` of DescribeSecurityGroups and DescribeSecurityGroupRules.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroupRules.html
 */
export const MAX_RESULTS = 1000;

/** A response of a Describe call. EC2 returns a token if there are more pages. */
interface Page {
  readonly NextToken?: string | undefined;
}

/** Returns the items of all pages. @throws {SecurityGroupCallError} in the same cases as `readEachEc2Page`. */
export async function readAllEc2Pages<P extends Page, T>(...call: Parameters<typeof readEachEc2Page<P, T>>): Promise<T[]> {
  const all: T[] = [];
  for await (const items of readEachEc2Page(...call)) for (const item of items) all.push(item);
  return all;
}

/**
 * Yields the items page by page.
 *
 * @param send requests the page with the given token. The first page has no token.
 * @param itemsIn returns the list of items in a response.
 * @throws {SecurityGroupCallError} if a call fails, or if a response is incomplete: it has no list, or repeats a token.
 */
export async function* readEachEc2Page<P extends Page, T>(
  operation: string,
  send: (page: { readonly NextToken?: string }) => Promise<P>,
  itemsIn: (page: P) => readonly T[] | undefined,
): AsyncGenerator<readonly T[]> {
  const seen = new Set<string | undefined>();
  let token: string | undefined;
  do {
    seen.add(token);
    const page = await translateEc2Errors(operation, send(token === undefined ? {} : { NextToken: token }));
    const items = itemsIn(page);
    if (items === undefined) throw malformedEc2Reply(operation, 'the response has no list of items');
    yield items;
    token = page.NextToken === '' ? undefined : page.NextToken;
    if (token !== undefined && seen.has(token)) throw malformedEc2Reply(operation, 'the response repeats an earlier page token');
  } while (token !== undefined);
}

/**
 * Splits the values into lists of at most 200 values, and returns the `Filters` of one call for each list. If `values` is undefined,
 * returns one call without a filter.
 */
export function ec2FiltersInChunks(Name: string, values: readonly string[] | undefined): Filter[][] {
  return values === undefined ? [[]] : chunksOf(values, MAX_FILTER_VALUES).map((Values) => [{ Name, Values }]);
}

function malformedEc2Reply(operation: string, what: string): SecurityGroupCallError {
  const code = 'MalformedReply';
  return new SecurityGroupCallError(operation, code, 'transient', `${operation}: ${code}: ${what}`);
}
