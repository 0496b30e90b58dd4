/**
 * The senders, cut into the cells that the sources at hand can tell apart: a binary tree of blocks for each address family, and a tree of
 * one leaf for each group and prefix list. Paths without a branch are one step, so that the size is that of the input and not of the
 * address: below such a step one child is the narrower block, and the other stands for all that is left of the wider one.
 */
import { commonLength, halfOf, isInUpperHalf, prefixOf, type Block } from '../block.js';
import type { Ipv4Source, Ipv6Source } from '../cidr.js';
import { compareSources, sourceKey, type Source } from '../source.js';
import { newCell, type Cell } from './cell.js';

/** Returns the cell that is exactly the source, for each of the sources in their order. */
export function cellsOf(sources: readonly Source[]): readonly Cell[] {
  // A block has its place from the start, and its cell once the tree is built.
  const cells: Cells = new Map();
  const blocks: BlockSource[] = [];
  for (const source of sources) {
    const key = sourceKey(source);
    if (cells.has(key)) continue;
    cells.set(key, 'words' in source ? undefined : newCell(source));
    if ('words' in source) blocks.push(source);
  }
  blocks.sort(compareSources);
  for (const words of [[0], [0, 0, 0, 0]]) {
    const family = blocks.filter((block) => block.words.length === words.length);
    build({ words, prefixLength: 0 }, family, 0, family.length, cells);
  }
  return sources.map((source) => {
    const cell = cells.get(sourceKey(source));
    if (cell === undefined) throw new Error('a source has no cell');
    return cell;
  });
}

/** By the keys of sources. */
type Cells = Map<string, Cell | undefined>;
type BlockSource = Ipv4Source | Ipv6Source;

/** Builds the tree of `block`, and adds to `cells` those of `blocks[from, to)`: they are distinct, in order, and in `block`. */
function build(block: Block, blocks: readonly BlockSource[], from: number, to: number, cells: Cells): Cell {
  const first = blocks[from];
  const last = blocks[to - 1];
  if (from === to || first === undefined || last === undefined) return newCell(block);
  const length = commonLength(first, last);
  if (length > block.prefixLength) {
    const common = prefixOf(first.words, length);
    return newCell(block, [newCell(block, undefined, common), build(common, blocks, from, to, cells)]);
  }
  // The widest comes first: when it is the block itself, its cell is this one.
  const isBlock = first.prefixLength === block.prefixLength;
  const start = isBlock ? from + 1 : from;
  let middle = start;
  while (middle < to && !isInUpperHalf(blocks[middle] ?? last, block.prefixLength)) middle++;
  const cell =
    start === to
      ? newCell(block)
      : newCell(block, [build(halfOf(block, false), blocks, start, middle, cells), build(halfOf(block, true), blocks, middle, to, cells)]);
  if (isBlock) cells.set(first.cidr, cell);
  return cell;
}
