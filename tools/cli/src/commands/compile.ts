import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { renderCompiledBaseline } from '@portcullis/baseline';
import { extentOf } from '../render/baseline-extent.js';
import { Failure } from '../program/failure.js';
import type { ExitCode, Io } from '../program/io.js';
import { loadBaseline } from '../files/load-baseline.js';
import { escapedJson } from '../terminal/printable.js';
import { writeResult } from '../files/write-result.js';

export interface CompileOptions {
  /** The file to write; stdout if it is `-` or absent. */
  readonly out?: string;
}

/** `portcullis compile FILE --out FILE`: writes the canonical JSON. Of a file that is not valid, nothing is written. */
export async function compile(fileName: string, { out = '-' }: CompileOptions, io: Io): Promise<ExitCode> {
  if (out !== '-' && (await isSameFile(resolve(io.cwd, fileName), resolve(io.cwd, out))))
    throw new Failure(`\`--out\` is the baseline file itself, \`${fileName}\`; expected another file`);
  const loaded = await loadBaseline(fileName, io);
  if (loaded === undefined) return 1;
  const isFile = await writeResult(escapedJson(renderCompiledBaseline(loaded.compiled)), out, io);
  if (isFile) io.stderr.write(`${fileName}: ${extentOf(loaded.compiled)}: compiled to ${out}\n`);
  return 0;
}

/** Reports whether both paths lead to one file that exists, by whatever names or links. */
async function isSameFile(a: string, b: string): Promise<boolean> {
  const [one, other] = await Promise.allSettled([stat(a), stat(b)]);
  if (one.status === 'rejected' || other.status === 'rejected') return false;
  return one.value.dev === other.value.dev && one.value.ino === other.value.ino;
}
