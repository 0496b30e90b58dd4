/** The states of all guarded groups of a place, as a command needs them. */
import type { CompiledBaseline } from '@portcullis/baseline';
import { listReader } from '@portcullis/security-groups';
import type { AccountRegion } from '../aws/account-region.js';
import { withAwsErrorWords } from '../aws/error-words.js';
import { counted } from '../render/counted.js';
import { today, type Io } from '../program/io.js';
import { progressOn } from '../terminal/progress.js';
import { audit } from './audit.js';
import type { GroupState } from './group-state.js';

/** @throws {Failure | Interrupted} */
export async function auditAccountRegion(
  compiled: CompiledBaseline,
  place: AccountRegion,
  io: Io,
  readLists = listReader(place.groups),
): Promise<GroupState[]> {
  const progress = progressOn(io.stderr);
  progress.show(`reading ${place.region} …`);
  try {
    return await withAwsErrorWords(place, async () => {
      const states: GroupState[] = [];
      const told = (groups: number): void => {
        progress.show(`reading ${place.region}: ${counted(groups, 'group')} …`);
      };
      const options = { today: today(io), signal: io.signal, progress: told, readLists };
      for await (const state of audit(compiled, place, options)) states.push(state);
      return states;
    });
  } finally {
    progress.clear();
  }
}
