/** What managed prefix lists hold, which is what the rules that refer to them let in. */
import { readCidr, type Addresses, type Ipv4Source, type Ipv6Source, type Rule } from '@portcullis/permission-diff';
import { chunksOf } from './chunks.js';
import { reasonOf, SecurityGroupCallError } from './errors.js';
import type { SecurityGroupReader } from './port.js';

type AddressBlock = Ipv4Source | Ipv6Source;

/** What prefix lists hold now. */
export interface ListContents {
  /** Blocks, by the ids of the lists that could be read. */
  readonly addresses: Addresses;
  /** Why the other lists could not be read, by id. */
  readonly unread: Readonly<Record<string, SecurityGroupCallError>>;
}

/** Returns what the lists of these ids hold. Never rejects for a list that cannot be read. */
export type ListReader = (prefixListIds: readonly string[]) => Promise<ListContents>;

/** How many lists are read at the same time: as many as rules refer to must not take long, nor use up EC2's patience at once. */
const AT_ONCE = 10;

/** Returns the ids of the lists that the ingress rules refer to. What a list lets out to is no matter of severity. */
export function listsIn(rules: readonly Rule[]): readonly string[] {
  const ids = rules.flatMap(({ direction, source }) =>
    direction === 'ingress' && source.kind === 'prefixList' ? [source.prefixListId] : [],
  );
  return [...new Set(ids)];
}

/**
 * Returns a reader that reads each list once, however many groups refer to it: use one for each event. Lists of AWS are read like any other.
 * A list that cannot be read is in `unread`, and `failed` is told.
 */
export function listReader(
  securityGroups: Pick<SecurityGroupReader, 'readPrefixList'>,
  failed: (error: SecurityGroupCallError, prefixListId: string) => void = () => undefined,
): ListReader {
  const reads = new Map<string, Promise<readonly AddressBlock[] | SecurityGroupCallError>>();
  const read = async (id: string): Promise<readonly AddressBlock[] | SecurityGroupCallError> => {
    try {
      return blocksOf(await securityGroups.readPrefixList(id));
    } catch (error) {
      if (!(error instanceof SecurityGroupCallError)) throw error;
      failed(error, id);
      return error;
    }
  };
  const readOnce = (id: string): Promise<readonly AddressBlock[] | SecurityGroupCallError> => {
    const reading = reads.get(id) ?? read(id);
    reads.set(id, reading);
    return reading;
  };
  return async (prefixListIds) => {
    const addresses = new Map<string, readonly AddressBlock[]>();
    const unread: Record<string, SecurityGroupCallError> = {};
    for (const ids of chunksOf(prefixListIds, AT_ONCE)) {
      const held = await Promise.all(ids.map(async (id) => [id, await readOnce(id)] as const));
      for (const [id, contents] of held) {
        if (contents instanceof SecurityGroupCallError) unread[id] = contents;
        else addresses.set(id, contents);
      }
    }
    return { addresses, unread };
  };
}

/** Returns a sentence for each list that the ingress rules refer to and that could not be read. */
export function unreadWords(rules: readonly Rule[], { unread }: Pick<ListContents, 'unread'>): string[] {
  return listsIn(rules).flatMap((id) => {
    const error = unread[id];
    return error === undefined ? [] : [`what ${id} holds could not be read: ${reasonOf(error)}`];
  });
}

/** Returns the blocks in canonical form. EC2 keeps no entry that is not a block; if it ever does, the blocks count. */
export function blocksOf(cidrs: readonly string[]): readonly AddressBlock[] {
  return cidrs.flatMap((cidr) => {
    const read = readCidr(cidr);
    return read.ok ? [read.value] : [];
  });
}
