/** Adds what stands behind the groups that a page draws. */
import type { AccountRegion } from '../aws/account-region.js';
import { awsErrorWords } from '../aws/error-words.js';
import { readAllBehind } from '../aws/read-all-behind.js';
import type { Io } from '../program/io.js';
import type { AtBaseline, Drifted, GroupState } from './group-state.js';

/**
 * Returns all states, those of drifted groups and of groups that let other groups in with what stands behind them. If EC2 does not answer,
 * writes that to stderr and returns the states as they are. Rejects once the signal is aborted.
 */
export async function withBehind(states: readonly GroupState[], accountRegion: AccountRegion, io: Io): Promise<readonly GroupState[]> {
  const ids = states.filter(isDrawn).map(({ group }) => group.id);
  if (ids.length === 0) return states;
  try {
    const interfaces = await readAllBehind(accountRegion, (read) => {
      io.progress.show(`reading network interfaces of ${accountRegion.region}: ${read} …`);
    });
    const names = await accountRegion.instanceNames(interfaces.instancesIn(ids));
    return states.map((state) => (isDrawn(state) ? { ...state, behind: interfaces.of(state.group.id, names) } : state));
  } catch (error) {
    io.signal.throwIfAborted();
    io.stderr.write(`portcullis: what stands behind the groups is not known: ${awsErrorWords(error, accountRegion)}\n`);
    return states;
  }
}

function isDrawn(state: GroupState): state is AtBaseline | Drifted {
  return state.kind === 'drifted' || (state.kind === 'at-baseline' && state.fromGroups !== undefined);
}
