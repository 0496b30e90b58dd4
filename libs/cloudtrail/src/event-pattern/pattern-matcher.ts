import { isObject } from '@portcullis/permission-diff';

/** Reports whether one value of an event satisfies one matcher of an EventBridge pattern. */
export type LeafTest = (value: Scalar) => boolean;

export type Scalar = string | number | boolean | null;

/**
 * Returns the test for one matcher of an event pattern. A matcher is a value such as `"x"`, or an object such as `{ "prefix": "x" }`.
 *
 * @param path the path of the matcher in the pattern, which the error message names
 * @throws {Error} if the matcher is invalid, or if its operator is not `exists`, `prefix` or `wildcard`.
 */
export function patternMatcherTest(matcher: unknown, path: string): LeafTest {
  if (isEventLeafValue(matcher)) return (value) => value === matcher;
  const [[name, operand] = ['', undefined], ...more] = isObject(matcher) ? Object.entries(matcher) : [];
  if (name === '' || more.length > 0) throw invalidEventPattern(path, 'expected a value or an object with one operator');
  if (name === 'exists') {
    if (operand !== true) throw invalidEventPattern(path, '`exists` must be true or false');
    return () => true;
  }
  if (name !== 'prefix' && name !== 'wildcard') throw invalidEventPattern(path, `unknown operator \`${name}\``);
  if (typeof operand !== 'string') throw invalidEventPattern(path, `\`${name}\` must be a string`);
  const test = name === 'prefix' ? (text: string) => text.startsWith(operand) : wildcardMatcherTest(operand, path);
  return (value) => typeof value === 'string' && test(value);
}

/** In a wildcard, `*` matches any characters, `\*` matches a star, and `\\` matches a backslash. */
function wildcardMatcherTest(operand: string, path: string): (text: string) => boolean {
  const parts = operand.match(/\\[*\\]|[^\\]/gsu) ?? [];
  if (parts.join('') !== operand)
    throw invalidEventPattern(path, 'in `wildcard`, a backslash must be followed by `*` or another backslash');
  if (parts.some((part, index) => part === '*' && parts[index + 1] === '*'))
    throw invalidEventPattern(path, '`wildcard` has two stars in a row');
  const source = parts.map((part) => (part === '*' ? '.*' : part.slice(-1).replace(/[.*+?^${}()|[\]\\]/, '\\$&'))).join('');
  const expression = new RegExp(`^${source}$`, 's');
  return (text) => expression.test(text);
}

export function isEventLeafValue(value: unknown): value is Scalar {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

export function invalidEventPattern(path: string, what: string): Error {
  return new Error(`invalid event pattern at \`${path}\`: ${what}`);
}
