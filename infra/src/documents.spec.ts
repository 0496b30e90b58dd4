import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readSettings } from '@portcullis/settings';

const WORKSPACE = join(__dirname, '../..');

/** Returns the cells of every table row of a document, without headers. */
function rowsOf(document: string): readonly (readonly string[])[] {
  return readFileSync(join(WORKSPACE, 'docs', document), 'utf8')
    .split('\n')
    .filter((line) => /^\| (?!-)/.test(line))
    .map((line) => line.slice(2).split(/ *\| ?/));
}

/** Returns the text of each spec by its path in the workspace. */
function specsIn(...folders: readonly string[]): ReadonlyMap<string, string> {
  const paths = folders.flatMap((folder) =>
    readdirSync(join(WORKSPACE, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.spec.ts') && !name.includes('node_modules'))
      .map((name) => `${folder}/${name}`),
  );
  return new Map(paths.map((path) => [path, readFileSync(join(WORKSPACE, path), 'utf8').replaceAll("\\'", "'")]));
}

it.each([
  ['security.md', 25],
  ['promises.md', 80],
])('every test that docs/%s names exists', (document, least) => {
  const specs = [...specsIn('apps', 'infra', 'libs', 'tools')];
  const [, ...rows] = rowsOf(document);
  const proofs = rows.map(([, , proof = '']) => proof);
  const isProven = (proof: string): boolean => {
    // A cell with a proof begins with the file name of a spec in `infra`, or with a link to a spec.
    const [, name, linked, title = ''] = /^(?:`([^`]+)`|\[[^\]]+\]\(\.\.\/([^)]+)\)): (.+)$/.exec(proof) ?? [];
    const isNamed = (path: string): boolean => (linked === undefined ? path.endsWith(`/${String(name)}`) : path === linked);
    return specs.some(([path, text]) => isNamed(path) && ["'", '"', '`'].some((quote) => text.includes(quote + title + quote)));
  };

  expect(proofs.length).toBeGreaterThan(least);
  expect(proofs.filter((proof) => !isProven(proof))).toEqual([]);
});

it('the settings files in the README, for an organization and for a module, are valid', () => {
  const readme = readFileSync(join(WORKSPACE, 'infra/README.md'), 'utf8');
  const examples = [...readme.matchAll(/```yaml\n([^]*?)```/g)].map(([, text = '']) => text);

  expect(examples.map(readSettings)).toMatchObject([
    { ok: true, value: [{ organization: { excludedAccounts: ['777788889999'] } }] },
    { ok: true, value: [{ recorder: 'existing' }] },
  ]);
});

describe('the costs in docs/operations.md', () => {
  const rows = rowsOf('operations.md');
  const amountOf = (name: string): string => rows.find(([what]) => what === name)?.[1] ?? `no row ${name}`;
  const price = (name: string): number => Number(amountOf(name).replace('$', ''));

  function evaluated(evaluations: number, invocations: number): number {
    return (
      Math.min(evaluations, 100_000) * price('each of the first 100,000 AWS Config rule evaluations') +
      Math.max(0, evaluations - 100_000) * price('each of the next 400,000 AWS Config rule evaluations') +
      invocations * price('Lambda request') +
      invocations * 0.5 * 0.25 * price('Lambda GB-second, arm64') +
      ((invocations * 5) / 1e6) * price('GB that CloudWatch Logs ingests')
    );
  }

  /**
   * Returns the cost of a month in dollars, given the number of restored changes. One change causes two configuration items, two
   * evaluations and five invocations.
   */
  function month(changes: number): number {
    const fixed = 12 * price('CloudWatch alarm, a month') + 12 * price('CloudWatch custom metric, a month');
    return 2 * changes * price('AWS Config configuration item') + evaluated(2 * changes, 5 * changes) + fixed;
  }

  it.each([
    ['10', month(10)],
    ['1,000', month(1_000)],
    ['100,000', month(100_000)],
    ['1,000 configuration items of unguarded groups', evaluated(1_000, 1_000)],
    ['100,000 configuration items of unguarded groups', evaluated(100_000, 100_000)],
    ['an update of an AWS Config rule that covers 5,000 groups', evaluated(5_000, 5_000)],
    ['1,000,000 management events in a second trail', 1_000_000 * price('management event in a second trail')],
  ])('the cost of %s follows from the unit prices', (what, dollars) => {
    expect(amountOf(what)).toBe(`$${dollars.toFixed(2)}`);
  });
});
