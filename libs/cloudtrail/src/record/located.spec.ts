import { at, atLikeOthers, fieldsIn, isOmitted, isPresent, membersOf, omittedProblem, readText, scalarOf, textOf } from './located.js';
import type { RecordProblem } from './problem.js';

const located = (value: unknown) => ({ value, path: 'p' });

describe('a field', () => {
  it.each<[string, unknown, unknown, string]>([
    ['in camelCase', { groupId: 'a' }, 'a', 'p.groupId'],
    ['in PascalCase', { GroupId: 'a' }, 'a', 'p.GroupId'],
    ['in camelCase before it is in PascalCase', { GroupId: 'b', groupId: 'a' }, 'a', 'p.groupId'],
    ['under its second name', { id: 'a' }, 'a', 'p.id'],
    ['that is null, and so absent', { groupId: null }, undefined, 'p.groupId'],
    ['that is empty, and so absent', { groupId: '' }, undefined, 'p.groupId'],
    ['that is 0 or false, and so there', { groupId: 0 }, 0, 'p.groupId'],
    ['of what has no fields', 7, undefined, 'p.groupId'],
  ])('%s', (_, parent, value, path) => {
    const found = at(located(parent), 'groupId', 'id');

    expect(found).toEqual({ value, path });
    expect(isPresent(found)).toBe(value !== undefined);
  });

  it('that is absent is called as its neighbours are', () => {
    expect(atLikeOthers(located({ GroupId: 'a', tag: 1 }), 'cidrIp').path).toBe('p.CidrIp');
    expect(atLikeOthers(located({ groupId: 'a' }), 'CidrIp').path).toBe('p.cidrIp');
  });

  it('is listed with all others under the name it has', () => {
    expect(fieldsIn(located({ a: 1, B: null }))).toEqual([
      ['a', { value: 1, path: 'p.a' }],
      ['B', { value: null, path: 'p.B' }],
    ]);
  });
});

describe('the members of a list', () => {
  const members = (list: unknown): unknown[] => membersOf(located(list), []).map(({ value, path }) => [value, path]);

  it.each<[string, unknown, unknown[]]>([
    [
      'are those of `items`',
      { items: ['a', 'b'] },
      [
        ['a', 'p.items[0]'],
        ['b', 'p.items[1]'],
      ],
    ],
    ['are those of `item`', { item: ['a'] }, [['a', 'p.item[0]']]],
    ['are the single one of `item`', { item: { a: 1 } }, [[{ a: 1 }, 'p.item']]],
    ['are those of a plain array', ['a'], [['a', 'p[0]']]],
    ['are the one value that is no list', { a: 1 }, [[{ a: 1 }, 'p']]],
    ['are none of an empty object', {}, []],
    ['are none of an empty `items`', { items: {} }, []],
    ['are none of empty text', '', []],
    ['are none of null', null, []],
    ['are none of nothing', undefined, []],
  ])('%s', (_, list, expected) => {
    expect(members(list)).toEqual(expected);
  });

  it('that CloudTrail cut are none, and that is a problem', () => {
    const problems: RecordProblem[] = [];

    expect(membersOf(located({ omitted: true }), problems)).toEqual([]);
    expect(problems).toEqual([
      {
        code: 'omitted',
        path: 'p',
        text: 'object',
        expected: 'the whole value: CloudTrail leaves out what is larger than 100 KB',
      },
    ]);
    expect(problems).toEqual([omittedProblem(located({ omitted: true }))]);
    expect([isOmitted(located({ omitted: 'true' })), isOmitted(located(null))]).toEqual([false, false]);
  });
});

describe('a scalar', () => {
  it.each<[string, unknown, unknown]>([
    ['text', 'a', 'a'],
    ['a number, which was text', 6, '6'],
    ['true, which was text', true, 'true'],
    ['the content of a tagged member', { tag: 1, content: 'x' }, 'x'],
    ['a number in a tagged member', { tag: 1, content: -1 }, '-1'],
    ['an object without content', { tag: 1 }, { tag: 1 }],
    ['null', null, null],
  ])('is read of %s', (_, value, scalar) => {
    expect(scalarOf(located(value))).toEqual(scalar);
  });

  it.each<[unknown, string | null]>([
    ['a', 'a'],
    [7, '7'],
    ['', null],
    [{}, null],
    [undefined, null],
  ])('of %j has the text %j', (value, text) => {
    expect(textOf(located(value))).toBe(text);
  });

  it.each<[unknown, string | null, string[]]>([
    ['a', 'a', []],
    [undefined, null, []],
    [{ a: 1 }, null, ['wrong-type p object text, or nothing']],
    [[1, 2], null, ['wrong-type p list of 2 text, or nothing']],
  ])('that may be absent, %j, is read as %j', (value, text, expected) => {
    const problems: RecordProblem[] = [];

    expect(readText(located(value), problems)).toBe(text);
    expect(problems.map(({ code, path, text: found, expected: right }) => `${code} ${path} ${found} ${right}`)).toEqual(expected);
  });
});
