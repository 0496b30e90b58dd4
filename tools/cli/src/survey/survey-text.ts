/** Renders a survey as text. */
import { SEVERITIES } from '@portcullis/finding';
import type { Style } from '../program/io.js';
import { counted } from '../render/counted.js';
import { inSeverity, nameWithId } from '../render/state-words.js';
import { listed, MAX_NAMED } from '../render/listed.js';
import { wrapped } from '../render/wrapped.js';
import { oneLine } from '../terminal/printable.js';
import { originWords, unknownWords } from '../who/who-words.js';
import { behindWords } from './behind-words.js';
import { exposureWords } from './exposure-words.js';
import { brokenWords, foldedLimits, rulesBreaking } from './broken-limit.js';
import type { SurveyEntry } from './entry.js';
import { closingCommand } from './entry-json.js';
import { foldedEntries, type FoldedEntries } from './fold.js';
import { surveyHeadline } from './headline.js';
import { extentOf, type Survey } from './survey.js';

/** The width of the widest severity and the gap after it. */
const INDENT = 10;

export function surveyText({ regions, unreadRegions }: Survey, showAll: boolean, now: Date, { colours, columns }: Style): string {
  const entries = regions.flatMap((region) => region.entries);
  const shown = entries.filter(({ severity, ignored }) => showAll || (severity !== 'info' && ignored === undefined));
  const since = new Map(regions.map(({ scope, historySince }) => [scope, historySince]));
  const exposures = foldedEntries(shown).map((fold) => ({
    severity: fold.first.severity,
    lines: [
      subjectOf(fold),
      `behind it: ${behindWords(fold.entries.map(({ behind }) => behind))}`,
      ...whoLines(
        fold.entries.map((entry) => ({ ...entry, rules: entry.exposure.rules })),
        since.get(fold.first.scope),
        now,
      ),
      ...closeLine(fold),
    ],
  }));
  const limits = regions.flatMap((region) => region.limits);
  const broken = foldedLimits(limits).map((fold) => ({
    severity: fold[0].severity,
    lines: [
      `${brokenWords(fold[0])} on ${whereWords(fold)}${fold[0].broken.limit.mode === 'report' ? '; the limit only reports' : ''}`,
      `behind it: ${behindWords(fold.map(({ behind }) => behind))}`,
      ...whoLines(
        fold.map((entry) => ({ ...entry, rules: rulesBreaking(entry.broken) })),
        since.get(fold[0].scope),
        now,
      ),
    ],
  }));
  const worstFirst = [...exposures, ...broken].sort((a, b) => SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity));
  const blocks = worstFirst.map(({ severity, lines }) => {
    const [subject = '', ...details] = lines.map((text) => wrapped(oneLine(text), INDENT, columns));
    const indented = details.map((text) => `${' '.repeat(INDENT)}${colours.dim(text)}\n`);
    return `${inSeverity(severity.padEnd(INDENT), severity, colours)}${colours.bold(subject)}\n${indented.join('')}`;
  });
  const paragraphs = [
    `${surveyHeadline(entries, extentOf({ regions, unreadRegions }), limits)
      .map((sentence) => wrapped(sentence, 0, columns))
      .join('\n')}\n`,
    ...blocks,
    tidyLines({ regions, unreadRegions }, entries.length - shown.length)
      .map((line) => `${wrapped(line, 0, columns)}\n`)
      .join(''),
  ];
  return paragraphs.filter((text) => text !== '').join('\n');
}

function subjectOf({ first, entries }: FoldedEntries): string {
  const { exposure, ignored } = first;
  const accepted = ignored === undefined ? '' : `; accepted until ${ignored.until}: ${ignored.reason}`;
  return `${exposureWords(exposure)} on ${whereWords(entries)}${accepted}`;
}

/** Returns e.g. `web (sg-1) in eu-west-1, guarded by web`. The entries differ only in their groups. */
function whereWords(entries: readonly Pick<SurveyEntry, 'scope' | 'group' | 'baseline'>[]): string {
  const [first] = entries;
  if (first === undefined) return '';
  const { scope, group, baseline } = first;
  const groups =
    entries.length === 1
      ? nameWithId(group)
      : `${counted(entries.length, 'group')}: ${listed(entries.map((each) => nameWithId(each.group)))}`;
  const where = `${scope.region}${scope.profile === undefined ? '' : ` (${scope.profile})`}`;
  return `${groups} in ${where}${baseline === undefined ? '' : baseline === null ? ', not guarded' : `, guarded by ${baseline}`}`;
}

function whoLines(
  entries: readonly (Pick<SurveyEntry, 'origins'> & Pick<SurveyEntry['exposure'], 'rules'>)[],
  since: string | null | undefined,
  now: Date,
): string[] {
  const known = entries.flatMap(({ origins, rules }) => rules.map(({ ruleId }) => origins && { origin: origins.get(ruleId) }));
  const asked = known.filter((each) => each !== undefined);
  if (asked.length === 0) return [];
  const lines = asked.flatMap(({ origin }) => (origin === undefined ? [] : [originWords(origin, now)]));
  const unknown = asked.length - lines.length;
  const shown = [...new Set(lines)];
  return [
    ...shown.slice(0, MAX_NAMED),
    ...(shown.length > MAX_NAMED ? [`and ${counted(shown.length - MAX_NAMED, 'more call')}`] : []),
    ...(unknown > 0 ? [unknownWords('opened', since ?? null)] : []),
  ];
}

function closeLine({ first, entries }: FoldedEntries): string[] {
  const command = closingCommand(first);
  if (command === null) return [];
  return [`to close${entries.length === 1 ? '' : ' the first'}: \`${command}\``];
}

function tidyLines({ regions }: Survey, hidden: number): string[] {
  const unattached = regions.flatMap((region) => region.unattached);
  const unused = unattached.filter(({ isReferenced }) => !isReferenced).length;
  const redundant = regions.reduce((sum, region) => sum + region.redundant.length, 0);
  return [
    hidden > 0 && `${counted(hidden, 'more exposure')} of severity info or accepted: add \`--all\``,
    unattached.length > 0 &&
      `${counted(unattached.length, 'group')} without a network interface (${unused} not referenced by any rule): \`--json\` lists them`,
    redundant > 0 && `${counted(redundant, 'rule')} covered by another rule of the same group: \`--json\` lists them`,
  ].filter((line) => line !== false);
}
