import { isInUpperHalfOfCidrBlock, cidrBlockAround, siblingCidrBlock, type Block } from '../rules/block.js';
import { isBlockSource, type Source } from '../rules/source.js';
import { BY_ACTUAL, BY_REQUIRED, NEITHER, NO_COVER, standingsUnderCover, type Cover, type Standings } from './standing.js';

export type Side = 'required' | 'actual';

/**
 * A cell is a set of senders and their standings at the current service of the sweep. A rule for the whole cell is counted here once, not
 * in every inner cell, so a wide rule costs no more than a narrow rule.
 */
export class Cell {
  /** The sides that have a rule for exactly this cell. */
  cover: Cover = NO_COVER;
  /** The standings of the senders, ignoring rules for wider cells. */
  standings: Standings = NEITHER;

  /** The latest turn in which this cell or an inner cell changed. The next two fields hold the values from before that turn. */
  turn = 0;
  coverBefore: Cover = NO_COVER;
  standingsBefore: Standings = NEITHER;

  /** The first service of the run that is being reported for this cell. Meaningless if no run is being reported. */
  runFrom = 0;

  /** The number of rules of each side for exactly this cell. */
  required = 0;
  actual = 0;

  /**
   * The inner cells: either both halves, or a single narrower block. With a single block, the remainder is called the rest. Only rules for
   * wider cells let in the rest, so the rest needs no cell of its own.
   */
  lower: Cell | undefined;
  upper: Cell | undefined;
  /** Like `runFrom`, but for the rest. */
  restRunFrom = 0;

  /** Caches of `accessCellSenders` and `restOfAccessCell`. */
  senders: readonly Source[] | undefined;
  rest: Rest | undefined;

  /**
   * Makes the cell of the block with this prefix length around the source. If the source is not a block, makes the cell of the source
   * itself.
   */
  constructor(
    readonly parent: Cell | undefined,
    readonly source: Source,
    readonly prefixLength: number,
  ) {}
}

/** Returns the widest sender of the cell in a list. */
export function accessCellSenders(cell: Cell): readonly Source[] {
  const { source, prefixLength } = cell;
  return (cell.senders ??= [isBlockSource(source) && source.prefixLength > prefixLength ? cidrBlockAround(source, prefixLength) : source]);
}

/** The widest blocks of the rest that lie before and after the narrower block, in order. */
export interface Rest {
  readonly before: readonly Block[];
  readonly after: readonly Block[];
}

/** Returns the rest of the cell around the narrower block. Nothing is left around a group or prefix list. */
export function restOfAccessCell(cell: Cell, { source, prefixLength }: Cell): Rest {
  // Stryker disable next-line ConditionalExpression: only saves time
  if (cell.rest !== undefined) return cell.rest;
  const before: Block[] = [];
  const after: Block[] = [];
  for (let length = cell.prefixLength + 1; isBlockSource(source) && length <= prefixLength; length++) {
    // Stryker disable next-line ConditionalExpression,ArithmeticOperator: only the order depends on it, and a result is sorted again
    (isInUpperHalfOfCidrBlock(source, length - 1) ? before : after).push(siblingCidrBlock(source, length));
  }
  // Before the narrower block, the widest block comes first. After it, the widest block comes last.
  // Stryker disable next-line MethodExpression: a result is sorted again, which is faster if it is almost in order
  return (cell.rest = { before, after: after.reverse() });
}

/**
 * Records that a rule for exactly this cell begins (`1`) or ends (`-1`), and adds the root of the tree to `changed`, once per turn, if
 * anything changed.
 */
export function countRuleOfAccessCell(cell: Cell, side: Side, change: 1 | -1, turn: number, changed: Cell[]): void {
  const count = (cell[side] += change);
  // Only the first rule that begins and the last rule that ends make a difference.
  if (count !== (change === 1 ? 1 : 0)) return;
  let isNew = saveAccessCellState(cell, turn);
  cell.cover ^= side === 'required' ? BY_REQUIRED : BY_ACTUAL;
  for (let at = cell; ; at = at.parent) {
    const inside = at.lower === undefined ? NEITHER : at.lower.standings | (at.upper === undefined ? NEITHER : at.upper.standings);
    const standings = standingsUnderCover(at.cover, inside);
    const isSame = standings === at.standings;
    at.standings = standings;
    // Another change of this turn has already updated the cells above.
    if (!isNew && isSame) return;
    if (at.parent === undefined) {
      if (isNew) changed.push(at);
      return;
    }
    isNew = saveAccessCellState(at.parent, turn);
  }
}

/** Saves the cell's state from before the turn. Returns false if the state was already saved in this turn. */
function saveAccessCellState(cell: Cell, turn: number): boolean {
  if (cell.turn === turn) return false;
  cell.turn = turn;
  cell.coverBefore = cell.cover;
  cell.standingsBefore = cell.standings;
  return true;
}
