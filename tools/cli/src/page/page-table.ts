/** Renders the tables and the long lists of the page. */
import { html, NOTHING, type Markup } from './markup.js';

export interface PageTableRow {
  /** The CSS class that colours the row: a `Tone` or a `FlowKind`. */
  readonly kind: string;
  /** The cells, in the order of the headings. */
  readonly cells: readonly (string | Markup)[];
}

/** Returns a table. Each cell repeats its heading, because a narrow screen shows the cells of a row below each other. */
export function pageTable(headings: readonly string[], rows: readonly PageTableRow[], className = ''): Markup {
  return html`<table class="${className}">
    <thead>
      <tr>
        ${headings.map((heading) => html`<th scope="col">${heading}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        ({ kind, cells }) =>
          html`<tr class="${kind}">
            ${cells.map((cell, i) => html`<td data-label="${headings[i] ?? ''}">${cell}</td>`)}
          </tr>`,
      )}
    </tbody>
  </table>`;
}

/**
 * Renders the first `max` items. The other items follow in a folded `<details>` element.
 *
 * @param restWords returns the summary of the `<details>` element, e.g. `12 other rules`
 */
export function pageListFoldedAfter<T>(
  items: readonly T[],
  max: number,
  listOf: (some: readonly T[]) => Markup,
  restWords: (count: number) => string,
): Markup {
  const rest = items.slice(max);
  const folded =
    rest.length === 0
      ? NOTHING
      : html`<details>
          <summary>${restWords(rest.length)}</summary>
          ${listOf(rest)}
        </details>`;
  return html`${items.length === 0 ? NOTHING : listOf(items.slice(0, max))} ${folded}`;
}
