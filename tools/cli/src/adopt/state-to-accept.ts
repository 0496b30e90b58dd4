/** The rules of a group that `accept` declares: the live rules, or the rules in a finding. */
import { selectBaseline, selectBaselineById, type Baseline, type CompiledBaseline, type Limit } from '@portcullis/baseline';
import type { Finding } from '@portcullis/finding';
import { diffRules, type Addresses } from '@portcullis/permission-diff';
import { prefixListReader, prefixListsToPlan, type LiveRule } from '@portcullis/security-groups';
import { surveyedLiveRules, type GroupNames } from '../plan/group-state.js';
import type { AccountRegion } from '../aws/account-region.js';
import { findingFileFailure, readRulesOfFindingFile } from '../files/finding-file.js';
import { Failure } from '../command-line/failure.js';
import type { Io } from '../command-line/io.js';
import { groupIdNameAndVpc } from '../render/state-words.js';
import { askWhoOpenedRules } from '../who/find-origins.js';
import { whoCausedFindingWords } from '../who/who-words.js';

export interface StateToAccept {
  readonly group: GroupNames;
  readonly ownerId: string | null;
  readonly baseline: Baseline;
  readonly live: readonly LiveRule[];
  /** The limits that apply to the group. */
  readonly limits: readonly Limit[];
  /** The CIDR blocks of the prefix lists that were read, by prefix list id. */
  readonly addresses: Addresses;
  /** Resolves to a function that returns one line that says who opened a rule, or `undefined` if this is unknown. */
  readonly openedBy: (rules: readonly LiveRule[]) => Promise<(rule: LiveRule) => string | undefined>;
}

/**
 * Returns the live state of the group.
 *
 * @param who whether to ask CloudTrail who opened the rules.
 * @throws {Failure} when the group does not exist, no baseline selects the group, or several baselines select the group.
 */
export async function liveStateToAccept(
  groupId: string,
  compiled: CompiledBaseline,
  accountRegion: AccountRegion,
  { who, io }: { readonly who: boolean; readonly io: Pick<Io, 'progress' | 'stderr' | 'command'> },
): Promise<StateToAccept> {
  const group = await accountRegion.groups.describeGroup(groupId);
  const ownerId = await accountRegion.accountId();
  if (group === undefined)
    throw new Failure(`${groupId} not found in ${accountRegion.region}; expected the id of a group that this account owns`);
  const selection = selectBaseline(compiled, group);
  const baseline = baselineToAcceptInto(selection, groupIdNameAndVpc(group), io);
  const openedBy: StateToAccept['openedBy'] = async (rules) => {
    if (!who || rules.length === 0) return () => undefined;
    const asked = rules.map((rule) => ({ ...rule, groupId }));
    const { words, problem } = await askWhoOpenedRules(asked, 'the rules', accountRegion, io);
    if (problem !== undefined) io.stderr.write(`portcullis: ${problem}\n`);
    return ({ ruleId }) => words.get(ruleId);
  };
  const live = await accountRegion.groups.readRules(groupId);
  const limits = selection.kind === 'unguarded' ? [] : selection.limits;
  const { addresses } = await prefixListReader(accountRegion.groups)(prefixListsToPlan({ limits }, live));
  return { group, ownerId, baseline, live, limits, addresses, openedBy };
}

/**
 * Returns the state that the finding describes. For a finding about a restoration, returns the state before the restoration.
 *
 * @throws {Failure} when no baseline selects the group, or when the finding does not contain the rules of a group.
 */
export function findingStateToAccept(finding: Finding, compiled: CompiledBaseline, { command }: Pick<Io, 'command'>): StateToAccept {
  const { kind, group, omitted = [], actor, event } = finding;
  const groupId = group.id;
  if (groupId === null) throw findingFileFailure(finding, 'does not name a group');
  if (kind === 'attempt' || kind === 'tampering' || kind === 'undetermined')
    throw findingFileFailure(
      finding,
      `is of kind \`${kind}\`, which does not describe the rules of a group; expected \`drift\`, \`change\` or \`restoration\``,
    );
  if (omitted.some((key) => key === 'authorize' || key === 'revoke' || key === 'egress'))
    throw findingFileFailure(
      finding,
      `was too large to include its rules; expected the finding from the function's log, or \`${command} accept ${groupId}\``,
    );
  const names = { id: groupId, name: group.name, vpcId: group.vpcId };
  const named = compiled.baselines.find(({ name }) => name === finding.baseline);
  const baseline = named ?? baselineToAcceptInto(selectBaselineById(compiled, groupId), groupIdNameAndVpc(names), { command });
  const { revoke, authorize, egress } = finding;
  const excess = readRulesOfFindingFile(finding, revoke, egress?.revoke);
  const missing = readRulesOfFindingFile(finding, authorize, egress?.authorize);
  const declared = [...baseline.ingress, ...(baseline.egress ?? [])];
  const rest = diffRules(missing, declared).excess;
  const added = diffRules(declared, excess).excess;
  const selection = selectBaseline(compiled, { ...names, tags: group.tags ?? {} });
  const words = actor === null || event.time === null ? undefined : whoCausedFindingWords(actor, event.time);
  return {
    group: names,
    ownerId: group.accountId,
    baseline,
    live: surveyedLiveRules([...rest, ...added]),
    // If the finding omits a tag of the group, limits that select the group by this tag are not found.
    limits: selection.kind === 'unguarded' ? [] : selection.limits,
    addresses: new Map(),
    openedBy: () => Promise.resolve(() => words),
  };
}

function baselineToAcceptInto(selection: ReturnType<typeof selectBaseline>, group: string, { command }: Pick<Io, 'command'>): Baseline {
  if (selection.kind === 'guarded') return selection.baseline;
  if (selection.kind === 'ambiguous')
    throw new Failure(`several baselines select ${group}: ${selection.names.join(', ')}; expected one baseline`);
  if (selection.kind === 'limited')
    throw new Failure(
      `no baseline selects ${group}, only limits do (${selection.limits.map(({ name }) => name).join(', ')}); expected a \`permit\` or an \`except\` in the limit`,
    );
  throw new Failure(`no baseline in the file selects ${group}; \`${command} adopt --merge\` adds one`);
}
