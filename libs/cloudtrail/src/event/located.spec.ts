import {
  cloudTrailListMembers,
  cloudTrailScalar,
  cloudTrailText,
  cloudTrailField,
  cloudTrailFieldInParentCase,
  type Located,
} from './located.js';

function located(value: unknown): Located {
  return { value, path: 'p' };
}

it.each<[string, unknown, unknown, string]>([
  ['in camelCase', { groupId: 'a' }, 'a', 'p.groupId'],
  ['in PascalCase', { GroupId: 'a' }, 'a', 'p.GroupId'],
  ['in camelCase before PascalCase', { GroupId: 'b', groupId: 'a' }, 'a', 'p.groupId'],
  ['under its second name', { id: 'a' }, 'a', 'p.id'],
  ['as absent if it is null', { groupId: null }, undefined, 'p.groupId'],
  ['as absent if it is empty', { groupId: '' }, undefined, 'p.groupId'],
  ['as present if it is 0', { groupId: 0 }, 0, 'p.groupId'],
  ['as absent in a value without fields', 7, undefined, 'p.groupId'],
])('`cloudTrailField` finds a field %s', (_, parent, value, path) => {
  expect(cloudTrailField(located(parent), 'groupId', 'id')).toEqual({ value, path });
});

it('for an absent field, `cloudTrailFieldInParentCase` writes the path in the case of the other fields, camelCase or PascalCase', () => {
  expect(cloudTrailFieldInParentCase(located({ GroupId: 'a', tag: 1 }), 'cidrIp').path).toBe('p.CidrIp');
  expect(cloudTrailFieldInParentCase(located({ groupId: 'a' }), 'CidrIp').path).toBe('p.cidrIp');
});

it.each<[string, unknown, Record<string, unknown>]>([
  ['`items`', { items: ['a', 'b'] }, { 'p.items[0]': 'a', 'p.items[1]': 'b' }],
  ['`item` with a list', { item: ['a'] }, { 'p.item[0]': 'a' }],
  ['`item` with one member', { item: { a: 1 } }, { 'p.item': { a: 1 } }],
  ['a plain array', ['a'], { 'p[0]': 'a' }],
  ['a single value without a list around it', { a: 1 }, { p: { a: 1 } }],
  ['an empty object', {}, {}],
  ['empty `items`', { items: {} }, {}],
  ['empty text', '', {}],
  ['null', null, {}],
  ['an absent list', undefined, {}],
])('`cloudTrailListMembers` reads the members of %s', (_, list, members) => {
  expect(Object.fromEntries(cloudTrailListMembers(located(list), []).map(({ value, path }) => [path, value]))).toEqual(members);
});

it.each<[unknown, unknown, string | null]>([
  ['a', 'a', 'a'],
  [6, '6', '6'],
  [true, 'true', 'true'],
  [{ tag: 1, content: 'x' }, 'x', 'x'],
  [{ tag: 1, content: -1 }, '-1', '-1'],
  [{ tag: 1 }, { tag: 1 }, null],
  [null, null, null],
  ['', '', null],
  [undefined, undefined, null],
])('for the recorded value %j, `cloudTrailScalar` returns %j and `cloudTrailText` returns %j', (value, scalar, text) => {
  expect([cloudTrailScalar(located(value)), cloudTrailText(located(value))]).toEqual([scalar, text]);
});
