// Whether an event matches an EventBridge pattern, by the documented rules
// (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html and the README of
// aws/event-ruler).
//
// The event is taken as its leaves: each a path, a value and, for every array on the way, which element it lies in. A
// pattern is a set of conditions, one for each of its own leaves (several such sets when it has `$or`). The event
// matches when a leaf can be chosen for every condition so that no two of them lie in different elements of one array.
// Arrays are thereby transparent, and `exists` sees leaves only.
type JsonObject = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

type Scalar = string | number | boolean | null;
type Elements = ReadonlyMap<string, number>;

interface Leaf {
  readonly path: string;
  readonly value: Scalar;
  readonly elements: Elements;
}

/** Tells whether a leaf's value is one that the condition allows. */
type Test = (value: Scalar) => boolean;

interface Condition {
  readonly path: string;
  readonly tests: readonly Test[];
  /** Holds when the event has no leaf of that path. */
  readonly absent: boolean;
}

/** A pattern that EventBridge would refuse. The message says what is wrong and where. */
export class InvalidEventPatternError extends Error {
  override readonly name = 'InvalidEventPatternError';
}

const invalid = (path: string, what: string): never => {
  throw new InvalidEventPatternError(`event pattern is not valid: ${what} at \`${path}\``);
};

// Keys may hold any character, so the parts of a path are joined by one that JSON text cannot hold unescaped.
const join = (path: string, key: string): string => (path === '' ? key : `${path}\u0000${key}`);
const shownPath = (path: string): string => path.replaceAll('\u0000', '.');

const leavesOf = (value: unknown, path: string, elements: Elements): readonly Leaf[] => {
  if (Array.isArray(value)) {
    const array = `${path}\u0000[${[...elements.values()].join(',')}]`;
    return value.flatMap((member: unknown, index) => leavesOf(member, path, new Map([...elements, [array, index]])));
  }
  if (isObject(value))
    return Object.entries(value).flatMap(([key, member]) => leavesOf(member, join(path, key), elements));
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return [{ path, value, elements }];
  return []; // undefined: JSON has no such member
};

const onText =
  (test: (value: string) => boolean): Test =>
  (value) =>
    typeof value === 'string' && test(value);

const wildcard = (pattern: string): Test => {
  // `\*` and `\\` stand for the characters themselves.
  const source = pattern.replace(/\\([*\\])|\*|[^*\\]+|\\/g, (part, escaped: string | undefined) => {
    if (escaped !== undefined) return `\\${escaped}`;
    return part === '*' ? '[\\s\\S]*' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  const expression = new RegExp(`^${source}$`);
  return onText((value) => expression.test(value));
};

const textTests: Readonly<Record<string, (operand: string) => Test>> = {
  prefix: (operand) => onText((value) => value.startsWith(operand)),
  suffix: (operand) => onText((value) => value.endsWith(operand)),
  'equals-ignore-case': (operand) => onText((value) => value.toLowerCase() === operand.toLowerCase()),
  wildcard,
};

const comparisons: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '=': (value, bound) => value === bound,
  '>=': (value, bound) => value >= bound,
  '>': (value, bound) => value > bound,
};

const numericTest = (operand: unknown, path: string): Test => {
  if (!Array.isArray(operand) || operand.length === 0 || operand.length % 2 !== 0)
    return invalid(path, '`numeric` wants pairs of operator and number');
  const members: readonly unknown[] = operand;
  const bounds = members.flatMap((operator, index) => {
    if (index % 2 !== 0) return [];
    const bound = members[index + 1];
    const compare = typeof operator === 'string' ? comparisons[operator] : undefined;
    if (compare === undefined || typeof bound !== 'number')
      return invalid(path, '`numeric` wants pairs of operator and number');
    return [(value: number) => compare(value, bound)];
  });
  return (value) => typeof value === 'number' && bounds.every((holds) => holds(value));
};

const affixTest = (name: 'prefix' | 'suffix', operand: unknown, path: string): Test => {
  if (isObject(operand) && typeof operand['equals-ignore-case'] === 'string') {
    const folded = operand['equals-ignore-case'].toLowerCase();
    return onText((value) =>
      name === 'prefix' ? value.toLowerCase().startsWith(folded) : value.toLowerCase().endsWith(folded),
    );
  }
  return textTest(name, operand, path);
};

const textTest = (name: string, operand: unknown, path: string): Test => {
  const test = textTests[name];
  if (test === undefined || typeof operand !== 'string') return invalid(path, `\`${name}\` wants a text`);
  return test(operand);
};

const none =
  (tests: readonly Test[]): Test =>
  (value) =>
    !tests.some((test) => test(value));

const anythingBut = (operand: unknown, path: string): Test => {
  if (isObject(operand)) {
    const [[name, operands] = ['', undefined], ...more] = Object.entries(operand);
    if (more.length > 0) return invalid(path, '`anything-but` takes one operator');
    const list: readonly unknown[] = Array.isArray(operands) ? operands : [operands];
    return none(list.map((each) => textTest(name, each, path)));
  }
  const list: readonly unknown[] = Array.isArray(operand) ? operand : [operand];
  if (list.length === 0 || !list.every((each) => typeof each === 'string' || typeof each === 'number')) {
    return invalid(path, '`anything-but` wants texts or numbers');
  }
  return (value) => !list.some((each) => each === value);
};

const operatorTest = (matcher: JsonObject, path: string): Test => {
  const [[name, operand] = ['', undefined], ...more] = Object.entries(matcher);
  if (more.length > 0) return invalid(path, 'a matcher has one operator');
  switch (name) {
    case 'anything-but':
      return anythingBut(operand, path);
    case 'numeric':
      return numericTest(operand, path);
    case 'prefix':
    case 'suffix':
      return affixTest(name, operand, path);
    case 'equals-ignore-case':
    case 'wildcard':
      return textTest(name, operand, path);
    default:
      return invalid(path, `\`${name}\` is not an operator`);
  }
};

const conditionFrom = (path: string, list: readonly unknown[]): Condition => {
  const shown = shownPath(path);
  if (list.length === 0) invalid(shown, 'an empty list');
  const tests: Test[] = [];
  let absent = false;
  for (const matcher of list) {
    if (isObject(matcher) && 'exists' in matcher) {
      if (matcher.exists === true) tests.push(() => true);
      else if (matcher.exists === false) absent = true;
      else invalid(shown, '`exists` wants true or false');
    } else if (isObject(matcher)) tests.push(operatorTest(matcher, shown));
    else if (Array.isArray(matcher)) invalid(shown, 'a list in a list');
    else tests.push((value) => value === matcher);
  }
  return { path, tests, absent };
};

type Alternatives = readonly (readonly Condition[])[];

const product = (left: Alternatives, right: Alternatives): Alternatives =>
  left.flatMap((a) => right.map((b) => [...a, ...b]));

const alternativesOf = (pattern: JsonObject, path: string): Alternatives =>
  Object.entries(pattern).reduce<Alternatives>(
    (alternatives, [key, value]) => {
      if (key === '$or' && Array.isArray(value)) {
        const branches: readonly unknown[] = value;
        if (branches.length < 2) invalid(shownPath(path), '`$or` wants two patterns or more');
        return product(
          alternatives,
          branches.flatMap((branch) =>
            isObject(branch) ? alternativesOf(branch, path) : invalid(shownPath(path), '`$or` wants patterns'),
          ),
        );
      }
      const member = join(path, key);
      if (Array.isArray(value)) return product(alternatives, [[conditionFrom(member, value)]]);
      if (isObject(value)) return product(alternatives, alternativesOf(value, member));
      return invalid(shownPath(member), 'a value that is not in a list');
    },
    [[]],
  );

const together = (a: Elements, b: Elements): Elements | undefined => {
  for (const [array, index] of b) if ((a.get(array) ?? index) !== index) return undefined;
  return new Map([...a, ...b]);
};

const holds = (
  conditions: readonly Condition[],
  leaves: ReadonlyMap<string, readonly Leaf[]>,
  chosen: Elements,
): boolean => {
  const [condition, ...rest] = conditions;
  if (condition === undefined) return true;
  const candidates = leaves.get(condition.path) ?? [];
  if (condition.absent && candidates.length === 0 && holds(rest, leaves, chosen)) return true;
  return candidates.some((leaf) => {
    const elements = condition.tests.some((test) => test(leaf.value)) ? together(chosen, leaf.elements) : undefined;
    return elements !== undefined && holds(rest, leaves, elements);
  });
};

/**
 * Reports whether the event matches the pattern. Throws InvalidEventPatternError for a pattern that EventBridge would
 * refuse.
 */
export const matchesPattern = (pattern: JsonObject, event: JsonObject): boolean => {
  const alternatives = alternativesOf(pattern, '');
  const leaves = new Map<string, Leaf[]>();
  for (const leaf of leavesOf(event, '', new Map())) leaves.set(leaf.path, [...(leaves.get(leaf.path) ?? []), leaf]);
  return alternatives.some((conditions) => holds(conditions, leaves, new Map()));
};
