/** Checks the structure of a baseline file against its schema. */
import type * as z from 'zod';
import { didYouMean } from './did-you-mean.js';
import { allowedAt } from './json-schema.js';
import { valueAt, type Path } from './path.js';
import type { DataProblem } from './problem.js';
import { quoted } from './quoted.js';
import { baselineFile, type BaselineFile } from './schema.js';
import { unsupportedValue } from './unsupported.js';
import { kindOf, nameOf, requoted } from './words.js';

export type Structure =
  { readonly ok: true; readonly value: BaselineFile } | { readonly ok: false; readonly problems: readonly DataProblem[] };

/** Returns the file with its defaults filled in, or all that is wrong with its structure. */
export function readStructure(data: unknown): Structure {
  const parsed = baselineFile.safeParse(data);
  if (parsed.success) return { ok: true, value: parsed.data };
  return { ok: false, problems: parsed.error.issues.flatMap((issue) => problemsOf(issue, data)) };
}

function problemsOf(issue: z.core.$ZodIssue, data: unknown): DataProblem[] {
  // No key of parsed YAML is a symbol.
  const path = issue.path.filter((step) => typeof step !== 'symbol');
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey([...path, key]));
  if (issue.code === 'invalid_key') return [keyProblem(path, issue.issues[0]?.message ?? issue.message)];
  return [valueProblem(path, valueAt(data, path), issue.message)];
}

function unknownKey(path: Path): DataProblem {
  const key = String(path.at(-1));
  const keys = allowedAt(path.slice(0, -1))?.keys ?? [];
  const problem = { code: 'unknown-key', path, at: 'key', message: `there is no key ${quoted(key)} here` } as const;
  if (key === '<<') return { ...problem, expected: 'each key written out: YAML 1.2 has no merge key' };
  const expected = `one of ${keys.map((each) => `\`${each}\``).join(', ')}`;
  const meant = didYouMean(key, keys);
  if (meant === undefined) return { ...problem, expected };
  return { ...problem, message: `${problem.message}; did you mean \`${meant}\`?`, expected, meant };
}

/** A key that anybody may choose, and that cannot be what it is. */
function keyProblem(path: Path, expected: string): DataProblem {
  const key = String(path.at(-1));
  const message = `the key ${key === '' ? 'is empty' : `cannot be ${quoted(key)}`}`;
  return { code: 'bad-value', path, at: 'key', message, expected };
}

function valueProblem(path: Path, value: unknown, expected: string): DataProblem {
  const name = nameOf(path);
  if (value === undefined) return { code: 'missing-key', path, message: `${name} is missing`, expected };
  const unsupported = unsupportedValue(path, value);
  if (unsupported !== undefined) return { code: 'unsupported', path, ...unsupported };
  const { type, words } = kindOf(value);
  const allowed = allowedAt(path);
  if (allowed?.type !== type && !(allowed?.type === 'integer' && type === 'number')) {
    return { code: 'wrong-type', path, message: `${name} is ${words}`, expected: requoted(path, value) ?? expected };
  }
  if (type === 'array') return { code: 'bad-value', path, message: `${name} is an empty list`, expected };
  if (type === 'object') return { code: 'bad-value', path, message: `${name} has ${keyCount(value)}`, expected };
  return {
    code: 'bad-value',
    path,
    message: `${name} ${value === '' ? 'is empty' : `cannot be ${quoted(value)}`}`,
    expected,
  };
}

function keyCount(value: unknown): string {
  const count = typeof value === 'object' && value !== null ? Object.keys(value).length : 0;
  return count === 0 ? 'no key' : `${count} keys`;
}
