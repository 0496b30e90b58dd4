/**
 * The senders, cut into the cells that the sources at hand can tell apart: a tree of blocks for each address family, and a tree of one cell
 * for each group and prefix list. Paths without a branch are one step, so that the size is that of the input and not of the address: below
 * such a step is the narrower block alone.
 */
import { commonLength, compareBlocks, firstWordOf, isInUpperHalf } from '../rule/block.js';
import type { Ipv4Source, Ipv6Source } from '../rule/cidr.js';
import { isBlock, sourceKey, type Source } from '../rule/source.js';
import { Cell } from './cell.js';

/** Returns the cell that is exactly the source, for each of the sources in their order. */
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
  /** Which of the sources it is. */
  readonly index: number;
}

/** Returns the blocks of one family in order. */
function inOrder(blocks: readonly PlacedBlock[]): readonly PlacedBlock[] {
  const { length } = blocks;
  // What is nearly in order sorts in linear time, and numbers sort several times faster than objects. They stay exact up to that length.
  const nearly = length > 50 && length < 2 ** 21 ? byFirstWord(blocks) : [...blocks];
  return nearly.sort((a, b) => compareBlocks(a.block, b.block));
}

function byFirstWord(blocks: readonly PlacedBlock[]): PlacedBlock[] {
  const { length } = blocks;
  // The word, and in the place below it the index.
  const keys = new Float64Array(length);
  blocks.forEach(({ block }, i) => (keys[i] = firstWordOf(block) * length + i));
  const sorted: PlacedBlock[] = [];
  for (const key of keys.sort()) {
    const placed = blocks[key - Math.floor(key / length) * length];
    if (placed !== undefined) sorted.push(placed);
  }
  return sorted;
}

/** Builds the tree of the block of the prefix length that holds `blocks[from, to)`, at least one and in order, and adds the cells that are one of them. */
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
  // The widest come first: those of this length are the block itself.
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
