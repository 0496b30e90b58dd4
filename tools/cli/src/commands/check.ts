import { permitEnds } from '@portcullis/baseline';
import { baselineWarnings } from '@portcullis/baseline/file';
import { coloursOf } from '../terminal/colours.js';
import { counted } from '../render/counted.js';
import { extentOf } from '../render/baseline-extent.js';
import { today, type ExitCode, type Io } from '../program/io.js';
import { loadBaseline } from '../files/load-baseline.js';
import { renderReport } from '../files/problem-report.js';

export interface CheckOptions {
  /** Whether a warning is an error. @default false */
  readonly strict?: boolean;
}

/** `portcullis check FILE`: says whether the file is valid, or everything that is wrong with it; and what is valid but risky. */
export async function check(fileName: string, { strict = false }: CheckOptions, io: Io): Promise<ExitCode> {
  const loaded = await loadBaseline(fileName, io);
  if (loaded === undefined) return 1;
  const problems = baselineWarnings(loaded.text, today(io));
  if (problems.length > 0) {
    const report = { fileName, text: loaded.text, problems, noun: 'warning' } as const;
    io.stderr.write(renderReport(report, coloursOf(io.stderr, io.env)));
  }
  const nextEnd = permitEnds(loaded.compiled).find((day) => day >= today(io));
  if (nextEnd !== undefined) {
    const note = `the next permit ends on ${nextEnd}; unless the settings have a \`schedule\`, a deployment evaluates every group once a day to revoke what it permitted`;
    io.stderr.write(`${fileName}: note: ${note}\n`);
  }
  const warned = problems.length === 0 ? '' : `, ${counted(problems.length, 'warning')}`;
  io.stdout.write(`${fileName}: ${extentOf(loaded.compiled)}: valid${warned}\n`);
  return strict && problems.length > 0 ? 1 : 0;
}
