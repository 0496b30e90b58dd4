import { blocksBetween, type Block } from '../block.js';
import type { Sender } from './sender.js';
import { BY_ACTUAL, BY_REQUIRED, NEITHER, NO_COVER, under, type Cover, type Standings } from './standing.js';

export type Side = 'required' | 'actual';

/**
 * Some senders, and how they stand at the service the sweep is at. What lets in all of them is kept here once, and not in the cells
 * within, so that a wide rule costs no more than a narrow one.
 */
export interface Cell {
  /** Which sides let in exactly this cell. */
  cover: Cover;
  /** How the senders stand, wider cells left aside. */
  standings: Standings;

  /** The latest turn in which something changed in this cell or within it, and what held before that turn. */
  turn: number;
  coverBefore: Cover;
  standingsBefore: Standings;

  /** Where the run of services begins for which the cell is being told. Means nothing while it is not. */
  toldFrom: number;

  /** How many rules of each side are for exactly this cell. */
  required: number;
  actual: number;

  parent: Cell | undefined;
  /** The two cells that make it up, if it is ever told apart. */
  readonly halves: readonly [Cell, Cell] | undefined;

  /** Who makes up the cell: a sender, less a narrower block of it. */
  readonly sender: Sender;
  readonly without: Block | undefined;
  /** The widest senders that make up the cell, once it has been told. */
  senders: readonly Sender[] | undefined;
}

/** Returns the cell of the sender, or of what is left of a block without a narrower one. */
export function newCell(sender: Sender, halves?: readonly [Cell, Cell], without?: Block): Cell {
  const cell: Cell = {
    cover: NO_COVER,
    standings: NEITHER,
    turn: 0,
    coverBefore: NO_COVER,
    standingsBefore: NEITHER,
    toldFrom: 0,
    required: 0,
    actual: 0,
    parent: undefined,
    halves,
    sender,
    without,
    senders: undefined,
  };
  if (halves !== undefined) halves[0].parent = halves[1].parent = cell;
  return cell;
}

/** Returns the widest senders that make up the cell: the same list each time. */
export function sendersOf(cell: Cell): readonly Sender[] {
  const { sender, without } = cell;
  return (cell.senders ??= without && 'words' in sender ? blocksBetween(sender, without) : [sender]);
}

/** Takes note that a rule for exactly the cell begins (`1`) or ends (`-1`). Returns the topmost cell that this changed, if any. */
export function countRule(cell: Cell, side: Side, change: 1 | -1, turn: number): Cell | undefined {
  const count = (cell[side] += change);
  // Only the first one in and the last one out make a difference.
  return count === (change === 1 ? 1 : 0) ? cover(cell, side === 'required' ? BY_REQUIRED : BY_ACTUAL, turn) : undefined;
}

/** Turns a cover of the cell on or off, and works out what follows for the cells around it. */
function cover(cell: Cell, by: Cover, turn: number): Cell {
  if (cell.turn !== turn) {
    cell.turn = turn;
    cell.coverBefore = cell.cover;
    cell.standingsBefore = cell.standings;
  }
  cell.cover ^= by;
  const inside = cell.halves === undefined ? NEITHER : cell.halves[0].standings | cell.halves[1].standings;
  cell.standings = under(cell.cover, inside);
  return cell.parent === undefined ? cell : cover(cell.parent, NO_COVER, turn);
}
