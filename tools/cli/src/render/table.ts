/** Renders tables that fit the terminal. In output to a pipe, no cell is cut, and cells are padded only up to `MAX_PADDED_WIDTH`. */
import stringWidth from 'string-width';
import { splitTextAtSpaces, renderWrapped } from './wrapped.js';

export interface Column<Row> {
  readonly head: string;
  readonly cell: (row: Row) => string;
  /** `id`: never cut. `name`: cut in the middle if necessary. `text`: wrapped between words. */
  readonly kind: 'id' | 'name' | 'text';
  /** Colours the text of a cell after it was cut or wrapped. */
  readonly paint?: (text: string, row: Row) => string;
}

/** The minimum width of a cut name. */
const MIN_NAME_WIDTH = 10;
/** The minimum width of a column of text. Shorter lines would be hard to read. */
const MIN_TEXT_WIDTH = 28;
/** The width up to which cells are padded in output to a pipe. */
const MAX_PADDED_WIDTH = 32;
const GAP = '  ';

/**
 * Returns the text of the table: a line for the heads and at least one line for each row, without a final line break. If the width is too
 * small for all columns, the cells of the last columns are shown below each row. A line is wider than `width` only if an id or a single
 * word is wider.
 */
export function renderTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[], width = Infinity): string {
  const measured = columns.map((column) => measureTableColumn(column, rows));
  let beside = measured.length;
  while (beside > 1 && tableWidth(measured.slice(0, beside), ({ min }) => min) > width) beside -= 1;
  const inLine = measured.slice(0, beside);
  const widths = fitColumnWidths(inLine, width);
  const lineOf = (cells: readonly (readonly string[])[], paint: (text: string, i: number) => string): string[] =>
    Array.from({ length: Math.max(...cells.map(({ length }) => length)) }, (_, n) =>
      cells
        .map((lines, i) => {
          const text = lines[n] ?? '';
          return `${paint(text, i)}${columnPadding(text, widths[i] ?? 0)}`;
        })
        .join(GAP)
        .trimEnd(),
    );
  const heads = inLine.map(({ column }) => [column.head]);
  return [
    ...lineOf(heads, (text) => text),
    ...rows.flatMap((row) => [
      ...lineOf(
        inLine.map(({ column }, i) => fitCellLines(column, column.cell(row), width === Infinity ? Infinity : (widths[i] ?? 0))),
        (text, i) => columns[i]?.paint?.(text, row) ?? text,
      ),
      ...columns.slice(beside).flatMap((column) => cellLinesBelowRow(column, row, width)),
    ]),
  ].join('\n');
}

/** Returns the rows as lines whose columns are aligned. */
export function alignTableCells(rows: readonly (readonly string[])[]): string[] {
  const widths = rows.reduce<number[]>((widest, cells) => cells.map((cell, i) => Math.max(widest[i] ?? 0, stringWidth(cell))), []);
  return rows.map((cells) =>
    cells
      .map((cell, i) => cell + columnPadding(cell, widths[i] ?? 0))
      .join(' ')
      .trimEnd(),
  );
}

export function columnPadding(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - stringWidth(text)));
}

/** Splits text into visible characters, e.g. an emoji with its modifiers. */
const CHARACTERS = new Intl.Segmenter('en');

/** Cuts the middle out of a text that is wider than `width`. Keeps the end, because names often differ only at the end. */
export function renderCutInMiddle(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  const characters = Array.from(CHARACTERS.segment(text), ({ segment }) => segment);
  const end = renderedCharactersThatFit([...characters].reverse(), Math.floor((width - 1) / 2)).reverse();
  return `${renderedCharactersThatFit(characters, width - 1 - stringWidth(end.join(''))).join('')}…${end.join('')}`;
}

/** Returns the first characters that fit the width. */
function renderedCharactersThatFit(characters: readonly string[], width: number): string[] {
  const kept: string[] = [];
  let used = 0;
  for (const character of characters) {
    used += stringWidth(character);
    if (used > width) break;
    kept.push(character);
  }
  return kept;
}

interface MeasuredColumn<Row> {
  readonly column: Column<Row>;
  readonly natural: number;
  readonly min: number;
}

function measureTableColumn<Row>(column: Column<Row>, rows: readonly Row[]): MeasuredColumn<Row> {
  const cells = rows.map(column.cell);
  const widest = (texts: readonly string[]): number => texts.reduce((max, text) => Math.max(max, stringWidth(text)), 0);
  const head = stringWidth(column.head);
  const natural = Math.max(head, widest(cells));
  switch (column.kind) {
    case 'id':
      return { column, natural, min: natural };
    case 'name':
      return { column, natural, min: Math.max(head, Math.min(natural, MIN_NAME_WIDTH)) };
    case 'text':
      return { column, natural, min: Math.max(Math.min(natural, MIN_TEXT_WIDTH), widest(cells.flatMap(splitTextAtSpaces))) };
  }
}

function tableWidth<Row>(columns: readonly MeasuredColumn<Row>[], of: (column: MeasuredColumn<Row>) => number): number {
  return columns.reduce((sum, column) => sum + of(column), 0) + GAP.length * (columns.length - 1);
}

/** Returns the widths of the columns. Repeatedly narrows the widest column that is not at its minimum, until the columns fit. */
function fitColumnWidths<Row>(columns: readonly MeasuredColumn<Row>[], width: number): number[] {
  if (width === Infinity) return columns.map(({ natural }) => Math.min(natural, MAX_PADDED_WIDTH));
  const widths = columns.map(({ natural }) => natural);
  for (let over = tableWidth(columns, ({ natural }) => natural) - width; over > 0; over -= 1) {
    const spare = columns.map(({ min }, i) => ((widths[i] ?? 0) > min ? (widths[i] ?? 0) : 0));
    const widest = Math.max(...spare);
    if (widest === 0) break;
    widths[spare.indexOf(widest)] = widest - 1;
  }
  return widths;
}

function fitCellLines<Row>({ kind }: Column<Row>, text: string, width: number): string[] {
  if (kind === 'id') return [text];
  return kind === 'name' ? [renderCutInMiddle(text, width)] : renderWrapped(text, 0, width).split('\n');
}

/** Returns the head of the column and the text of the cell, as lines below the row. Returns no line if the cell is empty. */
function cellLinesBelowRow<Row>(column: Column<Row>, row: Row, width: number): string[] {
  const text = column.cell(row);
  if (text === '') return [];
  const head = `  ${column.head.toLowerCase()}: `;
  const indent = stringWidth(head);
  const fits = column.kind === 'name' ? renderCutInMiddle(text, width - indent) : renderWrapped(text, indent, width);
  return `${head}${fits}`.split('\n').map((line) => column.paint?.(line, row) ?? line);
}
