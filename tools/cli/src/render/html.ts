/** A page that a manager can read: one file without scripts, that loads nothing, for a screen, a phone and paper. */
import { SEVERITIES, type Severity } from '@portcullis/finding';
import { formatSource, formatTraffic, type Rule } from '@portcullis/permission-diff';
import { compareStates } from '../audit/audit.js';
import { rulesOf, unreadListsWords, type DirectedAccess, type Drifted, type GroupState } from '../audit/group-state.js';
import { totalsOf } from '../audit/totals.js';
import { counted } from './counted.js';
import { accessTold, accessWords } from './access-words.js';
import { html, NOTHING, type Markup } from './markup.js';
import { STYLE } from './html-style.js';
import type { PlanScope } from './plan-json.js';
import { lastChangeWords } from './plan-text.js';

export interface PageRegion extends PlanScope {
  readonly profile?: string | undefined;
  readonly states: readonly GroupState[];
}

export interface Page {
  readonly title: string;
  readonly baselineFile: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly places: readonly PageRegion[];
  /** Places of which nothing is known. `reason` is one line. @default none */
  readonly unreadPlaces?: readonly { readonly label: string; readonly reason: string }[];
}

interface Placed<State extends GroupState = GroupState> {
  readonly place: PageRegion;
  readonly state: State;
}

/** Returns the page as text. */
export function renderHtml({ title, baselineFile, at, places, unreadPlaces = [] }: Page): string {
  const all: Placed[] = places.flatMap((place) => place.states.map((state) => ({ place, state })));
  const drifted = all.filter((each): each is Placed<Drifted> => each.state.kind === 'drifted');
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <meta name="generator" content="portcullis" />
        <title>${title}</title>
        <style>
          ${STYLE}
        </style>
      </head>
      <body>
        <header>
          <h1>${title}</h1>
          <p>
            ${verdict(
              all.map(({ state }) => state),
              unreadPlaces.length,
            )}
          </p>
          <dl class="facts">
            <div>
              <dt>Looked at</dt>
              <dd><time datetime="${at}">${at.slice(0, 16).replace('T', ' ')} UTC</time></dd>
            </div>
            <div>
              <dt>Declared in</dt>
              <dd>${baselineFile}</dd>
            </div>
            <div>
              <dt>Where</dt>
              <dd>${places.map(placeWords).join(', ')}</dd>
            </div>
          </dl>
        </header>
        <main>
          ${summary(all.map(({ state }) => state))} ${unreadPlacesSection(unreadPlaces)}
          ${[...SEVERITIES].reverse().map((severity) => severitySection(severity, drifted))} ${notJudged(all)} ${atBaseline(all)}
        </main>
        <footer>
          <p>Made by <code>portcullis</code>. It compared the live rules with the declared ones and changed nothing.</p>
        </footer>
      </body>
    </html> `;
  return page.text;
}

/** What cannot be judged is told at once: nobody may take a page for good news that is no news. */
function verdict(states: readonly GroupState[], unreadPlaces: number): string {
  const { drifted, atBaseline: clean, unread, ambiguous, absent } = totalsOf(states);
  const judged = counted(drifted + clean, 'guarded group');
  const unknown = [
    ...(unreadPlaces > 0 ? [counted(unreadPlaces, 'place')] : []),
    ...(unread + ambiguous + absent > 0 ? [counted(unread + ambiguous + absent, 'group')] : []),
  ];
  return [
    ...(drifted > 0 ? [`${drifted} of ${judged} ${drifted === 1 ? 'differs' : 'differ'} from what was declared.`] : []),
    ...(drifted === 0 && clean > 0 ? [`${judged}: as declared.`] : []),
    ...(unknown.length > 0 ? [`${unknown.join(' and ')} could not be judged.`] : []),
    ...(states.length + unreadPlaces === 0 ? ['No group is guarded here.'] : []),
  ].join(' ');
}

function placeWords({ accountId, region, profile }: PageRegion): string {
  return `${region} of account ${accountId}${profile === undefined ? '' : ` (${profile})`}`;
}

function summary(states: readonly GroupState[]): Markup {
  const { drifted, atBaseline: clean, toAuthorize, toRevoke, bySeverity, unread, ambiguous, absent } = totalsOf(states);
  const tile = (count: number, what: string, kind: string): Markup => html`<li class="tile ${kind}"><strong>${count}</strong> ${what}</li>`;
  const others = unread + ambiguous + absent;
  return html`<section aria-labelledby="summary">
    <h2 id="summary">Summary</h2>
    <ul class="tiles">
      ${Object.entries(bySeverity).map(([severity, count]) => tile(count, severity, severity))} ${tile(clean, 'as declared', 'fine')}
      ${others > 0 ? tile(others, 'not judged', 'unknown') : NOTHING}
    </ul>
    ${drifted === 0 ? NOTHING : html`<p>To be as declared, ${counted(toAuthorize, 'rule')} must be authorized and ${counted(toRevoke, 'rule')} revoked.</p>`}
  </section>`;
}

const MEANING: Readonly<Record<Severity, string>> = {
  critical: 'An administration or database port, or all traffic, is open to the world.',
  high: 'Something undeclared is open to the world.',
  medium: 'Something undeclared is let through, or declared traffic is not.',
  low: '',
  info: '',
};

function severitySection(severity: Severity, drifted: readonly Placed<Drifted>[]): Markup {
  const groups = drifted.filter(({ state }) => state.severity === severity).sort((a, b) => compareStates(a.state, b.state));
  if (groups.length === 0) return NOTHING;
  return html`<section aria-labelledby="${severity}">
    <h2 id="${severity}"><span class="badge ${severity}">${severity}</span> ${counted(groups.length, 'group')}</h2>
    <p class="meaning">${MEANING[severity]}</p>
    ${groups.map(groupArticle)}
  </section>`;
}

function groupArticle({ place, state }: Placed<Drifted>): Markup {
  const { group, baseline, mode, severity, plan, gained, lost, lastChange } = state;
  return html`<article class="${severity}">
    <h3>${group.name ?? group.id}</h3>
    <p class="where">
      <code>${group.id}</code>${group.vpcId === null ? NOTHING : html` in <code>${group.vpcId}</code>`}, ${placeWords(place)}; baseline
      <b>${baseline}</b>${mode === 'report' ? html` <i>(report only: nothing restores it)</i>` : NOTHING}
    </p>
    ${accessList('Let through, and not declared', 'gained', gained, rulesOf(plan.revoke))}
    ${accessList('Declared, and not let through', 'lost', lost, rulesOf(plan.authorize))}
    ${unreadListsWords(state).map((text) => html`<p>${capitalised(text)}</p>`)}
    ${gained.length + lost.length === 0 ? html`<p>The same traffic as declared, by other rules.</p>` : NOTHING}
    <table>
      <caption>
        What to change
      </caption>
      <thead>
        <tr>
          <th scope="col">Do</th>
          <th scope="col">Direction</th>
          <th scope="col">Traffic</th>
          <th scope="col">From or to</th>
          <th scope="col">Why</th>
        </tr>
      </thead>
      <tbody>
        ${plan.authorize.map(({ rule, reason }) => ruleRow('authorize', rule, reason))}
        ${plan.revoke.map(({ rule, reason }) => ruleRow('revoke', rule, reason))}
        ${plan.tolerated.map(({ rule, reason }) => ruleRow('leave', rule, reason))}
      </tbody>
    </table>
    ${lastChange === undefined ? NOTHING : html`<p class="who">${capitalised(lastChangeWords(lastChange))}</p>`}
  </article>`;
}

function accessList(title: string, kind: string, ranges: readonly DirectedAccess[], rules: readonly Rule[]): Markup {
  if (ranges.length === 0) return NOTHING;
  const told = accessTold(ranges, rules);
  const list = (texts: readonly string[]): Markup =>
    html`<ul class="access">
      ${texts.map((text) => html`<li>${text}</li>`)}
    </ul>`;
  // What is told in part only is there exactly, for whoever wants it.
  const isExact = told.length === ranges.length;
  return html`<h4 class="${kind}">${title}</h4>
    ${list(told)}
    ${
      isExact
        ? NOTHING
        : html`<details>
            <summary>exactly, in ${ranges.length} ranges</summary>
            ${list(ranges.map(accessWords))}
          </details>`
    }`;
}

function ruleRow(action: 'authorize' | 'revoke' | 'leave', rule: Rule, reason: string): Markup {
  const cell = (label: string, text: string): Markup => html`<td data-label="${label}">${text}</td>`;
  const { direction, traffic, source, description } = rule;
  const who = `${formatSource(source)}${description === undefined ? '' : ` “${description}”`}`;
  return html`<tr class="${action}">
    ${cell('Do', action)}${cell('Direction', direction)}${cell('Traffic', formatTraffic(traffic))}${cell('From or to', who)}
    <td data-label="Why">${withCode(reason)}</td>
  </tr>`;
}

/** Names stand in backticks. */
function withCode(text: string): Markup[] {
  return text.split('`').map((part, i) => (i % 2 === 0 ? html`${part}` : html`<b>${part}</b>`));
}

function unreadPlacesSection(places: NonNullable<Page['unreadPlaces']>): Markup {
  if (places.length === 0) return NOTHING;
  return html`<section aria-labelledby="unread">
    <h2 id="unread"><span class="badge unknown">not read</span> ${counted(places.length, 'place')}</h2>
    <ul>
      ${places.map(({ label, reason }) => html`<li><b>${label}</b>: ${reason}</li>`)}
    </ul>
  </section>`;
}

function notJudged(all: readonly Placed[]): Markup {
  const told = all.flatMap(({ place, state }): Markup[] => {
    const where = placeWords(place);
    switch (state.kind) {
      case 'unread':
        return [html`<li><code>${state.group.id}</code>, ${where}: could not be read: ${state.reason}</li>`];
      case 'ambiguous':
        return [
          html`<li>
            <code>${state.group.id}</code>, ${where}: several baselines select it, so it is left alone: ${state.baselines.join(', ')}
          </li>`,
        ];
      case 'absent':
        return [html`<li><code>${state.group.id}</code>, ${where}: does not exist, and ${state.baseline} names it</li>`];
      case 'drifted':
      case 'at-baseline':
        return [];
    }
  });
  if (told.length === 0) return NOTHING;
  return html`<section aria-labelledby="unknown">
    <h2 id="unknown"><span class="badge unknown">not judged</span> ${counted(told.length, 'group')}</h2>
    <ul>
      ${told}
    </ul>
  </section>`;
}

/** Lists this many groups at most that nothing is to be said of. */
const MAX_LISTED = 2000;

function atBaseline(all: readonly Placed[]): Markup {
  const fine = all.filter(({ state }) => state.kind === 'at-baseline');
  if (fine.length === 0) return NOTHING;
  const more = fine.length - MAX_LISTED;
  return html`<section aria-labelledby="fine">
    <h2 id="fine"><span class="badge fine">as declared</span> ${counted(fine.length, 'group')}</h2>
    <details>
      <summary>Show them</summary>
      <ul class="fine-groups">
        ${fine.slice(0, MAX_LISTED).map(({ state: { group } }) => html`<li><code>${group.id}</code> ${group.name ?? ''}</li>`)}
        ${more > 0 ? html`<li>and ${more} more</li>` : NOTHING}
      </ul>
    </details>
  </section>`;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
