/**
 * Lists the users and roles that change the guarded groups, according to CloudTrail's event history. Omits the remediator. The guard and
 * the listed users or roles would undo each other's changes.
 */
import type { ApiCall } from '@portcullis/cloudtrail';
import { GUARDS, guardRoleName } from '@portcullis/settings';
import { countWithNoun } from '../render/counted.js';
import { safeTerminalLine } from '../command-line/printable.js';
import { HistoryReader } from '../who/history-reader.js';
import { awaitPreflightCall, preflightOk, preflightRisk, CheckCallError, type CheckResult, type RegionToCheck } from './check.js';

/** The maximum number of users and roles to list. */
const MAX_OWNERS = 20;

/** The maximum number of requests for each API action. CloudTrail answers two requests a second, so 40 requests take 20 seconds. */
const MAX_LOOKUPS = 40;

const CHANGING = [
  'AuthorizeSecurityGroupIngress',
  'AuthorizeSecurityGroupEgress',
  'RevokeSecurityGroupIngress',
  'RevokeSecurityGroupEgress',
  'ModifySecurityGroupRules',
  'CreateSecurityGroup',
];

interface Owner {
  readonly name: string;
  readonly groups: Set<string>;
  calls: number;
  /** The time of the owner's newest call: ISO 8601. */
  last: string;
}

export async function checkOtherOwners(region: RegionToCheck): Promise<CheckResult | readonly CheckResult[]> {
  const { accountRegion, accountId, settings, groups: selected, history, progress } = region;
  if (!history || selected instanceof CheckCallError) return [];
  // Omits groups of other accounts, because this account's history does not contain the calls on them.
  const groupIds = selected.filter(({ ownerId, selection }) => ownerId === accountId && selection.kind !== 'limited').map(({ id }) => id);
  const remediator = `/${guardRoleName({ name: settings.name, region: accountRegion.region }, GUARDS.remediator)}`;
  const owners = new Map<string, Owner>();
  const wanted = new Set(groupIds);
  const note = (groupId: string, { actor, eventTime }: ApiCall): void => {
    if (actor.issuerArn?.endsWith(remediator) === true) return;
    // Counts all sessions of a role as one owner.
    const name = safeTerminalLine(actor.issuerArn ?? actor.arn ?? actor.userName ?? actor.type ?? 'somebody');
    const owner = owners.get(name) ?? { name, groups: new Set<string>(), calls: 0, last: '' };
    owner.groups.add(groupId);
    owner.calls += 1;
    if (eventTime > owner.last) owner.last = eventTime;
    owners.set(name, owner);
  };
  const calls = new HistoryReader((eventName) => accountRegion.callsNamed(eventName));
  const read = async (): Promise<void> => {
    for (const eventName of groupIds.length === 0 ? [] : CHANGING)
      await calls.read(eventName, MAX_LOOKUPS, () => {
        progress(`asking CloudTrail's history: ${countWithNoun(calls.requests, 'request')} …`);
        return false;
      });
  };
  await awaitPreflightCall('cloudtrail:LookupEvents', read());
  for (const call of calls.calls) {
    if (call.outcome !== 'succeeded' || call.eventTime < (calls.since ?? '')) continue;
    for (const groupId of call.target.groupIds) if (wanted.has(groupId)) note(groupId, call);
  }
  const period = calls.since === null ? 'in the last 90 days' : `since ${calls.since} (CloudTrail's history was read no further back)`;

  const found = [...owners.values()].sort((a, b) => b.calls - a.calls || (a.name < b.name ? -1 : 1));
  if (groupIds.length === 0) return preflightOk("no guarded group exists here yet, so CloudTrail's history was not read");
  if (found.length === 0) {
    const all = groupIds.length === 1 ? 'the guarded group' : `the ${groupIds.length} guarded groups`;
    return preflightOk(`nobody has changed ${all} ${period}`);
  }
  const rest = found.length - MAX_OWNERS;
  return found
    .slice(0, MAX_OWNERS)
    .map(({ name, groups, calls, last }, i) =>
      preflightRisk(
        `${name} changed ${countWithNoun(groups.size, 'guarded group')} ${period}: ${countWithNoun(calls, 'call')}, the last ${last}` +
          (rest > 0 && i === MAX_OWNERS - 1 ? `; ${countWithNoun(rest, 'more owner')} also changed groups` : ''),
        'the guard reverts undeclared changes of this owner, and the owner may revert the changes of the guard',
        'declare or `ignore` the rules of this owner, or stop the owner (docs/living-with.md); start with `mode: report`',
      ),
    );
}
