/**
 * The exact difference of two sets of regions, in the one canonical form: at every service the widest senders wholly on one side only,
 * and for each of them the longest run of services for which that is so. Cost: with n regions and k runs in the answer, about
 * (n + k) × the depth of the address tree, which is at most the length of an address and mostly near log n.
 */
import { sendersOf, type Cell } from './cell.js';
import type { Region } from './region.js';
import type { Sender } from './sender.js';
import type { Services } from '../service.js';
import { AGREED, differsUnder, isUniform, REQUIRED_ONLY, NO_COVER, toldApart, under, type Cover } from './standing.js';
import { sweep } from './sweep.js';

/** A run of services for which the senders are all on one side only. */
export interface Run extends Services {
  readonly senders: readonly Sender[];
}

export interface Difference {
  readonly missing: readonly Run[];
  readonly excess: readonly Run[];
}

export function differenceOf(required: readonly Region[], actual: readonly Region[]): Difference {
  const missing: Run[] = [];
  const excess: Run[] = [];
  sweep(required, actual, (service, turn, changed) => {
    for (const cell of changed) tell(cell, { service, turn, missing, excess }, NO_COVER, NO_COVER, false, false);
  });
  return { missing, excess };
}

/** Where the sweep is, and what has been told so far. */
interface Telling {
  readonly service: number;
  readonly turn: number;
  readonly missing: Run[];
  readonly excess: Run[];
}

/**
 * Ends what is no longer told of the cell and the cells within, and begins what now is. `before` and `after` are the covers by wider
 * cells, then and now. `nothingBefore` and `nothingAfter` say that a wider cell is told as a whole, so that no cell within is.
 */
function tell(cell: Cell, telling: Telling, before: Cover, after: Cover, nothingBefore: boolean, nothingAfter: boolean): void {
  const isChanged = cell.turn === telling.turn;
  if (!isChanged && nothingBefore === nothingAfter && (nothingAfter || !differsUnder(before, after, cell.standings))) return;
  const standingsBefore = isChanged ? cell.standingsBefore : cell.standings;
  const coverBefore = isChanged ? cell.coverBefore : cell.cover;
  const was = nothingBefore ? AGREED : toldApart(under(before, standingsBefore));
  const is = nothingAfter ? AGREED : toldApart(under(after, cell.standings));
  const wasWhole = isUniform(was);
  const isWhole = isUniform(is);
  if (wasWhole && isWhole && was === is) return;
  if (wasWhole && was !== AGREED) {
    const run = { first: cell.toldFrom, last: telling.service - 1, senders: sendersOf(cell) };
    (was === REQUIRED_ONLY ? telling.missing : telling.excess).push(run);
  }
  if (isWhole && is !== AGREED) cell.toldFrom = telling.service;
  if ((wasWhole && isWhole) || cell.halves === undefined) return;
  for (const half of cell.halves) {
    tell(half, telling, before | coverBefore, after | cell.cover, wasWhole, isWhole);
  }
}
