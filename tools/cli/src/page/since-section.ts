/**
 * Renders how a report differs from earlier reports: a bar for each report, and a row for each rule that was missing or undeclared.
 */
import { countWithNoun } from '../render/counted.js';
import { html, NOTHING, type Markup } from './markup.js';
import type { PageSince } from './page-model.js';
import { pageListFoldedAfter, pageTable } from './page-table.js';

/** The number of rows in the folded table. */
const MAX_ROWS = 10;

export function pageSinceSection(since: PageSince | undefined): Markup {
  if (since === undefined) return NOTHING;
  const { counts, changes, notes } = since;
  return html`<section aria-labelledby="since">
    <h2 id="since">Since the earlier reports</h2>
    ${counts.length > 2 ? driftedGroupsBars(counts) : NOTHING}
    ${pageListFoldedAfter(changes, MAX_ROWS, pageTableOfChangedRules, (count) => countWithNoun(count, 'other rule'))}
    ${notes.map((note) => html`<p class="quiet">${note}</p>`)}
  </section>`;
}

function pageTableOfChangedRules(changes: PageSince['changes']): Markup {
  const rows = changes.map(({ what, tone, openFor, groupId, name, where, rule }) => {
    // The name of a group links to its card. Only a group that still has drift has a card.
    const hasCard = what === 'new' || what === 'still open';
    const group = html`${hasCard ? html`<a href="#${groupId}">${name ?? groupId}</a>` : (name ?? groupId)}
      <span class="quiet">${where}</span>`;
    return { kind: tone, cells: [html`<b class="what">${what}</b>`, openFor, group, html`<code>${rule}</code>`] };
  });
  return pageTable(['Change', 'Open for', 'Group', 'Rule'], rows, 'since');
}

const [BAR, GAP, HEIGHT, LABEL] = [40, 14, 70, 18];

/** The sizes are SVG attributes, because the content security policy of the page blocks inline styles. */
function driftedGroupsBars(counts: PageSince['counts']): Markup {
  const most = Math.max(1, ...counts.map(({ drifted }) => drifted));
  const width = counts.length * (BAR + GAP);
  const words = counts.map(({ at, drifted }) => `${drifted} on ${at.slice(0, 10)}`).join(', ');
  return html`<figure class="bars">
    <div class="scroll">
      <svg
        width="${width}"
        height="${HEIGHT + 2 * LABEL}"
        viewBox="0 0 ${width} ${HEIGHT + 2 * LABEL}"
        role="img"
        aria-label="Drifted groups: ${words}"
      >
        ${counts.map(({ at, drifted }, i) => {
          const [x, height] = [i * (BAR + GAP) + GAP / 2, Math.round((drifted / most) * HEIGHT)];
          const y = LABEL + HEIGHT - height;
          return html`<g>
            <rect x="${x}" y="${y}" width="${BAR}" height="${height}" rx="2" />
            <text x="${x + BAR / 2}" y="${y - 4}" text-anchor="middle">${drifted}</text>
            <text x="${x + BAR / 2}" y="${HEIGHT + LABEL + 14}" text-anchor="middle">${at.slice(5, 10)}</text>
          </g>`;
        })}
      </svg>
    </div>
    <figcaption class="quiet">Drifted groups in each report, by month and day</figcaption>
  </figure>`;
}
