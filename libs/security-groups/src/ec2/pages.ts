/** Reads every page of EC2's Describe calls, within EC2's limits. */
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

export interface Page<T> {
  readonly items: readonly T[] | undefined;
  readonly nextToken: string | undefined;
}

/** Returns the items of all pages. @throws {SecurityGroupCallError} like `readEachEc2Page`. */
export async function readAllEc2Pages<T>(operation: string, fetch: (nextToken: string | undefined) => Promise<Page<T>>): Promise<T[]> {
  const all: T[] = [];
  for await (const items of readEachEc2Page(operation, fetch)) for (const item of items) all.push(item);
  return all;
}

/**
 * Yields the items page by page.
 *
 * @throws {SecurityGroupCallError} if a response has no list or repeats a token. Without this error, a group could wrongly seem to have no
 * rules.
 */
export async function* readEachEc2Page<T>(
  operation: string,
  fetch: (nextToken: string | undefined) => Promise<Page<T>>,
): AsyncGenerator<readonly T[]> {
  const seen = new Set<string | undefined>();
  let token: string | undefined;
  do {
    seen.add(token);
    const { items, nextToken } = await fetch(token);
    if (items === undefined) throw malformedReply(operation, 'the list is missing');
    yield items;
    token = nextToken === '' ? undefined : nextToken;
    if (token !== undefined && seen.has(token)) throw malformedReply(operation, 'the pages lead in a circle');
  } while (token !== undefined);
}

function malformedReply(operation: string, what: string): SecurityGroupCallError {
  const code = 'MalformedReply';
  return new SecurityGroupCallError(operation, code, 'transient', `${operation}: ${code}: ${what}`);
}
