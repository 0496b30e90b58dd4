/** What a command gets from its process, such as streams, environment and time. */
import type { OpenAccountRegion } from '../aws/account-region.js';
import { terminalColours, type Colours } from './colours.js';
import { progressLineOn, type Progress } from './progress.js';

export interface Output {
  write(text: string): unknown;
  /** Whether the output is a terminal. On a terminal, text is coloured and fitted to the terminal's width. */
  readonly isTTY?: boolean;
  /** The width of the terminal in characters. */
  readonly columns?: number;
}

/** What the process provides to the program. */
export interface Host {
  /** The output for results. */
  readonly stdout: Output;
  /** The output for problems and progress. */
  readonly stderr: Output;
  /** The command that starts this program, for hints in messages: see `portcullisCommandName`. */
  readonly command: string;
  /** The version of this program. */
  readonly version: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The absolute path of the current folder. */
  readonly cwd: string;
  readonly now: () => Date;
  readonly wait: (milliseconds: number) => Promise<void>;
  /** A signal that is aborted when the user interrupts the command. */
  readonly signal: AbortSignal;
  /** Asks the user a question and returns the answer. A host without a terminal does not have this function. */
  readonly ask?: (question: string) => Promise<string>;
  readonly openAccountRegion: OpenAccountRegion;
}

/** The colours and the width of an output. */
export interface Style {
  readonly colours: Colours;
  /** The width of the terminal in characters; Infinity if the output is not a terminal. */
  readonly columns: number;
}

/** An output that erases the progress line before it writes. */
export interface Screen extends Style {
  write(text: string): void;
}

export interface Io extends Host {
  readonly stdout: Screen;
  readonly stderr: Screen;
  /** Shows progress. On a terminal, the progress line disappears when the command writes output or ends. */
  readonly progress: Progress;
}

export function commandIoOn(host: Host): Io {
  const progress = progressLineOn(host.stderr, () => host.now());
  const screenOn = (output: Output): Screen => ({
    colours: terminalColours(output, host.env),
    columns: output.columns ?? Infinity,
    write: (text) => {
      progress.clear();
      output.write(text);
    },
  });
  // The result inherits the properties of the host. Copying the properties would call the getter `signal`, and then the first Ctrl-C would
  // no longer end the process.
  return Object.assign(Object.create(host) as Host, { stdout: screenOn(host.stdout), stderr: screenOn(host.stderr), progress });
}

/**
 * - `0`: success; for `plan` and `report`, no drift.
 * - `1`: an error in the command line, a file or AWS.
 * - `2`: drift; an exposure or a broken limit of severity `--fail-on` or higher; a problem that `preflight` found; a timeout of `drill`; a
 *   Terraform plan that the guard would revert or that breaks a limit.
 * - `130`: interrupted.
 */
export type ExitCode = 0 | 1 | 2 | 130;

/** Returns the current day in UTC as `YYYY-MM-DD`. */
export function currentUtcDay({ now }: Pick<Io, 'now'>): string {
  return now().toISOString().slice(0, 10);
}
