/**
 * Reads values of a CloudTrail record. Each value keeps its path, so that a problem can name the path of an unreadable value.
 *
 * CloudTrail has two encodings. The first encoding has camelCase names, and writes a list as `{"items": […]}`. The second encoding is the
 * query string as JSON, with PascalCase names. A list with one member is written as that member. Each list member has an additional key
 * `tag`. An empty value is `""`, and some texts are numbers or booleans (`-1`, `true`). AWS does not document which calls use which
 * encoding, so these functions read both encodings in every record.
 */
import { isObject, permissionProblemText } from '@portcullis/permission-diff';
import type { RecordProblem, RecordProblemCode } from './problem.js';

export interface Located {
  /** `undefined` if the record does not have the value. */
  readonly value: unknown;
  readonly path: string;
}

/**
 * Returns the first of the named fields that the parent has, in camelCase or PascalCase. `null` and `""` count as absent. If no field is
 * present, `value` is undefined and the path ends in the first name.
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
 * Like `cloudTrailField`, but the path of an absent field has the case (camelCase or PascalCase) of the parent's other fields.
 */
export function cloudTrailFieldInParentCase(parent: Located, name: string): Located {
  const isPascalCase = Object.keys(cloudTrailFieldValues(parent)).some((key) => /^[A-Z]/.test(key));
  return cloudTrailField(parent, cloudTrailFieldSpelling(name, isPascalCase ? 'toUpperCase' : 'toLowerCase'));
}

export function isCloudTrailFieldPresent(located: Located): boolean {
  return located.value !== undefined;
}

/** Reports whether the value is an object and not a list. */
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
 * Reports whether CloudTrail omitted at least a part of the value, because the value was too large. Source: CloudTrail user guide,
 * "CloudTrail record contents", `omitted`.
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
 * Returns the members of `{"items": […]}`, of `{"item": …}` or of a plain array. `{}` and an empty value have no members. Any other value
 * counts as a list with one member. Adds a problem if CloudTrail omitted the list.
 */
export function cloudTrailListMembers(list: Located, problems: RecordProblem[]): readonly Located[] {
  if (isOmittedByCloudTrail(list)) problems.push(omittedByCloudTrailProblem(list));
  const fields = cloudTrailFieldValues(list);
  const inner = ['items', 'item'].find((key) => fields[key] !== undefined);
  const held: Located = inner === undefined ? list : { value: fields[inner], path: joinCloudTrailPath(list.path, inner) };
  if (Array.isArray(held.value)) {
    // `map` would skip the holes of a sparse array.
    return Array.from(held.value, (value: unknown, index) => ({ value, path: `${held.path}[${index}]` }));
  }
  const isEmpty = held.value === undefined || held.value === null || held.value === '' || isEmptyCloudTrailObject(held.value);
  return isEmpty || isOmittedByCloudTrail(held) ? [] : [held];
}

/**
 * Returns a scalar as text, because the caller sent text. CloudTrail records some texts as numbers or booleans. For `{"tag": 1, "content":
 * "x"}`, returns the content. Returns any other value unchanged.
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

/** Returns the text of an optional scalar, or `null` if the scalar is absent. Adds a problem if the value is present but not a scalar. */
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
