/**
 * Renders how a report differs from earlier reports: a bar for each report, and a row for each rule that was missing or undeclared.
 */
import { countWithNoun } from '../render/counted.js';
import type { DriftChange } from '../report/compare.js';
import { driftDurationWords, DRIFT_CHANGE_WORDS, reportReactionTimeLines, type Trend } from '../report/trend.js';
import { html, NOTHING, type Markup } from './markup.js';
import { pageListFoldedAfter, pageTable } from './page-table.js';

/** The number of rows in the folded table. */
const MAX_ROWS = 10;

export function pageSinceSection(trend: Trend | undefined): Markup {
  if (trend === undefined) return NOTHING;
  const { reports, changes, notes, times } = trend;
  const sentences = [...notes, ...(times === undefined ? [] : reportReactionTimeLines(times))];
  return html`<section aria-labelledby="since">
    <h2 id="since">Since the earlier reports</h2>
    ${reports.length > 2 ? driftedGroupsBars(reports) : NOTHING}
    ${pageListFoldedAfter(changes, MAX_ROWS, pageTableOfChangedRules, (count) => countWithNoun(count, 'other rule'))}
    ${sentences.map((note) => html`<p class="quiet">${note}</p>`)}
  </section>`;
}

function pageTableOfChangedRules(changes: readonly DriftChange[]): Markup {
  const rows = changes.map(({ kind, severity, open, groupId, name, accountId, region, action, direction, rule }) => {
    // The name of a group links to its card. Only a group that still has drift has a card.
    const hasCard = kind === 'new' || kind === 'open';
    const group = html`${hasCard ? html`<a href="#${groupId}">${name ?? groupId}</a>` : (name ?? groupId)}
      <span class="quiet">${region} of account ${accountId}</span>`;
    const what = html`<b class="what">${DRIFT_CHANGE_WORDS[kind]}</b>`;
    const tone = kind === 'gone' ? 'fine' : kind === 'unknown' ? 'unknown' : severity;
    return { kind: tone, cells: [what, driftDurationWords(open), group, html`<code>${action} ${direction} ${rule}</code>`] };
  });
  return pageTable(['Change', 'Open for', 'Group', 'Rule'], rows, 'since');
}

const [BAR, GAP, HEIGHT, LABEL] = [40, 14, 70, 18];

/** The sizes are SVG attributes, because the content security policy of the page blocks inline styles. */
function driftedGroupsBars(counts: Trend['reports']): Markup {
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
