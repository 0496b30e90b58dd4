import type { StackProblem } from './problem.js';
import { parseTemplate, referencesIn, resolveReferences } from './reference.js';

const parsed = (text: string): { template: unknown; problems: readonly StackProblem[] } => {
  const problems: StackProblem[] = [];
  const template = parseTemplate(text, 'here', (problem) => problems.push(problem));
  return { template, problems };
};

describe('a text of a stack', () => {
  it.each([
    { name: 'without a reference', text: 'plain', parts: ['plain'] },
    { name: 'that is empty', text: '', parts: [] },
    { name: 'that is a reference', text: '${aws_x.y.arn}', parts: [['aws_x.y', 'arn']] },
    { name: 'with a reference between', text: 'a${aws_x.y.arn}b', parts: ['a', ['aws_x.y', 'arn'], 'b'] },
    {
      name: 'with two side by side',
      text: '${aws_x.y.a}${aws_x.z.b}',
      parts: [
        ['aws_x.y', 'a'],
        ['aws_x.z', 'b'],
      ],
    },
    { name: 'of a data source', text: '${data.aws_x.y.id}', parts: [['data.aws_x.y', 'id']] },
    { name: 'with hyphens in the name', text: '${aws_x.y-z_1.id}', parts: [['aws_x.y-z_1', 'id']] },
    { name: 'with spaces around', text: '${ aws_x.y.id }', parts: [['aws_x.y', 'id']] },
    { name: 'of a nested attribute', text: '${aws_x.y.rule[0].status}', parts: [['aws_x.y', 'rule', '0', 'status']] },
    { name: 'with an index as Terraform also takes it', text: '${aws_x.y.rule.0}', parts: [['aws_x.y', 'rule', '0']] },
    { name: 'with an escaped expression', text: '$${aws_x.y.id}', parts: ['${aws_x.y.id}'] },
    { name: 'with an escaped directive', text: '%%{if}', parts: ['%{if}'] },
    { name: 'with a lone dollar, which is itself', text: 'US$ 5 {a}', parts: ['US$ 5 {a}'] },
  ])('$name is read as Terraform reads it', ({ text, parts }) => {
    const { template, problems } = parsed(text);

    const expected = parts.map((part): unknown =>
      typeof part === 'string'
        ? part
        : (expect.objectContaining({ address: part[0], attribute: part.slice(1) }) as unknown),
    );
    expect(template).toEqual(expected);
    expect(problems).toEqual([]);
  });

  it.each([
    '${jsonencode({ a = 1 })}', // a function, with braces of its own
    '${aws_x.y}', // a whole resource
    '${aws_x.y[*].id}', // a splat
    '${var.name}', // a variable has no attribute
    '${aws_x.y.a == 1 ? "a" : "b"}',
    '${}',
    '%{ if true }', // a directive
  ])('that holds %s, which is no plain reference, is refused with it', (expression) => {
    const { problems } = parsed(`before ${expression} after`);

    expect(problems).toEqual([
      expect.objectContaining({ code: 'not-plain-reference', path: 'here', text: expression }),
    ]);
  });

  it('tells every expression that is refused, not only the first', () => {
    expect(parsed('${f(1)} and ${g(2)}').problems.map(({ text }) => text)).toEqual(['${f(1)}', '${g(2)}']);
  });
});

describe('references in a JSON value', () => {
  const value = { a: ['${aws_x.y.id}', { b: 'at ${data.aws_x.y.name}' }], c: 5, d: null };

  it('are found wherever they are, with their place', () => {
    const found = referencesIn(value, 'aws_z.z', () => undefined);

    expect(found.map(({ path, reference }) => [path, reference.address])).toEqual([
      ['aws_z.z.a[0]', 'aws_x.y'],
      ['aws_z.z.a[1].b', 'data.aws_x.y'],
    ]);
  });

  it('give way to their values, and everything else stays', () => {
    const resolved = resolveReferences(value, ({ address, attribute }) => `<${address} ${attribute.join('/')}>`);

    expect(resolved).toEqual({ a: ['<aws_x.y id>', { b: 'at <data.aws_x.y name>' }], c: 5, d: null });
  });

  it.each([5, true, ['a'], { a: 1 }])('that are a whole text become the value itself: %j', (attribute) => {
    expect(resolveReferences('${aws_x.y.z}', () => attribute)).toEqual(attribute);
  });

  it('become text inside a text, when they are text, numbers or flags', () => {
    expect(resolveReferences('${aws_x.y.z}%', () => 5)).toBe('5%');
    expect(resolveReferences('is ${aws_x.y.z}', () => false)).toBe('is false');
    expect(() => resolveReferences('is ${aws_x.y.z}', () => ['a'])).toThrow('${aws_x.y.z} is no text');
  });

  it('are put in once: a value that looks like a reference is a value', () => {
    expect(resolveReferences('${aws_x.y.z}', () => '${aws_x.y.z}')).toBe('${aws_x.y.z}');
  });
});
