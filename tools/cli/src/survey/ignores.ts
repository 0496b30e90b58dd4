/** Reads the file of accepted exposures: `--ignore FILE`. */
import {
  sortFileProblems,
  isObject,
  quoted,
  quotedList,
  readYaml,
  type DataProblem,
  type FileProblem,
  type Path,
} from '@portcullis/yaml-file';
import type { SurveyEntry } from './entry.js';

export interface IgnoreEntry {
  /** The id of the group. An entry has `group`, `traffic` or both. */
  readonly group?: string;
  /** The traffic of the exposure, e.g. `tcp/22`. */
  readonly traffic?: string;
  readonly reason: string;
  /** The last day on which the exposure is accepted, as `YYYY-MM-DD`. */
  readonly until: string;
}

export type IgnoresRead =
  { readonly ok: true; readonly value: readonly IgnoreEntry[] } | { readonly ok: false; readonly problems: readonly FileProblem[] };

/** Returns the entries of the file, or all of its problems. Never throws. */
export function readSurveyIgnores(text: string): IgnoresRead {
  const yaml = readYaml(text);
  if (!yaml.ok) return { ok: false, problems: yaml.problems };
  const { data, problems: duplicateKeys, locate } = yaml.value;
  const problems: DataProblem[] = [];
  const fields = isObject(data) ? data : {};
  if (fields.version !== 1) problems.push(surveyIgnoreProblem(['version'], 'the file has no `version: 1`', '`version: 1`'));
  if (!Array.isArray(fields.ignore))
    problems.push(surveyIgnoreProblem(['ignore'], 'the file has no list `ignore`', 'a list of exposures with `reason` and `until`'));
  const items: unknown[] = Array.isArray(fields.ignore) ? fields.ignore : [];
  const value = items.map((item, i) => readSurveyIgnoreEntry(isObject(item) ? item : {}, ['ignore', i], problems));
  const all = [...duplicateKeys, ...problems.map(locate)];
  return all.length > 0 ? { ok: false, problems: sortFileProblems(all) } : { ok: true, value };
}

function readSurveyIgnoreEntry(fields: Readonly<Record<string, unknown>>, path: Path, problems: DataProblem[]): IgnoreEntry {
  const textOf = (key: string, pattern: RegExp, expected: string): string | undefined => {
    const value = fields[key];
    if (value === undefined) return undefined;
    if (typeof value === 'string' && pattern.test(value)) return value;
    problems.push({ ...surveyIgnoreProblem([...path, key], '', expected), message: (written) => `${quoted(written)} is invalid` });
    return '';
  };
  const required = (key: string, pattern: RegExp, expected: string): string => {
    const text = textOf(key, pattern, expected);
    if (text === undefined) problems.push(surveyIgnoreProblem(path, `\`${key}\` is missing`, expected));
    return text ?? '';
  };
  const group = textOf('group', /^sg-[0-9a-f]+$/, 'the id of a security group, `sg-…`');
  const traffic = textOf('traffic', /^[a-z]/, 'traffic as in the output of `survey`, such as `tcp/22`');
  if (group === undefined && traffic === undefined)
    problems.push(surveyIgnoreProblem(path, 'neither `group` nor `traffic` is given', '`group: sg-…`, `traffic: tcp/22`, or both'));
  for (const key of Object.keys(fields)) {
    if (!KEYS.includes(key))
      problems.push({ ...surveyIgnoreProblem([...path, key], `unknown key ${quoted(key)}`, quotedList(KEYS)), at: 'key' });
  }
  return {
    ...(group !== undefined && { group }),
    ...(traffic !== undefined && { traffic }),
    reason: required('reason', /\S/, 'why the exposure is accepted'),
    until: required('until', /^\d{4}-\d\d-\d\d$/, 'the last day on which the exposure is accepted, as `YYYY-MM-DD`'),
  };
}

const KEYS: readonly string[] = ['group', 'traffic', 'reason', 'until'];

function surveyIgnoreProblem(path: Path, message: string, expected: string): DataProblem {
  return { code: 'bad-value', path, message, expected };
}

/** Marks the entry if the file accepts its exposure today. */
export function markIgnoredSurveyEntry(entry: SurveyEntry, ignores: readonly IgnoreEntry[], today: string): SurveyEntry {
  const found = ignores.find(
    ({ group, traffic, until }) =>
      until >= today && (group ?? entry.group.id) === entry.group.id && (traffic ?? entry.exposure.traffic) === entry.exposure.traffic,
  );
  return found === undefined ? entry : { ...entry, ignored: { reason: found.reason, until: found.until } };
}
