/**
 * Decides whether an event matches an EventBridge pattern. The result is the same as in AWS's own engine:
 * https://github.com/aws/event-ruler.
 *
 * A pattern becomes one set of conditions, or several sets if the pattern has `$or`. Each condition tests the value at one path. An event
 * becomes a list of leaves. For each leaf, the list has the path, the value, and the array elements that contain the leaf. The keys of a
 * path are joined with dots, so the key `a.b` equals the key `b` inside `a`. The event matches a set if each condition of the set is met by
 * a leaf. If several such leaves are in one array, all must be in the same element of this array.
 *
 * This module supports the operators that the patterns of Portcullis use: exact values, `prefix`, `wildcard`, `exists` and `$or`. The
 * module throws an error for every other operator. `$or` with fewer than two patterns is also an error, because AWS's engine reads such an
 * `$or` as a key.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
import { isObject } from '@portcullis/permission-diff';
import { joinCloudTrailPath } from '../event/located.js';
import { invalidEventPattern, isEventLeafValue, patternMatcherTest, type LeafTest, type Scalar } from './pattern-matcher.js';

/**
 * Reports whether the event matches the pattern. Both arguments are parsed JSON. The length of the pattern is not checked.
 *
 * @throws {Error} if EventBridge would refuse the pattern, or if the pattern has an unsupported operator. The message names the mistake and
 * its path in the pattern.
 */
export function matchesPattern(pattern: object, event: object): boolean {
  const leaves = new Map<string, Leaf[]>();
  collectEventLeaves(event, '', new Map(), leaves);
  return eventPatternConditionSets(pattern, '', [new Map()], false).some((set) => {
    // Sort by path. The order matters: after a condition has selected an element of an array, later conditions test only this element.
    const conditions = [...set].sort(([a], [b]) => (a < b ? -1 : 1));
    return eventPatternConditionsHold(conditions, leaves, new Map());
  });
}

/**
 * Maps an array of the event to the index of one element: the element that contains a leaf, or the element that an earlier condition
 * selected.
 */
type Elements = ReadonlyMap<symbol, number>;

interface Leaf {
  readonly value: Scalar;
  readonly elements: Elements;
}

interface PathCondition {
  /** A leaf meets the condition if its value passes at least one of these tests. */
  readonly tests: readonly LeafTest[];
  /** Whether an event that has no leaf at the path meets the condition. */
  readonly allowsAbsent: boolean;
}

type ConditionSet = ReadonlyMap<string, PathCondition>;

function eventPatternConditionsHold(
  conditions: readonly (readonly [path: string, PathCondition])[],
  leaves: ReadonlyMap<string, readonly Leaf[]>,
  chosen: Elements,
): boolean {
  const [first, ...rest] = conditions;
  if (first === undefined) return true;
  const [path, { tests, allowsAbsent }] = first;
  const candidates = (leaves.get(path) ?? []).filter(({ elements }) => leavesShareArrayElements(chosen, elements));
  if (candidates.length === 0) return allowsAbsent && eventPatternConditionsHold(rest, leaves, chosen);
  return candidates.some(
    ({ value, elements }) =>
      tests.some((test) => test(value)) && eventPatternConditionsHold(rest, leaves, new Map([...chosen, ...elements])),
  );
}

function leavesShareArrayElements(chosen: Elements, elements: Elements): boolean {
  return [...elements].every(([array, index]) => (chosen.get(array) ?? index) === index);
}

function collectEventLeaves(value: unknown, path: string, elements: Elements, leaves: Map<string, Leaf[]>): void {
  if (Array.isArray(value)) {
    const array = Symbol(path);
    value.forEach((member: unknown, index) => {
      // Do not record the index of an element that is a scalar. So another condition can match another element of the same array.
      collectEventLeaves(member, path, isEventLeafValue(member) ? elements : new Map([...elements, [array, index]]), leaves);
    });
  } else if (isObject(value)) {
    for (const [key, member] of Object.entries(value)) collectEventLeaves(member, joinCloudTrailPath(path, key), elements, leaves);
  } else if (isEventLeafValue(value)) {
    leaves.set(path, [...(leaves.get(path) ?? []), { value, elements }]);
  }
}

/**
 * Returns the condition sets of the pattern. An event matches the pattern if the event meets every condition of at least one set. Within a
 * set, a later condition replaces an earlier condition on the same path.
 */
function eventPatternConditionSets(
  pattern: unknown,
  path: string,
  sets: readonly ConditionSet[],
  isWithinOr: boolean,
): readonly ConditionSet[] {
  if (!isObject(pattern) || Object.keys(pattern).length === 0) throw invalidEventPattern(path, 'expected an object with a key');
  return Object.entries(pattern).reduce((before, [key, value]) => {
    const member = joinCloudTrailPath(path, key);
    if (key === '$or') {
      if (!Array.isArray(value) || value.length < 2) throw invalidEventPattern(member, 'expected a list of at least two patterns');
      return value.flatMap((branch: unknown) => eventPatternConditionSets(branch, path, before, true));
    }
    if (isWithinOr && RESERVED_WITHIN_OR.has(key))
      throw invalidEventPattern(member, 'inside `$or`, the name of an operator cannot be a key');
    if (!Array.isArray(value)) return eventPatternConditionSets(value, member, before, isWithinOr);
    const condition = eventPatternCondition(value, member);
    return before.map((set) => new Map([...set, [member, condition]]));
  }, sets);
}

function eventPatternCondition(matchers: readonly unknown[], path: string): PathCondition {
  if (matchers.length === 0) throw invalidEventPattern(path, 'the list is empty');
  const isAbsent = (matcher: unknown): boolean => isObject(matcher) && Object.keys(matcher).length === 1 && matcher.exists === false;
  return {
    tests: matchers.filter((matcher) => !isAbsent(matcher)).map((matcher) => patternMatcherTest(matcher, path)),
    allowsAbsent: matchers.some(isAbsent),
  };
}

/** https://github.com/aws/event-ruler/blob/main/src/main/software/amazon/event/ruler/Constants.java */
const RESERVED_WITHIN_OR: ReadonlySet<string> = new Set([
  'exactly',
  'equals-ignore-case',
  'prefix',
  'suffix',
  'anything-but',
  'exists',
  'wildcard',
  'numeric',
  'cidr',
  ...['=', '<', '<=', '>', '>=', 'regex', 'not-wildcard', 'not-equals-ignore-case'],
  ...['date-after', 'date-on-or-after', 'date-before', 'date-on-or-before', 'in-date-range'],
  ...['ip-address-in-range', 'ip-address-not-in-range'],
]);
