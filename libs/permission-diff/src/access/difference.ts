/**
 * Computes the difference between two sets of access regions in canonical form. `docs/model.md` defines this form, and explains how long
 * the computation takes.
 */
import type { Services } from '../rules/service.js';
import type { Source } from '../rules/source.js';
import { addAccessCellsAfter, addAccessCellsBefore, accessCellSender, type Cell } from './cell.js';
import type { AccessRegion } from './access-region.js';
import {
  AGREED,
  isComparedAccessChanged,
  isUniformAccess,
  NEITHER,
  NO_COVER,
  REQUIRED_ONLY,
  comparedAccessUnderCover,
  type Cover,
  type SenderAccess,
} from './sender-access.js';
import { sweepAccessRegions } from './sweep.js';

/** Traffic that only one side lets in: an interval of services from a list of senders. */
export interface Run extends Services {
  /** In canonical order, because each turn visits the trees and their cells in this order. */
  readonly senders: Source[];
}

export interface Difference {
  readonly missing: readonly Run[];
  readonly excess: readonly Run[];
}

export function accessRegionDifference(required: readonly AccessRegion[], actual: readonly AccessRegion[]): Difference {
  const missing: Run[] = [];
  const excess: Run[] = [];
  sweepAccessRegions(required, actual, (service, turn, changed) => {
    for (const root of changed) reportAccessCellRuns(root, { service, turn, missing, excess }, NO_COVER, NO_COVER, false, false);
  });
  return { missing, excess };
}

/** The current service of the sweep, and the runs found so far. */
interface Reporting {
  readonly service: number;
  readonly turn: number;
  readonly missing: Run[];
  readonly excess: Run[];
}

/**
 * Ends and begins the runs of this cell and of its inner cells at the current service. `before` and `after` are the combined covers of all
 * wider cells, before and after this turn. `nothingBefore` means that all senders of a wider cell had the same access before this turn, so
 * the inner cells had no runs of their own. `nothingAfter` means that all senders of a wider cell have the same access after this turn.
 */
function reportAccessCellRuns(
  cell: Cell,
  reporting: Reporting,
  before: Cover,
  after: Cover,
  nothingBefore: boolean,
  nothingAfter: boolean,
): void {
  const { service, turn } = reporting;
  const isChanged = cell.turn === turn;
  // Stryker disable next-line ConditionalExpression,LogicalOperator: only saves time
  if (!isChanged && nothingBefore === nothingAfter && (nothingAfter || !isComparedAccessChanged(before, after, cell.access))) return;
  const was = nothingBefore ? AGREED : comparedAccessUnderCover(before, isChanged ? cell.accessBefore : cell.access);
  const is = nothingAfter ? AGREED : comparedAccessUnderCover(after, cell.access);
  const wasWhole = isUniformAccess(was);
  const isWhole = isUniformAccess(is);
  if (wasWhole && was === is) return;
  if (wasWhole && was !== AGREED) runThatEnds(reporting, was, cell.runFrom).push(accessCellSender(cell));
  cell.runFrom = service;
  const { lower, upper } = cell;
  if (lower === undefined) return;
  const coverBefore = before | (isChanged ? cell.coverBefore : cell.cover);
  const coverAfter = after | cell.cover;
  const restWas = wasWhole ? AGREED : comparedAccessUnderCover(coverBefore, NEITHER);
  const restIs = isWhole ? AGREED : comparedAccessUnderCover(coverAfter, NEITHER);
  const restEnds = upper === undefined && restWas !== AGREED && restWas !== restIs;
  if (restEnds) addAccessCellsBefore(runThatEnds(reporting, restWas, cell.restRunFrom), cell, lower);
  reportAccessCellRuns(lower, reporting, coverBefore, coverAfter, wasWhole, isWhole);
  if (upper !== undefined) reportAccessCellRuns(upper, reporting, coverBefore, coverAfter, wasWhole, isWhole);
  if (restEnds) addAccessCellsAfter(runThatEnds(reporting, restWas, cell.restRunFrom), cell, lower);
  if (restWas !== restIs) cell.restRunFrom = service;
}

/** Returns the senders of the run that began at `first` and ended before the current service. The caller adds senders. */
function runThatEnds({ service, missing, excess }: Reporting, access: SenderAccess, first: number): Source[] {
  const runs = access === REQUIRED_ONLY ? missing : excess;
  const last = service - 1;
  // If the previous run has the same services, the senders join that run.
  // Stryker disable ConditionalExpression,UnaryOperator: only saves time
  let run = runs.at(-1);
  if (run?.first !== first || run.last !== last) runs.push((run = { first, last, senders: [] }));
  // Stryker restore all
  return run.senders;
}
