/** Counts groups and rules. */
import { SEVERITIES, type Severity } from '@portcullis/finding';
import type { GroupState } from './group-state.js';

export interface Totals {
  /** Groups that a baseline selects and that exist. */
  readonly guarded: number;
  readonly atBaseline: number;
  readonly drifted: number;
  readonly ambiguous: number;
  readonly unread: number;
  /** Groups that a baseline names but that do not exist. */
  readonly absent: number;
  /** The number of rules in all groups together. */
  readonly toAuthorize: number;
  readonly toRevoke: number;
  /** Drifted groups of each severity, worst first. */
  readonly bySeverity: Readonly<Partial<Record<Severity, number>>>;
}

export function auditTotals(states: readonly GroupState[]): Totals {
  const count = (kind: GroupState['kind']): number => states.filter((state) => state.kind === kind).length;
  const drifted = states.filter((state) => state.kind === 'drifted');
  const bySeverity = [...SEVERITIES]
    .reverse()
    .map((severity): [Severity, number] => [severity, drifted.filter((state) => state.severity === severity).length])
    .filter(([, groups]) => groups > 0);
  return {
    guarded: states.length - count('absent'),
    atBaseline: count('at-baseline'),
    drifted: drifted.length,
    ambiguous: count('ambiguous'),
    unread: count('unread'),
    absent: count('absent'),
    toAuthorize: drifted.reduce((sum, { plan }) => sum + plan.authorize.length, 0),
    toRevoke: drifted.reduce((sum, { plan }) => sum + plan.revoke.length, 0),
    bySeverity: Object.fromEntries(bySeverity),
  };
}
