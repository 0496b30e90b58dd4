/** Computes the access that a group gained or lost because a call changed a prefix list. */
import { callChangedNothing, type ApiCall, type Change } from '@portcullis/cloudtrail';
import type { Block, Rule, Source } from '@portcullis/permission-diff';
import type { Declaration } from '@portcullis/baseline';
import {
  parsePrefixListBlocks,
  ec2ReadErrorReason,
  SecurityGroupCallError,
  type LiveRule,
  type SecurityGroupReader,
} from '@portcullis/security-groups';

type PrefixListChange = Extract<Change, { readonly kind: 'prefix-list' }>;

/** The entries that a call added to a prefix list and removed from the list. */
export interface PrefixListEntryChange {
  readonly prefixListIds: readonly string[];
  readonly added: readonly Source[];
  readonly removed: readonly Source[];
  /** Why `added` and `removed` are unknown or inexact, or `null` if both are exact. */
  readonly reason: string | null;
}

/**
 * The access that a group gained and lost through a changed prefix list. `gained` contains copies of the group's rules with an added entry
 * as the source. `lost` contains copies with a removed entry as the source.
 */
export interface PrefixListAccess extends Pick<PrefixListEntryChange, 'prefixListIds' | 'reason'> {
  /** The group's rules that refer to the changed prefix lists. */
  readonly referring: readonly LiveRule[];
  readonly gained: readonly Rule[];
  readonly lost: readonly Rule[];
}

/**
 * Returns the prefix list entries that the call changed, or `undefined` if the call changed no prefix list. EC2 keeps every version of a
 * list, so the earlier entries can still be read.
 */
export async function readPrefixListChangeOfCall(
  call: ApiCall,
  securityGroups: Pick<SecurityGroupReader, 'readPrefixList'>,
): Promise<PrefixListEntryChange | undefined> {
  const { change, target, outcome } = call;
  const [prefixListId] = target.prefixListIds;
  if (change.kind !== 'prefix-list' || prefixListId === undefined || callChangedNothing(outcome)) return undefined;
  const { prefixListIds } = target;
  const recorded = change.action === 'modify' ? change : { added: [], removed: [] };
  try {
    const entriesAt = async (version: string): Promise<readonly Block[]> =>
      parsePrefixListBlocks(await securityGroups.readPrefixList(prefixListId, version));
    return { prefixListIds, ...(await effectivePrefixListChangeOfCall(change, entriesAt)), reason: null };
  } catch (error) {
    if (!(error instanceof SecurityGroupCallError)) throw error;
    const reason = change.action === 'modify' ? null : ec2ReadErrorReason(error);
    return { prefixListIds, ...recorded, reason };
  }
}

/** Compares only the address blocks of entries, so a changed description does not count as an added entry. */
async function effectivePrefixListChangeOfCall(
  change: PrefixListChange,
  entriesAt: (version: string) => Promise<readonly Block[]>,
): Promise<Pick<PrefixListEntryChange, 'added' | 'removed'>> {
  const { fromVersion } = change;
  if (change.action === 'modify') {
    const before = fromVersion === null || change.added.length === 0 ? [] : await entriesAt(fromVersion);
    return { added: prefixListEntriesNotIn(change.added, before), removed: prefixListEntriesNotIn(change.removed, change.added) };
  }
  const before = fromVersion === null ? [] : await entriesAt(fromVersion);
  const after = change.version === null ? [] : await entriesAt(change.version);
  return { added: prefixListEntriesNotIn(after, before), removed: prefixListEntriesNotIn(before, after) };
}

/**
 * Returns the access that the group gained and lost through its rules that refer to the changed lists. Includes egress rules only if the
 * baseline declares egress or a limit restricts egress.
 */
export function accessChangedByPrefixListCall(
  { prefixListIds, added, removed, reason }: PrefixListEntryChange,
  live: readonly LiveRule[],
  { baseline, limits }: Declaration,
): PrefixListAccess {
  const isEgressJudged = baseline?.egress !== undefined || limits.some(({ egress }) => egress !== undefined);
  const referring = live.filter(
    ({ direction, source }) =>
      (direction === 'ingress' || isEgressJudged) && source.kind === 'prefixList' && prefixListIds.includes(source.prefixListId),
  );
  const over = (sources: readonly Source[]): Rule[] =>
    referring.flatMap(({ direction, traffic }) => sources.map((source) => ({ direction, traffic, source })));
  const none = referring.length === 0;
  return { prefixListIds, referring, gained: over(added), lost: over(removed), reason: none ? null : reason };
}

function prefixListEntriesNotIn(blocks: readonly Block[], others: readonly Block[]): readonly Block[] {
  const cidrs = new Set(others.map(({ cidr }) => cidr));
  return blocks.filter(({ cidr }) => !cidrs.has(cidr));
}
