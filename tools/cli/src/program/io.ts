/** What a command needs of the process it runs in. */
import type { OpenAccountRegion } from '../aws/account-region.js';

export interface Output {
  write(text: string): unknown;
  /** Whether a person reads it: text is then coloured, and fitted to the width. */
  readonly isTTY?: boolean;
  /** How many characters a line of the terminal has. */
  readonly columns?: number;
}

export interface Io {
  /** Results, for people and programs: nothing else. */
  readonly stdout: Output;
  /** What is wrong, and how far it has got. */
  readonly stderr: Output;
  /** Of this program. */
  readonly version: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The folder that relative paths start from, absolute. */
  readonly cwd: string;
  readonly now: () => Date;
  /** Resolves after so many milliseconds. */
  readonly wait: (milliseconds: number) => Promise<void>;
  /** Aborted when the user wants it to end. */
  readonly signal: AbortSignal;
  /** Asks the person at the terminal and returns the answer; absent where there is none to ask. */
  readonly ask?: (question: string) => Promise<string>;
  /** Opens an account and region. */
  readonly openAccountRegion: OpenAccountRegion;
}

/**
 * - `0`: success; for `plan` and `report`, no drift.
 * - `1`: an error: the command line, a file or AWS.
 * - `2`: drift, a problem that `preflight` found, or what `drill` did not see in time.
 * - `130`: interrupted.
 */
export type ExitCode = 0 | 1 | 2 | 130;

/** Returns the day it is, UTC, as `YYYY-MM-DD`. */
export function today({ now }: Pick<Io, 'now'>): string {
  return now().toISOString().slice(0, 10);
}
