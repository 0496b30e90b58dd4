/** What a command needs of the process it runs in. */

export interface Output {
  write(text: string): unknown;
  /** Whether a person reads it: text is then coloured. */
  readonly isTTY?: boolean;
}

export interface Io {
  /** Results, for people and programs. */
  readonly stdout: Output;
  /** What is wrong. */
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The folder that relative paths start from, absolute. */
  readonly cwd: string;
}

/** `0`: as asked; `1`: a file is invalid, or cannot be read or written; `2`: the command line is wrong. */
export type ExitCode = 0 | 1 | 2;
