import { extentOf } from '../extent.js';
import type { ExitCode, Io } from '../io.js';
import { loadBaseline } from '../load-baseline.js';

/** `portcullis check FILE`: says whether the file is valid, or everything that is wrong with it. */
export async function check(fileName: string, io: Io): Promise<ExitCode> {
  const compiled = await loadBaseline(fileName, io);
  if (compiled === undefined) return 1;
  io.stdout.write(`${fileName}: ${extentOf(compiled)}: valid\n`);
  return 0;
}
