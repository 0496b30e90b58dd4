/** `portcullis apply [FILE]`: shows the plan, asks, and makes the live groups as declared. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Baseline, CompiledBaseline } from '@portcullis/baseline';
import { permissionsByDirection } from '@portcullis/finding';
import { judge } from '@portcullis/guard/restore';
import { ruleKey, type Rule } from '@portcullis/permission-diff';
import { isAtBaseline, isReadError, listReader, restore, type ListReader, type Plan, type Restoration } from '@portcullis/security-groups';
import { audit } from '../audit/audit.js';
import { compareGroupStates, type Drifted } from '../audit/group-state.js';
import { exitCodeOf } from '../audit/totals.js';
import { labelOf, type AccountRegion, type AccountRegionOptions } from '../aws/account-region.js';
import { awsErrorWords } from '../aws/error-words.js';
import { inAccountRegion } from '../aws/in-account-region.js';
import { loadBaseline } from '../files/load-baseline.js';
import { Failure } from '../program/failure.js';
import { isConfirmed, today, type ExitCode, type Io, type Screen } from '../program/io.js';
import { counted } from '../render/counted.js';
import { planText } from '../render/plan-text.js';
import { groupWords } from '../render/state-words.js';
import { jsonText, oneLine } from '../terminal/printable.js';

export interface ApplyOptions extends AccountRegionOptions {
  readonly yes?: boolean;
  /** Changes nothing if the run would revoke more rules than this in all groups together. @default no limit */
  readonly maxRevocations?: number;
  /** Prints what was done as JSON; the plan then goes to stderr. */
  readonly json?: boolean;
  readonly allowAbsent?: boolean;
}

type DirectedPermissions = ReturnType<typeof permissionsByDirection>;

/** The result for one group. `authorized` and `revoked` are the rules that this run changed, `before` and `after` all rules of the group. */
interface Result {
  readonly outcome: 'restored' | 'not-restored' | 'not-reached';
  /** One line. */
  readonly summary: string;
  readonly authorized: DirectedPermissions;
  readonly revoked: DirectedPermissions;
  readonly before: DirectedPermissions | null;
  readonly after: DirectedPermissions | null;
}

interface Applied extends Result {
  readonly groupId: string;
  readonly baseline: string;
}

/** @throws {Failure | Interrupted} */
export async function apply(fileName: string, options: ApplyOptions, io: Io): Promise<ExitCode> {
  const { compiled } = await loadBaseline(fileName, io);
  return inAccountRegion(options, io, (accountRegion) => applyIn(accountRegion, compiled, options, io));
}

async function applyIn(accountRegion: AccountRegion, compiled: CompiledBaseline, options: ApplyOptions, io: Io): Promise<ExitCode> {
  const readLists = listReader(accountRegion.groups);
  const states = await audit(compiled, accountRegion, io, { readLists });
  const output = options.json === true ? io.stderr : io.stdout;
  output.write(planText(states, io.now(), output));
  const code = exitCodeOf(states, options, io);
  const drifted = states.filter((state) => state.kind === 'drifted').sort(compareGroupStates);
  const enforced = drifted.filter(({ mode }) => mode === 'enforce');
  if (drifted.length > enforced.length)
    io.stderr.write(`portcullis: ${counted(drifted.length - enforced.length, 'group')} left: report only\n`);
  if (enforced.length > 0) {
    refuseTooMany(enforced, options.maxRevocations);
    const question = `\nMake ${counted(enforced.length, 'group')} of ${labelOf(accountRegion)} as declared? `;
    if (!(await isConfirmed(question, options.yes, io))) return 1;
  }
  const applied = await applyAll(enforced, compiled, { ...accountRegion, readLists }, output, io);
  if (options.json === true) io.stdout.write(jsonText({ schemaVersion: 1, groups: applied }));
  if (applied.some(({ outcome }) => outcome === 'not-reached')) return 130;
  return applied.some(({ outcome }) => outcome === 'not-restored') || code === 1 ? 1 : 0;
}

/** Refuses to revoke more than `max` rules, because a mistake in a baseline affects all of its groups at once. */
function refuseTooMany(enforced: readonly Drifted[], max = Infinity): void {
  const revocations = enforced.reduce((sum, { plan }) => sum + plan.revoke.length, 0);
  if (revocations > max)
    throw new Failure(`${counted(revocations, 'rule')} would be revoked, more than \`--max-revocations ${max}\`; nothing was changed`);
}

/** `readLists` reads each prefix list only once, for the plan and all groups. */
type ApplyTarget = AccountRegion & { readonly readLists: ListReader };

/** Restores one group at a time, worst first. An interrupt does not stop the current group. */
async function applyAll(
  enforced: readonly Drifted[],
  compiled: CompiledBaseline,
  target: ApplyTarget,
  output: Screen,
  io: Io,
): Promise<Applied[]> {
  const { green, red, yellow } = output.colours;
  const marks = { restored: green('done'), 'not-restored': red('FAILED'), 'not-reached': yellow('left') };
  const applied: Applied[] = [];
  for (const state of enforced) {
    const baseline = compiled.baselines.find(({ name }) => name === state.baseline);
    if (baseline === undefined) throw new Error(`there is no baseline ${state.baseline}`);
    const result: Result = io.signal.aborted
      ? { ...UNTOUCHED, outcome: 'not-reached', summary: 'not started: interrupted' }
      : await applyTo(state, baseline, target, io);
    applied.push({ groupId: state.group.id, baseline: state.baseline, ...result });
    output.write(`${marks[result.outcome]} ${groupWords(state.group)}: ${oneLine(result.summary)}\n`);
  }
  if (io.signal.aborted && applied.length > 0) {
    const left = applied.filter(({ outcome }) => outcome === 'not-reached').length;
    io.stderr.write(`portcullis: interrupted; ${counted(left, 'group')} not started. To continue, apply again\n`);
  }
  return applied;
}

const NO_RULES: DirectedPermissions = { ingress: [], egress: [] };
const UNTOUCHED = { authorized: NO_RULES, revoked: NO_RULES, before: null, after: null };

async function applyTo(state: Drifted, baseline: Baseline, target: ApplyTarget, io: Io): Promise<Result> {
  try {
    const restoration = await restore(target.groups, {
      groupId: state.group.id,
      baseline,
      today: today(io),
      readLists: target.readLists,
      mayApply: (plan) => isWithin(plan, state.plan),
      wait: async (milliseconds) => {
        await wait(milliseconds);
      },
    });
    return resultOf(restoration, baseline);
  } catch (error) {
    if (!isReadError(error)) throw error;
    return { ...UNTOUCHED, outcome: 'not-restored', summary: awsErrorWords(error, target) };
  }
}

function resultOf(restoration: Restoration, baseline: Baseline): Result {
  const { remaining, ending, authorized, revoked, before, after } = restoration;
  const judged = judge(baseline, restoration, { reportRestored: 'COMPLIANT', maxRevocations: undefined });
  return {
    outcome: ending.kind === 'done' && isAtBaseline(remaining) ? 'restored' : 'not-restored',
    summary: untouchedWords(restoration) ?? judged.finding?.summary ?? judged.annotation,
    authorized: permissionsByDirection(authorized),
    revoked: permissionsByDirection(revoked),
    before: permissionsByDirection(before),
    after: permissionsByDirection(after),
  };
}

/** Returns why nothing was done, in the cases that never occur in the Lambda functions. */
function untouchedWords({ plan, authorized, revoked, isContested }: Restoration): string | undefined {
  if (isAtBaseline(plan)) return 'already at its baseline';
  if (!isContested || authorized.length + revoked.length > 0) return undefined;
  return 'it changed after the plan was shown, so nothing was done; plan again';
}

/** Reports whether the plan contains only changes that the user has agreed to. */
function isWithin(plan: Plan, shown: Drifted['plan']): boolean {
  const keys = (rules: readonly { readonly rule: Rule }[]): string[] => rules.map(({ rule }) => ruleKey(rule));
  const [authorize, revoke] = [new Set(keys(shown.authorize)), new Set(keys(shown.revoke))];
  return keys(plan.authorize).every((key) => authorize.has(key)) && keys(plan.revoke).every((key) => revoke.has(key));
}
