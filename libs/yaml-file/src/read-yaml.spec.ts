import { MAX_FILE_LENGTH, readYaml } from './read-yaml.js';

const dataOf = (text: string): unknown => {
  const read = readYaml(text);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.value.data;
};

const codes = (text: string): string[] => {
  const read = readYaml(text);
  return [...new Set((read.ok ? read.value.problems : read.problems).map(({ code }) => code))];
};

describe('readYaml', () => {
  it.each([
    ['block style', 'a:\n  - b: 1\n  - c', { a: [{ b: 1 }, 'c'] }],
    ['flow style', '{ a: [{ b: 1 }, c] }', { a: [{ b: 1 }, 'c'] }],
    ['JSON with tabs', '{\n\t"a": [\n\t\t1\n\t]\n}', { a: [1] }],
    ['a byte order mark', '\uFEFFa: 1', { a: 1 }],
    ['values left empty', 'a:\nb: [1, ]\n? c', { a: null, b: [1], c: null }],
    ['an anchor defined twice', 'a: &x 1\nb: *x\nc: &x 2\nd: *x', { a: 1, b: 1, c: 2, d: 2 }], // each alias refers to the last definition before the alias
    ['an anchor redefined after use', 'a: &x 1\nb: &y [*x]\nc: &x 2\nd: *y', { a: 1, b: [1], c: 2, d: [1] }],
    ['numbers as keys', '1: a', { 1: 'a' }],
    ['a tag of the core schema', 'a: !!str 80', { a: '80' }],
    ['words such as yes, which are not booleans', 'a: [yes, no, on, true]', { a: ['yes', 'no', 'on', true] }],
  ])('readYaml reads the data of a text from %s', (_, text, data) => {
    expect(dataOf(text)).toEqual(data);
  });

  it('readYaml returns the first value of a key that is written twice, and reports a problem', () => {
    expect(dataOf('a: 1\na: 2')).toEqual({ a: 1 });
    expect(codes('a: 1\na: 2')).toEqual(['duplicate-key']);
  });

  it('readYaml accepts any key, even `__proto__` and `constructor`', () => {
    const data = dataOf('__proto__: { x: 1 }\nconstructor: 2');

    expect(JSON.stringify(data)).toBe('{"__proto__":{"x":1},"constructor":2}');
    expect(data).not.toHaveProperty('x');
  });
});

describe('a text', () => {
  const billion = Array.from({ length: 30 }, (_, i) => (i === 0 ? 'a0: &a0 [x, x]' : `a${i}: &a${i} [${`*a${i - 1}, `.repeat(9)}]`)).join(
    '\n',
  );

  it.each([
    ['has too many characters', 'x'.repeat(MAX_FILE_LENGTH + 1), ['too-large']],
    ['expands a few aliases into a billion values', billion, ['too-large']],
    ['has an alias that contains itself', 'a: &a { b: [*a] }', ['endless-alias']],
    ['nests lists too deeply', '['.repeat(100_000), ['too-deep']],
    ['nests objects too deeply', '{a: '.repeat(50_000), ['too-deep']],
    ['nests blocks too deeply', '- '.repeat(50_000), ['too-deep']],
    ['nests keys too deeply', '? '.repeat(50_000), ['too-deep']],
    ['nests lists too deeply in the second document', `a: 1\n---\n${'['.repeat(100_000)}`, ['too-deep']],
    ['has thousands of syntax errors', ']'.repeat(2_000), ['syntax', 'more-syntax']],
  ])('readYaml quickly refuses a text that %s', (_, text, expected) => {
    expect(codes(text)).toEqual(expected);
  });

  it('readYaml reads a text with many keys quickly', () => {
    const text = Array.from({ length: 30_000 }, (_, i) => `k${i}: 1`).join('\n');

    // A comparison of all pairs of keys would take 15 seconds, and the test would time out.
    expect(dataOf(text)).toHaveProperty('k29999', 1);
  });
});

it('readYaml reads a text of the maximum length', () => {
  expect(dataOf(`a: ${'x'.repeat(MAX_FILE_LENGTH - 3)}`)).toEqual({ a: 'x'.repeat(MAX_FILE_LENGTH - 3) });
});
