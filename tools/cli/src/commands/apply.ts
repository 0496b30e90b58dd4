/** `portcullis apply [FILE]`: makes the live groups as declared, after showing what that means and asking. */
import { judge } from '@portcullis/guard/restore';
import type { Baseline, CompiledBaseline } from '@portcullis/baseline';
import { permissionsOf, ruleKey, type IpPermission, type Rule } from '@portcullis/permission-diff';
import { isAtBaseline, isReadError, listReader, restore, type ListReader, type Plan, type Restoration } from '@portcullis/security-groups';
import { setTimeout as wait } from 'node:timers/promises';
import type { AccountRegion, AccountRegionOptions } from '../aws/account-region.js';
import { labelOf } from '../aws/account-region.js';
import { awsErrorWords } from '../aws/error-words.js';
import { compareStates } from '../audit/audit.js';
import { auditAccountRegion } from '../audit/audit-account-region.js';
import type { Drifted, GroupState } from '../audit/group-state.js';
import { coloursOf, type Colours } from '../terminal/colours.js';
import { counted } from '../render/counted.js';
import { Failure } from '../program/failure.js';
import { today, type ExitCode, type Io, type Output } from '../program/io.js';
import { loadBaseline } from '../files/load-baseline.js';
import { jsonText, oneLine } from '../terminal/printable.js';
import { groupWords, planText } from '../render/plan-text.js';
import { verdictOf } from '../audit/exit-code.js';

export interface ApplyOptions extends AccountRegionOptions {
  /** Whether not to ask. @default false */
  readonly yes?: boolean;
  /** How many rules may be revoked in all; where more would have to be, nothing is changed. @default any number */
  readonly maxRevocations?: number;
  /** Prints what was done as JSON; the plan is then told on stderr. */
  readonly json?: boolean;
  readonly allowAbsent?: boolean;
}

/** What came of one group. `authorized` and `revoked` are what this run did; `before` and `after` all rules of the group. */
export interface Applied {
  readonly groupId: string;
  readonly baseline: string;
  readonly outcome: 'restored' | 'not-restored' | 'not-reached';
  /** One line. */
  readonly summary: string;
  readonly authorized: Directed;
  readonly revoked: Directed;
  readonly before: Directed | null;
  readonly after: Directed | null;
}

interface Directed {
  readonly ingress: readonly IpPermission[];
  readonly egress: readonly IpPermission[];
}

/** @throws {Failure | Interrupted} */
export async function apply(fileName: string, options: ApplyOptions, io: Io): Promise<ExitCode> {
  const loaded = await loadBaseline(fileName, io);
  if (loaded === undefined) return 1;
  const place = await io.openAccountRegion(options, io.signal);
  const readLists = listReader(place.groups);
  const states = await auditAccountRegion(loaded.compiled, place, io, readLists);
  const told = options.json === true ? io.stderr : io.stdout;
  told.write(planText(states, { colours: coloursOf(told, io.env), columns: told.columns }));
  const code = verdictOf(states, options, io);
  const drifted = states.filter((state) => state.kind === 'drifted').sort(compareStates);
  const wanted = drifted.filter(({ mode }) => mode === 'enforce');
  if (drifted.length > wanted.length)
    io.stderr.write(`portcullis: ${counted(drifted.length - wanted.length, 'group')} left: report only\n`);
  if (wanted.length > 0) {
    refuseTooMany(wanted, options.maxRevocations);
    if (!(await isAgreed(wanted, place, options, io))) {
      io.stderr.write('portcullis: nothing was changed\n');
      return 1;
    }
  }
  const applied = await applyAll(wanted, loaded.compiled, { ...place, readLists }, told, io);
  if (options.json === true) io.stdout.write(jsonText({ schemaVersion: 1, groups: applied }));
  if (applied.some(({ outcome }) => outcome === 'not-reached')) return 130;
  return applied.some(({ outcome }) => outcome === 'not-restored') || code === 1 ? 1 : 0;
}

/** A mistake in a baseline shows in all of its groups at once. */
function refuseTooMany(wanted: readonly Drifted[], most = Infinity): void {
  const revocations = wanted.reduce((sum, { plan }) => sum + plan.revoke.length, 0);
  if (revocations > most)
    throw new Failure(`${counted(revocations, 'rule')} would be revoked, more than \`--max-revocations ${most}\`; nothing was changed`);
}

async function isAgreed(wanted: readonly Drifted[], place: AccountRegion, { yes = false }: ApplyOptions, { ask }: Io): Promise<boolean> {
  if (yes) return true;
  if (ask === undefined) throw new Failure('there is nobody to ask; expected `--yes`, which does not ask. Nothing was changed');
  const answer = await ask(`\nMake ${counted(wanted.length, 'group')} of ${labelOf(place)} as declared? Only \`yes\` is taken for yes: `);
  return answer.trim() === 'yes';
}

/** Each prefix list is read once for the plan and all groups. */
type AuditedAccountRegion = AccountRegion & { readonly readLists: ListReader };

/** One group after the other, the worst first. Once interrupted, the one at hand is finished and no other is begun. */
async function applyAll(
  wanted: readonly Drifted[],
  compiled: CompiledBaseline,
  place: AuditedAccountRegion,
  output: Output,
  io: Io,
): Promise<Applied[]> {
  const colours = coloursOf(output, io.env);
  const applied: Applied[] = [];
  for (const state of wanted) {
    const baseline = compiled.baselines.find(({ name }) => name === state.baseline);
    if (baseline === undefined) throw new Error(`there is no baseline ${state.baseline}`);
    const result = io.signal.aborted
      ? { ...UNTOUCHED, ...named(state), outcome: 'not-reached' as const, summary: 'not begun: interrupted' }
      : await applyTo(state, baseline, place, io);
    applied.push(result);
    output.write(`${mark(result, colours)} ${groupWords(state.group)}: ${oneLine(result.summary)}\n`);
  }
  if (io.signal.aborted && applied.length > 0) {
    const left = applied.filter(({ outcome }) => outcome === 'not-reached').length;
    io.stderr.write(`portcullis: interrupted; ${counted(left, 'group')} not begun. To go on, apply again\n`);
  }
  return applied;
}

const NO_RULES: Directed = { ingress: [], egress: [] };
const UNTOUCHED = { authorized: NO_RULES, revoked: NO_RULES, before: null, after: null } as const;

function named({ group, baseline }: GroupState & Drifted): Pick<Applied, 'groupId' | 'baseline'> {
  return { groupId: group.id, baseline };
}

async function applyTo(state: Drifted, baseline: Baseline, place: AuditedAccountRegion, io: Io): Promise<Applied> {
  try {
    const restoration = await restore(place.groups, {
      groupId: state.group.id,
      baseline,
      today: today(io),
      readLists: place.readLists,
      mayCarryOut: (plan) => isWithin(plan, state.plan),
      wait: async (milliseconds) => {
        await wait(milliseconds);
      },
    });
    return { ...named(state), ...outcomeOf(restoration, baseline) };
  } catch (error) {
    if (!isReadError(error)) throw error;
    return { ...UNTOUCHED, ...named(state), outcome: 'not-restored', summary: awsErrorWords(error, place) };
  }
}

function outcomeOf(restoration: Restoration, baseline: Baseline): Omit<Applied, 'groupId' | 'baseline'> {
  const { remaining, ending, authorized, revoked, before, after } = restoration;
  const verdict = judge(baseline, restoration, { reportRestored: 'COMPLIANT', maxRevocations: undefined });
  const isDone = ending.kind === 'done' && isAtBaseline(remaining);
  return {
    outcome: isDone ? 'restored' : 'not-restored',
    summary: untouchedWords(restoration) ?? verdict.finding?.summary ?? verdict.annotation,
    authorized: directed(authorized),
    revoked: directed(revoked),
    before: directed(before),
    after: directed(after),
  };
}

/** Why nothing was done, if it differs from what a function would say. */
function untouchedWords({ plan, authorized, revoked, isContested }: Restoration): string | undefined {
  if (isAtBaseline(plan)) return 'at its baseline by now';
  return isContested && authorized.length + revoked.length === 0
    ? 'it has changed since the plan was shown, and was left as it is; plan again'
    : undefined;
}

/** Reports whether the plan takes no more than what was shown: nobody has agreed to anything else. */
function isWithin(plan: Plan, shown: Drifted['plan']): boolean {
  const keys = (rules: readonly { readonly rule: Rule }[]): string[] => rules.map(({ rule }) => ruleKey(rule));
  const [authorize, revoke] = [new Set(keys(shown.authorize)), new Set(keys(shown.revoke))];
  return keys(plan.authorize).every((key) => authorize.has(key)) && keys(plan.revoke).every((key) => revoke.has(key));
}

function directed(rules: readonly Rule[]): Directed {
  const here = (direction: Rule['direction']): IpPermission[] => permissionsOf(rules.filter((rule) => rule.direction === direction));
  return { ingress: here('ingress'), egress: here('egress') };
}

function mark({ outcome }: Applied, colours: Colours): string {
  if (outcome === 'restored') return colours.green('done');
  return outcome === 'not-restored' ? colours.red('FAILED') : colours.yellow('left');
}
