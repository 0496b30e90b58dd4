/** Renders the page of `survey`, `plan` and `report` for screens, phones and paper. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { consoleLink } from '@portcullis/finding';
import { countWithNoun } from '../render/counted.js';
import { trendHeadline } from '../report/trend.js';
import { utcMinuteWords } from '../render/time-words.js';
import { renderShortList } from '../render/listed.js';
import { foldFindingsIntoCards, foldChangesIntoPageTimeline, type Card, type TimelineItem } from './fold-cards.js';
import { html, Markup, NOTHING } from './markup.js';
import { TONES, type OtherGroups, type PageFinding, type PageGroup, type PageModel, type PageRule, type Tone } from './page-model.js';
import { pageListFoldedAfter, pageTable } from './page-table.js';
import { flowKindWords, pictureSvg } from './picture-svg.js';
import { pictureOfFlows, type Picture } from './picture.js';
import { pageSinceSection } from './since-section.js';

export function htmlPage(model: PageModel): string {
  const { title, headline, at, facts, findings, others, unread, changes } = model;
  const cards = foldFindingsIntoCards(findings);
  const style = pageFileWithUnixLineEnds(readFileSync(new URL('page.css', import.meta.url), 'utf8'));
  const script = pageFileWithUnixLineEnds(readFileSync(new URL('page.browser.js', import.meta.url), 'utf8'));
  const policy = `default-src 'none'; style-src '${pageCspHash(style)}'; script-src '${pageCspHash(script)}'; base-uri 'none'; form-action 'none'`;
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="${new Markup(policy)}" />
        <meta name="generator" content="portcullis" />
        <title>${title}</title>
        ${new Markup(`<style>${style}</style>`)}
      </head>
      <body>
        <header>
          <h1>${title}</h1>
          ${[...headline, ...(model.since === undefined ? [] : [trendHeadline(model.since).join(' ')])].map((sentence, i) => html`<p class="${i === 0 ? 'headline' : ''}">${sentence}</p>`)}
          <dl class="facts">
            ${pageHeaderFact('Read at', html`<time datetime="${at}">${utcMinuteWords(at)} UTC</time>`)}
            ${facts.map(([name, value]) => pageHeaderFact(name, value))}
          </dl>
        </header>
        <main>
          ${pageUnreadRegionsSection(unread)} ${pageTotalsTiles(findings, others)}
          <div class="${changes.length > 0 ? 'overview' : ''}">
            ${pictureSection(model)} ${timelineSection(foldChangesIntoPageTimeline(changes))}
          </div>
          ${cardsSection(cards)} ${pageSinceSection(model.since)} ${others.map(otherGroupsSection)}
        </main>
        <footer>
          <p>Made by <code>portcullis</code>, which read the groups and changed nothing.</p>
        </footer>
        ${new Markup(`<script>${script}</script>`)}
      </body>
    </html> `;
  return page.text;
}

/** Converts Windows line ends, because a browser also converts them before it computes the hash of a style or script. */
function pageFileWithUnixLineEnds(text: string): string {
  return text.replaceAll('\r\n', '\n');
}

function pageCspHash(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

function pageHeaderFact(name: string, value: string | Markup): Markup {
  return html`<div>
    <dt>${name}</dt>
    <dd>${value}</dd>
  </div>`;
}

function pageUnreadRegionsSection(unread: PageModel['unread']): Markup {
  if (unread.length === 0) return NOTHING;
  return html`<section class="warning" aria-labelledby="unread">
    <h2 id="unread">Not read</h2>
    <ul>
      ${unread.map(({ label, reason }) => html`<li><b>${label}</b>: ${reason}</li>`)}
    </ul>
  </section>`;
}

/**
 * Returns the tiles at the top of the page. Each tile shows the number of findings with one severity or state. The script of the page turns
 * the tiles into filters.
 */
function pageTotalsTiles(findings: readonly PageFinding[], others: readonly OtherGroups[]): Markup {
  const tile = (tone: Tone, count: number, what: string): Markup =>
    html`<li>
      <button type="button" class="tile ${tone}" data-filter="${tone}" aria-pressed="false" disabled>
        <strong>${count}</strong> ${what}
      </button>
    </li>`;
  const found = TONES.map((tone) => ({ tone, count: findings.filter((each) => each.tone === tone).length }));
  return html`<section aria-label="Totals">
    <ul class="tiles">
      ${found.filter(({ count }) => count > 0).map(({ tone, count }) => tile(tone, count, tone))}
      ${others.filter(({ hasTile, groups }) => hasTile && groups.length > 0).map(({ tone, what, groups }) => tile(tone, groups.length, what))}
    </ul>
  </section>`;
}

function pictureSection(model: PageModel): Markup {
  const picture = pictureOfFlows(model);
  if (picture.edges.length === 0) return NOTHING;
  const { badWord, findings, others } = model;
  const anchors = new Set([...findings, ...others.flatMap(({ groups }) => groups.slice(0, MAX_LISTED))].map(({ group }) => group.id));
  const svg = pictureSvg(picture, badWord, (groupId) => (anchors.has(groupId) ? groupId : undefined));
  const kinds = (['bad', 'missing', 'other'] as const).filter((kind) => picture.edges.some((edge) => edge.kind === kind));
  const { notDrawn } = picture;
  return html`<section aria-labelledby="picture">
    <h2 id="picture">Who reaches what</h2>
    <figure>
      <div class="scroll">${svg}</div>
      <figcaption>
        <ul class="legend">
          ${kinds.map((kind) => html`<li class="${kind}">${flowKindWords(kind, badWord)}</li>`)}
        </ul>
        ${notDrawn > 0 ? html`<p>${countWithNoun(notDrawn, 'other group')} ${notDrawn === 1 ? 'is' : 'are'} not on these paths.</p>` : NOTHING}
      </figcaption>
    </figure>
    ${pictureAsTable(picture, badWord)}
  </section>`;
}

function pictureAsTable({ nodes, edges }: Picture, badWord: string): Markup {
  const nameOf = new Map(nodes.map(({ key, label, detail }) => [key, detail === '' ? label : `${label} (${detail})`]));
  const rows = edges.map(({ from, to, services, kind }) => ({
    kind,
    cells: [nameOf.get(from) ?? from, nameOf.get(to) ?? to, services.join(', '), flowKindWords(kind, badWord)],
  }));
  return html`<details class="as-table">
    <summary>The picture as a table</summary>
    ${pageTable(['From', 'To', 'Traffic', 'State'], rows)}
  </details>`;
}

/** The number of entries in the folded timeline. More entries would push the cards off the screen. */
const MAX_CHANGES = 5;

function timelineSection(items: readonly TimelineItem[]): Markup {
  if (items.length === 0) return NOTHING;
  const list = (some: readonly TimelineItem[]): Markup =>
    html`<ol class="timeline">
      ${some.map(timelineListItem)}
    </ol>`;
  return html`<section aria-labelledby="changes">
    <h2 id="changes">Who changed what</h2>
    ${pageListFoldedAfter(items, MAX_CHANGES, list, (count) => countWithNoun(count, 'older change'))}
  </section>`;
}

function timelineListItem({ first, what, groups }: TimelineItem): Markup {
  const { time, who, tone, details } = first;
  const [group] = groups;
  const on =
    groups.length === 1 && group !== undefined
      ? html`<a href="#${group.id}">${group.name ?? group.id}</a>`
      : html`${countWithNoun(groups.length, 'group')}:
        ${groups.slice(0, 3).map((each, i) => html`${i > 0 ? ', ' : ''}<a href="#${each.id}">${each.name ?? each.id}</a>`)}${groups.length > 3 ? ` and ${groups.length - 3} more` : ''}`;
  return html`<li class="${tone}">
    <time datetime="${time}">${utcMinuteWords(time)}</time>
    <p><b>${who}</b> ${what.join(', ')} on ${on}</p>
    <p class="quiet">${details}</p>
  </li>`;
}

/** The maximum number of cards in the roomy layout. With more cards, a folded card is one line, and a wide screen shows two columns. */
const MAX_ROOMY = 12;

function cardsSection(cards: readonly Card[]): Markup {
  if (cards.length === 0) return NOTHING;
  return html`<section aria-labelledby="groups">
    <div class="bar">
      <h2 id="groups">What to do</h2>
      <p class="controls" hidden>
        <label>Search <input type="search" autocomplete="off" placeholder="name, id, service, person" /></label>
        <button type="button" data-unfold>Unfold all</button>
      </p>
    </div>
    <p role="status" class="quiet"></p>
    <div class="cards ${cards.length > MAX_ROOMY ? 'dense' : ''}">${cards.map(pageCard)}</div>
  </section>`;
}

function pageCard(card: Card): Markup {
  const [{ tone, says, notes, rules, who }] = card;
  const names = card.map(({ group: { id, name, account } }) => `${name ?? id}${account === undefined ? '' : ` (${account})`}`);
  const [newest] = who;
  const whoShort = newest === undefined ? NOTHING : html`<span class="who"><b>${newest.who}</b>, ${newest.ago}</span>`;
  const commands = card.flatMap(({ command }) => command ?? []).join('\n');
  return html`<details class="card ${tone}" data-tone="${tone}">
    <summary>
      <span class="badge">${tone}</span>
      <span class="name">${card.length === 1 ? (names[0] ?? '') : `${card.length} groups: ${renderShortList(names)}`}</span>
      <span class="says">${says[0] ?? ''}${says.length > 1 ? ` and ${says.length - 1} more` : ''}</span>
      ${whoShort}
    </summary>
    <div class="body">
      ${
        says.length > 1
          ? html`<ul class="all-says">
              ${says.map((text) => html`<li>${text}</li>`)}
            </ul>`
          : NOTHING
      }
      ${who.map(({ words }) => html`<p>${capitalisedPageSentence(words)}</p>`)}
      ${notes.map((note) => html`<p class="quiet">${capitalisedPageSentence(note)}</p>`)}
      ${
        rules.length === 0
          ? NOTHING
          : html`<ul class="rules">
              ${rules.map((rule) => cardRuleItem(rule, card.length > 1))}
            </ul>`
      }
      <ul class="members">
        ${card.map((finding) => cardGroupItem(finding, card.length > 1))}
      </ul>
      ${commands === '' ? NOTHING : copyableCommand(commands, card.length)}
    </div>
  </details>`;
}

function cardRuleItem({ action, rule, why, ruleId }: PageRule, isFolded: boolean): Markup {
  // Shows the names in the reason in bold instead of in backticks.
  const reason = why.split('`').map((text, i) => (i % 2 === 0 ? html`${text}` : html`<b>${text}</b>`));
  const details = isFolded ? NOTHING : html`<span class="quiet">${reason}${ruleId === undefined ? '' : ` ${ruleId}`}</span>`;
  return html`<li class="${action}"><span class="action">${action}</span> <code>${rule}</code> ${details}</li>`;
}

function cardGroupItem({ group, baseline, behind, who }: PageFinding, isFolded: boolean): Markup {
  const [newest] = who;
  const words = [
    baseline === null ? '; not guarded' : baseline === undefined ? '' : `; baseline ${baseline}`,
    behind === undefined ? '' : `; behind it: ${behind}`,
    isFolded && newest !== undefined ? `; ${newest.ago}` : '',
  ];
  return html`<li id="${group.id}" tabindex="-1">${pageGroupMarkup(group)}${words.join('')}</li>`;
}

function pageGroupMarkup(group: PageGroup): Markup {
  const { id, name, vpcId, accountId, region, profile, account = profile } = group;
  const link = consoleLink({ id, region });
  return html`${name === null ? NOTHING : html`<b>${name}</b> `}<code>${id}</code>${vpcId === null ? '' : ` in ${vpcId}`}, ${region} of
  account
  ${accountId}${account === undefined ? '' : ` (${account})`}${
    link === null
      ? NOTHING
      : html`,
          <a href="${link}" rel="noreferrer noopener" target="_blank"
            >AWS console<span class="hidden"> of ${name ?? id}, in a new tab</span></a
          >`
  }`;
}

function copyableCommand(commands: string, count: number): Markup {
  return html`<div class="command">
    <p>${count === 1 ? 'To fix it' : 'To fix them'}:</p>
    <pre tabindex="0" role="group" aria-label="The command"><code>${commands}</code></pre>
    <button type="button" data-copy hidden>Copy</button>
  </div>`;
}

/** The maximum number of groups in each list below the cards. */
const MAX_LISTED = 2000;

function otherGroupsSection({ tone, what, isOpen, groups }: OtherGroups): Markup {
  if (groups.length === 0) return NOTHING;
  const items = groups
    .slice(0, MAX_LISTED)
    .map(({ group, why }) => html`<li id="${group.id}" tabindex="-1">${pageGroupMarkup(group)}${why === undefined ? '' : `: ${why}`}</li>`);
  return html`<details class="others ${tone}" data-tone="${tone}" ${isOpen ? 'open' : ''}>
    <summary><h2>${countWithNoun(groups.length, 'group')} ${what}</h2></summary>
    <ul class="members">
      ${items} ${groups.length > MAX_LISTED ? html`<li>and ${groups.length - MAX_LISTED} more</li>` : NOTHING}
    </ul>
  </details>`;
}

function capitalisedPageSentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
