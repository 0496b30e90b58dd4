/** `portcullis compile FILE --out FILE`: writes the canonical JSON that the Lambda functions read. */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { renderCompiledBaseline } from '@portcullis/baseline';
import { loadBaselineFile } from '../files/load-baseline.js';
import { writeFileOrStdout } from '../files/write-file.js';
import { Failure } from '../command-line/failure.js';
import type { ExitCode, Io } from '../command-line/io.js';
import { renderBaselineSize } from '../render/counted.js';
import { escapeJsonForTerminal } from '../command-line/printable.js';

export interface CompileOptions {
  /** The file to write; stdout if it is `-` or absent. */
  readonly out?: string;
}

/** Writes nothing if the file is invalid. */
export async function compileCommand(fileName: string, { out = '-' }: CompileOptions, io: Io): Promise<ExitCode> {
  const { compiled } = await loadBaselineFile(fileName, io);
  if (out !== '-' && (await wouldCompileOverBaseline(resolve(io.cwd, fileName), resolve(io.cwd, out))))
    throw new Failure(`\`--out\` is the baseline file itself, \`${fileName}\`; expected another file`);
  const isFile = writeFileOrStdout(escapeJsonForTerminal(renderCompiledBaseline(compiled)), out, io);
  if (isFile) io.stderr.write(`${fileName}: ${renderBaselineSize(compiled)}: compiled to ${out}\n`);
  return 0;
}

/** Reports whether both paths lead to the same existing file, directly or through links. */
async function wouldCompileOverBaseline(a: string, b: string): Promise<boolean> {
  const [one, other] = await Promise.allSettled([stat(a), stat(b)]);
  if (one.status === 'rejected' || other.status === 'rejected') return false;
  return one.value.dev === other.value.dev && one.value.ino === other.value.ino;
}
