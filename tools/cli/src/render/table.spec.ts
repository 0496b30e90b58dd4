import stringWidth from 'string-width';
import { tableText, type Column } from './table.js';

const columns: Column<readonly [string, string]>[] = [
  { head: 'NAME', cell: ([name]) => name },
  { head: 'WHAT', cell: ([, what]) => what, paint: (text) => `<${text}>` },
];

it('aligns columns with wide characters', () => {
  expect(
    tableText(columns, [
      ['web', 'a'],
      ['日本', 'b'],
    ]),
  ).toBe('NAME  WHAT\nweb   <a>\n日本  <b>');
});

it('cuts only the widest column if a line is too long', () => {
  const text = tableText(columns, [['web', 'x'.repeat(100)]], 20);

  expect(text.split('\n')[1]).toBe(`web   <${'x'.repeat(13)}…>`);
});

it.each([10, 20, 40, 80])('keeps lines within %i characters if every column can have six', (width) => {
  const plain = columns.map(({ head, cell }) => ({ head, cell }));
  const rows = [['日本語'.repeat(9), 'x'.repeat(50)] as const, ['a', ''] as const];

  for (const line of tableText(plain, rows, Math.max(width, 14)).split('\n'))
    expect(stringWidth(line)).toBeLessThanOrEqual(Math.max(width, 14));
});
