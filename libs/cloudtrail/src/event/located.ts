/**
 * A value of a record together with its path, so that every problem names the path.
 *
 * CloudTrail has two encodings. The first has camelCase names and lists as `{"items": […]}`. The second is the query as JSON: PascalCase
 * names, a single member instead of a list of one, a `tag` in each member, coerced scalars (`-1`, `true`), and `""` for an empty value. AWS
 * does not promise which call uses which encoding, so these functions read both everywhere.
 */
import { isObject, offendingText } from '@portcullis/permission-diff';
import type { RecordProblem, RecordProblemCode } from './problem.js';

export interface Located {
  /** `undefined` if the record does not have it. */
  readonly value: unknown;
  readonly path: string;
}

/**
 * Returns the first of the named fields that is present. Each name may be in camelCase or PascalCase. `null` and `""` count as absent. The
 * path of an absent field ends in the first name.
 */
export function recordField(parent: Located, ...names: readonly [string, ...string[]]): Located {
  const fields = fieldValues(parent);
  for (const name of names) {
    for (const key of [withFirstLetter(name, 'toLowerCase'), withFirstLetter(name, 'toUpperCase')]) {
      const value = fields[key];
      if (value !== undefined && value !== null && value !== '') return { value, path: joinFieldPath(parent.path, key) };
    }
  }
  return { value: undefined, path: joinFieldPath(parent.path, names[0]) };
}

/** Like `recordField`, but writes the path of an absent field in camelCase or PascalCase, like the neighbouring fields. */
export function recordFieldLikeOthers(parent: Located, name: string): Located {
  const isPascalCase = Object.keys(fieldValues(parent)).some((key) => /^[A-Z]/.test(key));
  return recordField(parent, withFirstLetter(name, isPascalCase ? 'toUpperCase' : 'toLowerCase'));
}

export function isFieldRecorded(located: Located): boolean {
  return located.value !== undefined;
}

/** Reports whether the value is an object, not a list. */
export function isRecordedObject(located: Located): boolean {
  return isObject(located.value);
}

/** Returns every field, under its name in the record. */
export function recordFields(parent: Located): readonly (readonly [name: string, field: Located])[] {
  return Object.entries(fieldValues(parent)).map(([name, value]) => [name, { value, path: joinFieldPath(parent.path, name) }]);
}

/**
 * Reports whether CloudTrail omitted the value, or a part of it, because it was too large. Source: CloudTrail record contents, `omitted`.
 */
export function isOmittedFromRecord(located: Located): boolean {
  return fieldValues(located).omitted === true;
}

export function recordProblem(code: RecordProblemCode, { path, value }: Located, expected: string): RecordProblem {
  return { code, path, text: offendingText(value), expected };
}

export function omittedFromRecord(located: Located): RecordProblem {
  return recordProblem('omitted', located, 'the whole value: CloudTrail leaves out what is larger than 100 KB');
}

/**
 * Returns the members of a list. `{}` has no members; `{"items": […]}`, `{"item": …}` and a plain array have members. Any other value
 * counts as a list with that one member. Adds a problem if CloudTrail omitted the list.
 */
export function recordedMembers(list: Located, problems: RecordProblem[]): readonly Located[] {
  if (isOmittedFromRecord(list)) problems.push(omittedFromRecord(list));
  const fields = fieldValues(list);
  const inner = ['items', 'item'].find((key) => fields[key] !== undefined);
  const held: Located = inner === undefined ? list : { value: fields[inner], path: joinFieldPath(list.path, inner) };
  if (Array.isArray(held.value)) {
    // Not `map`, because a list may have holes.
    return Array.from(held.value, (value: unknown, index) => ({ value, path: `${held.path}[${index}]` }));
  }
  const isEmpty = held.value === undefined || held.value === null || held.value === '' || isEmptyObject(held.value);
  return isEmpty || isOmittedFromRecord(held) ? [] : [held];
}

/**
 * Returns a scalar as the text that the caller sent, before CloudTrail coerced it: numbers and booleans as text, and
 * `{"tag": 1, "content": "x"}` as its content. Returns any other value unchanged.
 */
export function recordedScalar({ value }: Located): unknown {
  const scalar = isObject(value) && 'content' in value ? value.content : value;
  return typeof scalar === 'number' || typeof scalar === 'boolean' ? String(scalar) : scalar;
}

/** Returns the text of a scalar, or `null` if there is no text. */
export function recordedText(located: Located): string | null {
  const scalar = recordedScalar(located);
  return typeof scalar === 'string' && scalar !== '' ? scalar : null;
}

/** Returns the text of an optional scalar. Adds a problem if the value is something else. */
export function readRecordedText(located: Located, problems: RecordProblem[]): string | null {
  const text = recordedText(located);
  if (text === null && isFieldRecorded(located)) problems.push(recordProblem('wrong-type', located, 'text, or nothing'));
  return text;
}

function fieldValues({ value }: Located): Readonly<Record<string, unknown>> {
  return isObject(value) ? value : {};
}

function isEmptyObject(value: unknown): boolean {
  return isObject(value) && Object.keys(value).length === 0;
}

function withFirstLetter(name: string, change: 'toLowerCase' | 'toUpperCase'): string {
  return name.charAt(0)[change]() + name.slice(1);
}

/** Returns the path of a field of a value: `detail.requestParameters`. */
export function joinFieldPath(parent: string, key: string): string {
  return parent === '' ? key : `${parent}.${key}`;
}
