/** Who changed each drifted group last, where CloudTrail tells. */
import type { LastChange, AccountRegion } from '../aws/account-region.js';
import { awsErrorWords } from '../aws/error-words.js';
import { Interrupted } from '../program/failure.js';
import type { Io } from '../program/io.js';
import { progressOn } from '../terminal/progress.js';
import { compareStates } from './audit.js';
import type { GroupState } from './group-state.js';

/** CloudTrail answers two questions a second: so many groups take a minute and a half. */
const MAX_ASKED = 200;

/**
 * Returns the states, those of drifted groups with who changed them last; the worst are asked for first, and no more than can be in a few minutes. That
 * CloudTrail does not answer is told on stderr, and no reason to say nothing of the groups.
 *
 * @throws {Interrupted}
 */
export async function withLastChanges(states: readonly GroupState[], place: AccountRegion, io: Io): Promise<GroupState[]> {
  const drifted = states.filter((state) => state.kind === 'drifted').sort(compareStates);
  const asked = drifted.slice(0, MAX_ASKED).filter(({ lastChange }) => lastChange === undefined);
  const found = new Map<string, LastChange | null>();
  const progress = progressOn(io.stderr);
  try {
    for (const [i, { group }] of asked.entries()) {
      if (io.signal.aborted) throw new Interrupted('interrupted');
      progress.bar(i, asked.length, 'asking CloudTrail who it was');
      found.set(group.id, (await place.lastChangeOf(group.id)) ?? null);
    }
  } catch (error) {
    if (io.signal.aborted) throw new Interrupted('interrupted', { cause: error });
    progress.clear();
    io.stderr.write(`portcullis: who changed the groups is not known: ${awsErrorWords(error, place)}\n`);
  } finally {
    progress.clear();
  }
  if (drifted.length > MAX_ASKED)
    io.stderr.write(`portcullis: CloudTrail was asked about the worst ${MAX_ASKED} of ${drifted.length} groups only\n`);
  return states.map((state) => {
    const lastChange = found.get(state.group.id);
    return state.kind === 'drifted' && lastChange !== undefined ? { ...state, lastChange } : state;
  });
}
