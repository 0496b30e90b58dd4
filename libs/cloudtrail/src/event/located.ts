/**
 * A value in a record, with the path of the value, so that every problem can name the path.
 *
 * CloudTrail has two encodings. The first has camelCase names, and writes a list as `{"items": […]}`. The second is the query string as
 * JSON. It has PascalCase names, writes a list with one member as that member, and adds a `tag` to each member. It also writes some text as
 * numbers or booleans (`-1`, `true`), and writes an empty value as `""`. AWS does not document which calls use which encoding, so these
 * functions read both encodings in every record.
 */
import { isObject, permissionProblemText } from '@portcullis/permission-diff';
import type { RecordProblem, RecordProblemCode } from './problem.js';

export interface Located {
  /** `undefined` if the record does not have the value. */
  readonly value: unknown;
  readonly path: string;
}

/**
 * Returns the first of the named fields that the record has. The name in the record can be in camelCase or PascalCase. `null` and `""`
 * count as absent. If no field is present, the path of the result ends in the first name.
 */
export function cloudTrailField(parent: Located, ...names: readonly [string, ...string[]]): Located {
  const fields = cloudTrailFieldValues(parent);
  for (const name of names) {
    for (const key of [cloudTrailFieldSpelling(name, 'toLowerCase'), cloudTrailFieldSpelling(name, 'toUpperCase')]) {
      const value = fields[key];
      if (value !== undefined && value !== null && value !== '') return { value, path: joinCloudTrailPath(parent.path, key) };
    }
  }
  return { value: undefined, path: joinCloudTrailPath(parent.path, names[0]) };
}

/**
 * Returns a field, like `cloudTrailField`. If the field is absent, its path is in PascalCase if another field of the parent is in PascalCase,
 * and otherwise in camelCase.
 */
export function cloudTrailFieldInParentCase(parent: Located, name: string): Located {
  const isPascalCase = Object.keys(cloudTrailFieldValues(parent)).some((key) => /^[A-Z]/.test(key));
  return cloudTrailField(parent, cloudTrailFieldSpelling(name, isPascalCase ? 'toUpperCase' : 'toLowerCase'));
}

export function isCloudTrailFieldPresent(located: Located): boolean {
  return located.value !== undefined;
}

/** Reports whether the value is an object. A list is not an object here. */
export function isCloudTrailObject(located: Located): boolean {
  return isObject(located.value);
}

/** Returns every field of the object, with its name as written in the record. */
export function cloudTrailFields(parent: Located): readonly (readonly [name: string, field: Located])[] {
  return Object.entries(cloudTrailFieldValues(parent)).map(([name, value]) => [
    name,
    { value, path: joinCloudTrailPath(parent.path, name) },
  ]);
}

/**
 * Reports whether CloudTrail omitted the value, or a part of it, because it was too large. Source: CloudTrail record contents, `omitted`.
 */
export function isOmittedByCloudTrail(located: Located): boolean {
  return cloudTrailFieldValues(located).omitted === true;
}

export function cloudTrailProblem(code: RecordProblemCode, { path, value }: Located, expected: string): RecordProblem {
  return { code, path, text: permissionProblemText(value), expected };
}

export function omittedByCloudTrailProblem(located: Located): RecordProblem {
  return cloudTrailProblem('omitted', located, 'the whole value: CloudTrail omits values larger than 100 KB');
}

/**
 * Returns the members of a list. `{}` and an empty value have no members. The members are in `{"items": […]}`, in `{"item": …}` or in a
 * plain array. Any other value is a list with one member, the value itself. Adds a problem if CloudTrail omitted the list.
 */
export function cloudTrailListMembers(list: Located, problems: RecordProblem[]): readonly Located[] {
  if (isOmittedByCloudTrail(list)) problems.push(omittedByCloudTrailProblem(list));
  const fields = cloudTrailFieldValues(list);
  const inner = ['items', 'item'].find((key) => fields[key] !== undefined);
  const held: Located = inner === undefined ? list : { value: fields[inner], path: joinCloudTrailPath(list.path, inner) };
  if (Array.isArray(held.value)) {
    // Not `map`, which would skip the holes of a sparse array.
    return Array.from(held.value, (value: unknown, index) => ({ value, path: `${held.path}[${index}]` }));
  }
  const isEmpty = held.value === undefined || held.value === null || held.value === '' || isEmptyCloudTrailObject(held.value);
  return isEmpty || isOmittedByCloudTrail(held) ? [] : [held];
}

/**
 * Returns a scalar as the text that the caller sent. CloudTrail turns some text into numbers and booleans, so this function returns them as
 * text. For `{"tag": 1, "content": "x"}` it returns the content. It returns any other value unchanged.
 */
export function cloudTrailScalar({ value }: Located): unknown {
  const scalar = isObject(value) && 'content' in value ? value.content : value;
  return typeof scalar === 'number' || typeof scalar === 'boolean' ? String(scalar) : scalar;
}

/** Returns the text of a scalar, or `null` if the value is empty or not a scalar. */
export function cloudTrailText(located: Located): string | null {
  const scalar = cloudTrailScalar(located);
  return typeof scalar === 'string' && scalar !== '' ? scalar : null;
}

/** Returns the text of an optional scalar, or `null` if it has none. Adds a problem if the value is present but not a scalar. */
export function readOptionalCloudTrailText(located: Located, problems: RecordProblem[]): string | null {
  const text = cloudTrailText(located);
  if (text === null && isCloudTrailFieldPresent(located)) problems.push(cloudTrailProblem('wrong-type', located, 'text, or nothing'));
  return text;
}

function cloudTrailFieldValues({ value }: Located): Readonly<Record<string, unknown>> {
  return isObject(value) ? value : {};
}

function isEmptyCloudTrailObject(value: unknown): boolean {
  return isObject(value) && Object.keys(value).length === 0;
}

function cloudTrailFieldSpelling(name: string, change: 'toLowerCase' | 'toUpperCase'): string {
  return name.charAt(0)[change]() + name.slice(1);
}

/** Returns the path of a field in an object, such as `detail.requestParameters`. */
export function joinCloudTrailPath(parent: string, key: string): string {
  return parent === '' ? key : `${parent}.${key}`;
}
