/** Reads managed prefix lists. A rule that refers to a prefix list allows traffic from the addresses in the entries of the list. */
import { readCidr, type Addresses, type Block, type Rule, type Source } from '@portcullis/permission-diff';
import { exposingRules } from '@portcullis/permission-diff/exposure';
import { chunksOf } from '../ec2/chunks.js';
import { ec2ReadErrorReason, SecurityGroupCallError } from '../ec2/errors.js';
import type { SecurityGroupReader } from '../ec2/port.js';

/** The current entries of prefix lists. */
export interface PrefixListContents {
  /** The CIDR blocks of each prefix list that could be read, by list id. */
  readonly addresses: Addresses;
  /** The error for each prefix list that could not be read, by list id. */
  readonly unread: Readonly<Record<string, SecurityGroupCallError>>;
}

/** Returns the entries of the prefix lists. Never rejects. If a list cannot be read, `unread` contains the error. */
export type PrefixListReader = (prefixListIds: readonly string[]) => Promise<PrefixListContents>;

/** The number of prefix lists to read in parallel. More parallel reads would be faster, but EC2 might throttle them. */
const PARALLEL_READS = 10;

/**
 * Returns the ids of the prefix lists in the ingress rules. The lists in egress rules are not needed, because the severity of a finding
 * does not depend on egress rules.
 */
export function prefixListsInIngress(rules: readonly Rule[]): readonly string[] {
  return prefixListIdsOf(rules.flatMap(({ direction, source }) => (direction === 'ingress' ? source : [])));
}

/** Returns the ids of the prefix lists among the sources, without duplicates. */
export function prefixListIdsOf(sources: readonly Source[]): readonly string[] {
  return [...new Set(sources.flatMap((source) => (source.kind === 'prefixList' ? source.prefixListId : [])))];
}

/** Reports whether the source is a prefix list whose entries are unknown. */
export function isUnreadPrefixList(source: Source, addresses: Addresses): boolean {
  return source.kind === 'prefixList' && !addresses.has(source.prefixListId);
}

/**
 * Returns a reader that reads each prefix list only once, even if many groups refer to the list. The reader also reads the lists that AWS
 * owns. Create a new reader for each event, because entries can change.
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
      return parsePrefixListBlocks(await securityGroups.readPrefixList(id));
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

/** Returns a sentence for each unread prefix list that an ingress rule refers to or that `ids` contains. */
export function unreadPrefixListReasons(
  rules: readonly Rule[],
  { unread }: Pick<PrefixListContents, 'unread'>,
  ids: readonly string[] = [],
): string[] {
  return [...new Set([...prefixListsInIngress(rules), ...ids])].flatMap((id) => {
    const error = unread[id];
    return error === undefined ? [] : [`prefix list ${id} could not be read: ${ec2ReadErrorReason(error)}`];
  });
}

/** Returns the CIDR blocks in canonical form. Omits entries that are not CIDR blocks. EC2 accepts no such entries today. */
export function parsePrefixListBlocks(cidrs: readonly string[]): readonly Block[] {
  return cidrs.flatMap((cidr) => {
    const read = readCidr(cidr);
    return read.ok ? [read.value] : [];
  });
}

/**
 * Returns the rules that open a sensitive service to the world, alone or together. `maxRevocations` does not limit the revocation of these
 * rules. An unread prefix list counts as empty, so that no rule is revoked only because the list could not be read.
 */
export function worldOpeningRules<R extends Rule>(rules: readonly R[], { addresses }: Pick<PrefixListContents, 'addresses'>): R[] {
  const alone = rules.filter((rule) => exposingRules([rule], addresses).length > 0);
  const others = rules.filter((rule) => !alone.includes(rule));
  const together = exposingRules(others, addresses);
  return rules.filter((rule) => alone.includes(rule) || together.includes(rule));
}
