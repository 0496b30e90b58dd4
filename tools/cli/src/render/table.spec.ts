import * as fc from 'fast-check';
import stringWidth from 'string-width';
import { renderCutInMiddle, renderTable, type Column } from './table.js';

interface Row {
  readonly id: string;
  readonly name: string;
  readonly what: string;
}

const COLUMNS: readonly Column<Row>[] = [
  { head: 'ID', kind: 'id', cell: ({ id }) => id },
  { head: 'NAME', kind: 'name', cell: ({ name }) => name },
  { head: 'WHAT', kind: 'text', cell: ({ what }) => what },
];
const ID = 'sg-0a1b2c3d4e5f60718';

it('renderTable aligns the columns of a table that contains wide characters', () => {
  const rows = [
    { id: 'a', name: 'web', what: 'one' },
    { id: 'b', name: '日本', what: 'two' },
  ];

  expect(renderTable(COLUMNS, rows)).toBe('ID  NAME  WHAT\na   web   one\nb   日本  two');
});

it.each([
  ['public-web-frontend', 10, 'publi…tend'],
  ['日本語日本語', 8, '日本…語'],
  ['web', 3, 'web'],
])('renderCutInMiddle cuts the name %s in the middle, to at most %i columns', (text, width, expected) => {
  expect(renderCutInMiddle(text, width)).toBe(expected);
});

it('renderTable cuts long names in the middle and wraps long text between words', () => {
  const row = { id: ID, name: 'public-web-frontend-load-balancer', what: 'SSH open to the whole internet (declared: 10.0.0.0/8)' };

  expect(renderTable(COLUMNS, [row], 80)).toBe(
    `ID                    NAME                          WHAT
sg-0a1b2c3d4e5f60718  public-web-fro…load-balancer  SSH open to the whole
                                                    internet (declared:
                                                    10.0.0.0/8)`,
  );
});

it('if a column does not fit, renderTable shows each of its cells below the row, except empty cells', () => {
  const rows = [
    { id: ID, name: 'web', what: 'SSH open to the whole internet (declared: 10.0.0.0/8, 192.0.2.0/24)' },
    { id: ID, name: 'db', what: '' },
  ];

  expect(renderTable(COLUMNS, rows, 50)).toBe(
    `ID                    NAME
${ID}  web
  what: SSH open to the whole internet (declared:
        10.0.0.0/8, 192.0.2.0/24)
${ID}  db`,
  );
});

it('renderTable colours each line of a wrapped cell', () => {
  const columns = COLUMNS.map((column) => ({ ...column, paint: (text: string) => `<${text}>` }));

  expect(renderTable(columns, [{ id: 'a', name: 'web', what: 'one two' }], 40)).toBe('ID  NAME  WHAT\n<a>   <web>   <one two>');
});

it('without a width, renderTable cuts no cell, and does not pad the cells to the width of a long name', () => {
  const long = 'x'.repeat(255);
  const text = renderTable(COLUMNS, [
    { id: ID, name: long, what: 'one' },
    { id: ID, name: 'web', what: 'two' },
  ]);

  expect(text.split('\n').slice(1)).toEqual([`${ID}  ${long}  one`, `${ID}  ${'web'.padEnd(32)}  two`]);
});

const word = fc.string({ unit: fc.constantFrom('a', 'b', '-', '日', '語', 'é'), minLength: 1, maxLength: 12 });
const rows = fc.array(
  fc.record({
    id: fc.constantFrom(ID, 'sg-0000000a'),
    name: fc.array(word, { maxLength: 20 }).map((words) => words.join('-')),
    what: fc.array(word, { maxLength: 20 }).map((words) => words.join(' ')),
  }),
  { minLength: 1, maxLength: 5 },
);

it.each([60, 80, 200])('renderTable fits a table into %i columns without breaking an id or a word', (width) => {
  fc.assert(
    fc.property(rows, (table) => {
      const text = renderTable(COLUMNS, table, width);

      expect(Math.max(...text.split('\n').map(stringWidth))).toBeLessThanOrEqual(width);
      for (const { id, what } of table) for (const whole of [id, ...what.split(' ')]) expect(text).toContain(whole);
    }),
  );
});
