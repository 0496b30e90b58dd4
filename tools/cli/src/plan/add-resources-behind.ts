/** Finds the resources that use each group, such as instances and load balancers, for the HTML page. */
import type { AccountRegion } from '../aws/account-region.js';
import { awsErrorWords } from '../aws/error-words.js';
import { readResourcesBehindGroups } from '../aws/resources-behind-groups.js';
import type { Io } from '../command-line/io.js';
import type { AtBaseline, Drifted, GroupState } from './group-state.js';

/**
 * Returns all states. Adds the resources only for drifted groups, and for groups that allow traffic from other groups. If a call fails,
 * writes the reason to stderr and adds nothing.
 *
 * @throws the signal's reason after an interrupt
 */
export async function addResourcesToAudit(
  states: readonly GroupState[],
  accountRegion: AccountRegion,
  io: Io,
): Promise<readonly GroupState[]> {
  const ids = states.filter(needsResourcesInAudit).map(({ group }) => group.id);
  if (ids.length === 0) return states;
  try {
    const interfaces = await readResourcesBehindGroups(accountRegion, (read) => {
      io.progress.show(`reading network interfaces of ${accountRegion.region}: ${read} …`);
    });
    const names = await accountRegion.instanceNames(interfaces.instancesIn(ids));
    return states.map((state) => (needsResourcesInAudit(state) ? { ...state, behind: interfaces.of(state.group.id, names) } : state));
  } catch (error) {
    io.signal.throwIfAborted();
    io.stderr.write(`portcullis: cannot read the resources that use the groups: ${awsErrorWords(error, accountRegion)}\n`);
    return states;
  }
}

function needsResourcesInAudit(state: GroupState): state is AtBaseline | Drifted {
  return state.kind === 'drifted' || (state.kind === 'at-baseline' && state.fromGroups !== undefined);
}
