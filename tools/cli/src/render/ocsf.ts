/** Renders the states of groups, or the entries of a survey, as OCSF Compliance Findings: one JSON object on each line. */
import {
  fixCommandsFor,
  describeBrokenLimits,
  describeDrift,
  findingDrift,
  ocsfCheckFor,
  ownerTags,
  joinFindingSentence,
  type GroupCheck,
} from '@portcullis/finding';
import { rulesOfPlannedChanges } from '@portcullis/security-groups';
import { controlsBrokenInAudit, missingRulesInAudit, type GroupState } from '../plan/group-state.js';
import type { ReadRegion } from '../plan/audit-regions.js';
import { surveyedLimitWords, type SurveyedBrokenLimit } from '../survey/broken-limit.js';
import { surveyEntryCloseCommand } from '../survey/entry-json.js';
import type { SurveyEntry } from '../survey/entry.js';
import { surveyExposureSentence } from '../survey/exposure-words.js';
import { escapeJsonForTerminal } from '../command-line/printable.js';

/**
 * A group that is at its baseline or within its limits gets a finding with the status `Pass`, which closes earlier findings about the
 * group.
 */
export function groupStatesOcsf(regions: readonly Pick<ReadRegion, 'accountId' | 'region' | 'states'>[], now: Date): string {
  return ocsfJsonLines(
    regions.flatMap(({ accountId, region, states }) =>
      states.map((state) => ({ ...ocsfCheckOfState(state, region), name: 'state', group: { ...state.group, accountId, region } })),
    ),
    now,
  );
}

/** Returns a failed check for each broken limit and for each exposure that is not accepted. */
export function surveyOcsf(entries: readonly SurveyEntry[], limits: readonly SurveyedBrokenLimit[], now: Date): string {
  const exposures = entries
    .filter(({ ignored }) => ignored === undefined)
    .map((entry): GroupCheck => {
      const { exposure, controls = [] } = entry;
      const close = surveyEntryCloseCommand(entry);
      return {
        ...failedSurveyCheck(entry),
        name: `exposure ${exposure.traffic}`,
        summary: surveyExposureSentence(exposure),
        controls,
        ...(close !== null && { commands: [close] }),
      };
    });
  const broken = limits.map((entry): GroupCheck => {
    const { name } = entry.broken.limit;
    return { ...failedSurveyCheck(entry), name: `limit ${name}`, summary: surveyedLimitWords(entry), declaredBy: [name] };
  });
  return ocsfJsonLines([...exposures, ...broken], now);
}

function failedSurveyCheck({ scope, group, tags, severity }: SurveyEntry | SurveyedBrokenLimit) {
  const { accountId, region } = scope;
  const owner = ownerTags(tags);
  return { result: 'fail', severity, group: { ...group, accountId, region, ...(owner && { tags: owner }) } } as const;
}

function ocsfCheckOfState(state: GroupState, region: string): Omit<GroupCheck, 'name' | 'group'> {
  switch (state.kind) {
    case 'at-baseline': {
      const declaredBy = [state.baseline, ...(state.limits ?? []).map(({ name }) => name)];
      return { result: 'pass', severity: 'info', summary: 'the group is as declared', declaredBy };
    }
    case 'within-limits':
      return { result: 'pass', severity: 'info', summary: 'the group is within its limits' };
    case 'drifted': {
      const { plan, severity, baseline, limits = [], group } = state;
      const [missing, excess] = [rulesOfPlannedChanges(plan.authorize), rulesOfPlannedChanges(plan.revoke)];
      return {
        result: 'fail',
        severity,
        summary: joinFindingSentence(...describeBrokenLimits(plan.broken), describeDrift(missingRulesInAudit(state), excess)),
        declaredBy: [...(baseline === null ? [] : [baseline]), ...limits.map(({ name }) => name)],
        controls: controlsBrokenInAudit(state),
        commands: fixCommandsFor({ atBaseline: false, group: { id: group.id, region }, ...findingDrift(missing, excess) }),
      };
    }
    case 'ambiguous':
    case 'absent':
    case 'unread':
      return { result: 'warning', severity: 'medium', summary: state.reason, declaredBy: [...state.baselines, ...(state.limits ?? [])] };
  }
}

function ocsfJsonLines(checks: readonly GroupCheck[], now: Date): string {
  return checks.map((check) => `${escapeJsonForTerminal(JSON.stringify(ocsfCheckFor(check, now)))}\n`).join('');
}
