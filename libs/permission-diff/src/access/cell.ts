import { isInUpperHalfOfCidrBlock, cidrBlockAround, siblingCidrBlock, type Block } from '../rules/block.js';
import { isBlockSource, type Source } from '../rules/source.js';
import { BY_ACTUAL, BY_REQUIRED, NEITHER, NO_COVER, accessUnderCover, type Cover, type SenderAccess } from './sender-access.js';

export type Side = 'required' | 'actual';

/**
 * A cell is a set of senders, with the access of these senders at the current service of the sweep. A rule for all senders of the cell is
 * recorded only in this cell, not in every inner cell. So a wide rule takes no more time than a narrow rule.
 */
export class Cell {
  /** The sides that have a rule for exactly the senders of this cell. */
  cover: Cover = NO_COVER;
  /** The access that rules for this cell and for inner cells give to the senders. Rules for wider cells are not included. */
  access: SenderAccess = NEITHER;

  /**
   * The latest turn of the sweep in which this cell or an inner cell changed. A turn is one service at which rules begin or end.
   * `coverBefore` and `accessBefore` are the values before this turn.
   */
  turn = 0;
  coverBefore: Cover = NO_COVER;
  accessBefore: SenderAccess = NEITHER;

  /** The first service of the run that the sweep has begun for this cell. Only valid while a run is open. */
  runFrom = 0;

  /** The number of rules for exactly the senders of this cell, on each side. */
  required = 0;
  actual = 0;

  /**
   * The inner cells: either both halves of the block, or a single narrower block in `lower`. The addresses outside a single narrower block
   * are called the rest. The rest needs no cell of its own, because only rules for this cell or for wider cells let in the rest.
   */
  lower: Cell | undefined;
  upper: Cell | undefined;
  /** The first service of the run that the sweep has begun for the rest. */
  restRunFrom = 0;

  senders: readonly Source[] | undefined;
  rest: Rest | undefined;

  /**
   * Makes the cell of the block that has this prefix length and contains `source`. If `source` is a group or prefix list, makes the cell of
   * this group or list.
   */
  constructor(
    readonly parent: Cell | undefined,
    readonly source: Source,
    readonly prefixLength: number,
  ) {}
}

/** Returns a list of one source, which contains all senders of the cell. */
export function accessCellSenders(cell: Cell): readonly Source[] {
  const { source, prefixLength } = cell;
  return (cell.senders ??= [isBlockSource(source) && source.prefixLength > prefixLength ? cidrBlockAround(source, prefixLength) : source]);
}

/** The rest as the fewest blocks, in ascending order: the blocks before the narrower block, and the blocks after the narrower block. */
export interface Rest {
  readonly before: readonly Block[];
  readonly after: readonly Block[];
}

/** Returns the rest of the cell. A cell of a group or prefix list has no rest. */
export function restOfAccessCell(cell: Cell, { source, prefixLength }: Cell): Rest {
  // Stryker disable next-line ConditionalExpression: only saves time
  if (cell.rest !== undefined) return cell.rest;
  const before: Block[] = [];
  const after: Block[] = [];
  for (let length = cell.prefixLength + 1; isBlockSource(source) && length <= prefixLength; length++) {
    // Stryker disable next-line ConditionalExpression,ArithmeticOperator: it affects only the order, and the result is sorted again
    (isInUpperHalfOfCidrBlock(source, length - 1) ? before : after).push(siblingCidrBlock(source, length));
  }
  // The loop goes from wide to narrow blocks. After the narrower block, ascending order is from narrow to wide.
  // Stryker disable next-line MethodExpression: the result is sorted again, which is faster if it is almost in order
  return (cell.rest = { before, after: after.reverse() });
}

/**
 * Records that a rule for exactly this cell begins (`1`) or ends (`-1`). If the cover of the cell changes, appends the root of the tree to
 * `changed`, but only once in a turn.
 */
export function countRuleOfAccessCell(cell: Cell, side: Side, change: 1 | -1, turn: number, changed: Cell[]): void {
  const count = (cell[side] += change);
  // Only the first rule that begins and the last rule that ends change the cover.
  if (count !== (change === 1 ? 1 : 0)) return;
  let isNew = saveAccessCellState(cell, turn);
  cell.cover ^= side === 'required' ? BY_REQUIRED : BY_ACTUAL;
  for (let at = cell; ; at = at.parent) {
    const inside = at.lower === undefined ? NEITHER : at.lower.access | (at.upper === undefined ? NEITHER : at.upper.access);
    const access = accessUnderCover(at.cover, inside);
    const isSame = access === at.access;
    at.access = access;
    // An earlier change in this turn has already updated the wider cells.
    if (!isNew && isSame) return;
    if (at.parent === undefined) {
      if (isNew) changed.push(at);
      return;
    }
    isNew = saveAccessCellState(at.parent, turn);
  }
}

/** Saves the cover and the access that the cell had before the turn. Returns `false` if an earlier change in this turn has saved both values. */
function saveAccessCellState(cell: Cell, turn: number): boolean {
  if (cell.turn === turn) return false;
  cell.turn = turn;
  cell.coverBefore = cell.cover;
  cell.accessBefore = cell.access;
  return true;
}
