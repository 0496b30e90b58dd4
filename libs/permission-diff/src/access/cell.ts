import { isInUpperHalfOfCidrBlock, cidrBlockAround, siblingCidrBlock, type Block } from '../rules/block.js';
import { isBlockSource, type Source } from '../rules/source.js';
import { BY_ACTUAL, BY_REQUIRED, NEITHER, NO_COVER, standingsUnderCover, type Cover, type Standings } from './standing.js';

export type Side = 'required' | 'actual';

/**
 * A cell is a set of senders, with the standings of these senders at the current service of the sweep. A rule for all senders of the cell
 * is counted here once, not in every inner cell. So a wide rule costs no more than a narrow rule.
 */
export class Cell {
  /** The sides that have a rule for exactly this cell. */
  cover: Cover = NO_COVER;
  /** The standings of the senders if rules for wider cells are ignored. */
  standings: Standings = NEITHER;

  /**
   * The latest turn of the sweep in which this cell or an inner cell changed. The next two fields contain the values from before that turn.
   */
  turn = 0;
  coverBefore: Cover = NO_COVER;
  standingsBefore: Standings = NEITHER;

  /** The first service of the run that is currently reported for this cell. Has no meaning if no run is being reported. */
  runFrom = 0;

  /** The number of rules for exactly this cell on each side. */
  required = 0;
  actual = 0;

  /**
   * The inner cells: either both halves of the block, or a single narrower block. If there is a single narrower block, the other addresses
   * of the cell are called the rest. The rest needs no cell of its own, because only rules for wider cells let it in.
   */
  lower: Cell | undefined;
  upper: Cell | undefined;
  /** Like `runFrom`, but for the rest of the cell. */
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

/** Returns the widest sender of the cell, in a list. */
export function accessCellSenders(cell: Cell): readonly Source[] {
  const { source, prefixLength } = cell;
  return (cell.senders ??= [isBlockSource(source) && source.prefixLength > prefixLength ? cidrBlockAround(source, prefixLength) : source]);
}

/** The widest blocks of the rest before the narrower block, and those after it, in order. */
export interface Rest {
  readonly before: readonly Block[];
  readonly after: readonly Block[];
}

/** Returns the rest of the cell: the addresses outside the narrower block. A cell of a group or prefix list has no rest. */
export function restOfAccessCell(cell: Cell, { source, prefixLength }: Cell): Rest {
  // Stryker disable next-line ConditionalExpression: only saves time
  if (cell.rest !== undefined) return cell.rest;
  const before: Block[] = [];
  const after: Block[] = [];
  for (let length = cell.prefixLength + 1; isBlockSource(source) && length <= prefixLength; length++) {
    // Stryker disable next-line ConditionalExpression,ArithmeticOperator: it affects only the order, and the result is sorted again
    (isInUpperHalfOfCidrBlock(source, length - 1) ? before : after).push(siblingCidrBlock(source, length));
  }
  // Before the narrower block, the widest block of the rest comes first. After the narrower block, the widest block of the rest comes last.
  // Stryker disable next-line MethodExpression: the result is sorted again, which is faster if it is almost in order
  return (cell.rest = { before, after: after.reverse() });
}

/**
 * Records that a rule for exactly this cell begins (`1`) or ends (`-1`). If this changes the cell, adds the root of the tree to `changed`,
 * once in each turn.
 */
export function countRuleOfAccessCell(cell: Cell, side: Side, change: 1 | -1, turn: number, changed: Cell[]): void {
  const count = (cell[side] += change);
  // Only the first rule that begins and the last rule that ends change the cell.
  if (count !== (change === 1 ? 1 : 0)) return;
  let isNew = saveAccessCellState(cell, turn);
  cell.cover ^= side === 'required' ? BY_REQUIRED : BY_ACTUAL;
  for (let at = cell; ; at = at.parent) {
    const inside = at.lower === undefined ? NEITHER : at.lower.standings | (at.upper === undefined ? NEITHER : at.upper.standings);
    const standings = standingsUnderCover(at.cover, inside);
    const isSame = standings === at.standings;
    at.standings = standings;
    // An earlier change in this turn has already updated the cells above.
    if (!isNew && isSame) return;
    if (at.parent === undefined) {
      if (isNew) changed.push(at);
      return;
    }
    isNew = saveAccessCellState(at.parent, turn);
  }
}

/** Saves the state that the cell had before the turn. Returns `false` if the state was already saved in this turn. */
function saveAccessCellState(cell: Cell, turn: number): boolean {
  if (cell.turn === turn) return false;
  cell.turn = turn;
  cell.coverBefore = cell.cover;
  cell.standingsBefore = cell.standings;
  return true;
}
