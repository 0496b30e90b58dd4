/** Loads the settings file of a deployment, and the baseline files that the settings name. */
import { dirname, isAbsolute, join } from 'node:path';
import type { CompiledBaseline } from '@portcullis/baseline';
import { MAX_FILE_LENGTH } from '@portcullis/baseline/file';
import { applySettingsMode, readSettings, type Settings } from '@portcullis/settings';
import { DEFAULT_SETTINGS_FILE } from '../command-line/default-files.js';
import { Failure, InvalidFile } from '../command-line/failure.js';
import type { Io } from '../command-line/io.js';
import { colouredFileProblems } from './file-problems-text.js';
import { loadBaselineFile } from './load-baseline.js';
import { readTextFile } from './read-text-file.js';

/** The settings and baselines of one region. */
export interface GuardedRegion {
  readonly settings: Settings;
  /** The path of the baseline file, as the user would type it. */
  readonly baselineFile: string;
  /** The baselines of the deployment. If the settings have `mode: report`, all baselines are in mode `report`. */
  readonly compiled: CompiledBaseline;
}

/** Reports whether the text looks like a baseline file and not like a settings file. The text does not have to be valid. */
export function isBaselineInsteadOfSettingsFile(text: string): boolean {
  return /^[^#\n]*\bbaselines["']?\s*:/m.test(text);
}

/**
 * Returns every region of the settings file.
 *
 * @throws {InvalidFile} with every problem of the settings file, or else of the first invalid baseline file.
 * @throws {Failure} when a file cannot be read.
 */
export async function loadSettingsAndBaselineFiles(fileName: string, io: Io): Promise<readonly GuardedRegion[]> {
  const text = await readTextFile(fileName, MAX_FILE_LENGTH, io);
  if (isBaselineInsteadOfSettingsFile(text))
    throw new Failure(
      `\`${fileName}\` is a baseline file; expected the settings file of a deployment, such as \`${DEFAULT_SETTINGS_FILE}\``,
    );
  const read = readSettings(text);
  if (!read.ok) throw new InvalidFile(colouredFileProblems({ fileName, text, problems: read.problems }, io.stderr.colours));
  const baselines = new Map<string, CompiledBaseline>();
  const regions: GuardedRegion[] = [];
  for (const settings of read.value) {
    const baselineFile = isAbsolute(settings.baseline) ? settings.baseline : join(dirname(fileName), settings.baseline);
    const compiled = baselines.get(baselineFile) ?? (await loadBaselineFile(baselineFile, io)).compiled;
    baselines.set(baselineFile, compiled);
    regions.push({ settings, baselineFile, compiled: applySettingsMode(compiled, settings) });
  }
  return regions;
}
