import { isInUpperHalf, prefixOf, siblingOf } from '../rule/block.js';
import { isBlock, type Source } from '../rule/source.js';
import { senderOf, type Sender } from './sender.js';
import { BY_ACTUAL, BY_REQUIRED, NEITHER, NO_COVER, under, type Cover, type Standings } from './standing.js';

export type Side = 'required' | 'actual';

/**
 * Some senders, and how they stand at the service the sweep is at. What lets in all of them is kept here once, and not in the cells
 * within, so that a wide rule costs no more than a narrow one.
 */
export class Cell {
  /** Which sides let in exactly this cell. */
  cover: Cover = NO_COVER;
  /** How the senders stand, wider cells left aside. */
  standings: Standings = NEITHER;

  /** The latest turn in which something changed in this cell or within it, and what held before that turn. */
  turn = 0;
  coverBefore: Cover = NO_COVER;
  standingsBefore: Standings = NEITHER;

  /** Where the run of services begins for which the cell is being told. Means nothing while it is not. */
  toldFrom = 0;

  /** How many rules of each side are for exactly this cell. */
  required = 0;
  actual = 0;

  /**
   * The cells that make it up, if it is ever told apart: both halves, or a narrower block alone. What is then left of the cell, its rest,
   * is let in by nobody but who lets in wider cells: it needs no cell of its own.
   */
  lower: Cell | undefined;
  upper: Cell | undefined;
  /** As `toldFrom`, for the rest. */
  restToldFrom = 0;

  /** The widest senders that make up the cell, and its rest before and after the narrower block: once somebody has asked. */
  senders: readonly Sender[] | undefined;
  before: readonly Sender[] | undefined;
  after: readonly Sender[] | undefined;

  /** The cell of the block of the prefix length that holds the source; of the source itself, if that is no block. */
  constructor(
    readonly parent: Cell | undefined,
    readonly source: Source,
    readonly prefixLength: number,
  ) {}
}

/** Returns the widest sender that makes up the cell: the same list each time. */
export function sendersOf(cell: Cell): readonly Sender[] {
  const { source, prefixLength } = cell;
  const isWhole = !isBlock(source) || source.prefixLength === prefixLength;
  return (cell.senders ??= [senderOf(isWhole ? source : prefixOf(source, prefixLength))]);
}

/** Returns the widest blocks of the cell that come before, or after, the narrower block that it has instead of halves: in order. */
export function restOf(cell: Cell, side: 'before' | 'after'): readonly Sender[] {
  const { lower, prefixLength } = cell;
  if (lower === undefined || !isBlock(lower.source)) return [];
  if (cell[side] !== undefined) return cell[side];
  const blocks: Sender[] = [];
  for (let length = prefixLength + 1; length <= lower.prefixLength; length++) {
    if (isInUpperHalf(lower.source, length - 1) === (side === 'before')) blocks.push(senderOf(siblingOf(lower.source, length)));
  }
  // Before the narrower block the widest comes first, and after it last.
  return (cell[side] = side === 'before' ? blocks : blocks.reverse());
}

/**
 * Takes note that a rule for exactly the cell begins (`1`) or ends (`-1`), and adds to `changed` the topmost cell that stands differently
 * now. If it is not alone in its turn, it adds the topmost cell around that, which is the same for many changes, and once a turn.
 */
export function countRule(cell: Cell, side: Side, change: 1 | -1, turn: number, isAlone: boolean, changed: Cell[]): void {
  const count = (cell[side] += change);
  // Only the first one in and the last one out make a difference.
  if (count !== (change === 1 ? 1 : 0)) return;
  let isNew = mark(cell, turn);
  cell.cover ^= side === 'required' ? BY_REQUIRED : BY_ACTUAL;
  for (let at = cell; ; at = at.parent) {
    const inside = at.lower === undefined ? NEITHER : at.lower.standings | (at.upper === undefined ? NEITHER : at.upper.standings);
    const standings = under(at.cover, inside);
    const isSame = standings === at.standings;
    at.standings = standings;
    if (at.parent === undefined || (isAlone && isSame)) {
      if (isNew) changed.push(at);
      return;
    }
    // Another change of this turn has come by here.
    if (!isNew && isSame) return;
    isNew = mark(at.parent, turn);
  }
}

/** Keeps what held before the turn. Returns whether it was not kept yet. */
function mark(cell: Cell, turn: number): boolean {
  if (cell.turn === turn) return false;
  cell.turn = turn;
  cell.coverBefore = cell.cover;
  cell.standingsBefore = cell.standings;
  return true;
}
