/** The first sentences of a survey. */
import { internetReachability } from '@portcullis/security-groups';
import { countWithNoun } from '../render/counted.js';
import { surveyLimitsHeadline } from './broken-limit.js';
import { renderConfigRecordTimes } from '../render/recorded-words.js';
import { surveyedGroupKey, type SurveyEntry } from './entry.js';
import { countSurveyedGroups, countUnreadOfSurvey, type Survey } from './survey.js';
import { foldRenderedItems } from '../render/fold.js';

/**
 * Returns a sentence about the worst service that is open to the internet. Adds sentences about other open services, broken limits and
 * unread regions. Says `Nothing is open` only if every region was read completely.
 */
export function surveyHeadline(survey: Survey): string[] {
  const { regions } = survey;
  const entries = regions.flatMap((region) => region.entries);
  const [worst, ...others] = surveyOpenServices(
    entries.filter(({ exposure, ignored }) => exposure.reach === 'world' && ignored === undefined),
  );
  const unread = countUnreadOfSurvey(survey);
  return [
    worst === undefined ? nothingOpenSentence(survey) : surveyServiceSentence(worst),
    others.length > 0 && `Also open: ${others.map(({ service, groups }) => `${service} on ${groups.size}`).join(', ')}.`,
    ...surveyLimitsHeadline(regions.flatMap(({ limits }) => limits)),
    unread !== '' && `${unread} could not be read completely.`,
    renderConfigRecordTimes(regions, ', so every exposed group is assumed to have a public address'),
  ].filter((sentence) => typeof sentence === 'string');
}

function nothingOpenSentence(survey: Survey): string {
  const { regions } = survey;
  const groups = countSurveyedGroups(survey);
  if (groups === 0) return 'No security group was read.';
  const subject = countUnreadOfSurvey(survey) === '' ? 'Nothing is open' : 'Nothing that was read is open';
  const accounts = new Set(regions.map(({ scope }) => scope.accountId)).size;
  const where = surveyAccountsAndRegions(accounts, new Set(regions.map(({ scope }) => scope.region)).size);
  return `${subject} to the internet on ${countWithNoun(groups, 'group')}${where}.`;
}

/** Returns e.g. ` in 2 regions`, ` in 6 accounts and 2 regions`, or an empty text for one region of one account. */
function surveyAccountsAndRegions(accounts: number, regions: number): string {
  const words = [accounts > 1 && `${accounts} accounts`, regions > 1 && `${regions} regions`].filter((each) => each !== false);
  return words.length === 0 ? '' : ` in ${words.join(' and ')}`;
}

interface OpenService {
  readonly service: string;
  readonly isSensitive: boolean;
  /** The keys of the groups: account, region and id. */
  readonly groups: ReadonlySet<string>;
  /** The groups that the internet can reach at a public address. */
  readonly publicGroups: ReadonlySet<string>;
  readonly accounts: ReadonlySet<string>;
  readonly regions: ReadonlySet<string>;
}

/** Returns the services, worst first. */
function surveyOpenServices(entries: readonly SurveyEntry[]): OpenService[] {
  const idsOf = (of: readonly SurveyEntry[]) => new Set(of.map(surveyedGroupKey));
  return foldRenderedItems(entries, ({ exposure }) => exposure.service)
    .map((of) => ({
      service: of[0].exposure.service,
      isSensitive: of.some(({ exposure }) => exposure.sensitive.length > 0),
      groups: idsOf(of),
      publicGroups: idsOf(of.filter(({ exposure, behind }) => internetReachability(exposure.rules, behind) === 'public')),
      accounts: new Set(of.map(({ scope }) => scope.accountId)),
      regions: new Set(of.map(({ scope }) => scope.region)),
    }))
    .sort(
      (a, b) => Number(b.isSensitive) - Number(a.isSensitive) || b.publicGroups.size - a.publicGroups.size || b.groups.size - a.groups.size,
    );
}

function surveyServiceSentence({ service, groups, publicGroups, accounts, regions }: OpenService): string {
  const subject = service.charAt(0).toUpperCase() + service.slice(1);
  const where = surveyAccountsAndRegions(accounts.size, regions.size);
  return `${subject} is open to the internet on ${countWithNoun(groups.size, 'group')}${where}, ${surveyPublicAddresses(groups.size, publicGroups.size)}.`;
}

function surveyPublicAddresses(groups: number, withPublic: number): string {
  if (withPublic === 0) return `with no public address behind ${groups === 1 ? 'it' : 'them'}`;
  const addresses = withPublic === 1 ? 'a public address behind it' : 'public addresses behind them';
  return groups === 1 ? `with ${addresses}` : `${withPublic} of them with ${addresses}`;
}
