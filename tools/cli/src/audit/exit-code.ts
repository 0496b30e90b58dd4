/** The exit code of an audit. */
import type { ExitCode, Io } from '../program/io.js';
import { counted } from '../render/counted.js';
import type { GroupState } from './group-state.js';
import { auditTotals } from './totals.js';

export interface ExitCodeOptions {
  /** Whether a group that a baseline names may be missing. @default false */
  readonly allowAbsent?: boolean;
}

/** Returns the exit code, and writes to stderr why groups could not be judged. */
export function exitCodeOf(states: readonly GroupState[], { allowAbsent = false }: ExitCodeOptions, io: Io): ExitCode {
  const { drifted, unread, ambiguous, absent } = auditTotals(states);
  const errors = [
    unread > 0 && `${counted(unread, 'group')} could not be read`,
    ambiguous > 0 && `${counted(ambiguous, 'group')} selected by several baselines`,
    absent > 0 &&
      !allowAbsent &&
      `${counted(absent, 'group')} that a baseline names does not exist here; expected its id, or \`--allow-absent\``,
  ].filter((error) => error !== false);
  for (const error of errors) io.stderr.write(`portcullis: ${error}\n`);
  if (errors.length > 0) return 1;
  return drifted > 0 ? 2 : 0;
}
