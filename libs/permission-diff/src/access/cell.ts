import { isInUpperHalfOfCidrBlock, cidrBlockAround, siblingCidrBlock } from '../rules/block.js';
import { isBlockSource, type Source } from '../rules/source.js';
import { BY_REQUIRED, NEITHER, NO_COVER, accessUnderCover, type Cover, type SenderAccess } from './sender-access.js';

/**
 * A cell is a set of senders: a CIDR block, a group or a prefix list. A cell contains the cells of narrower blocks. During the sweep over
 * the services, each cell records which rules let in its senders at the current service. A rule is recorded only in the cell of its source,
 * not in inner cells. So a wide rule takes no more time than a narrow rule.
 */
export class Cell {
  /** The sides (`required` and `actual`) that have a rule whose source is this cell. */
  cover: Cover = NO_COVER;
  /** The access that the rules for this cell and its inner cells give to the senders of this cell. Rules for wider cells do not count. */
  access: SenderAccess = NEITHER;

  /**
   * The number of the latest turn in which this cell or an inner cell changed. The sweep has one turn for each service at which rules begin
   * or end. `coverBefore` and `accessBefore` are the values of `cover` and `access` before the latest turn.
   */
  turn = 0;
  coverBefore: Cover = NO_COVER;
  accessBefore: SenderAccess = NEITHER;

  /** The first service of the current run of this cell. Has no meaning if this cell has no current run. */
  runFrom = 0;

  /** The number of rules whose source is this cell, on each side. */
  required = 0;
  actual = 0;

  /**
   * The inner cells: either both halves of the block, or only one narrower block in `lower`. If there is only one narrower block, the other
   * addresses of this block are called the rest. The rest has no cell, because no rule has a source within the rest.
   */
  lower: Cell | undefined;
  upper: Cell | undefined;
  /** The first service of the current run of the rest. */
  restRunFrom = 0;

  sender: Source | undefined;

  /**
   * If `source` is a block, makes the cell of the block that has this prefix length and contains `source`. If `source` is a group or prefix
   * list, makes the cell of the group or list.
   */
  constructor(
    readonly parent: Cell | undefined,
    readonly source: Source,
    readonly prefixLength: number,
  ) {}
}

/** Returns the block, group or prefix list of the cell. */
export function accessCellSender(cell: Cell): Source {
  const { source, prefixLength } = cell;
  // Stryker disable next-line LogicalOperator,ConditionalExpression,EqualityOperator: the block around a block of the same length is equal
  return (cell.sender ??= isBlockSource(source) && source.prefixLength > prefixLength ? cidrBlockAround(source, prefixLength) : source);
}

/** Adds the blocks of `cell` before its inner cell in ascending order. The list is as short as possible. */
export function addAccessCellsBefore(senders: Source[], cell: Cell, { source, prefixLength }: Cell): void {
  // Stryker disable next-line ConditionalExpression: only the compiler needs the check
  if (!isBlockSource(source)) return;
  for (let length = cell.prefixLength + 1; length <= prefixLength; length++)
    if (isInUpperHalfOfCidrBlock(source, length - 1)) senders.push(siblingCidrBlock(source, length));
}

/** Adds the blocks of `cell` after its inner cell. In ascending order, these blocks go from narrow to wide. */
export function addAccessCellsAfter(senders: Source[], cell: Cell, { source, prefixLength }: Cell): void {
  // Stryker disable next-line ConditionalExpression: only the compiler needs the check
  if (!isBlockSource(source)) return;
  for (let length = prefixLength; length > cell.prefixLength; length--)
    if (!isInUpperHalfOfCidrBlock(source, length - 1)) senders.push(siblingCidrBlock(source, length));
}

/**
 * Records that a rule begins (`change` is 1) or ends (`change` is -1). The source of the rule is this cell. If the cover of the cell
 * changes, appends the root of the tree to `changed`, at most once in each turn.
 */
export function countRuleOfAccessCell(cell: Cell, side: Cover, change: 1 | -1, turn: number, changed: Cell[]): void {
  // A computed key, `cell[side]`, would be slower.
  const count = side === BY_REQUIRED ? (cell.required += change) : (cell.actual += change);
  // If another rule of the same side has the same source, only the count changes.
  if (count !== (change === 1 ? 1 : 0)) return;
  let isNew = saveAccessCellState(cell, turn);
  cell.cover ^= side;
  for (let at = cell; ; at = at.parent) {
    const inside = at.lower === undefined ? NEITHER : at.lower.access | (at.upper === undefined ? NEITHER : at.upper.access);
    const access = accessUnderCover(at.cover, inside);
    // Stryker disable next-line ConditionalExpression: only saves time
    const isSame = access === at.access;
    at.access = access;
    // An earlier change in this turn already saved the wider cells, and their access stays the same.
    // Stryker disable next-line ConditionalExpression: only saves time
    if (!isNew && isSame) return;
    if (at.parent === undefined) {
      if (isNew) changed.push(at);
      return;
    }
    isNew = saveAccessCellState(at.parent, turn);
  }
}

/**
 * Before the first change of the cell in a turn, saves its cover and its access, and returns `true`. Before later changes, returns `false`.
 */
function saveAccessCellState(cell: Cell, turn: number): boolean {
  if (cell.turn === turn) return false;
  cell.turn = turn;
  cell.coverBefore = cell.cover;
  cell.accessBefore = cell.access;
  return true;
}
