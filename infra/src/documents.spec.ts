/** What the documents promise about `infra` is what the tests prove. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const docs = join(__dirname, '..', '..', 'docs');
const rows = (file: string): readonly (readonly string[])[] =>
  readFileSync(join(docs, file), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('|') && !line.startsWith('| --'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );

describe('docs/security.md', () => {
  const sources = new Map(
    readdirSync(__dirname, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.spec.ts'))
      .map((name) => [name.replace(/^.*\//, ''), readFileSync(join(__dirname, name), 'utf8')]),
  );
  const controls = rows('security.md').slice(1);

  it('has a control in every line', () => {
    expect(controls.length).toBeGreaterThan(25);
  });

  it.each(controls.map(([control = '', , proof = '']) => [control, proof]))('%s: is proved by a test', (_, proof) => {
    const [, file = '', title = ''] = /^`([\w.-]+)`: (.+)$/.exec(proof) ?? [];

    expect(sources.get(file) ?? '').toContain(`'${title}'`);
  });
});

describe('docs/operations.md', () => {
  const text = readFileSync(join(docs, 'operations.md'), 'utf8');
  const priced = (name: string): number => {
    const row = rows('operations.md').find(([what]) => what === name);
    if (row?.[1] === undefined) throw new Error(`no price of ${name}`);
    return Number(row[1].replace('$', ''));
  };

  /** Dollars of so many evaluations and invocations. */
  const evaluated = (evaluations: number, invocations: number): number =>
    Math.min(evaluations, 100_000) * priced('AWS Config rule evaluation, of the first 100,000') +
    Math.max(0, evaluations - 100_000) * priced('AWS Config rule evaluation, of the next 400,000') +
    invocations * priced('Lambda request') +
    invocations * 0.5 * 0.25 * priced('Lambda GB-second, arm64') +
    ((invocations * 5) / 1e6) * priced('CloudWatch Logs, GB taken in');

  /** Dollars of a month with so many changes, each by somebody and each restored. */
  const cost = (changes: number): number =>
    2 * changes * priced('AWS Config configuration item') +
    evaluated(2 * changes, 5 * changes) +
    12 * priced('CloudWatch alarm, a month') +
    12 * priced('CloudWatch custom metric, a month');

  it.each([10, 1_000, 100_000])('says what %i changes a month cost', (changes) => {
    const row = rows('operations.md').find(([what]) => what === changes.toLocaleString('en-US'));

    expect(row?.[1]).toBe(`$${cost(changes).toFixed(2)}`);
  });

  it.each([
    ['1,000 items of unguarded groups', evaluated(1_000, 1_000)],
    ['100,000 items of unguarded groups', evaluated(100_000, 100_000)],
    ['an update of the rule, with 5,000 groups in its scope', evaluated(5_000, 5_000)],
    ['a second copy of 1,000,000 management events', 1_000_000 * priced('CloudTrail management event, of a second copy')],
  ])('says what %s cost', (what, dollars) => {
    expect(rows('operations.md').find(([first]) => first === what)?.[1]).toBe(`$${dollars.toFixed(2)}`);
  });

  it.each(['Pause', 'Undo', 'Exclude a group', 'Raise a quota', 'The recorder is gone'])('says at night how to: %s', (what) => {
    expect(text).toContain(`### ${what}`);
  });
});
