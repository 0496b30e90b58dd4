/** `portcullis check FILE`: reports whether a baseline file is valid, and which of its rules are risky. */
import { permitEnds } from '@portcullis/baseline';
import { baselineWarnings } from '@portcullis/baseline/file';
import { fileProblemsText } from '../files/file-problems-text.js';
import { loadBaseline } from '../files/load-baseline.js';
import { today, type ExitCode, type Io } from '../program/io.js';
import { baselineSize, counted } from '../render/counted.js';

export interface CheckOptions {
  /** Whether warnings count as errors. @default false */
  readonly strict?: boolean;
}

export async function check(fileName: string, { strict = false }: CheckOptions, io: Io): Promise<ExitCode> {
  const { text, compiled } = await loadBaseline(fileName, io);
  const warnings = baselineWarnings(text, today(io));
  if (warnings.length > 0) io.stderr.write(fileProblemsText({ fileName, text, problems: warnings, noun: 'warning' }, io.stderr.colours));
  const nextEnd = permitEnds(compiled).find((day) => day >= today(io));
  if (nextEnd !== undefined) {
    const note = `the next permit ends on ${nextEnd}; unless the settings have a \`schedule\`, a deployment evaluates every group once a day to revoke what it permitted`;
    io.stderr.write(`${fileName}: note: ${note}\n`);
  }
  const warned = warnings.length === 0 ? '' : `, ${counted(warnings.length, 'warning')}`;
  io.stdout.write(`${fileName}: ${baselineSize(compiled)}: valid${warned}\n`);
  return strict && warnings.length > 0 ? 1 : 0;
}
