import { isObject } from '@portcullis/permission-diff';

/** Tests one matcher of an EventBridge pattern against one value. */
export type LeafTest = (value: Scalar) => boolean;

export type Scalar = string | number | boolean | null;

/**
 * Returns the test of one matcher of an event pattern, such as `"x"` or `{ "prefix": "x" }`.
 *
 * @param path where the matcher is, for the error
 * @throws {Error} if the matcher is invalid, or has another operator than `exists`, `prefix` and `wildcard`.
 */
export function patternMatcherTest(matcher: unknown, path: string): LeafTest {
  if (isEventLeafValue(matcher)) return (value) => value === matcher;
  const [[name, operand] = ['', undefined], ...more] = isObject(matcher) ? Object.entries(matcher) : [];
  if (name === '' || more.length > 0) throw invalidEventPattern(path, 'expected a value or an object with one operator');
  if (name === 'exists') {
    if (operand !== true) throw invalidEventPattern(path, '`exists` takes true or false');
    return () => true;
  }
  if (name !== 'prefix' && name !== 'wildcard') throw invalidEventPattern(path, `unknown operator \`${name}\``);
  if (typeof operand !== 'string') throw invalidEventPattern(path, `\`${name}\` takes a string`);
  const test = name === 'prefix' ? (text: string) => text.startsWith(operand) : wildcardMatcherTest(operand, path);
  return (value) => typeof value === 'string' && test(value);
}

/** `*` matches any characters. `\*` and `\\` match a star and a backslash. */
function wildcardMatcherTest(operand: string, path: string): (text: string) => boolean {
  const parts = operand.match(/\\[*\\]|[^\\]/gsu) ?? [];
  if (parts.join('') !== operand) throw invalidEventPattern(path, 'a backslash in `wildcard` escapes `*` or a backslash only');
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
