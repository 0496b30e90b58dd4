/**
 * Checks who else changes the guarded groups, according to CloudTrail's event history. Such an owner and the guard would undo each other's
 * changes.
 */
import { GUARDS, guardRoleName } from '@portcullis/settings';
import type { GroupChange } from '../aws/account-region.js';
import { counted } from '../render/counted.js';
import { actorWords } from '../render/state-words.js';
import { answered, ok, risk, Unanswered, type Found, type RegionToCheck } from './check.js';

/** At most this many owners are listed. */
const MAX_OWNERS = 20;

interface Owner {
  readonly name: string;
  readonly groups: Set<string>;
  calls: number;
  /** The time of the newest call: ISO 8601. */
  last: string;
}

export async function checkOwners(region: RegionToCheck): Promise<Found | readonly Found[]> {
  const { accountRegion, accountId, settings, groups: selected, history, progress } = region;
  if (!history || selected instanceof Unanswered) return [];
  // CloudTrail keeps calls on a group in the account that owns the group.
  const groupIds = selected.filter(({ ownerId }) => ownerId === accountId).map(({ id }) => id);
  const remediator = `/${guardRoleName({ name: settings.name, region: accountRegion.region }, GUARDS.remediator)}`;
  const owners = new Map<string, Owner>();
  const note = (groupId: string, change: GroupChange): void => {
    const { issuerArn, arn } = change.actor;
    if (issuerArn?.endsWith(remediator) === true) return;
    // All sessions of a role are one owner.
    const name = issuerArn ?? arn ?? actorWords(change);
    const owner = owners.get(name) ?? { name, groups: new Set<string>(), calls: 0, last: '' };
    owner.groups.add(groupId);
    owner.calls += 1;
    if (change.time > owner.last) owner.last = change.time;
    owners.set(name, owner);
  };
  const read = async (): Promise<void> => {
    for (const [i, groupId] of groupIds.entries()) {
      progress(`asking CloudTrail's history of ${groupId}, ${i + 1} of ${groupIds.length} …`);
      for await (const change of accountRegion.changesOf(groupId)) note(groupId, change);
    }
  };
  await answered('cloudtrail:LookupEvents', read());

  const found = [...owners.values()].sort((a, b) => b.calls - a.calls || (a.name < b.name ? -1 : 1));
  if (groupIds.length === 0) return ok("no guarded group exists here yet, so CloudTrail's history was not read");
  if (found.length === 0) {
    const all = groupIds.length === 1 ? 'the guarded group' : `the ${groupIds.length} guarded groups`;
    return ok(`nobody has changed ${all} in the last 90 days`);
  }
  const rest = found.length - MAX_OWNERS;
  return found
    .slice(0, MAX_OWNERS)
    .map(({ name, groups, calls, last }, i) =>
      risk(
        `${name} changed ${counted(groups.size, 'guarded group')} in the last 90 days: ${counted(calls, 'call')}, the last ${last}` +
          (rest > 0 && i === MAX_OWNERS - 1 ? `; and so did ${rest} others` : ''),
        'undeclared rules that it adds are revoked, and declared rules that it removes are authorized again: two owners fight',
        'declare what it does, `ignore` its rules or stop it (docs/living-with.md); start with `mode: report`',
      ),
    );
}
