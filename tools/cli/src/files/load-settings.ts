/** Loads the settings file that a deployment is made from, with the baselines that it names. */
import { dirname, isAbsolute, join, resolve } from 'node:path';
import type { CompiledBaseline } from '@portcullis/baseline';
import { MAX_FILE_LENGTH } from '@portcullis/baseline/file';
import { effectiveBaseline, readSettings, type Settings } from '@portcullis/settings';
import { coloursOf } from '../terminal/colours.js';
import { DEFAULT_SETTINGS } from '../program/default-files.js';
import { Failure } from '../program/failure.js';
import type { Io } from '../program/io.js';
import { loadBaseline } from './load-baseline.js';
import { renderReport } from './problem-report.js';
import { readTextFile } from './read-text-file.js';

/** What is, or would be, deployed in one region. */
export interface RegionToGuard {
  readonly settings: Settings;
  /** As the user would call it. */
  readonly baselineFile: string;
  /** As it is deployed: `mode: report` of the settings is its mode. */
  readonly compiled: CompiledBaseline;
}

/** Whether the text of a file, valid or not, is meant as baselines and not as settings. */
export function isBaselineText(text: string): boolean {
  return /^[^#\n]*\bbaselines["']?\s*:/m.test(text);
}

/** Returns every region of the file, or `undefined` once everything that is wrong with it or its baselines has been written to stderr. */
export async function loadSettings(fileName: string, io: Io): Promise<readonly RegionToGuard[] | undefined> {
  const file = await readTextFile(resolve(io.cwd, fileName), MAX_FILE_LENGTH);
  if (!file.ok) throw new Failure(`cannot read \`${fileName}\`: ${file.reason}`);
  if (isBaselineText(file.text))
    throw new Failure(`\`${fileName}\` is a baseline file; expected the settings file of a deployment, such as \`${DEFAULT_SETTINGS}\``);
  const read = readSettings(file.text);
  if (!read.ok) {
    const report = { fileName, text: file.text, problems: read.problems };
    io.stderr.write(renderReport(report, coloursOf(io.stderr, io.env)));
    return undefined;
  }
  const baselines = new Map<string, CompiledBaseline | undefined>();
  const regions: RegionToGuard[] = [];
  for (const settings of read.value) {
    const baselineFile = isAbsolute(settings.baseline) ? settings.baseline : join(dirname(fileName), settings.baseline);
    if (!baselines.has(baselineFile)) baselines.set(baselineFile, (await loadBaseline(baselineFile, io))?.compiled);
    const compiled = baselines.get(baselineFile);
    if (compiled !== undefined) regions.push({ settings, baselineFile, compiled: effectiveBaseline(compiled, settings) });
  }
  return regions.length === read.value.length ? regions : undefined;
}
