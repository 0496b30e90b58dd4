/** Renders tables that fit the terminal. If the terminal is too narrow, the widest columns are cut first. */
import stringWidth from 'string-width';

export interface Column<Row> {
  readonly head: string;
  readonly cell: (row: Row) => string;
  /** Colours the text of a cell after the text has been fitted. */
  readonly paint?: (text: string, row: Row) => string;
}

/** No column is cut below this many characters. */
const MIN_WIDTH = 6;
const GAP = '  ';

/** Returns a line for the heads and one for each row, without a final line break. No line is wider than `width`. */
export function tableText<Row>(columns: readonly Column<Row>[], rows: readonly Row[], width = Infinity): string {
  const cells = rows.map((row) => columns.map(({ cell }) => cell(row)));
  const heads = columns.map(({ head }) => head);
  const widths = fitted(columnWidths([heads, ...cells]), width - GAP.length * (columns.length - 1));
  const line = (texts: readonly string[], row?: Row): string =>
    texts
      .map((text, i) => {
        const fit = cut(text, widths[i] ?? 0);
        const paint = columns[i]?.paint;
        return (row === undefined || paint === undefined ? fit : paint(fit, row)) + padding(fit, widths[i] ?? 0);
      })
      .join(GAP)
      .trimEnd();
  return [line(heads), ...rows.map((row, i) => line(cells[i] ?? [], row))].join('\n');
}

/** Returns the rows as lines whose columns are aligned. */
export function alignedLines(rows: readonly (readonly string[])[]): string[] {
  const widths = columnWidths(rows);
  return rows.map((cells) =>
    cells
      .map((cell, i) => cell + padding(cell, widths[i] ?? 0))
      .join(' ')
      .trimEnd(),
  );
}

/** Returns the spaces that fill the text up to the width. */
export function padding(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - stringWidth(text)));
}

function columnWidths(rows: readonly (readonly string[])[]): number[] {
  return rows.reduce<number[]>((widest, cells) => cells.map((cell, i) => Math.max(widest[i] ?? 0, stringWidth(cell))), []);
}

/** Narrows the widest column again and again until all fit. */
function fitted(natural: readonly number[], available: number): number[] {
  const widths = [...natural];
  let over = widths.reduce((sum, width) => sum + width, 0) - available;
  while (over > 0) {
    const widest = Math.max(...widths);
    if (widest <= MIN_WIDTH) break;
    widths[widths.indexOf(widest)] = widest - 1;
    over -= 1;
  }
  return widths;
}

function cut(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  let kept = '';
  for (const character of text) {
    if (stringWidth(kept + character) > width - 1) break;
    kept += character;
  }
  return `${kept}…`;
}
