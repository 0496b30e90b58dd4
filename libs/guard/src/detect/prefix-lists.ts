/** Finds the access that a change of a managed prefix list added and removed, through the rules that refer to it. */
import { changedNothing, type ApiCall, type Change } from '@portcullis/cloudtrail';
import type { Block, Rule, Source } from '@portcullis/permission-diff';
import type { Declaration } from '@portcullis/baseline';
import { blocksOf, reasonOf, SecurityGroupCallError, type LiveRule, type SecurityGroupReader } from '@portcullis/security-groups';

type PrefixListChange = Extract<Change, { readonly kind: 'prefix-list' }>;

/** The entries that a call added and removed. */
export interface EntryChange {
  readonly prefixListIds: readonly string[];
  readonly added: readonly Source[];
  readonly removed: readonly Source[];
  /** Why the entries are unknown or inexact. `null` if they are exact. */
  readonly reason: string | null;
}

/** The access that a group gained and lost: copies of the group's rules, with the changed entries as their sources. */
export interface Reach extends Pick<EntryChange, 'prefixListIds' | 'reason'> {
  /** The rules that refer to the lists. */
  readonly referring: readonly LiveRule[];
  readonly gained: readonly Rule[];
  readonly lost: readonly Rule[];
}

/**
 * Returns the entries that the call changed, or `undefined` if the call changed no list. EC2 keeps every version of a list, so earlier
 * entries can be read.
 */
export async function entryChangeOf(
  call: ApiCall,
  securityGroups: Pick<SecurityGroupReader, 'readPrefixList'>,
): Promise<EntryChange | undefined> {
  const { change, target, outcome } = call;
  const [prefixListId] = target.prefixListIds;
  if (change.kind !== 'prefix-list' || prefixListId === undefined || changedNothing(outcome)) return undefined;
  const { prefixListIds } = target;
  const recorded = change.action === 'modify' ? change : { added: [], removed: [] };
  try {
    const entriesAt = async (version: string): Promise<readonly Block[]> =>
      blocksOf(await securityGroups.readPrefixList(prefixListId, version));
    return { prefixListIds, ...(await exactly(change, entriesAt)), reason: null };
  } catch (error) {
    if (!(error instanceof SecurityGroupCallError)) throw error;
    const reason = change.action === 'modify' ? null : reasonOf(error);
    return { prefixListIds, ...recorded, reason };
  }
}

/** Returns the entries that the change effectively added and removed. A call that only changes the description of an entry adds nothing. */
async function exactly(
  change: PrefixListChange,
  entriesAt: (version: string) => Promise<readonly Block[]>,
): Promise<Pick<EntryChange, 'added' | 'removed'>> {
  const { fromVersion } = change;
  if (change.action === 'modify') {
    const before = fromVersion === null || change.added.length === 0 ? [] : await entriesAt(fromVersion);
    return { added: without(change.added, before), removed: without(change.removed, change.added) };
  }
  const before = fromVersion === null ? [] : await entriesAt(fromVersion);
  const after = change.version === null ? [] : await entriesAt(change.version);
  return { added: without(after, before), removed: without(before, after) };
}

/**
 * Returns the access that the group gained and lost through its rules that refer to the list. Egress counts only if the baseline declares
 * egress or a limit bounds it.
 */
export function reachOf(
  { prefixListIds, added, removed, reason }: EntryChange,
  live: readonly LiveRule[],
  { baseline, limits }: Declaration,
): Reach {
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

function without(blocks: readonly Block[], others: readonly Block[]): readonly Block[] {
  const cidrs = new Set(others.map(({ cidr }) => cidr));
  return blocks.filter(({ cidr }) => !cidrs.has(cidr));
}
