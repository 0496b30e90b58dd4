/** Reads managed prefix lists. A rule that refers to a list lets in the addresses of its entries. */
import { readCidr, type Addresses, type Block, type Rule, type Source } from '@portcullis/permission-diff';
import { exposingRules } from '@portcullis/permission-diff/exposure';
import { chunksOf } from '../ec2/chunks.js';
import { readErrorReason, SecurityGroupCallError } from '../ec2/errors.js';
import type { SecurityGroupReader } from '../ec2/port.js';

/** The current entries of prefix lists. */
export interface PrefixListContents {
  /** The blocks of each list that could be read, by list id. */
  readonly addresses: Addresses;
  /** Why the other lists could not be read, by list id. */
  readonly unread: Readonly<Record<string, SecurityGroupCallError>>;
}

/** Returns the entries of the lists. Never rejects: a list that cannot be read is in `unread`. */
export type PrefixListReader = (prefixListIds: readonly string[]) => Promise<PrefixListContents>;

/** How many lists are read in parallel. More reads would be faster, but EC2 might throttle them. */
const PARALLEL_READS = 10;

/**
 * Returns the ids of the lists that the ingress rules refer to. Severity does not depend on egress, so lists in egress rules are not
 * needed.
 */
export function prefixListsInIngress(rules: readonly Rule[]): readonly string[] {
  return prefixListIdsOf(rules.flatMap(({ direction, source }) => (direction === 'ingress' ? source : [])));
}

/** Returns the ids of the lists among the sources, without duplicates. */
export function prefixListIdsOf(sources: readonly Source[]): readonly string[] {
  return [...new Set(sources.flatMap((source) => (source.kind === 'prefixList' ? source.prefixListId : [])))];
}

/** Reports whether the source is a list without known entries. */
export function isUnreadPrefixList(source: Source, addresses: Addresses): boolean {
  return source.kind === 'prefixList' && !addresses.has(source.prefixListId);
}

/**
 * Returns a reader that reads each list once, even if many groups refer to it. Make one reader for each event. It also reads lists that AWS
 * owns.
 *
 * @param onFailure called once for each list that cannot be read.
 */
export function prefixListReader(
  securityGroups: Pick<SecurityGroupReader, 'readPrefixList'>,
  onFailure: (error: SecurityGroupCallError, prefixListId: string) => void = () => undefined,
): PrefixListReader {
  const reads = new Map<string, Promise<readonly Block[] | SecurityGroupCallError>>();
  const read = async (id: string): Promise<readonly Block[] | SecurityGroupCallError> => {
    try {
      return parseBlocks(await securityGroups.readPrefixList(id));
    } catch (error) {
      if (!(error instanceof SecurityGroupCallError)) throw error;
      onFailure(error, id);
      return error;
    }
  };
  const readOnce = (id: string): Promise<readonly Block[] | SecurityGroupCallError> => {
    const reading = reads.get(id) ?? read(id);
    reads.set(id, reading);
    return reading;
  };
  return async (prefixListIds) => {
    const addresses = new Map<string, readonly Block[]>();
    const unread: Record<string, SecurityGroupCallError> = {};
    for (const ids of chunksOf(prefixListIds, PARALLEL_READS)) {
      const results = await Promise.all(ids.map(async (id) => [id, await readOnce(id)] as const));
      for (const [id, result] of results) {
        if (result instanceof SecurityGroupCallError) unread[id] = result;
        else addresses.set(id, result);
      }
    }
    return { addresses, unread };
  };
}

/** Returns a sentence for each list that the ingress rules refer to, and each other list with an id in `ids`, that could not be read. */
export function unreadPrefixListWords(
  rules: readonly Rule[],
  { unread }: Pick<PrefixListContents, 'unread'>,
  ids: readonly string[] = [],
): string[] {
  return [...new Set([...prefixListsInIngress(rules), ...ids])].flatMap((id) => {
    const error = unread[id];
    return error === undefined ? [] : [`prefix list ${id} could not be read: ${readErrorReason(error)}`];
  });
}

/** Returns the blocks in canonical form, without entries that are not CIDR blocks. EC2 does not accept such entries today. */
export function parseBlocks(cidrs: readonly string[]): readonly Block[] {
  return cidrs.flatMap((cidr) => {
    const read = readCidr(cidr);
    return read.ok ? [read.value] : [];
  });
}

/**
 * Returns the rules that let the world reach a sensitive service: each rule that does so alone, and all remaining rules that do so
 * together. They are revoked regardless of `maxRevocations`. An unreadable list counts as empty, so that no rule is revoked on a guess.
 */
export function worldOpeningRules<R extends Rule>(rules: readonly R[], { addresses }: Pick<PrefixListContents, 'addresses'>): R[] {
  const alone = rules.filter((rule) => exposingRules([rule], addresses).length > 0);
  const others = rules.filter((rule) => !alone.includes(rule));
  const together = exposingRules(others, addresses);
  return rules.filter((rule) => alone.includes(rule) || together.includes(rule));
}
