/** The totals and the exit code of an audit. */
import { SEVERITIES, type Severity } from '@portcullis/finding';
import type { ExitCode, Io } from '../command-line/io.js';
import { countWithNoun } from '../render/counted.js';
import type { GroupState } from './group-state.js';

export interface AuditTotals {
  /** The number of existing groups that a baseline selects. */
  readonly guarded: number;
  /** The number of groups that a limit selects and no baseline selects. */
  readonly limited: number;
  readonly atBaseline: number;
  /** The number of groups that no baseline selects and that are within their limits. */
  readonly withinLimits: number;
  /** The number of groups that are not at their baseline, or not within their limits. */
  readonly drifted: number;
  readonly ambiguous: number;
  readonly unread: number;
  /** The number of groups that the baseline file names but that do not exist. */
  readonly absent: number;
  /** The numbers of rules to authorize and to revoke in all groups together. */
  readonly toAuthorize: number;
  readonly toRevoke: number;
  /** The number of drifted groups with each severity, worst first. */
  readonly bySeverity: Readonly<Partial<Record<Severity, number>>>;
}

export function auditTotals(states: readonly GroupState[]): AuditTotals {
  const count = (kind: GroupState['kind']): number => states.filter((state) => state.kind === kind).length;
  const drifted = states.filter((state) => state.kind === 'drifted');
  const bySeverity = [...SEVERITIES]
    .reverse()
    .map((severity): [Severity, number] => [severity, drifted.filter((state) => state.severity === severity).length])
    .filter(([, groups]) => groups > 0);
  const guarded = states.filter((state) => state.kind !== 'absent' && baselineNamesInAudit(state).length > 0).length;
  return {
    guarded,
    limited: states.length - count('absent') - guarded,
    atBaseline: count('at-baseline'),
    withinLimits: count('within-limits'),
    drifted: drifted.length,
    ambiguous: count('ambiguous') + drifted.filter(({ ambiguous }) => ambiguous !== undefined).length,
    unread: count('unread'),
    absent: count('absent'),
    toAuthorize: drifted.reduce((sum, { plan }) => sum + plan.authorize.length, 0),
    toRevoke: drifted.reduce((sum, { plan }) => sum + plan.revoke.length, 0),
    bySeverity: Object.fromEntries(bySeverity),
  };
}

/** Returns the names of the baselines that select or name the group. */
export function baselineNamesInAudit(state: GroupState): readonly string[] {
  switch (state.kind) {
    case 'at-baseline':
      return [state.baseline];
    case 'within-limits':
      return [];
    case 'drifted':
      return state.baseline === null ? (state.ambiguous ?? []) : [state.baseline];
    case 'ambiguous':
    case 'absent':
    case 'unread':
      return state.baselines;
  }
}

/**
 * Returns the exit code of an audit. Writes to stderr how many groups could not be compared, and why.
 *
 * @param options `allowAbsent`: whether to ignore groups that the baseline file names but that do not exist. `failedRegions`: the number of
 * regions that could not be read. The caller reports these regions.
 */
export function auditExitCode(
  states: readonly GroupState[],
  { allowAbsent = false, failedRegions = 0 }: { readonly allowAbsent?: boolean; readonly failedRegions?: number },
  io: Io,
): ExitCode {
  const { drifted, unread, ambiguous, absent } = auditTotals(states);
  const errors = [
    states.length === 0 &&
      failedRegions === 0 &&
      !allowAbsent &&
      'the baseline file selects no group here; check the account, the region and the file, or pass `--allow-absent`',
    unread > 0 && `${countWithNoun(unread, 'group')} could not be read`,
    ambiguous > 0 && `${countWithNoun(ambiguous, 'group')} ${ambiguous === 1 ? 'is' : 'are'} selected by several baselines`,
    absent > 0 &&
      !allowAbsent &&
      `${countWithNoun(absent, 'group')} in the baseline file ${absent === 1 ? 'does' : 'do'} not exist here; correct the id, or pass \`--allow-absent\``,
  ].filter((error) => error !== false);
  for (const error of errors) io.stderr.write(`portcullis: ${error}\n`);
  if (errors.length > 0) return 1;
  return drifted > 0 ? 2 : 0;
}
