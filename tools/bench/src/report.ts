/** What a suite found out, and how a person reads it. */
import pc from 'picocolors';

/** A figure that the project promises (design, section 10, and the README), and what came of it. */
export interface Promised {
  readonly promise: string;
  readonly measured: string;
  readonly kept: boolean;
}

export interface Table {
  readonly title: string;
  /** The heads of the columns; those of figures are aligned to the right. */
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface Report {
  readonly tables: readonly Table[];
  readonly promises: readonly Promised[];
  readonly notes: readonly string[];
  /** The figures, not rounded. */
  readonly figures: unknown;
}

export interface Suite {
  readonly name: string;
  readonly about: string;
  readonly run: (options: { readonly quick: boolean }) => Promise<Report>;
}

export function formatTable({ title, head, rows }: Table): string {
  const widths = head.map((name, column) => Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const isFigure = head.map((_, column) => rows.every((row) => /^[\d<–-]/.test(row[column] ?? '-')));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => (isFigure[i] === true ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
      .join('  ')
      .trimEnd();
  return [pc.bold(title), pc.dim(line(head)), ...rows.map(line)].join('\n');
}

export function formatPromise({ promise, measured, kept }: Promised): string {
  return `${kept ? pc.green('kept  ') : pc.red('BROKEN')}  ${promise}: ${measured}`;
}

/** `3.2×`. */
export function ratio(value: number): string {
  return `${value >= 100 ? value.toFixed(0) : value.toPrecision(2 + Number(value >= 10))}×`;
}

/** Milliseconds in the unit that fits. */
export function duration(ms: number): string {
  if (ms >= 1000) return `${(ms / 1000).toFixed(2)} s`;
  return ms >= 1 ? `${ms.toFixed(1)} ms` : `${(ms * 1000).toFixed(1)} µs`;
}

export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}
