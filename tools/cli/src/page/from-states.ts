/** Builds the page of a plan or report. */
import { fixCommandsFor, findingDrift, revokeCommandFor, findingTrafficName } from '@portcullis/finding';
import { areRulesWorldOpen, formatSource, formatTraffic, ruleKey, type Addresses, type Rule } from '@portcullis/permission-diff';
import { rulesOfPlannedChanges } from '@portcullis/security-groups';
import type { ReadRegion } from '../plan/audit-regions.js';
import { isCompliantAuditState, missingRulesInAudit, type Drifted, type GroupState } from '../plan/group-state.js';
import { auditTotals } from '../plan/audit-totals.js';
import type { AboutAudit } from '../plan/plan-json.js';
import type { UnreadRegion } from '../aws/account-regions.js';
import { renderGainedAccess, renderLostAccess } from '../render/drift-words.js';
import { countWithNoun } from '../render/counted.js';
import { renderShortList } from '../render/listed.js';
import { renderConfigRecordTimes } from '../render/recorded-words.js';
import {
  renderChangeReason,
  renderBrokenLimits,
  renderWhyNotCompared,
  renderGroupState,
  renderUnreadPrefixLists,
} from '../render/state-words.js';
import { renderResourcesBehind, renderFirstResourceBehind } from '../render/resources-behind.js';
import { ruleRemovalWords, unknownCallerWords } from '../who/who-words.js';
import { pageCallsThatOpenedRules, pageChangesOfCalls, pageCallers, type KnownCall } from './known-calls.js';
import type { DrawnGroup, End, Flow, FlowKind, PageFinding, PageGroup, PageModel } from './page-model.js';
import { pageRule } from './page-rule.js';
import { countUnreadRegions } from '../render/unread-regions.js';

type StatesRegion = Omit<ReadRegion, 'kind' | 'label' | 'where'>;

export interface AuditedRegions extends AboutAudit {
  readonly regions: readonly StatesRegion[];
  /** The regions that could not be read. @default none */
  readonly unreadRegions?: readonly UnreadRegion[];
}

export function pageOfGroupStates({ baselineFile, at, regions, unreadRegions = [] }: AuditedRegions): PageModel {
  const now = new Date(at);
  const groups = regions.flatMap((region) => region.states.map((state) => ({ group: pageGroupOfState(region, state), state })));
  const drifted = groups.flatMap(({ group, state }) => (state.kind === 'drifted' ? [{ group, state }] : []));
  const recorded = renderConfigRecordTimes(regions);
  const { withinLimits } = auditTotals(groups.map(({ state }) => state));
  return {
    title: 'Security groups compared with their baseline',
    headline: [
      ...pageHeadlineOfDrift(
        groups.map(({ state }) => state),
        countUnreadRegions(unreadRegions),
      ),
      ...(recorded === undefined ? [] : [recorded]),
    ],
    at,
    facts: [
      ['Declared in', baselineFile],
      ['Where', describePageAccounts(regions) ?? regions.map(describePageRegion).join(', ')],
      ...(withinLimits > 0 ? [['Within the limits', `${countWithNoun(withinLimits, 'group')} without a baseline`] as const] : []),
    ],
    findings: drifted.map(({ group, state }) => pageFindingOfDrift(group, state, now)),
    others: [
      {
        tone: 'unknown',
        what: 'not judged',
        hasTile: true,
        isOpen: true,
        groups: groups.flatMap(({ group, state }) =>
          isCompliantAuditState(state) || state.kind === 'drifted'
            ? []
            : [{ group, why: `${renderGroupState(state)}: ${renderWhyNotCompared(state)}` }],
        ),
      },
      {
        tone: 'fine',
        what: 'as declared',
        hasTile: true,
        isOpen: false,
        groups: groups.flatMap(({ group, state }) => (state.kind === 'at-baseline' ? [{ group }] : [])),
      },
    ],
    unread: unreadRegions,
    flows: groups.flatMap(({ state }) => pageFlowsOfState(state)),
    drawn: groups.map(({ group, state }): DrawnGroup => {
      const behind = 'behind' in state ? renderFirstResourceBehind(state.behind) : undefined;
      return { group, tone: pageToneOfState(state), behind };
    }),
    changes: drifted.flatMap(({ group, state }) => pageChangesOfCalls(pageCallsOfDrift(state, now), { group, tone: state.severity })),
    badWord: 'undeclared',
  };
}

function pageGroupOfState({ accountId, region, profile, account }: StatesRegion, { group: { id, name, vpcId } }: GroupState): PageGroup {
  return { id, name, vpcId, accountId, region, profile, ...(account !== undefined && { account }) };
}

function describePageRegion({ accountId, region, profile }: StatesRegion): string {
  return `${region} of account ${accountId}${profile === undefined ? '' : ` (${profile})`}`;
}

/**
 * Returns e.g. `12 regions of 6 accounts: payments, web`. Returns `undefined` if no account has a name from its organization.
 */
export function describePageAccounts(regions: readonly Pick<StatesRegion, 'account'>[]): string | undefined {
  const names = new Set(regions.flatMap(({ account }) => account ?? []));
  if (names.size === 0) return undefined;
  return `${countWithNoun(regions.length, 'region')} of ${countWithNoun(names.size, 'account')}: ${renderShortList([...names].sort(), MAX_ACCOUNTS)}`;
}

const MAX_ACCOUNTS = 12;

function pageToneOfState(state: GroupState): DrawnGroup['tone'] {
  if (state.kind === 'drifted') return state.severity;
  return isCompliantAuditState(state) ? 'fine' : 'unknown';
}

function pageHeadlineOfDrift(states: readonly GroupState[], unreadRegions: string): string[] {
  const { drifted, atBaseline, withinLimits, limited, toAuthorize, toRevoke, unread, ambiguous, absent } = auditTotals(states);
  const judged = countWithNoun(drifted + atBaseline + withinLimits, limited > 0 ? 'group' : 'guarded group');
  const notJudged = unread + ambiguous + absent;
  const unknown = [unreadRegions, notJudged > 0 && countWithNoun(notJudged, 'group')].filter(Boolean);
  return [
    drifted > 0 && `${drifted} of ${judged} ${drifted === 1 ? 'differs' : 'differ'} from what is declared.`,
    drifted > 0 &&
      `To restore the declared rules, authorize ${countWithNoun(toAuthorize, 'rule')} and revoke ${countWithNoun(toRevoke, 'rule')}.`,
    drifted === 0 && atBaseline + withinLimits > 0 && `${judged}: ${withinLimits > 0 ? 'within the limits' : 'as declared'}.`,
    unknown.length > 0 && `${unknown.join(' and ')} could not be compared.`,
    states.length === 0 && unreadRegions === '' && 'No group is guarded here.',
  ].filter((sentence) => sentence !== false);
}

function pageFindingOfDrift(group: PageGroup, state: Drifted, now: Date): PageFinding {
  const { baseline, mode, severity, plan } = state;
  const says = [
    ...renderBrokenLimits(state),
    ...renderGainedAccess(state),
    ...renderLostAccess(state).map((words) => `declared but blocked: ${words}`),
  ];
  return {
    group,
    tone: severity,
    says: says.length > 0 ? says : ['the live rules differ from the declared rules, but allow the same traffic'],
    baseline,
    notes: [
      ...(mode === 'report' ? ['report only: the guard does not restore the group'] : []),
      ...(mode === 'approve' ? ['mode approve: the guard restores the group after an approval, or after the time in approveWithin'] : []),
      ...renderUnreadPrefixLists(state),
      ...pageNotesOfUnknownCallers(state),
    ],
    rules: [
      ...plan.authorize.map((change) => pageRule('authorize', change.rule, renderChangeReason(change, state))),
      ...plan.revoke.map((change) => pageRule('revoke', change.rule, renderChangeReason(change, state))),
      ...plan.tolerated.map(({ rule, reason }) => pageRule('leave', rule, reason)),
    ],
    who: pageCallers(pageCallsOfDrift(state, now), now),
    ...(state.behind !== undefined && { behind: renderResourcesBehind([state.behind]) }),
    command: pageRestoreCommand(group, state),
  };
}

/**
 * Returns the AWS CLI commands that restore the group. A command names an ingress rule by its id. A command names an egress rule, or a rule
 * without an id, by its content.
 */
function pageRestoreCommand({ id, region, profile }: PageGroup, { plan }: Drifted): string {
  const revoked = plan.revoke.map(({ rule }) => rule);
  const byId = revoked.filter(({ direction, ruleId }) => direction === 'ingress' && ruleId !== '');
  const byContent = revoked.filter((rule) => !byId.includes(rule));
  const group = { id, region };
  const commands = fixCommandsFor({ atBaseline: false, group, ...findingDrift(rulesOfPlannedChanges(plan.authorize), byContent) }, profile);
  const ruleIds = byId.map(({ ruleId }) => ruleId);
  return [...commands, ...(ruleIds.length > 0 ? [revokeCommandFor(group, ruleIds, profile)] : [])].join(' &&\n');
}

/** Returns the calls that opened an undeclared rule of the group or removed a missing rule. */
function pageCallsOfDrift({ plan, origins, removals }: Drifted, now: Date): KnownCall[] {
  const whatOf = ({ direction, traffic, source }: Rule): string =>
    `${findingTrafficName(formatTraffic(traffic))} ${direction === 'ingress' ? 'from' : 'to'} ${formatSource(source)}`;
  const removing = plan.authorize.flatMap(({ rule }): KnownCall[] => {
    const removal = removals?.get(ruleKey(rule));
    if (removal === undefined) return [];
    const verb = removal.certain ? 'removed' : 'perhaps removed';
    return [{ call: removal.call, words: ruleRemovalWords(removal, now), what: `${verb} ${whatOf(rule)}` }];
  });
  const undeclared = plan.revoke.map(({ rule }) => rule);
  return [...pageCallsThatOpenedRules(undeclared, origins, whatOf, now), ...removing];
}

/**
 * Returns notes about undeclared rules and missing rules for which CloudTrail's history shows no caller. Returns an empty list if the
 * history was not read.
 */
function pageNotesOfUnknownCallers(state: Drifted): string[] {
  const { plan, origins, removals, historySince } = state;
  if (historySince === undefined) return [];
  return [
    ...(plan.revoke.some(({ rule }) => origins?.has(rule.ruleId) !== true) ? [unknownCallerWords('opened', historySince)] : []),
    ...(missingRulesInAudit(state).some((rule) => removals?.has(ruleKey(rule)) !== true)
      ? [unknownCallerWords('removed', historySince)]
      : []),
  ];
}

function pageFlowsOfState(state: GroupState): Flow[] {
  if (state.kind === 'at-baseline') return (state.fromGroups ?? []).map((rule) => pageFlowOfRule(rule, state.group.id, 'other', NO_LISTS));
  if (state.kind !== 'drifted') return [];
  const { group, plan, lists } = state;
  const flows = (kind: FlowKind, rules: readonly Rule[]): Flow[] =>
    rules.map((rule) => pageFlowOfRule(rule, group.id, kind, lists?.addresses ?? NO_LISTS));
  return [
    ...flows('bad', rulesOfPlannedChanges(plan.revoke)),
    ...flows('missing', missingRulesInAudit(state)),
    ...flows('other', [...plan.kept.filter(({ direction }) => direction === 'ingress'), ...rulesOfPlannedChanges(plan.tolerated)]),
  ];
}

const NO_LISTS: Addresses = new Map();

function pageFlowOfRule(rule: Rule, groupId: string, kind: FlowKind, addresses: Addresses): Flow {
  const group: End = { kind: 'group', id: groupId };
  const peer = pageFlowEndOfRule(rule, addresses);
  const service = findingTrafficName(formatTraffic(rule.traffic));
  return rule.direction === 'ingress' ? { from: peer, to: group, service, kind } : { from: group, to: peer, service, kind };
}

function pageFlowEndOfRule(rule: Rule, addresses: Addresses): End {
  const { source } = rule;
  if (source.kind === 'group') return { kind: 'group', id: source.groupId };
  return areRulesWorldOpen([rule], addresses) ? { kind: 'internet' } : { kind: 'range', text: formatSource(source) };
}
