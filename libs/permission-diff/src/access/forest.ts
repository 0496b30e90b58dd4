/**
 * Cuts the senders into the cells that the given sources can distinguish: one tree of blocks for each address family, and a tree of one
 * cell for each group and prefix list. A path without a branch is a single step to the narrower block, so the size of a tree depends on the
 * number of sources, not on the length of an address.
 */
import { commonLength, compareBlocks, firstWordOf, isInUpperHalf } from '../rule/block.js';
import type { Ipv4Source, Ipv6Source } from '../rule/cidr.js';
import { isBlock, sourceKey, type Source } from '../rule/source.js';
import { Cell } from './cell.js';

/** Returns for each source, in order, the cell of exactly that source. */
export function cellsOf(sources: readonly Source[]): readonly Cell[] {
  const cells = new Array<Cell>(sources.length);
  const atoms = new Map<string, Cell>();
  const ipv4: PlacedBlock[] = [];
  const ipv6: PlacedBlock[] = [];
  sources.forEach((source, index) => {
    if (isBlock(source)) {
      (source.kind === 'ipv4' ? ipv4 : ipv6).push({ block: source, index });
      return;
    }
    const key = sourceKey(source);
    let cell = atoms.get(key);
    if (cell === undefined) atoms.set(key, (cell = new Cell(undefined, source, 0)));
    cells[index] = cell;
  });
  for (const family of [ipv4, ipv6]) {
    if (family.length > 0) build(cells, inOrder(family), undefined, 0, 0, family.length);
  }
  return cells;
}

type BlockSource = Ipv4Source | Ipv6Source;

interface PlacedBlock {
  readonly block: BlockSource;
  /** The index of the source. */
  readonly index: number;
}

/** Returns the blocks of one family, sorted. */
function inOrder(blocks: readonly PlacedBlock[]): readonly PlacedBlock[] {
  const { length } = blocks;
  // The sort takes linear time if the input is nearly sorted. Numbers sort several times faster than objects, and stay exact up to this
  // length.
  const nearly = length > 50 && length < 2 ** 21 ? byFirstWord(blocks) : [...blocks];
  return nearly.sort((a, b) => compareBlocks(a.block, b.block));
}

function byFirstWord(blocks: readonly PlacedBlock[]): PlacedBlock[] {
  const { length } = blocks;
  // The key is the word, followed by the index in the lower digits.
  const keys = new Float64Array(length);
  blocks.forEach(({ block }, i) => (keys[i] = firstWordOf(block) * length + i));
  const sorted: PlacedBlock[] = [];
  for (const key of keys.sort()) {
    const placed = blocks[key - Math.floor(key / length) * length];
    if (placed !== undefined) sorted.push(placed);
  }
  return sorted;
}

/**
 * Builds the tree of the block with this prefix length around `blocks[from, to)`, and adds the cells of those blocks. The blocks are
 * sorted, and there is at least one.
 */
function build(
  cells: Cell[],
  blocks: readonly PlacedBlock[],
  parent: Cell | undefined,
  prefixLength: number,
  from: number,
  to: number,
): Cell {
  const first = blockAt(blocks, from);
  const cell = new Cell(parent, first, prefixLength);
  // The widest blocks come first. Blocks of exactly this length are the cell itself.
  let start = from;
  for (; start < to && blockAt(blocks, start).prefixLength === prefixLength; start++) cells[blocks[start]?.index ?? 0] = cell;
  if (start === to) return cell;
  const narrower = blockAt(blocks, start);
  const common = commonLength(narrower, blockAt(blocks, to - 1));
  if (common > prefixLength) {
    cell.lower = build(cells, blocks, cell, common, start, to);
  } else {
    let middle = start;
    for (let high = to; middle < high;) {
      const half = (middle + high) >>> 1;
      if (isInUpperHalf(blockAt(blocks, half), prefixLength)) high = half;
      else middle = half + 1;
    }
    cell.lower = build(cells, blocks, cell, prefixLength + 1, start, middle);
    cell.upper = build(cells, blocks, cell, prefixLength + 1, middle, to);
  }
  return cell;
}

function blockAt(blocks: readonly PlacedBlock[], index: number): BlockSource {
  const placed = blocks[index];
  if (placed === undefined) throw new RangeError('no block');
  return placed.block;
}
