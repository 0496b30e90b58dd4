/** Renders how a report differs from earlier ones: a bar for each report, and a row for each rule. */
import { countWithNoun } from '../render/counted.js';
import { html, NOTHING, type Markup } from './markup.js';
import type { PageSince } from './page-model.js';

/** The number of rows to show unfolded. */
const MAX_ROWS = 10;

export function sinceSection(since: PageSince | undefined): Markup {
  if (since === undefined) return NOTHING;
  const { counts, changes, notes } = since;
  const rest = changes.slice(MAX_ROWS);
  return html`<section aria-labelledby="since">
    <h2 id="since">Since the earlier reports</h2>
    ${counts.length > 2 ? driftedGroupsBars(counts) : NOTHING}
    ${changes.length > 0 ? changedRulesTable(changes.slice(0, MAX_ROWS)) : NOTHING}
    ${
      rest.length > 0
        ? html`<details>
            <summary>${countWithNoun(rest.length, 'other rule')}</summary>
            ${changedRulesTable(rest)}
          </details>`
        : NOTHING
    }
    ${notes.map((note) => html`<p class="quiet">${note}</p>`)}
  </section>`;
}

function changedRulesTable(changes: PageSince['changes']): Markup {
  const cell = (label: string, text: string | Markup): Markup => html`<td data-label="${label}">${text}</td>`;
  return html`<table class="since">
    <thead>
      <tr>
        ${['Change', 'Open for', 'Group', 'Rule'].map((head) => html`<th scope="col">${head}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${changes.map(
        ({ what, tone, openFor, groupId, name, where, rule }) =>
          html`<tr class="${tone}">
            ${cell('Change', html`<b class="what">${what}</b>`)}${cell('Open for', openFor)}${cell(
              'Group',
              html`${isListed(what) ? html`<a href="#${groupId}">${name ?? groupId}</a>` : (name ?? groupId)}
                <span class="quiet">${where}</span>`,
            )}${cell('Rule', html`<code>${rule}</code>`)}
          </tr>`,
      )}
    </tbody>
  </table>`;
}

/** Reports whether the page lists the group among those that drifted. */
function isListed(what: string): boolean {
  return what === 'new' || what === 'still open';
}

const [BAR, GAP, HEIGHT, LABEL] = [40, 14, 70, 18];

/** A page loads nothing, so the picture is drawn with attributes and not with styles. */
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
