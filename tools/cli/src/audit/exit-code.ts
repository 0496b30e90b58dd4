/** What an audit means for a script. */
import type { GroupState } from './group-state.js';
import { totalsOf } from './totals.js';
import { counted } from '../render/counted.js';
import type { ExitCode, Io } from '../program/io.js';

export interface VerdictOptions {
  /** That a group which a baseline names does not exist is no error. @default false */
  readonly allowAbsent?: boolean;
}

/** Returns the exit code, and says on stderr what keeps the answer from being whole. */
export function verdictOf(states: readonly GroupState[], { allowAbsent = false }: VerdictOptions, io: Io): ExitCode {
  const { drifted, unread, ambiguous, absent } = totalsOf(states);
  const errors = [
    ...(unread > 0 ? [`${counted(unread, 'group')} could not be read`] : []),
    ...(ambiguous > 0 ? [`${counted(ambiguous, 'group')} selected by several baselines`] : []),
    ...(absent > 0 && !allowAbsent
      ? [`${counted(absent, 'group')} that a baseline names does not exist here; expected its id, or \`--allow-absent\``]
      : []),
  ];
  for (const error of errors) io.stderr.write(`portcullis: ${error}\n`);
  if (errors.length > 0) return 1;
  return drifted > 0 ? 2 : 0;
}
