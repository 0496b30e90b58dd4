/** Who else has written to the guarded groups, as far as CloudTrail's event history tells: they and the guard would undo each other. */
import { GUARDS, guardRoleName } from '@portcullis/settings';
import { counted } from '../render/counted.js';
import { actorWords } from '../render/plan-text.js';
import type { LastChange } from '../aws/account-region.js';
import { answered, type Check } from './check.js';
import type { RegionToCheck } from './region-to-check.js';

/** So many are told one by one. */
const MAX_OWNERS = 20;

interface Owner {
  readonly words: string;
  readonly groups: Set<string>;
  calls: number;
  /** ISO 8601. The newest. */
  last: string;
}

export async function ownerChecks(ground: RegionToCheck, groupIds: readonly string[]): Promise<readonly Check[]> {
  const { place, settings, progress } = ground;
  const remediator = `/${guardRoleName({ name: settings.name, region: place.region }, GUARDS.remediator)}`;
  const owners = new Map<string, Owner>();
  const note = (groupId: string, change: LastChange): void => {
    const { issuerArn, arn } = change.actor;
    if (issuerArn?.endsWith(remediator) === true) return;
    // Sessions of one role are one owner.
    const key = issuerArn ?? arn ?? actorWords(change);
    const known = owners.get(key);
    const owner = known ?? { words: key, groups: new Set<string>(), calls: 0, last: '' };
    owner.groups.add(groupId);
    owner.calls += 1;
    if (change.time > owner.last) owner.last = change.time;
    owners.set(key, owner);
  };
  const look = async (): Promise<void> => {
    for (const [i, groupId] of groupIds.entries()) {
      progress(`asking CloudTrail's history of ${groupId}, ${i + 1} of ${groupIds.length} …`);
      for await (const change of place.changesOf(groupId)) note(groupId, change);
    }
  };
  await answered('cloudtrail:LookupEvents', look());

  const found = [...owners.values()].sort((a, b) => b.calls - a.calls || (a.words < b.words ? -1 : 1));
  if (found.length === 0)
    return [
      {
        about: 'other owners',
        outcome: 'ok',
        what:
          groupIds.length === 0
            ? "there is no guarded group here yet, so CloudTrail's history has nothing to tell"
            : `nobody has changed ${groupIds.length === 1 ? 'the guarded group' : `the ${groupIds.length} guarded groups`} in the last 90 days`,
      },
    ];
  const rest = found.length - MAX_OWNERS;
  return found.slice(0, MAX_OWNERS).map(({ words, groups, calls, last }, i) => ({
    about: 'other owners',
    outcome: 'risk',
    what:
      `${words} changed ${counted(groups.size, 'guarded group')} in the last 90 days: ${counted(calls, 'call')}, the last ${last}` +
      (rest > 0 && i === MAX_OWNERS - 1 ? `; and ${rest} others did` : ''),
    why: 'what it adds and no baseline declares is revoked, and what it removes is authorized again: two owners fight',
    fix: 'declare what it does, `ignore` its rules or tell it to stop (docs/living-with.md); begin with `mode: report`',
  }));
}
