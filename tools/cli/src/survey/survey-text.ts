/** Renders a survey as text. */
import { controlWords, SEVERITIES, type Severity } from '@portcullis/finding';
import { accountRegionLabel } from '../aws/account-region.js';
import type { UnreadRegion } from '../aws/account-regions.js';
import type { Style } from '../command-line/io.js';
import { countWithNoun } from '../render/counted.js';
import { colourBySeverity, groupNameAndId } from '../render/state-words.js';
import { renderShortList, MAX_NAMED } from '../render/listed.js';
import { renderTable, type Column } from '../render/table.js';
import { renderWrapped } from '../render/wrapped.js';
import { safeTerminalLine } from '../command-line/printable.js';
import { ruleOriginWords, unknownCallerWords } from '../who/who-words.js';
import { renderResourcesBehind } from '../render/resources-behind.js';
import { surveyExposureWords } from './exposure-words.js';
import { surveyedLimitWords, foldSurveyedLimits, rulesOfSurveyEntry, type SurveyedBrokenLimit } from './broken-limit.js';
import type { SurveyEntry } from './entry.js';
import { surveyEntryCloseCommand } from './entry-json.js';
import { foldSurveyEntries, type FoldedEntries } from './fold.js';
import { surveyHeadline } from './headline.js';
import type { SurveyedRegion } from './survey-region.js';
import type { Survey } from './survey.js';
import { unreadAccountNote } from '../render/unread-regions.js';

/** The width of the widest severity plus the gap after the severity. */
const INDENT = 10;

export function surveyText(survey: Survey, showAll: boolean, now: Date, { colours, columns }: Style): string {
  const { regions } = survey;
  const entries = regions.flatMap((region) => region.entries);
  const shown = entries.filter(({ severity, ignored }) => showAll || (severity !== 'info' && ignored === undefined));
  const since = new Map(regions.map(({ scope, historySince }) => [scope, historySince]));
  const exposures = foldSurveyEntries(shown).map((fold) => ({
    severity: fold[0].severity,
    lines: [
      surveyExposureTitle(fold),
      `behind it: ${renderResourcesBehind(fold.map(({ behind }) => behind))}`,
      ...(fold[0].controls === undefined ? [] : [`breaks ${controlWords(fold[0].controls)}`]),
      ...surveyCallerLines(fold, since.get(fold[0].scope), now),
      ...closeExposureLine(fold),
    ],
  }));
  const broken = foldSurveyedLimits(regions.flatMap(({ limits }) => limits)).map((fold) => ({
    severity: fold[0].severity,
    lines: [
      `${surveyedLimitWords(fold[0])} on ${exposedGroupsWords(fold)}${fold[0].broken.limit.mode === 'report' ? '; the limit is in mode report' : ''}`,
      `behind it: ${renderResourcesBehind(fold.map(({ behind }) => behind))}`,
      ...surveyCallerLines(fold, since.get(fold[0].scope), now),
    ],
  }));
  const worstFirst = [...exposures, ...broken].sort((a, b) => SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity));
  const blocks = worstFirst.map(({ severity, lines }) => {
    const [subject = '', ...details] = lines.map((text) => renderWrapped(safeTerminalLine(text), INDENT, columns));
    const indented = details.map((text) => `${' '.repeat(INDENT)}${colours.dim(text)}\n`);
    return `${colourBySeverity(severity.padEnd(INDENT), severity, colours)}${colours.bold(subject)}\n${indented.join('')}`;
  });
  const paragraphs = [
    `${surveyHeadline(survey)
      .map((sentence) => renderWrapped(sentence, 0, columns))
      .join('\n')}\n`,
    surveyAccountsTable(survey, { colours, columns }),
    ...blocks,
    tidyUpHints(survey, entries.length - shown.length)
      .map((line) => `${renderWrapped(line, 0, columns)}\n`)
      .join(''),
  ];
  return paragraphs.filter((text) => text !== '').join('\n');
}

interface AccountRow {
  readonly name: string;
  readonly id: string;
  readonly regions: readonly SurveyedRegion[];
  readonly unread: readonly UnreadRegion[];
}

/** Returns a table with a row for each account of an organization, or an empty text for one account. */
function surveyAccountsTable({ regions, unreadRegions }: Survey, { colours, columns }: Style): string {
  const ids = [
    ...new Set(
      [...regions.map(({ scope }) => scope), ...unreadRegions].flatMap((each) =>
        each.account === undefined ? [] : (each.accountId ?? []),
      ),
    ),
  ];
  if (ids.length < 2) return '';
  const rows = ids.map((id): AccountRow => {
    const read = regions.filter(({ scope }) => scope.accountId === id);
    const unread = unreadRegions.filter(({ accountId }) => accountId === id);
    return { id, name: read[0]?.scope.account ?? unread[0]?.account ?? id, regions: read, unread };
  });
  rows.sort((a, b) => (a.name < b.name ? -1 : 1));
  const count = (of: readonly SurveyedRegion[], isMeant: (severity: Severity) => boolean): number =>
    of
      .flatMap(({ entries, limits }) => [...entries, ...limits])
      .filter(({ severity, ...each }) => isMeant(severity) && !('ignored' in each)).length;
  const severityColumn = (severity: Severity): Column<AccountRow> => ({
    head: severity.toUpperCase(),
    kind: 'id',
    cell: ({ regions: of }) => String(count(of, (each) => each === severity) || ''),
    paint: (text) => colourBySeverity(text, severity, colours),
  });
  const table = renderTable<AccountRow>(
    [
      { head: 'ACCOUNT', kind: 'name', cell: ({ name }) => name },
      { head: 'ID', kind: 'id', cell: ({ id }) => id },
      { head: 'REGIONS', kind: 'id', cell: ({ regions: of }) => String(of.length) },
      { head: 'GROUPS', kind: 'id', cell: ({ regions: of }) => String(of.reduce((sum, { groups }) => sum + groups, 0)) },
      severityColumn('critical'),
      severityColumn('high'),
      severityColumn('medium'),
      {
        head: 'NOTE',
        kind: 'text',
        cell: ({ regions: of, unread }) => unreadAccountNote(unread, of.filter(({ problems }) => problems.length > 0).length),
      },
    ],
    rows,
    columns,
  );
  return `${table}\n`;
}

function surveyExposureTitle(entries: FoldedEntries): string {
  const { exposure, ignored } = entries[0];
  const accepted = ignored === undefined ? '' : `; accepted until ${ignored.until}: ${ignored.reason}`;
  return `${surveyExposureWords(exposure)} on ${exposedGroupsWords(entries)}${accepted}`;
}

/**
 * Returns e.g. `web (sg-1) in eu-west-1, guarded by web`. The entries differ only in their groups and, in an organization, in their
 * accounts and regions.
 */
function exposedGroupsWords(entries: readonly Pick<SurveyEntry, 'scope' | 'group' | 'baseline'>[]): string {
  const [first] = entries;
  if (first === undefined) return '';
  const { scope, group, baseline } = first;
  const regions = new Set(entries.map((each) => each.scope.region)).size;
  const accounts = new Set(entries.map((each) => each.scope.accountId)).size;
  const isSpread = regions + accounts > 2;
  const named = (each: (typeof entries)[number]): string =>
    `${groupNameAndId(each.group)}${isSpread ? ` of ${accountRegionLabel(each.scope)}` : ''}`;
  const groups =
    entries.length === 1 ? groupNameAndId(group) : `${countWithNoun(entries.length, 'group')}: ${renderShortList(entries.map(named))}`;
  const owner = scope.account ?? scope.profile;
  const where = isSpread ? surveySpreadWords(accounts, regions) : `${scope.region}${owner === undefined ? '' : ` (${owner})`}`;
  return `${groups} in ${where}${baseline === undefined ? '' : baseline === null ? ', not guarded' : `, guarded by ${baseline}`}`;
}

function surveySpreadWords(accounts: number, regions: number): string {
  return `${countWithNoun(regions, 'region')} of ${countWithNoun(accounts, 'account')}`;
}

function surveyCallerLines(entries: readonly (SurveyEntry | SurveyedBrokenLimit)[], since: string | null | undefined, now: Date): string[] {
  const known = entries.flatMap((entry) =>
    rulesOfSurveyEntry(entry).map(({ ruleId }) => entry.origins && { origin: entry.origins.get(ruleId) }),
  );
  const asked = known.filter((each) => each !== undefined);
  if (asked.length === 0) return [];
  const lines = asked.flatMap(({ origin }) => (origin === undefined ? [] : [ruleOriginWords(origin, now)]));
  const unknown = asked.length - lines.length;
  const shown = [...new Set(lines)];
  return [
    ...shown.slice(0, MAX_NAMED),
    ...(shown.length > MAX_NAMED ? [`and ${countWithNoun(shown.length - MAX_NAMED, 'more call')}`] : []),
    ...(unknown > 0 ? [unknownCallerWords('opened', since ?? null)] : []),
  ];
}

function closeExposureLine(entries: FoldedEntries): string[] {
  const [first] = entries;
  const command = surveyEntryCloseCommand(first);
  if (command === null) return [];
  const { account, accountId } = first.scope;
  const caller = account === undefined ? '' : `, with credentials of account ${accountId}`;
  return [`to close${entries.length === 1 ? '' : ' the first'}${caller}: \`${command}\``];
}

function tidyUpHints({ regions }: Survey, hidden: number): string[] {
  const unattached = regions.flatMap((region) => region.unattached);
  const unused = unattached.filter(({ isReferenced }) => !isReferenced).length;
  const redundant = regions.reduce((sum, region) => sum + region.redundant.length, 0);
  return [
    hidden > 0 && `${countWithNoun(hidden, 'more exposure')} that are accepted or have the severity info: add \`--all\``,
    unattached.length > 0 &&
      `${countWithNoun(unattached.length, 'group')} without a network interface (${unused} not referenced by any rule): \`--json\` lists them`,
    redundant > 0 && `${countWithNoun(redundant, 'rule')} covered by another rule of the same group: \`--json\` lists them`,
  ].filter((line) => line !== false);
}
