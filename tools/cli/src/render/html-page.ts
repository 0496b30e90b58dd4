/** Renders a page for managers, for a screen, a phone and paper. The page is one file that has no scripts and loads nothing. */
import { SEVERITIES, type Severity } from '@portcullis/finding';
import { formatRule, formatSource, formatTraffic, type Rule } from '@portcullis/permission-diff';
import { compareGroupStates, type DirectedAccess, type Drifted, type GroupState } from '../audit/group-state.js';
import { auditTotals } from '../audit/totals.js';
import { accessWords } from './access-words.js';
import { gainedWords, lostWords } from './drift-words.js';
import { counted } from './counted.js';
import { STYLE } from './html-style.js';
import { html, NOTHING, type Markup } from './markup.js';
import type { PlanScope } from './plan-json.js';
import { notJudgedReason, stateWord, unreadListsWords, whoOfRule } from './state-words.js';

const TITLE = 'Security groups compared with their baseline';

export interface PageRegion extends PlanScope {
  readonly profile?: string | undefined;
  readonly states: readonly GroupState[];
}

export interface Page {
  readonly baselineFile: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly regions: readonly PageRegion[];
  /** Regions that could not be read. `reason` is one line. @default none */
  readonly unreadRegions?: readonly { readonly label: string; readonly reason: string }[];
}

/** A group with its region. */
interface PageGroup<State extends GroupState = GroupState> {
  readonly region: PageRegion;
  readonly state: State;
}

export function htmlPage({ baselineFile, at, regions, unreadRegions = [] }: Page): string {
  const groups: PageGroup[] = regions.flatMap((region) => region.states.map((state) => ({ region, state })));
  const drifted = groups.filter((group): group is PageGroup<Drifted> => group.state.kind === 'drifted');
  const states = groups.map(({ state }) => state);
  const fact = (name: string, value: string | Markup): Markup =>
    html`<div>
      <dt>${name}</dt>
      <dd>${value}</dd>
    </div>`;
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <meta name="generator" content="portcullis" />
        <title>${TITLE}</title>
        <style>
          ${STYLE}
        </style>
      </head>
      <body>
        <header>
          <h1>${TITLE}</h1>
          <p>${headline(states, unreadRegions.length)}</p>
          <dl class="facts">
            ${fact('Read at', html`<time datetime="${at}">${at.slice(0, 16).replace('T', ' ')} UTC</time>`)}
            ${fact('Declared in', baselineFile)} ${fact('Where', regions.map(regionWords).join(', '))}
          </dl>
        </header>
        <main>
          ${summary(states)} ${unreadRegionsSection(unreadRegions)}
          ${[...SEVERITIES].reverse().map((severity) => severitySection(severity, drifted, new Date(at)))} ${notJudgedSection(groups)}
          ${atBaselineSection(states)}
        </main>
        <footer>
          <p>Made by <code>portcullis</code>, which compared the live rules with the declared ones and changed nothing.</p>
        </footer>
      </body>
    </html> `;
  return page.text;
}

/** Returns the first sentence. It says what could not be judged, so that nobody mistakes silence for good news. */
function headline(states: readonly GroupState[], unreadRegions: number): string {
  const { drifted, atBaseline, unread, ambiguous, absent } = auditTotals(states);
  const judged = counted(drifted + atBaseline, 'guarded group');
  const notJudged = unread + ambiguous + absent;
  const unknown = [unreadRegions > 0 && counted(unreadRegions, 'region'), notJudged > 0 && counted(notJudged, 'group')].filter(Boolean);
  return [
    drifted > 0 && `${drifted} of ${judged} ${drifted === 1 ? 'differs' : 'differ'} from what was declared.`,
    drifted === 0 && atBaseline > 0 && `${judged}: as declared.`,
    unknown.length > 0 && `${unknown.join(' and ')} could not be judged.`,
    states.length + unreadRegions === 0 && 'No group is guarded here.',
  ]
    .filter(Boolean)
    .join(' ');
}

function regionWords({ accountId, region, profile }: PageRegion): string {
  return `${region} of account ${accountId}${profile === undefined ? '' : ` (${profile})`}`;
}

function summary(states: readonly GroupState[]): Markup {
  const { drifted, atBaseline, toAuthorize, toRevoke, bySeverity, unread, ambiguous, absent } = auditTotals(states);
  const tile = (count: number, what: string, kind: string): Markup => html`<li class="tile ${kind}"><strong>${count}</strong> ${what}</li>`;
  const notJudged = unread + ambiguous + absent;
  return html`<section aria-labelledby="summary">
    <h2 id="summary">Summary</h2>
    <ul class="tiles">
      ${Object.entries(bySeverity).map(([severity, count]) => tile(count, severity, severity))} ${tile(atBaseline, 'as declared', 'fine')}
      ${notJudged > 0 ? tile(notJudged, 'not judged', 'unknown') : NOTHING}
    </ul>
    ${drifted === 0 ? NOTHING : html`<p>To be as declared, ${counted(toAuthorize, 'rule')} must be authorized and ${counted(toRevoke, 'rule')} revoked.</p>`}
  </section>`;
}

function section(id: string, kind: string, badge: string, count: string, content: Markup): Markup {
  return html`<section aria-labelledby="${id}">
    <h2 id="${id}"><span class="badge ${kind}">${badge}</span> ${count}</h2>
    ${content}
  </section>`;
}

/** Drift is at least medium. */
const MEANINGS: Readonly<Partial<Record<Severity, string>>> = {
  critical: 'An administration or database port, or all traffic, is open to the world.',
  high: 'Something undeclared is open to the world.',
  medium: 'Something undeclared is let through, or declared traffic is not.',
};

function severitySection(severity: Severity, drifted: readonly PageGroup<Drifted>[], now: Date): Markup {
  const groups = drifted.filter(({ state }) => state.severity === severity).sort((a, b) => compareGroupStates(a.state, b.state));
  if (groups.length === 0) return NOTHING;
  const content = html`<p class="meaning">${MEANINGS[severity] ?? ''}</p>
    ${groups.map((group) => groupArticle(group, now))}`;
  return section(severity, severity, severity, counted(groups.length, 'group'), content);
}

function groupArticle({ region, state }: PageGroup<Drifted>, now: Date): Markup {
  const { group, baseline, mode, severity, plan, gained, lost } = state;
  const heads = ['Do', 'Direction', 'Traffic', 'From or to', 'Why'];
  return html`<article class="${severity}">
    <h3>${group.name ?? group.id}</h3>
    <p class="where">
      <code>${group.id}</code>${group.vpcId === null ? NOTHING : html` in <code>${group.vpcId}</code>`}, ${regionWords(region)}; baseline
      <b>${baseline}</b>${mode === 'report' ? html` <i>(report only: nothing restores it)</i>` : NOTHING}
    </p>
    ${accessSection('Let through, and not declared', 'gained', gained, gainedWords(state))}
    ${accessSection('Declared, and not let through', 'lost', lost, lostWords(state))}
    ${unreadListsWords(state).map((text) => html`<p>${capitalised(text)}</p>`)}
    ${gained.length + lost.length === 0 ? html`<p>The same traffic as declared, by other rules.</p>` : NOTHING}
    <table>
      <caption>
        What to change
      </caption>
      <thead>
        <tr>
          ${heads.map((head) => html`<th scope="col">${head}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${plan.authorize.map(({ rule, reason }) => ruleRow('authorize', rule, reason))}
        ${plan.revoke.map(({ rule, reason }) => ruleRow('revoke', rule, reason))}
        ${plan.tolerated.map(({ rule, reason }) => ruleRow('leave', rule, reason))}
      </tbody>
    </table>
    ${[...plan.authorize, ...plan.revoke].map(({ rule }) => {
      const who = whoOfRule(state, rule, now);
      return who === undefined ? NOTHING : html`<p class="who">${formatRule(rule)}: ${who}</p>`;
    })}
  </article>`;
}

function accessSection(title: string, kind: string, ranges: readonly DirectedAccess[], words: readonly string[]): Markup {
  if (ranges.length === 0) return NOTHING;
  const list = (texts: readonly string[]): Markup =>
    html`<ul class="access">
      ${texts.map((text) => html`<li>${text}</li>`)}
    </ul>`;
  const exact = html`<details>
    <summary>exactly, in ${ranges.length} ranges</summary>
    ${list(ranges.map(accessWords))}
  </details>`;
  return html`<h4 class="${kind}">${title}</h4>
    ${list(words)} ${words.length === ranges.length ? NOTHING : exact}`;
}

function ruleRow(action: 'authorize' | 'revoke' | 'leave', rule: Rule, reason: string): Markup {
  const cell = (label: string, content: string | Markup[]): Markup => html`<td data-label="${label}">${content}</td>`;
  const { direction, traffic, source, description } = rule;
  const peer = `${formatSource(source)}${description === undefined ? '' : ` “${description}”`}`;
  // Reasons quote names in backticks.
  const why = reason.split('`').map((text, i) => (i % 2 === 0 ? html`${text}` : html`<b>${text}</b>`));
  return html`<tr class="${action}">
    ${cell('Do', action)}${cell('Direction', direction)}${cell('Traffic', formatTraffic(traffic))}${cell('From or to', peer)}${cell('Why', why)}
  </tr>`;
}

function unreadRegionsSection(regions: NonNullable<Page['unreadRegions']>): Markup {
  if (regions.length === 0) return NOTHING;
  const items = regions.map(({ label, reason }) => html`<li><b>${label}</b>: ${reason}</li>`);
  return section('unread', 'unknown', 'not read', counted(regions.length, 'region'), list(items));
}

function notJudgedSection(groups: readonly PageGroup[]): Markup {
  const items = groups.flatMap(({ region, state }): Markup[] => {
    if (state.kind === 'at-baseline' || state.kind === 'drifted') return [];
    const why = `${stateWord(state)}: ${notJudgedReason(state)}`;
    return [html`<li><code>${state.group.id}</code>, ${regionWords(region)}: ${why}</li>`];
  });
  if (items.length === 0) return NOTHING;
  return section('unknown', 'unknown', 'not judged', counted(items.length, 'group'), list(items));
}

function list(items: readonly Markup[]): Markup {
  return html`<ul>
    ${items}
  </ul>`;
}

/** At most this many groups at their baseline are listed. */
const MAX_LISTED = 2000;

function atBaselineSection(states: readonly GroupState[]): Markup {
  const fine = states.filter(({ kind }) => kind === 'at-baseline');
  if (fine.length === 0) return NOTHING;
  const items = fine.slice(0, MAX_LISTED).map(({ group }) => html`<li><code>${group.id}</code> ${group.name ?? ''}</li>`);
  const content = html`<details>
    <summary>Show them</summary>
    <ul class="fine-groups">
      ${items} ${fine.length > MAX_LISTED ? html`<li>and ${fine.length - MAX_LISTED} more</li>` : NOTHING}
    </ul>
  </details>`;
  return section('fine', 'fine', 'as declared', counted(fine.length, 'group'), content);
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
