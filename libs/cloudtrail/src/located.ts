/**
 * A value of a document together with where it is, so that every problem names the document's own path.
 *
 * CloudTrail has two encodings: camelCase with lists as `{"items": […]}`, and the query turned to JSON, in
 * PascalCase, where a list of one is the member itself, each member carries a `tag`, scalars are coerced (`-1`, `true`) and what is empty
 * is `""`. Which call uses which is not promised by AWS, so these functions read all of them, wherever they stand.
 */
import { isObject, offendingText } from '@portcullis/permission-diff';
import type { RecordProblem } from './problem.js';

export interface Located {
  /** `undefined` when the document does not have it. */
  readonly value: unknown;
  readonly path: string;
}

/**
 * Returns the first of the named fields that is there, each looked for in camelCase and in PascalCase. `null` and `""` count as absent; the
 * path of what is absent has the name as it is given.
 */
export function at(parent: Located, ...names: readonly [string, ...string[]]): Located {
  const fields = fieldsOf(parent);
  for (const name of names) {
    for (const key of [withFirst(name, 'toLowerCase'), withFirst(name, 'toUpperCase')]) {
      const value = fields[key];
      if (value !== undefined && value !== null && value !== '') return { value, path: joinPath(parent.path, key) };
    }
  }
  return { value: undefined, path: joinPath(parent.path, names[0]) };
}

/** `at`, with the name of an absent field written as those of its neighbours are. */
export function atLikeOthers(parent: Located, name: string): Located {
  const isPascalCase = Object.keys(fieldsOf(parent)).some((key) => /^[A-Z]/.test(key));
  return at(parent, withFirst(name, isPascalCase ? 'toUpperCase' : 'toLowerCase'));
}

export function isPresent(located: Located): boolean {
  return located.value !== undefined;
}

/** Reports whether the value is an object with fields. */
export function holdsObject(located: Located): boolean {
  return isObject(located.value);
}

/** Returns every field that holds something, under the name the document gives it. */
export function fieldsIn(parent: Located): readonly (readonly [name: string, field: Located])[] {
  return Object.entries(fieldsOf(parent)).map(([name, value]) => [name, { value, path: joinPath(parent.path, name) }]);
}

/** Reports whether CloudTrail left the value out, or cut it, because it was too large. Source: CloudTrail record contents, `omitted`. */
export function isOmitted(located: Located): boolean {
  return fieldsOf(located).omitted === true;
}

export function omittedProblem({ path, value }: Located): RecordProblem {
  return {
    code: 'omitted',
    path,
    text: offendingText(value),
    expected: 'the whole value: CloudTrail leaves out what is larger than 100 KB',
  };
}

/**
 * Returns the members of a list: none of `{}`, those of `{"items": […]}`, `{"item": …}` or a plain array, and any other single value
 * as the only member. Adds a problem for a list that CloudTrail cut.
 */
export function membersOf(list: Located, problems: RecordProblem[]): readonly Located[] {
  if (isOmitted(list)) problems.push(omittedProblem(list));
  const fields = fieldsOf(list);
  const inner = ['items', 'item'].find((key) => fields[key] !== undefined);
  const held: Located = inner === undefined ? list : { value: fields[inner], path: joinPath(list.path, inner) };
  if (Array.isArray(held.value)) {
    // Not `map`: a list may have holes.
    return Array.from(held.value, (value: unknown, index) => ({ value, path: `${held.path}[${index}]` }));
  }
  const isNothing = held.value === undefined || held.value === null || held.value === '' || isEmptyObject(held.value);
  return isNothing || isOmitted(held) ? [] : [held];
}

/**
 * Returns a scalar as the text it was before the document coerced it: numbers and booleans as text, `{"tag": 1, "content": "x"}` as its
 * content. Anything else as it is, for the reader of it to refuse.
 */
export function scalarOf({ value }: Located): unknown {
  const scalar = isObject(value) && 'content' in value ? value.content : value;
  return typeof scalar === 'number' || typeof scalar === 'boolean' ? String(scalar) : scalar;
}

/** Returns the text of a scalar; `null` when there is none. */
export function textOf(located: Located): string | null {
  const scalar = scalarOf(located);
  return typeof scalar === 'string' && scalar !== '' ? scalar : null;
}

/** Returns the text of a scalar that may be absent. Adds a problem when something else stands there. */
export function readText(located: Located, problems: RecordProblem[]): string | null {
  const text = textOf(located);
  if (text === null && isPresent(located)) {
    problems.push({
      code: 'wrong-type',
      path: located.path,
      text: offendingText(located.value),
      expected: 'text, or nothing',
    });
  }
  return text;
}

function fieldsOf({ value }: Located): Readonly<Record<string, unknown>> {
  return isObject(value) ? value : {};
}

function isEmptyObject(value: unknown): boolean {
  return isObject(value) && Object.keys(value).length === 0;
}

function withFirst(name: string, change: 'toLowerCase' | 'toUpperCase'): string {
  return name.charAt(0)[change]() + name.slice(1);
}

function joinPath(parent: string, key: string): string {
  return parent === '' ? key : `${parent}.${key}`;
}
