import {
  sortFileProblems,
  isObject,
  quoted,
  readYaml,
  yamlValueAt,
  type DataProblem,
  type FileProblem,
  type YamlProblemCode,
} from '@portcullis/yaml-file';
import * as z from 'zod';
import { regionsOfSettings, settingsContradictions } from './contradictions.js';
import { COMMON_KEYS, guardedRegion, REGIONAL_KEYS, settingsSchema, type Settings } from './settings.js';
import { settingsMapping } from './value-kinds.js';

/** The kind of a problem that makes a settings file invalid. */
export type SettingsProblemCode = YamlProblemCode | 'unknown-key' | 'missing-key' | 'bad-value';

export type SettingsProblem = FileProblem<SettingsProblemCode>;

export type SettingsResult =
  | { readonly ok: true; /** The settings of each region, in the order of the file. */ readonly value: readonly Settings[] }
  | { readonly ok: false; readonly problems: readonly SettingsProblem[] };

/** Reads a settings file. Returns the settings of each region, or every problem of the file in text order. Never throws. */
export function readSettings(fileText: string): SettingsResult {
  const yaml = readYaml(fileText);
  if (!yaml.ok) return { ok: false, problems: sortFileProblems(yaml.problems) };
  const { data, problems: duplicateKeys, locate } = yaml.value;
  const issues = settingsFileSchema(data).safeParse(data).error?.issues ?? [];
  const inData = [...issues.flatMap((issue) => settingsIssueProblems(issue, data)), ...settingsContradictions(data)];
  const problems = [...duplicateKeys, ...inData.map(locate)];
  if (problems.length > 0 || !isObject(data)) return { ok: false, problems: sortFileProblems(problems) };
  const { regions, ...rest } = data;
  const value = regionsOfSettings(regions).map(([region, own], index) =>
    // The trail records every region, so only the stack of the first region creates the trail.
    settingsSchema.parse({ ...rest, ...own, region, trail: index === 0 ? rest.trail : 'existing' }),
  );
  return { ok: true, value };
}

/**
 * Returns the schema of a settings file. If `regions` is a mapping, each region can override the regional keys of the file.
 */
function settingsFileSchema(data: unknown): z.ZodType {
  const error = 'a list of regions, or a mapping from each region to the settings that differ there';
  const baseline = REGIONAL_KEYS.baseline.optional();
  const own = settingsMapping({ ...REGIONAL_KEYS, baseline }, true).nullable();
  const regions =
    isObject(data) && Array.isArray(data.regions)
      ? z.array(guardedRegion, { error }).min(1, { error })
      : z.record(guardedRegion, own, { error }).refine((named) => Object.keys(named).length > 0, { error });
  return settingsMapping({ ...COMMON_KEYS, regions, ...REGIONAL_KEYS, baseline });
}

function settingsIssueProblems(issue: z.core.$ZodIssue, data: unknown): DataProblem<SettingsProblemCode>[] {
  // Parsed YAML has no symbols as keys, so the filter only narrows the type.
  const path = issue.path.filter((step) => typeof step !== 'symbol');
  const expected = issue.message;
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const message = `unknown setting ${quoted([...path, key].join('.'))}`;
      return { code: 'unknown-key', path: [...path, key], at: 'key', message, expected };
    });
  }
  if (issue.code === 'invalid_key') {
    const message = `${quoted(path.at(-1))} is not a valid key`;
    return [{ code: 'bad-value', path, at: 'key', message, expected: issue.issues[0]?.message ?? expected }];
  }
  const name = path.length === 0 ? 'the file' : quoted(path.join('.'));
  const value = yamlValueAt(data, path);
  if (value === undefined && path.length > 0) return [{ code: 'missing-key', path, message: `${name} is missing`, expected }];
  const isEmpty = value === undefined || value === null;
  const message = isEmpty ? `${name} is empty` : (written: string): string => `${name} cannot be ${quoted(written)}`;
  return [{ code: 'bad-value', path, message, expected }];
}
