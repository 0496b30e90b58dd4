/** Checks the documents about `infra`: every test that they name exists, and every cost follows from the unit prices. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const WORKSPACE = join(__dirname, '../..');

/** Returns the cells of every table row of a document, without headers. */
function rowsOf(document: string): readonly (readonly string[])[] {
  return readFileSync(join(WORKSPACE, 'docs', document), 'utf8')
    .split('\n')
    .filter((line) => /^\| (?!-)/.test(line))
    .map((line) => line.slice(2).split(/ *\| ?/));
}

it('has every test that docs/security.md names as a proof', () => {
  const titles = ['infra/src', 'libs/settings/src'].flatMap((folder) =>
    readdirSync(join(WORKSPACE, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.spec.ts'))
      .flatMap((name) => {
        const source = readFileSync(join(WORKSPACE, folder, name), 'utf8');
        return [...source.matchAll(/'((?:[^'\\\n]|\\.)+)', \(/g)].map(([, title]) => `\`${name.replace(/^.*\//, '')}\`: ${String(title)}`);
      }),
  );
  const [, ...controls] = rowsOf('security.md');

  expect(controls.length).toBeGreaterThan(25);
  expect(controls.map(([, , proof]) => proof).filter((proof) => !titles.includes(proof ?? ''))).toEqual([]);
});

describe('the costs in docs/operations.md', () => {
  const rows = rowsOf('operations.md');
  const amountOf = (name: string): string => rows.find(([what]) => what === name)?.[1] ?? `no row ${name}`;
  const price = (name: string): number => Number(amountOf(name).replace('$', ''));

  function evaluated(evaluations: number, invocations: number): number {
    return (
      Math.min(evaluations, 100_000) * price('AWS Config rule evaluation, of the first 100,000') +
      Math.max(0, evaluations - 100_000) * price('AWS Config rule evaluation, of the next 400,000') +
      invocations * price('Lambda request') +
      invocations * 0.5 * 0.25 * price('Lambda GB-second, arm64') +
      ((invocations * 5) / 1e6) * price('CloudWatch Logs, GB taken in')
    );
  }

  /** Returns the cost of a month in which each change is restored. One change causes two items, two evaluations and five invocations. */
  function month(changes: number): number {
    const fixed = 12 * price('CloudWatch alarm, a month') + 12 * price('CloudWatch custom metric, a month');
    return 2 * changes * price('AWS Config configuration item') + evaluated(2 * changes, 5 * changes) + fixed;
  }

  it.each([
    ['10', month(10)],
    ['1,000', month(1_000)],
    ['100,000', month(100_000)],
    ['1,000 items of unguarded groups', evaluated(1_000, 1_000)],
    ['100,000 items of unguarded groups', evaluated(100_000, 100_000)],
    ['an update of the rule, with 5,000 groups in its scope', evaluated(5_000, 5_000)],
    ['a second copy of 1,000,000 management events', 1_000_000 * price('CloudTrail management event, of a second copy')],
  ])('follow from the unit prices: %s', (what, dollars) => {
    expect(amountOf(what)).toBe(`$${dollars.toFixed(2)}`);
  });
});
