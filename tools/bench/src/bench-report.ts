import pc from 'picocolors';

/** A measured value and its text. */
export interface Figure {
  readonly value: number;
  readonly text: string;
}

/** A row of a table, keyed by the heading of the column. */
export type Row = Readonly<Record<string, string | Figure>>;

export interface Promised {
  readonly promise: string;
  readonly measured: Figure;
  readonly kept: boolean;
}

export interface BenchReport {
  /** The rows of each table, keyed by the title of the table. */
  readonly tables: Readonly<Record<string, readonly Row[]>>;
  readonly promises: readonly Promised[];
  readonly notes?: readonly string[];
}

export interface BenchOptions {
  readonly quick: boolean;
}

export function promiseAtMost(what: string, measured: Figure, limit: Figure): Promised {
  return { promise: `${what}: at most ${limit.text}`, measured, kept: measured.value <= limit.value };
}

export function promiseAtLeast(what: string, measured: Figure, limit: Figure): Promised {
  return { promise: `${what}: at least ${limit.text}`, measured, kept: measured.value >= limit.value };
}

/** Returns a promise that `what` never occurs. @param faults one text for each time that it occurred */
export function promiseNone(what: string, faults: readonly string[]): Promised {
  return { promise: `no ${what}`, measured: countFigure(faults.length), kept: faults.length === 0 };
}

/** `3.2×`. */
export function ratioFigure(value: number): Figure {
  return { value, text: `${value >= 100 ? value.toFixed(0) : value.toPrecision(2 + Number(value >= 1))}×` };
}

/** Returns a figure for milliseconds, with a text in seconds, milliseconds or microseconds. */
export function durationFigure(value: number): Figure {
  if (value >= 1000) return { value, text: `${(value / 1000).toFixed(2)} s` };
  return { value, text: value >= 1 ? `${value.toFixed(1)} ms` : `${(value * 1000).toFixed(1)} µs` };
}

/** `1,234,568`, or `1,234,568 bytes`. */
export function countFigure(value: number, unit = ''): Figure {
  return { value, text: `${Math.round(value).toLocaleString('en-US')} ${unit}`.trimEnd() };
}

export function formatBenchTable(title: string, rows: readonly Row[]): string {
  const head = Object.keys(rows[0] ?? {});
  const textOf = (cell: Row[string] | undefined) => (typeof cell === 'object' ? cell.text : (cell ?? ''));
  const widths = head.map((name) => Math.max(name.length, ...rows.map((row) => textOf(row[name]).length)));
  const isFigure = head.map((name) => rows.some((row) => typeof row[name] === 'object'));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => (isFigure[i] === true ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
      .join('  ')
      .trimEnd();
  return [pc.bold(title), pc.dim(line(head)), ...rows.map((row) => line(head.map((name) => textOf(row[name]))))].join('\n');
}

export function formatBenchPromise({ promise, measured, kept }: Promised): string {
  return `PROMISE ${kept ? pc.green('ok    ') : pc.red('BROKEN')}  ${promise}: ${measured.text}`;
}
