/** Follows the pages of EC2's describe calls. */
import { SecurityGroupCallError } from '../errors.js';

export interface Page<T> {
  readonly items: readonly T[] | undefined;
  readonly nextToken: string | undefined;
}

/** Returns the items of all pages. @throws {SecurityGroupCallError} as `eachPage` does. */
export async function allPages<T>(operation: string, fetch: (nextToken: string | undefined) => Promise<Page<T>>): Promise<T[]> {
  const all: T[] = [];
  for await (const items of eachPage(operation, fetch)) for (const item of items) all.push(item);
  return all;
}

/**
 * Yields the items of a page at a time.
 *
 * @throws {SecurityGroupCallError} when an answer is not one: without its list, or with the token of the page it is itself. To take it for
 *   an empty one would be to say of a group that it has no rules.
 */
export async function* eachPage<T>(
  operation: string,
  fetch: (nextToken: string | undefined) => Promise<Page<T>>,
): AsyncGenerator<readonly T[]> {
  const seen = new Set<string | undefined>();
  let token: string | undefined;
  do {
    seen.add(token);
    const { items, nextToken } = await fetch(token);
    if (items === undefined) throw malformed(operation, 'the list is missing');
    yield items;
    token = nextToken === '' ? undefined : nextToken;
    if (token !== undefined && seen.has(token)) throw malformed(operation, 'the pages lead in a circle');
  } while (token !== undefined);
}

function malformed(operation: string, what: string): SecurityGroupCallError {
  const code = 'MalformedReply';
  return new SecurityGroupCallError(operation, code, 'transient', `${operation}: ${code}: ${what}`);
}
