/** Combines entries that differ only in their security groups, so that the output shows the same exposure of forty groups as one entry. */
import { SEVERITIES } from '@portcullis/finding';
import { ruleKey } from '@portcullis/permission-diff';
import { internetReachability } from '@portcullis/security-groups';
import { foldRenderedItems } from '../render/fold.js';
import type { NamedScope } from '../aws/account-region.js';
import type { SurveyEntry } from './entry.js';

/** One or more entries that differ only in their security groups. */
export type FoldedEntries = readonly [SurveyEntry, ...SurveyEntry[]];

/**
 * Combines entries with the same severity, traffic, sources, reachability, account, region, baseline, callers and controls. In an
 * organization, also combines entries of different accounts and regions, because many accounts often have the same exposure. Sorts the
 * results by severity, worst first, then by the number of public addresses, then by the number of groups.
 */
export function foldSurveyEntries(entries: readonly SurveyEntry[]): FoldedEntries[] {
  const byId = [...entries].sort((a, b) => (a.group.id < b.group.id ? -1 : 1));
  return foldRenderedItems(byId, surveyEntryFoldKey).sort(
    (a, b) => compareSurveyEntries(a[0], b[0]) || countPublicAddresses(b) - countPublicAddresses(a) || b.length - a.length,
  );
}

/**
 * Sorts entries by severity, worst first. Among entries with the same severity, an exposure to the internet comes before an exposure to a
 * wide range.
 */
function compareSurveyEntries(a: SurveyEntry, b: SurveyEntry): number {
  return (
    SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) || REACHES.indexOf(a.exposure.reach) - REACHES.indexOf(b.exposure.reach)
  );
}

const REACHES = ['world', 'wide'] as const;

function countPublicAddresses(entries: FoldedEntries): number {
  return entries.reduce((sum, { behind }) => sum + (behind?.withPublicAddress ?? 0), 0);
}

function surveyEntryFoldKey({ scope, severity, exposure, behind, baseline, origins, controls, ignored }: SurveyEntry): string {
  const who = exposure.rules.map(({ ruleId }) => origins?.get(ruleId)?.call.actor.arn ?? null);
  const rules = exposure.rules.map(ruleKey).sort();
  return JSON.stringify([
    severity,
    exposure.traffic,
    rules,
    internetReachability(exposure.rules, behind),
    surveyScopeToFoldBy(scope),
    baseline,
    [...new Set(who)].sort(),
    controls,
    ignored,
  ]);
}

/**
 * Returns the account and region, so that only entries with the same account and region are combined. Returns null in an organization, to
 * combine entries of different accounts.
 */
export function surveyScopeToFoldBy(scope: NamedScope): NamedScope | null {
  return scope.account === undefined ? scope : null;
}
