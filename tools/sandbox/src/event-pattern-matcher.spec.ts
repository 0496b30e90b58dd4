import { InvalidEventPatternError, matchesEventPattern } from './event-pattern-matcher.js';
import type { JsonObject } from './json.js';

type Row = readonly [why: string, pattern: JsonObject, event: JsonObject, matches: boolean];

const table = (name: string, rows: readonly Row[]): void => {
  describe(name, () => {
    it.each(rows)('%s', (_why, pattern, event, matches) => {
      expect(matchesEventPattern(pattern, event)).toBe(matches);
    });
  });
};

table('a value in the list', [
  ['matches the same text', { a: ['x'] }, { a: 'x' }, true],
  ['matches any of several', { a: ['x', 'y'] }, { a: 'y' }, true],
  ['does not match another text', { a: ['x'] }, { a: 'z' }, false],
  ['is case-sensitive', { a: ['X'] }, { a: 'x' }, false],
  ['is not a substring match', { a: ['x'] }, { a: 'xx' }, false],
  ['does not take a number for a text', { a: ['1'] }, { a: 1 }, false],
  ['matches a number', { a: [1] }, { a: 1 }, true],
  ['matches true', { a: [true] }, { a: true }, true],
  ['matches null', { a: [null] }, { a: null }, true],
  ['does not take null for the empty text', { a: [''] }, { a: null }, false],
  ['does not take a missing field for null', { a: [null] }, {}, false],
  ['does not match a missing field', { a: ['x'] }, { b: 'x' }, false],
  ['wants every key of the pattern', { a: ['x'], b: ['y'] }, { a: 'x' }, false],
  ['lets other keys of the event be', { a: ['x'] }, { a: 'x', b: 'y' }, true],
  ['looks into objects', { a: { b: ['x'] } }, { a: { b: 'x' } }, true],
  ['keeps keys with a dot apart from nesting', { 'a.b': ['x'] }, { a: { b: 'x' } }, false],
  ['matches a key with a dot', { 'detail-type': ['x'], 'a.b': ['y'] }, { 'detail-type': 'x', 'a.b': 'y' }, true],
]);

table('arrays in the event', [
  ['match by any element', { a: ['x'] }, { a: ['w', 'x'] }, true],
  ['do not match by none', { a: ['x'] }, { a: ['w', 'y'] }, false],
  ['are looked through', { items: { id: ['2'] } }, { items: [{ id: '1' }, { id: '2' }] }, true],
  ['are looked through when nested', { items: { id: ['2'] } }, { items: [[{ id: '1' }], [{ id: '2' }]] }, true],
  [
    'match within one element',
    { items: { id: ['1'], port: [22] } },
    {
      items: [
        { id: '1', port: 22 },
        { id: '2', port: 80 },
      ],
    },
    true,
  ],
  [
    'do not match across elements',
    { items: { id: ['1'], port: [80] } },
    {
      items: [
        { id: '1', port: 22 },
        { id: '2', port: 80 },
      ],
    },
    false,
  ],
  [
    'of two different lists are independent',
    { a: { id: ['1'] }, b: { id: ['2'] } },
    { a: [{ id: '0' }, { id: '1' }], b: [{ id: '2' }] },
    true,
  ],
  ['that are empty are nothing', { a: [{ exists: true }] }, { a: [] }, false],
]);

table('exists', [
  ['true matches a leaf', { a: [{ exists: true }] }, { a: 'x' }, true],
  ['true matches null, which is a leaf', { a: [{ exists: true }] }, { a: null }, true],
  ['true does not match a missing field', { a: [{ exists: true }] }, {}, false],
  ['true does not match an object: it sees leaves only', { a: [{ exists: true }] }, { a: { b: 'x' } }, false],
  ['false matches a missing field', { a: [{ exists: false }] }, { b: 'x' }, true],
  ['false matches below a missing object', { a: { b: [{ exists: false }] } }, {}, true],
  ['false matches below null', { a: { b: [{ exists: false }] } }, { a: null }, true],
  ['false does not match a leaf', { a: [{ exists: false }] }, { a: 'x' }, false],
  ['false matches an object, which is no leaf', { a: [{ exists: false }] }, { a: { b: 'x' } }, true],
  [
    'false does not match when any element has it',
    { a: { b: [{ exists: false }] } },
    { a: [{ b: 1 }, { c: 1 }] },
    false,
  ],
  ['false can be one of several', { a: ['x', { exists: false }] }, { a: 'x' }, true],
  ['false as one of several still refuses another value', { a: ['x', { exists: false }] }, { a: 'y' }, false],
]);

table('anything-but', [
  ['matches another value', { a: [{ 'anything-but': 'x' }] }, { a: 'y' }, true],
  ['does not match the value', { a: [{ 'anything-but': 'x' }] }, { a: 'x' }, false],
  ['does not match a missing field', { a: [{ 'anything-but': 'x' }] }, {}, false],
  ['takes a list', { a: [{ 'anything-but': ['x', 'y'] }] }, { a: 'y' }, false],
  ['takes numbers', { a: [{ 'anything-but': [1, 2] }] }, { a: 3 }, true],
  ['takes a prefix', { a: [{ 'anything-but': { prefix: 'ab' } }] }, { a: 'abc' }, false],
  ['takes a list of prefixes', { a: [{ 'anything-but': { prefix: ['ab', 'cd'] } }] }, { a: 'xy' }, true],
  ['takes a suffix', { a: [{ 'anything-but': { suffix: 'bc' } }] }, { a: 'abc' }, false],
  ['takes a wildcard', { a: [{ 'anything-but': { wildcard: 'a*c' } }] }, { a: 'abc' }, false],
  ['takes equals-ignore-case', { a: [{ 'anything-but': { 'equals-ignore-case': ['ABC'] } }] }, { a: 'abc' }, false],
]);

table('an operator', [
  ['prefix matches the start', { a: [{ prefix: 'ab' }] }, { a: 'abc' }, true],
  ['prefix does not match elsewhere', { a: [{ prefix: 'bc' }] }, { a: 'abc' }, false],
  ['prefix can ignore case', { a: [{ prefix: { 'equals-ignore-case': 'AB' } }] }, { a: 'abc' }, true],
  ['prefix does not match a number', { a: [{ prefix: '1' }] }, { a: 12 }, false],
  ['suffix matches the end', { a: [{ suffix: 'bc' }] }, { a: 'abc' }, true],
  ['suffix can ignore case', { a: [{ suffix: { 'equals-ignore-case': 'BC' } }] }, { a: 'abc' }, true],
  ['equals-ignore-case matches any case', { a: [{ 'equals-ignore-case': 'aBc' }] }, { a: 'AbC' }, true],
  ['wildcard matches any run', { a: [{ wildcard: 'arn:*:role/*' }] }, { a: 'arn:aws:iam::1:role/x' }, true],
  ['wildcard matches the whole text', { a: [{ wildcard: 'b*' }] }, { a: 'abc' }, false],
  ['wildcard takes other characters as they are', { a: [{ wildcard: 'a.c*' }] }, { a: 'abc' }, false],
  ['wildcard can be escaped', { a: [{ wildcard: 'a\\*' }] }, { a: 'ab' }, false],
  ['wildcard escaped matches a star', { a: [{ wildcard: 'a\\*' }] }, { a: 'a*' }, true],
  ['numeric matches within', { a: [{ numeric: ['>', 0, '<=', 5] }] }, { a: 5 }, true],
  ['numeric does not match outside', { a: [{ numeric: ['>', 0, '<=', 5] }] }, { a: 0 }, false],
  ['numeric takes numbers only', { a: [{ numeric: ['=', 5] }] }, { a: '5' }, false],
  ['cidr matches an address within', { a: [{ cidr: '10.0.0.0/24' }] }, { a: '10.0.0.255' }, true],
  ['cidr does not match one outside', { a: [{ cidr: '10.0.0.0/24' }] }, { a: '10.0.1.0' }, false],
  ['cidr matches IPv6', { a: [{ cidr: '2001:db8::/32' }] }, { a: '2001:db8::1' }, true],
  ['cidr does not match a name', { a: [{ cidr: '0.0.0.0/0' }] }, { a: 'cloudformation.amazonaws.com' }, false],
]);

table('$or', [
  ['matches by either', { $or: [{ a: ['x'] }, { b: ['y'] }] }, { b: 'y' }, true],
  ['does not match by neither', { $or: [{ a: ['x'] }, { b: ['y'] }] }, { a: 'y' }, false],
  ['stands beside other keys', { c: ['z'], $or: [{ a: ['x'] }, { b: ['y'] }] }, { a: 'x' }, false],
  ['can be nested', { d: { $or: [{ a: ['x'] }, { $or: [{ b: ['y'] }, { c: ['z'] }] }] } }, { d: { c: 'z' } }, true],
]);

describe('a pattern that EventBridge would refuse', () => {
  it.each<readonly [string, JsonObject, string]>([
    ['a value outside a list', { a: 'x' }, 'a value that is not in a list at `a`'],
    ['an empty list', { a: { b: [] } }, 'an empty list at `a.b`'],
    ['an unknown operator', { a: [{ regex: 'x' }] }, '`regex` is not an operator at `a`'],
    ['a numeric without a bound', { a: [{ numeric: ['>'] }] }, '`numeric` wants pairs of operator and number at `a`'],
    ['a numeric with a text', { a: [{ numeric: ['>', '1'] }] }, '`numeric` wants pairs of operator and number at `a`'],
    ['a cidr that is none', { a: [{ cidr: '10.0.0.0' }] }, '`cidr` wants an address block at `a`'],
    ['an exists that is no truth value', { a: [{ exists: 'yes' }] }, '`exists` wants true or false at `a`'],
    ['an $or of one', { $or: [{ a: ['x'] }] }, '`$or` wants two patterns or more at ``'],
    ['a list in a list', { a: [['x']] }, 'a list in a list at `a`'],
  ])('is refused for %s', (_what, pattern, message) => {
    expect(() => matchesEventPattern(pattern, {})).toThrow(
      new InvalidEventPatternError(`event pattern is not valid: ${message}`),
    );
  });
});

describe('the pattern of a rule that guards one group', () => {
  const pattern = {
    source: ['aws.ec2'],
    detail: {
      eventName: ['AuthorizeSecurityGroupIngress', 'ModifySecurityGroupRules'],
      requestParameters: { groupId: ['sg-1', { exists: false }] },
    },
  };
  const call = (requestParameters: unknown): JsonObject => ({
    source: 'aws.ec2',
    detail: { eventName: 'ModifySecurityGroupRules', requestParameters },
  });

  it.each<readonly [string, unknown, boolean]>([
    ['lets a call to the group through', { groupId: 'sg-1' }, true],
    ['drops a call to another group', { groupId: 'sg-2' }, false],
    [
      'lets a call through that names its group elsewhere',
      { ModifySecurityGroupRulesRequest: { GroupId: 'sg-2' } },
      true,
    ],
    ['lets a call without parameters through', null, true],
  ])('%s', (_what, requestParameters, matches) => {
    expect(matchesEventPattern(pattern, call(requestParameters))).toBe(matches);
  });
});
