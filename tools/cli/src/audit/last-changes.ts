/** Adds who changed each drifted group last, according to CloudTrail. */
import type { AccountRegion, GroupChange } from '../aws/account-region.js';
import { awsErrorWords } from '../aws/error-words.js';
import type { Io } from '../program/io.js';
import { compareGroupStates, type GroupState } from './group-state.js';

/** CloudTrail answers two requests a second, so this many groups take 100 seconds. */
const MAX_GROUPS = 200;

/**
 * Returns all states, with the last change of the worst `MAX_GROUPS` drifted groups. If CloudTrail does not answer, writes that to stderr
 * and returns the changes known so far. Rejects once the signal is aborted.
 */
export async function withLastChanges(states: readonly GroupState[], accountRegion: AccountRegion, io: Io): Promise<GroupState[]> {
  const drifted = states.filter((state) => state.kind === 'drifted').sort(compareGroupStates);
  const asked = drifted.slice(0, MAX_GROUPS);
  const found = new Map<string, GroupChange | null>();
  try {
    for (const [i, { group }] of asked.entries()) {
      io.signal.throwIfAborted();
      io.progress.bar(i, asked.length, 'asking CloudTrail who it was');
      found.set(group.id, await newest(accountRegion.changesOf(group.id)));
    }
  } catch (error) {
    io.signal.throwIfAborted();
    io.stderr.write(`portcullis: cannot tell who changed the groups: ${awsErrorWords(error, accountRegion)}\n`);
  }
  if (drifted.length > MAX_GROUPS)
    io.stderr.write(`portcullis: CloudTrail was asked only about the worst ${MAX_GROUPS} of ${drifted.length} groups\n`);
  return states.map((state) => {
    const lastChange = found.get(state.group.id);
    return state.kind === 'drifted' && lastChange !== undefined ? { ...state, lastChange } : state;
  });
}

async function newest(changes: AsyncIterable<GroupChange>): Promise<GroupChange | null> {
  for await (const change of changes) return change;
  return null;
}
