/**
 * Cuts the senders into the cells that the given sources can distinguish: one tree of blocks for each address family, and a tree of one
 * cell for each group and prefix list. A path without a branch is a single step to the narrower block, so the size of a tree depends on the
 * number of sources, not on the length of an address.
 */
import { commonLength, isInUpperHalf, type Block } from '../rule/block.js';
import { compareSources, isBlock, rankOf, sourceKey, type Source } from '../rule/source.js';
import { Cell } from './cell.js';

/** Returns for each source, in order, the cell of exactly that source. */
export function cellsOf(sources: readonly Source[]): readonly Cell[] {
  const cells = new Array<Cell>(sources.length);
  const sorted = inOrder(sources);
  for (let from = 0, to = 0; from < sorted.length; from = to) {
    const tree = treeAt(sorted, from);
    while (to < sorted.length && treeAt(sorted, to) === tree) to++;
    build(cells, sorted, undefined, 0, from, to);
  }
  return cells;
}

interface Placed {
  readonly source: Source;
  /** The index of the source in the list given. */
  readonly index: number;
}

function inOrder(sources: readonly Source[]): readonly Placed[] {
  const placed = sources.map((source, index) => ({ source, index }));
  return sortedByRank(placed).sort((a, b) => compareSources(a.source, b.source));
}

/** Sorts by rank only. Numbers sort several times faster than objects, so a key holds the rank and, in its lower digits, the index. */
function sortedByRank(placed: Placed[]): Placed[] {
  const { length } = placed;
  // Keys of more sources are not exact.
  if (length >= 2 ** 19) return placed;
  const keys = new Float64Array(length);
  for (const { source, index } of placed) keys[index] = rankOf(source) * length + index;
  const sorted: Placed[] = [];
  for (const key of keys.sort()) {
    const next = placed[key - Math.floor(key / length) * length];
    if (next !== undefined) sorted.push(next);
  }
  return sorted;
}

/** Returns a text that is equal exactly for sources of one tree, or `undefined` after the last source. */
function treeAt(sorted: readonly Placed[], i: number): string | undefined {
  const source = sorted[i]?.source;
  return source === undefined || isBlock(source) ? source?.kind : sourceKey(source);
}

/**
 * Builds the tree of the block with this prefix length around the sources `sorted[from, to)`, and adds the cells of those sources. There is
 * at least one source, and only blocks can be several.
 */
function build(cells: Cell[], sorted: readonly Placed[], parent: Cell | undefined, prefixLength: number, from: number, to: number): Cell {
  const cell = new Cell(parent, placedAt(sorted, from).source, prefixLength);
  let start = from;
  // The widest blocks come first. Blocks of exactly this length are the cell itself.
  for (; start < to; start++) {
    const { source, index } = placedAt(sorted, start);
    if (isBlock(source) && source.prefixLength > prefixLength) break;
    cells[index] = cell;
  }
  if (start === to) return cell;
  const narrower = blockAt(sorted, start);
  const common = commonLength(narrower, blockAt(sorted, to - 1));
  if (common > prefixLength) {
    cell.lower = build(cells, sorted, cell, common, start, to);
  } else {
    let middle = start;
    for (let high = to; middle < high;) {
      const half = (middle + high) >>> 1;
      if (isInUpperHalf(blockAt(sorted, half), prefixLength)) high = half;
      else middle = half + 1;
    }
    cell.lower = build(cells, sorted, cell, prefixLength + 1, start, middle);
    cell.upper = build(cells, sorted, cell, prefixLength + 1, middle, to);
  }
  return cell;
}

function placedAt(sorted: readonly Placed[], i: number): Placed {
  const placed = sorted[i];
  if (placed === undefined) throw new RangeError('no source');
  return placed;
}

function blockAt(sorted: readonly Placed[], i: number): Block {
  const { source } = placedAt(sorted, i);
  if (!isBlock(source)) throw new RangeError('no block');
  return source;
}
