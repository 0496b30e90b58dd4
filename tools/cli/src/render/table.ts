/** Tables that fit the terminal: where it is too narrow, the widest columns give way first. */
import stringWidth from 'string-width';

export interface Column<Row> {
  readonly head: string;
  readonly cell: (row: Row) => string;
  /** Colours the cell once it has its width. */
  readonly paint?: (text: string, row: Row) => string;
}

/** A column gives way down to this many characters. */
const NARROWEST = 6;
const GAP = '  ';

/** Returns a line for the heads and one for each row, without a final line break. `columns` is how long a line may be; by default without end. */
export function tableText<Row>(columns: readonly Column<Row>[], rows: readonly Row[], width = Infinity): string {
  const cells = rows.map((row) => columns.map(({ cell }) => cell(row)));
  const natural = columns.map(({ head }, i) => cells.reduce((most, row) => Math.max(most, stringWidth(row[i] ?? '')), stringWidth(head)));
  const widths = fitted(natural, width - GAP.length * (columns.length - 1));
  const line = (texts: readonly string[], row?: Row): string =>
    texts
      .map((text, i) => {
        const fit = cut(text, widths[i] ?? 0);
        const padding = ' '.repeat(i === texts.length - 1 ? 0 : (widths[i] ?? 0) - stringWidth(fit));
        const paint = columns[i]?.paint;
        return (row === undefined || paint === undefined ? fit : paint(fit, row)) + padding;
      })
      .join(GAP)
      .trimEnd();
  return [line(columns.map(({ head }) => head)), ...rows.map((row, i) => line(cells[i] ?? [], row))].join('\n');
}

/** Takes from the widest until all fit, or none can give any more. */
function fitted(natural: readonly number[], available: number): number[] {
  const widths = [...natural];
  let over = widths.reduce((sum, width) => sum + width, 0) - available;
  while (over > 0) {
    const widest = Math.max(...widths);
    if (widest <= NARROWEST) break;
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
