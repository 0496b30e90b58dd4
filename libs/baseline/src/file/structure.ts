/** Checks the structure of a baseline file against its schema. */
import { didYouMean, quoted, quotedList, yamlValueAt, type DataProblem, type Path } from '@portcullis/yaml-file';
import type * as z from 'zod';
import { baselineSchemaAllowsAt } from './json-schema.js';
import type { FileProblemCode } from './problem.js';
import { baselineFile, type BaselineFile } from './schema.js';
import { describeBaselineValueType, formatBaselineKey, correctYamlQuotes } from './message-words.js';

export interface StructureProblem extends DataProblem<FileProblemCode> {
  /** For an unknown key: the known key that the author of the file probably meant. */
  readonly meant?: string;
}

export type Structure =
  { readonly ok: true; readonly value: BaselineFile } | { readonly ok: false; readonly problems: readonly StructureProblem[] };

/** Returns the parsed file with all defaults filled in. If the structure is invalid, returns every problem instead. */
export function readFileStructure(data: unknown): Structure {
  const parsed = baselineFile.safeParse(data);
  if (parsed.success) return { ok: true, value: parsed.data };
  return { ok: false, problems: parsed.error.issues.flatMap((issue) => baselineStructureProblems(issue, data)) };
}

function baselineStructureProblems(issue: z.core.$ZodIssue, data: unknown): StructureProblem[] {
  // Parsed YAML has no symbols as keys, so the filter only narrows the type.
  const path = issue.path.filter((step) => typeof step !== 'symbol');
  if (issue.code === 'invalid_union') return baselineUnionProblems(issue, path, data);
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownBaselineKeyProblem([...path, key]));
  if (issue.code === 'invalid_key') return [invalidBaselineMapKeyProblem(path, issue.issues[0]?.message ?? issue.message)];
  return [invalidBaselineValueProblem(path, yamlValueAt(data, path), issue.message)];
}

/**
 * If only one alternative of the union has the value's type, returns the problems of this alternative. Otherwise returns one problem for
 * the whole value.
 */
function baselineUnionProblems({ errors, message }: z.core.$ZodIssueInvalidUnion, path: Path, data: unknown): StructureProblem[] {
  const ofType = errors.filter((issues) => !issues.some((each) => each.path.length === 0 && each.code.startsWith('invalid_')));
  const [only] = ofType;
  if (only === undefined || ofType.length > 1) return [invalidBaselineValueProblem(path, yamlValueAt(data, path), message)];
  return only.flatMap((each) => baselineStructureProblems({ ...each, path: [...path, ...each.path] }, data));
}

function unknownBaselineKeyProblem(path: Path): StructureProblem {
  const key = String(path.at(-1));
  const keys = baselineSchemaAllowsAt(path.slice(0, -1))?.keys ?? [];
  const problem = { code: 'unknown-key', path, at: 'key', message: `there is no key ${quoted(key)} here` } as const;
  if (key === '<<') return { ...problem, expected: 'each key written out: YAML 1.2 has no merge key' };
  const expected = `one of ${quotedList(keys)}`;
  const meant = didYouMean(key, keys);
  if (meant === undefined) return { ...problem, expected };
  return { ...problem, message: `${problem.message}; did you mean \`${meant}\`?`, expected, meant };
}

/** In a map such as `tags`, the author of the file chooses the keys. */
function invalidBaselineMapKeyProblem(path: Path, expected: string): StructureProblem {
  const key = String(path.at(-1));
  const message = `the key ${key === '' ? 'is empty' : `cannot be ${quoted(key)}`}`;
  return { code: 'bad-value', path, at: 'key', message, expected };
}

/** If a key has more allowed texts than this number, the message also suggests the text that the author probably meant. */
const MAX_TEXTS_WITHOUT_HINT = 5;

function invalidBaselineValueProblem(path: Path, value: unknown, expected: string): StructureProblem {
  const name = formatBaselineKey(path);
  if (value === undefined) return { code: 'missing-key', path, message: `${name} is missing`, expected };
  if (isNewerFormatVersion(path, value)) {
    const message = `version ${value} of the format belongs to a newer release`;
    return { code: 'unsupported', path, message, expected: '`1`, or a newer release' };
  }
  const { type, words } = describeBaselineValueType(value);
  const allowed = baselineSchemaAllowsAt(path);
  const types = allowed?.types ?? [];
  if (!types.includes(type) && !(type === 'number' && types.includes('integer'))) {
    return { code: 'wrong-type', path, message: `${name} is ${words}`, expected: correctYamlQuotes(path, value) ?? expected };
  }
  const texts = allowed?.texts ?? [];
  const meant = typeof value === 'string' && texts.length > MAX_TEXTS_WITHOUT_HINT ? didYouMean(value, texts) : undefined;
  const hint = meant === undefined ? '' : `; did you mean \`${meant}\`?`;
  return { code: 'bad-value', path, message: `${name} ${describeInvalidBaselineValue(value)}${hint}`, expected };
}

function isNewerFormatVersion(path: Path, value: unknown): value is number {
  return path.length === 1 && path[0] === 'version' && typeof value === 'number' && Number.isInteger(value) && value > 1;
}

function describeInvalidBaselineValue(value: unknown): string {
  if (Array.isArray(value)) return 'is an empty list';
  if (value === '') return 'is empty';
  if (typeof value !== 'object' || value === null) return `cannot be ${quoted(value)}`;
  const [key, ...others] = Object.keys(value);
  if (key === undefined) return 'has no key';
  return others.length === 0 ? `has only the key ${quoted(key)}` : `has ${others.length + 1} keys`;
}
