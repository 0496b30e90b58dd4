/**
 * Computes the exact difference between two sets of regions, in canonical form. For each service, it has the widest senders that only one
 * side lets in. For each of these senders, it has the longest run of services. For n regions and k resulting runs, the cost is about (n +
 * k) × the depth of the address tree. The depth is at most the number of bits of an address, and usually near log n.
 */
import type { Services } from '../rules/service.js';
import type { Source } from '../rules/source.js';
import { restOfAccessCell, accessCellSenders, type Cell } from './cell.js';
import type { AccessRegion } from './access-region.js';
import {
  AGREED,
  reportDiffersUnderCovers,
  isSingleStanding,
  NEITHER,
  NO_COVER,
  REQUIRED_ONLY,
  reportedStandings,
  type Cover,
  type Standings,
} from './standing.js';
import { sweepAccessRegions } from './sweep.js';

/** A run of services that only one side lets in, from all senders of the run. */
export interface Run extends Services {
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
 * Ends the runs of this cell and of its inner cells that stop at this service, and begins the runs that start at this service. `before` and
 * `after` are the combined covers of all wider cells, before this turn and after it. If `nothingBefore` or `nothingAfter` is true, a wider
 * cell is reported as a whole at that time, so no inner cell is reported.
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
  if (!isChanged && nothingBefore === nothingAfter && (nothingAfter || !reportDiffersUnderCovers(before, after, cell.standings))) return;
  const was = nothingBefore ? AGREED : reportedStandings(before, isChanged ? cell.standingsBefore : cell.standings);
  const is = nothingAfter ? AGREED : reportedStandings(after, cell.standings);
  const wasWhole = isSingleStanding(was);
  const isWhole = isSingleStanding(is);
  if (wasWhole && isWhole && was === is) return;
  if (wasWhole && was !== AGREED) endAccessCellRun(reporting, was, cell.runFrom, accessCellSenders(cell));
  if (isWhole && is !== AGREED) cell.runFrom = service;
  const { lower, upper } = cell;
  if ((wasWhole && isWhole) || lower === undefined) return;
  const coverBefore = before | (isChanged ? cell.coverBefore : cell.cover);
  const coverAfter = after | cell.cover;
  const restWas = wasWhole ? AGREED : reportedStandings(coverBefore, NEITHER);
  const restIs = isWhole ? AGREED : reportedStandings(coverAfter, NEITHER);
  const rest = upper === undefined && restWas !== AGREED && restWas !== restIs ? restOfAccessCell(cell, lower) : undefined;
  if (rest !== undefined) endAccessCellRun(reporting, restWas, cell.restRunFrom, rest.before);
  reportAccessCellRuns(lower, reporting, coverBefore, coverAfter, wasWhole, isWhole);
  if (upper !== undefined) reportAccessCellRuns(upper, reporting, coverBefore, coverAfter, wasWhole, isWhole);
  if (rest !== undefined) endAccessCellRun(reporting, restWas, cell.restRunFrom, rest.after);
  if (restWas !== restIs) cell.restRunFrom = service;
}

/** Ends a run at the service before the current one. */
function endAccessCellRun({ service, missing, excess }: Reporting, standing: Standings, first: number, senders: readonly Source[]): void {
  const runs = standing === REQUIRED_ONLY ? missing : excess;
  const last = service - 1;
  // Neighboring senders often have runs with the same services.
  let run = runs.at(-1);
  if (run?.first !== first || run.last !== last) runs.push((run = { first, last, senders: [] }));
  for (const sender of senders) run.senders.push(sender);
}
