import { matchesPattern } from './matching.js';

// Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html. The documentation of EventBridge does
// not say whether some of these events match. The expected results come from https://github.com/aws/event-ruler.
const [one, two] = [
  { id: '1', port: 22 },
  { id: '2', port: 80 },
];
const twoItems = { items: [one, two] };
const portOrNone = { items: { id: ['2'], port: [80, { exists: false }] } };
const noId = { items: { id: [{ exists: false }], port: [22] } };
const twoLists = { a: [{ id: '0' }, { id: '1' }], b: [{ id: '2' }] };

it.each<readonly [title: string, pattern: object, event: object, matches: boolean]>([
  ['an exact value matches the same text', { a: ['x'] }, { a: 'x' }, true],
  ['an exact value is case-sensitive', { a: ['X'] }, { a: 'x' }, false],
  ['an exact value does not match a longer text', { a: ['x'] }, { a: 'xx' }, false],
  ['a list of values in the pattern matches if one of the values matches', { a: ['x', 'y'] }, { a: 'y' }, true],
  ['a number does not match its text', { a: ['1'] }, { a: 1 }, false],
  ['a number, true and null match only the same value', { a: [1], b: [true], c: [null] }, { a: 1, b: true, c: null }, true],
  ['null does not match a missing field', { a: [null] }, {}, false],
  ['every key of the pattern must match', { a: ['x'], b: ['y'] }, { a: 'x' }, false],
  ['other keys of the event do not matter', { a: ['x'] }, { a: 'x', b: 'y' }, true],
  ['a nested key matches', { a: { b: ['x'] } }, { a: { b: 'x' } }, true],
  ['a key with a dot equals nesting', { 'a.b': ['x'] }, { a: { b: 'x' } }, true],

  ['prefix matches the start of a text', { a: [{ prefix: 'ab' }] }, { a: 'abc' }, true],
  ['prefix does not match inside a text', { a: [{ prefix: 'bc' }] }, { a: 'abc' }, false],
  ['prefix does not match a number', { a: [{ prefix: '1' }] }, { a: 12 }, false],
  ['wildcard matches any characters', { a: [{ wildcard: 'arn:*:role/*' }] }, { a: 'arn:aws:iam::1:role/x' }, true],
  ['wildcard does not match a part of a text', { a: [{ wildcard: 'b*' }] }, { a: 'abc' }, false],
  ['in a wildcard, every character except the star and the backslash matches itself', { a: [{ wildcard: 'a.c*' }] }, { a: 'abc' }, false],
  ['an escaped star in a wildcard matches no other character', { a: [{ wildcard: 'a\\*' }] }, { a: 'ab' }, false],
  ['an escaped star in a wildcard matches a star', { a: [{ wildcard: '*\\*' }] }, { a: 'a*' }, true],

  ['exists: true matches null', { a: [{ exists: true }] }, { a: null }, true],
  ['exists: true does not match a missing field', { a: [{ exists: true }] }, {}, false],
  ['exists: true does not match an object', { a: [{ exists: true }] }, { a: { b: 'x' } }, false],
  ['exists: true does not match an empty list', { a: [{ exists: true }] }, { a: [] }, false],
  ['exists: false matches a missing field', { a: { b: [{ exists: false }] } }, { a: null }, true],
  ['exists: false matches an object', { a: [{ exists: false }] }, { a: { b: 'x' } }, true],
  ['exists: false does not match a leaf', { a: [{ exists: false }] }, { a: 'x' }, false],
  ['exists: false does not match if any element of a list has the field', { a: { b: [{ exists: false }] } }, { a: [{ b: 1 }, {}] }, false],
  ['a value beside exists: false matches the value', { a: ['x', { exists: false }] }, { a: 'x' }, true],
  ['a value beside exists: false matches a missing field', { a: ['x', { exists: false }] }, {}, true],
  ['a value beside exists: false does not match another value', { a: ['x', { exists: false }] }, { a: 'y' }, false],
  [
    'exists: false tests only the list element that the condition on an earlier path chose',
    portOrNone,
    { items: [{ id: '1' }, { id: '2' }] },
    true,
  ],
  [
    'exists: false tests every list element if no condition on an earlier path chose one',
    noId,
    { items: [{ port: 22 }, { id: '2' }] },
    false,
  ],

  ['a list in the event matches if any element matches', { a: ['x'] }, { a: ['w', 'x'] }, true],
  ['a list in the event does not match if no element matches', { a: ['x'] }, { a: ['w', 'y'] }, false],
  [
    'a list inside a list in the event matches if any element matches',
    { items: { id: ['2'] } },
    { items: [[{ id: '1' }], [{ id: '2' }]] },
    true,
  ],
  ['two conditions on fields of a list match if one element has both values', { items: { id: ['1'], port: [22] } }, twoItems, true],
  [
    'two conditions on fields of a list do not match if the values are in two elements',
    { items: { id: ['1'], port: [80] } },
    twoItems,
    false,
  ],
  ['two conditions on two lists can match elements with different indexes', { a: { id: ['1'] }, b: { id: ['2'] } }, twoLists, true],
  [
    'a condition that matches a text in a list does not exclude the fields of the other elements',
    { a: ['x'], 'a.b': ['y'] },
    { a: ['x', { b: 'y' }] },
    true,
  ],

  ['$or matches if either branch matches', { $or: [{ a: ['x'] }, { b: ['y'] }] }, { b: 'y' }, true],
  ['$or does not match if no branch matches', { $or: [{ a: ['x'] }, { b: ['y'] }] }, { a: 'y' }, false],
  ['the keys beside $or must match too', { c: ['z'], $or: [{ a: ['x'] }, { b: ['y'] }] }, { a: 'x' }, false],
  ['$or can be nested', { d: { $or: [{ a: ['x'] }, { $or: [{ b: ['y'] }, { c: ['z'] }] }] } }, { d: { c: 'z' } }, true],
  ['a branch of $or replaces an earlier condition on the same key', { a: ['x'], $or: [{ a: ['y'] }, { b: ['z'] }] }, { a: 'y' }, true],
  ['a key after $or replaces the same key in the branches', { $or: [{ a: ['y'] }, { b: ['z'] }], a: ['x'] }, { a: 'y' }, false],
])('%s', (_title, pattern, event, matches) => {
  expect(matchesPattern(pattern, event)).toBe(matches);
});

it.each<readonly [what: string, pattern: object, message: string]>([
  ['without a key', {}, '``: expected an object with a key'],
  ['with a value outside a list', { a: 'x' }, '`a`: expected an object with a key'],
  ['with an empty list', { a: { b: [] } }, '`a.b`: the list is empty'],
  ['with a list in a list', { a: [['x']] }, '`a`: expected a value or an object with one operator'],
  ['with two operators in one object', { a: [{ prefix: 'x', suffix: 'y' }] }, '`a`: expected a value or an object'],
  ['with an unknown operator', { a: [{ regex: 'x' }] }, '`a`: unknown operator `regex`'],
  ['with a number as prefix', { a: [{ prefix: 1 }] }, '`a`: `prefix` must be a string'],
  ['with exists that is not a boolean', { a: [{ exists: 'yes' }] }, '`a`: `exists` must be true or false'],
  ['with two stars in a row', { a: [{ wildcard: 'x**' }] }, '`a`: `wildcard` has two stars in a row'],
  ['with an invalid escape', { a: [{ wildcard: 'x\\y' }] }, '`a`: in `wildcard`, a backslash must be followed by'],
  ['with $or of one pattern', { b: { $or: [{ a: ['x'] }] } }, '`b.$or`: expected a list of at least two patterns'],
  ['with an operator as key within $or', { $or: [{ prefix: ['x'] }, { a: ['x'] }] }, '`prefix`: inside `$or`, the name of an operator'],
])('`matchesPattern` refuses a pattern %s', (_what, pattern, message) => {
  expect(() => matchesPattern(pattern, {})).toThrow(`invalid event pattern at ${message}`);
});
