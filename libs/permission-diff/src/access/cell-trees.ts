/**
 * Builds trees of cells from sources. Each address family has one tree of blocks. Each group and each prefix list has a tree with a single
 * cell. A tree has no cells for prefix lengths at which the sources do not branch. So the size of a tree depends on the number of sources,
 * not on the length of addresses.
 */
import { commonPrefixLength, isInUpperHalfOfCidrBlock, type Block } from '../rules/block.js';
import { compareSources, isBlockSource, sourceRank, sourceKey, type Source } from '../rules/source.js';
import { Cell } from './cell.js';

/** Returns one cell for each source, in the same order. The sources must be sorted. */
export function buildAccessCellTrees(sources: readonly Source[]): readonly Cell[] {
  const cells: Cell[] = [];
  for (let from = 0, to = 0; from < sources.length; from = to) {
    const tree = accessCellTreeKeyAt(sources, from);
    while (accessCellTreeKeyAt(sources, to) === tree) to++;
    buildAccessCellTree(cells, sources, undefined, 0, from, to);
  }
  return cells;
}

/** Returns the items in ascending order of their sources. */
export function sortedByRuleSource<T extends { readonly source: Source }>(items: readonly T[]): readonly T[] {
  // The items are already sorted by rank, so this sort takes linear time.
  return sortedByRuleSourceRank(items).sort((a, b) => compareSources(a.source, b.source));
}

function sortedByRuleSourceRank<T extends { readonly source: Source }>(items: readonly T[]): T[] {
  const { length } = items;
  // Numbers sort several times faster than objects. Each key combines the rank and the index of an item. For more than 2 ** 19 items, a
  // JavaScript number could not hold the keys exactly.
  // Stryker disable next-line ConditionalExpression,EqualityOperator,ArrayDeclaration: both ways give one order, and `huge.spec.ts` tests it
  if (length > 2 ** 19) return [...items];
  const keys = new Float64Array(length);
  items.forEach(({ source }, i) => (keys[i] = sourceRank(source) * length + i));
  const sorted: T[] = [];
  // Stryker disable next-line MethodExpression: only saves time; the caller sorts as well
  for (const key of keys.sort()) {
    const item = items[key - Math.floor(key / length) * length];
    // Stryker disable next-line ConditionalExpression: only the compiler needs the check
    if (item !== undefined) sorted.push(item);
  }
  return sorted;
}

/**
 * Returns the key of the tree that contains source `i`, or `undefined` after the last source.
 */
function accessCellTreeKeyAt(sources: readonly Source[], i: number): string | undefined {
  const source = sources[i];
  return source === undefined || isBlockSource(source) ? source?.kind : sourceKey(source);
}

/**
 * Builds the tree of the sources with the indexes `from` to `to - 1`, and appends the cell of each source to `cells`. The sources must be
 * one or more blocks of one address family, or one repeated group or prefix list. For blocks, the root is the block that has this prefix
 * length and contains all sources.
 */
function buildAccessCellTree(
  cells: Cell[],
  sources: readonly Source[],
  parent: Cell | undefined,
  prefixLength: number,
  from: number,
  to: number,
): Cell {
  const cell = new Cell(parent, ruleSourceAt(sources, from), prefixLength);
  let start = from;
  // The widest blocks come first. A source with exactly this prefix length is the block of this cell.
  for (; start < to; start++) {
    const source = ruleSourceAt(sources, start);
    if (isBlockSource(source) && source.prefixLength > prefixLength) break;
    cells.push(cell);
  }
  if (start === to) return cell;
  const narrower = cidrBlockAt(sources, start);
  const common = commonPrefixLength(narrower, cidrBlockAt(sources, to - 1));
  if (common > prefixLength) {
    cell.lower = buildAccessCellTree(cells, sources, cell, common, start, to);
  } else {
    let middle = start;
    for (let high = to; middle < high;) {
      const half = (middle + high) >>> 1;
      if (isInUpperHalfOfCidrBlock(cidrBlockAt(sources, half), prefixLength)) high = half;
      else middle = half + 1;
    }
    cell.lower = buildAccessCellTree(cells, sources, cell, prefixLength + 1, start, middle);
    cell.upper = buildAccessCellTree(cells, sources, cell, prefixLength + 1, middle, to);
  }
  return cell;
}

function ruleSourceAt(sources: readonly Source[], i: number): Source {
  const source = sources[i];
  // Stryker disable next-line all: only the compiler needs the check
  if (source === undefined) throw new RangeError('no source');
  return source;
}

function cidrBlockAt(sources: readonly Source[], i: number): Block {
  const source = ruleSourceAt(sources, i);
  // Stryker disable next-line all: only the compiler needs the check
  if (!isBlockSource(source)) throw new RangeError('no block');
  return source;
}
