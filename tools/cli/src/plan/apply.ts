/** `portcullis apply [FILE]`: shows the plan, asks for confirmation, and restores the live groups to their baselines and limits. */
import { baselineAfterApproval, type CompiledBaseline, type Declaration } from '@portcullis/baseline';
import { findingPermissionsByDirection } from '@portcullis/finding';
import { ruleKey, type Rule } from '@portcullis/permission-diff';
import { judgeRestoration, OPEN_CONNECTIONS_NOTE } from '@portcullis/guard/restore';
import {
  enforcedPartOfPlan,
  isAtBaseline,
  isReadError,
  prefixListReader,
  restoreSecurityGroup,
  rulesOfPlannedChanges,
  type PrefixListReader,
  type Plan,
  type Restoration,
} from '@portcullis/security-groups';
import { auditGroups } from './audit.js';
import { compareAuditStates, type Drifted } from './group-state.js';
import { auditExitCode } from './audit-totals.js';
import { describeAccountRegion, type AccountRegion, type AccountRegionOptions } from '../aws/account-region.js';
import { awsErrorWords, isAccessDenied } from '../aws/error-words.js';
import { groupOptionProblems } from '../command-line/group-option.js';
import { inAccountRegion } from '../aws/in-account-region.js';
import { loadBaselineFile, warnOfExposuresInBaselineFile } from '../files/load-baseline.js';
import { isConfirmedByUser, confirmWithUser } from '../command-line/confirmation.js';
import { Failure, failCommandOnProblems } from '../command-line/failure.js';
import { currentUtcDay, type ExitCode, type Io, type Screen, type Style } from '../command-line/io.js';
import { countWithNoun } from '../render/counted.js';
import { renderedRuleKeysBeyondLimits } from '../render/drift-words.js';
import { planText } from './plan-text.js';
import { groupIdNameAndVpc } from '../render/state-words.js';
import { renderWrapped } from '../render/wrapped.js';
import { indentedTerminalJson, safeTerminalLine } from '../command-line/printable.js';

export interface ApplyOptions extends AccountRegionOptions {
  readonly yes?: boolean;
  /** The ids of the only groups to change. @default all guarded groups */
  readonly group?: readonly string[];
  /**
   * The maximum number of rules to revoke in all groups together. If the plan revokes more rules, the command changes nothing.
   *
   * @default no maximum
   */
  readonly maxRevocations?: number;
  /** Prints the results as JSON on stdout, and the plan on stderr. */
  readonly json?: boolean;
  readonly allowAbsent?: boolean;
}

type DirectedPermissions = ReturnType<typeof findingPermissionsByDirection>;

/** The result for one group. `authorized` and `revoked` are the changed rules; `before` and `after` are all rules of the group. */
interface ApplyResult {
  readonly outcome: 'restored' | 'not-restored' | 'not-reached';
  /** One line. */
  readonly summary: string;
  readonly authorized: DirectedPermissions;
  readonly revoked: DirectedPermissions;
  readonly before: DirectedPermissions | null;
  readonly after: DirectedPermissions | null;
}

interface AppliedGroup extends ApplyResult {
  readonly groupId: string;
  /** The name of the baseline; null if only limits apply. */
  readonly baseline: string | null;
  /** The names of the limits that the group broke; absent if the group broke no limit. */
  readonly limits?: readonly string[];
}

/** A drifted group with at least one change in mode `enforce`. */
interface EnforcedGroup {
  readonly state: Drifted;
  readonly declaration: Declaration;
  /** The plan, reduced to the changes in mode `enforce`. */
  readonly todo: Plan;
}

/** The attempt to restore a group. */
interface ApplyAttempt {
  readonly result: ApplyResult;
  /** Absent if the restoration of the group did not start, or if the group could not be read. */
  readonly restoration?: Restoration;
  /** The error text if AWS denied a call; otherwise absent. */
  readonly denied?: string;
}

/** @throws {Failure | Interrupted} */
export async function applyCommand(fileName: string, options: ApplyOptions, io: Io): Promise<ExitCode> {
  failCommandOnProblems(groupOptionProblems(options.group));
  const loaded = await loadBaselineFile(fileName, io);
  warnOfExposuresInBaselineFile(loaded, io);
  // In mode `approve`, the user who runs `apply` gives the approval.
  const compiled = { ...loaded.compiled, baselines: loaded.compiled.baselines.map(baselineAfterApproval) };
  return inAccountRegion(options, io, (accountRegion) => applyInAccountRegion(accountRegion, compiled, options, io));
}

async function applyInAccountRegion(
  accountRegion: AccountRegion,
  compiled: CompiledBaseline,
  options: ApplyOptions,
  io: Io,
): Promise<ExitCode> {
  const readLists = prefixListReader(accountRegion.groups);
  const states = await auditGroups(compiled, accountRegion, io, { readLists, only: options.group });
  const where = await describeAccountRegion(accountRegion);
  const output = options.json === true ? io.stderr : io.stdout;
  output.write(planText([{ where, accountId: await accountRegion.accountId(), states }], io.now(), output));
  const code = auditExitCode(states, options, io);
  const drifted = states.filter((state) => state.kind === 'drifted').sort(compareAuditStates);
  const enforced = drifted.flatMap((state): EnforcedGroup[] => {
    const declaration = declarationForApplyCommand(state, compiled);
    return state.mode === 'enforce' ? [{ state, declaration, todo: enforcedPartOfPlan(state.plan, declaration) }] : [];
  });
  for (const words of unappliedDriftNotes(drifted, compiled)) io.stderr.write(`portcullis: ${words}\n`);
  const unreadable = drifted.filter((state) => rulesThatApplyCannotRepair(state).length > 0 && hasUnreadListsInApply(state)).length;
  if (unreadable > 0)
    io.stderr.write(
      `portcullis: ${countWithNoun(unreadable, 'group')} not repaired: a prefix list could not be read, so it is unknown whether rules are beyond an enforced limit\n`,
    );
  if (enforced.length > 0) {
    refuseApplyBeyondMaxRevocations(enforced, options.maxRevocations);
    if (!(await confirmWithUser(renderWrapped(applyQuestion(enforced, where), 0, io.stderr.columns), options.yes, io))) return 1;
  }
  const { applied, restorations } = await applyToGroups(enforced, { ...accountRegion, readLists }, output, io);
  if (applied.length > 0) output.write(appliedTotalsText(applied, restorations, where, output));
  if (options.json === true) io.stdout.write(indentedTerminalJson({ schemaVersion: 1, groups: applied }));
  if (io.signal.aborted && applied.some(({ outcome }) => outcome === 'not-reached')) return 130;
  return applied.some(({ outcome }) => outcome !== 'restored') || code === 1 || unreadable > 0 ? 1 : 0;
}

function declarationForApplyCommand({ baseline, limits = [] }: Drifted, compiled: CompiledBaseline): Declaration {
  const found = compiled.baselines.find(({ name }) => name === baseline);
  const names = new Set(limits.map(({ name }) => name));
  return { ...(found !== undefined && { baseline: found }), limits: (compiled.limits ?? []).filter(({ name }) => names.has(name)) };
}

/**
 * Returns notes about drift that `apply` does not restore. Each note says which change of the baseline file makes `apply` restore the
 * drift.
 */
function unappliedDriftNotes(drifted: readonly Drifted[], { baselines }: CompiledBaseline): string[] {
  const reporting = new Set(baselines.flatMap(({ name, mode }) => (mode === 'report' ? name : [])));
  const ofBaselines = drifted.filter(({ baseline, plan }) => {
    const beyond = renderedRuleKeysBeyondLimits(plan);
    const changes = [...plan.authorize, ...plan.revoke];
    return (
      baseline !== null && reporting.has(baseline) && changes.some(({ rule, mode }) => mode === 'report' && !beyond.has(ruleKey(rule)))
    );
  });
  const broken = drifted.flatMap(({ plan }) => plan.broken);
  const ofLimits = [...new Set(broken.flatMap(({ limit: { name, mode } }) => (mode === 'report' ? name : [])))];
  const kept = drifted.filter((state) => rulesThatApplyCannotRepair(state).length > 0 && !hasUnreadListsInApply(state)).length;
  return [
    ofBaselines.length > 0 &&
      `${countWithNoun(ofBaselines.length, 'group')} in mode \`report\` not restored; remove \`mode: report\` from a baseline to restore its groups`,
    ofLimits.length > 0 &&
      `${countWithNoun(ofLimits.length, 'limit')} in mode \`report\` not applied: ${ofLimits.join(', ')}; set \`mode: enforce\` in a limit to repair its groups`,
    kept > 0 &&
      `${countWithNoun(kept, 'group')} not repaired, because rules beyond an enforced limit cannot be narrowed; remove \`otherwise: report\` from the limit to revoke such rules`,
  ].filter((text) => text !== false);
}

function hasUnreadListsInApply({ lists }: Drifted): boolean {
  return Object.keys(lists?.unread ?? {}).length > 0;
}

/** Returns the rules that break an enforced limit and that `apply` cannot repair. */
function rulesThatApplyCannotRepair({ plan }: Drifted): readonly Rule[] {
  const beyond = renderedRuleKeysBeyondLimits({ broken: plan.broken.filter(({ limit }) => limit.mode === 'enforce') });
  return rulesOfPlannedChanges(plan.revoke.filter(({ rule, mode }) => mode === 'report' && beyond.has(ruleKey(rule))));
}

/** Returns a text such as `Revoke 34 and authorize 2 rules in 12 groups of acme-prod (123456789012), eu-west-1?`, after a line break. */
function applyQuestion(enforced: readonly EnforcedGroup[], where: string): string {
  const revoked = enforced.flatMap(({ todo }) => todo.revoke).length;
  const authorized = enforced.flatMap(({ todo }) => todo.authorize).length;
  const rules = (count: number): string => countWithNoun(count, 'rule');
  const changes =
    revoked === 0
      ? `Authorize ${rules(authorized)}`
      : authorized === 0
        ? `Revoke ${rules(revoked)}`
        : `Revoke ${revoked} and authorize ${rules(authorized)}`;
  return `\n${changes} in ${countWithNoun(enforced.length, 'group')} of ${where}? `;
}

function appliedTotalsText(
  applied: readonly AppliedGroup[],
  restorations: readonly Restoration[],
  where: string,
  { colours, columns }: Style,
): string {
  const revoked = restorations.flatMap((each) => each.revoked).length;
  const authorized = restorations.flatMap((each) => each.authorized).length;
  const count = (outcome: ApplyResult['outcome']): number => applied.filter((each) => each.outcome === outcome).length;
  const left = [
    count('not-restored') > 0 && `, ${count('not-restored')} failed`,
    count('not-reached') > 0 && `, ${count('not-reached')} not started`,
  ].filter((text) => text !== false);
  const [state, colour] = left.length === 0 ? (['Done', colours.green] as const) : (['Not done', colours.red] as const);
  const restored = `${count('restored')} of ${countWithNoun(applied.length, 'group')} restored${left.join('')}`;
  const note = revoked === 0 ? '' : `${OPEN_CONNECTIONS_NOTE.charAt(0).toUpperCase()}${OPEN_CONNECTIONS_NOTE.slice(1)}.\n`;
  const sentence = `${state} in ${where}: ${restored}; ${countWithNoun(revoked, 'rule')} revoked, ${authorized} authorized.`;
  return `\n${renderWrapped(sentence, 0, columns).replace(state, colour)}\n${note}`;
}

/**
 * A mistake in a baseline can revoke rules in many groups at once. This check limits the damage.
 *
 * @throws {Failure} if more than `max` rules would be revoked
 */
function refuseApplyBeyondMaxRevocations(enforced: readonly EnforcedGroup[], max = Infinity): void {
  const revocations = enforced.reduce((sum, { todo }) => sum + todo.revoke.length, 0);
  if (revocations > max)
    throw new Failure(
      `${countWithNoun(revocations, 'rule')} would be revoked, more than \`--max-revocations ${max}\`; nothing was changed`,
    );
}

/** The plan and all restorations use the same `readLists`, which reads each prefix list only once. */
type ApplyTarget = AccountRegion & { readonly readLists: PrefixListReader };

/**
 * Restores one group at a time, worst first. After an interrupt, finishes the current group. If AWS denies a call for the first group,
 * stops, because AWS would deny the same call for the other groups.
 */
async function applyToGroups(
  enforced: readonly EnforcedGroup[],
  target: ApplyTarget,
  output: Screen,
  io: Io,
): Promise<{ readonly applied: AppliedGroup[]; readonly restorations: readonly Restoration[] }> {
  const { green, red, yellow } = output.colours;
  const marks = { restored: green('done'), 'not-restored': red('FAILED'), 'not-reached': yellow('skipped') };
  const applied: AppliedGroup[] = [];
  const restorations: Restoration[] = [];
  let denied: string | undefined;
  for (const each of enforced) {
    const { state } = each;
    const why = io.signal.aborted ? 'interrupted' : denied !== undefined ? 'AWS denied the call for the first group' : undefined;
    const attempted: ApplyAttempt =
      why === undefined ? await applyToGroup(each, target, io) : { result: unappliedGroupResult('not-reached', `not started: ${why}`) };
    if (applied.length === 0) denied = attempted.denied;
    const { result, restoration } = attempted;
    if (restoration !== undefined) restorations.push(restoration);
    const limits = state.plan.broken.map(({ limit }) => limit.name);
    applied.push({ groupId: state.group.id, baseline: state.baseline, ...(limits.length > 0 && { limits }), ...result });
    if (denied === undefined || applied.length === 1)
      output.write(
        `${marks[result.outcome]} ${renderWrapped(`${groupIdNameAndVpc(state.group)}: ${safeTerminalLine(result.summary)}`, 7, output.columns)}\n`,
      );
  }
  const left = applied.filter(({ outcome }) => outcome === 'not-reached').length;
  if (io.signal.aborted && applied.length > 0)
    io.stderr.write(`portcullis: interrupted; ${countWithNoun(left, 'group')} not started. Run the command again to continue\n`);
  else if (denied !== undefined) io.stderr.write(`portcullis: ${denied}; ${countWithNoun(left, 'group')} not started\n`);
  return { applied, restorations };
}

const NO_RULES: DirectedPermissions = { ingress: [], egress: [] };

function unappliedGroupResult(outcome: ApplyResult['outcome'], summary: string): ApplyResult {
  return { outcome, summary, authorized: NO_RULES, revoked: NO_RULES, before: null, after: null };
}

async function applyToGroup({ state, declaration, todo }: EnforcedGroup, target: ApplyTarget, io: Io): Promise<ApplyAttempt> {
  const shown = { authorize: rulesOfPlannedChanges(todo.authorize), revoke: rulesOfPlannedChanges(todo.revoke) };
  try {
    const restoration = await restoreSecurityGroup(target.groups, {
      groupId: state.group.id,
      declaration,
      today: currentUtcDay(io),
      accountId: await target.accountId(),
      readLists: target.readLists,
      mayApply: (plan) => isConfirmedByUser(plan, shown),
      wait: io.wait,
    });
    const refusal = restoration.failures.find(isAccessDenied);
    return {
      result: applyResultOfRestoration(restoration, declaration),
      restoration,
      ...(refusal !== undefined && { denied: awsErrorWords(refusal, target) }),
    };
  } catch (error) {
    if (!isReadError(error)) throw error;
    const words = awsErrorWords(error, target);
    return { result: unappliedGroupResult('not-restored', words), ...(isAccessDenied(error) && { denied: words }) };
  }
}

function applyResultOfRestoration(restoration: Restoration, declaration: Declaration): ApplyResult {
  const { remaining, ending, authorized, revoked, before, after } = restoration;
  const judged = judgeRestoration(declaration, restoration, { reportRestored: 'COMPLIANT', maxRevocations: undefined }, null);
  const summary = unappliedGroupReason(restoration, declaration) ?? judged.finding?.summary ?? judged.annotation;
  return {
    outcome: ending.kind === 'done' && isAtBaseline(enforcedPartOfPlan(remaining, declaration)) ? 'restored' : 'not-restored',
    // `appliedTotalsText` prints the note about open connections once for all groups.
    summary: summary.replace(`; ${OPEN_CONNECTIONS_NOTE}`, ''),
    authorized: findingPermissionsByDirection(authorized),
    revoked: findingPermissionsByDirection(revoked),
    before: findingPermissionsByDirection(before),
    after: findingPermissionsByDirection(after),
  };
}

/**
 * Returns why the command did not change the group: the group needed no change, or it changed after the plan was shown. Otherwise returns
 * `undefined`.
 */
function unappliedGroupReason({ plan, authorized, revoked, isContested }: Restoration, declaration: Declaration): string | undefined {
  if (isAtBaseline(enforcedPartOfPlan(plan, declaration)))
    return declaration.baseline === undefined ? 'already within its limits' : 'already at its baseline';
  if (!isContested || authorized.length + revoked.length > 0) return undefined;
  return 'not changed: the group changed after the plan was shown; run the command again';
}
