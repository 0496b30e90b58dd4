/**
 * The exact difference of two sets of regions in canonical form. Each service has the widest senders that only one side lets in, and each
 * of these senders has the longest run of services. The cost for n regions and k resulting runs is about (n + k) × the depth of the address
 * tree. The depth is at most the length of an address, and usually near log n.
 */
import type { Services } from '../rules/service.js';
import type { Source } from '../rules/source.js';
import { restOf, sendersOf, type Cell } from './cell.js';
import type { Region } from './region.js';
import { AGREED, differsUnder, isUniform, NEITHER, NO_COVER, REQUIRED_ONLY, toldUnder, type Cover, type Standings } from './standing.js';
import { sweep } from './sweep.js';

/** A run of services that only one side lets in from all these senders. */
export interface Run extends Services {
  readonly senders: Source[];
}

export interface Difference {
  readonly missing: readonly Run[];
  readonly excess: readonly Run[];
}

export function differenceOf(required: readonly Region[], actual: readonly Region[]): Difference {
  const missing: Run[] = [];
  const excess: Run[] = [];
  sweep(required, actual, (service, turn, changed) => {
    for (const root of changed) tell(root, { service, turn, missing, excess }, NO_COVER, NO_COVER, false, false);
  });
  return { missing, excess };
}

/** The position of the sweep, and the runs found so far. */
interface Telling {
  readonly service: number;
  readonly turn: number;
  readonly missing: Run[];
  readonly excess: Run[];
}

/**
 * Ends the runs of this cell and its inner cells that stop at this service, and begins the runs that start here. `before` and `after` are
 * the combined covers of the wider cells, before and after this turn. If `nothingBefore` or `nothingAfter` is true, a wider cell is
 * reported as a whole, so no inner cell is reported.
 */
function tell(cell: Cell, telling: Telling, before: Cover, after: Cover, nothingBefore: boolean, nothingAfter: boolean): void {
  const { service, turn } = telling;
  const isChanged = cell.turn === turn;
  if (!isChanged && nothingBefore === nothingAfter && (nothingAfter || !differsUnder(before, after, cell.standings))) return;
  const was = nothingBefore ? AGREED : toldUnder(before, isChanged ? cell.standingsBefore : cell.standings);
  const is = nothingAfter ? AGREED : toldUnder(after, cell.standings);
  const wasWhole = isUniform(was);
  const isWhole = isUniform(is);
  if (wasWhole && isWhole && was === is) return;
  if (wasWhole && was !== AGREED) end(telling, was, cell.toldFrom, sendersOf(cell));
  if (isWhole && is !== AGREED) cell.toldFrom = service;
  const { lower, upper } = cell;
  if ((wasWhole && isWhole) || lower === undefined) return;
  const coverBefore = before | (isChanged ? cell.coverBefore : cell.cover);
  const coverAfter = after | cell.cover;
  const restWas = wasWhole ? AGREED : toldUnder(coverBefore, NEITHER);
  const restIs = isWhole ? AGREED : toldUnder(coverAfter, NEITHER);
  const rest = upper === undefined && restWas !== AGREED && restWas !== restIs ? restOf(cell, lower) : undefined;
  if (rest !== undefined) end(telling, restWas, cell.restToldFrom, rest.before);
  tell(lower, telling, coverBefore, coverAfter, wasWhole, isWhole);
  if (upper !== undefined) tell(upper, telling, coverBefore, coverAfter, wasWhole, isWhole);
  if (rest !== undefined) end(telling, restWas, cell.restToldFrom, rest.after);
  if (restWas !== restIs) cell.restToldFrom = service;
}

/** Ends a run at the service before this one. */
function end({ service, missing, excess }: Telling, standing: Standings, first: number, senders: readonly Source[]): void {
  const runs = standing === REQUIRED_ONLY ? missing : excess;
  const last = service - 1;
  // The runs of neighbors often have the same services.
  let run = runs.at(-1);
  if (run?.first !== first || run.last !== last) runs.push((run = { first, last, senders: [] }));
  for (const sender of senders) run.senders.push(sender);
}
