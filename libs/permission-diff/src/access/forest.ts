/**
 * The senders, cut into the cells that the sources at hand can tell apart: a binary tree of blocks for each address family, and a tree of
 * one leaf for each group and prefix list. Paths without a branch are one step, so that the size is that of the input and not of the
 * address: below such a step one child is the narrower block, and the other stands for all that is left of the wider one.
 */
import { blocksBetween, commonBlock, halfOf, isInUpperHalf, type Block } from '../block.js';
import type { Ipv4Source, Ipv6Source } from '../cidr.js';
import { compareSources, sourceKey, type Source } from '../source.js';
import { newCell, type Cell } from './cell.js';

/** Returns the cell that is exactly the source, for each of the sources in their order. */
export function cellsOf(sources: readonly Source[]): readonly Cell[] {
  const unique = new Map(sources.map((source) => [sourceKey(source), source]));
  const cells = new Map<Source, Cell>();
  const blocks: BlockSource[] = [];
  for (const source of unique.values()) {
    if ('words' in source) blocks.push(source);
    else
      cells.set(
        source,
        newCell(() => [source]),
      );
  }
  blocks.sort(compareSources);
  for (const words of [[0], [0, 0, 0, 0]]) {
    const family = blocks.filter((block) => block.words.length === words.length);
    if (family.length > 0) build({ words, prefixLength: 0 }, family, cells);
  }
  return sources.map((source) => {
    const cell = cells.get(unique.get(sourceKey(source)) ?? source);
    if (cell === undefined) throw new Error('a source has no cell');
    return cell;
  });
}

type BlockSource = Ipv4Source | Ipv6Source;

/** Builds the tree of `block`, and adds to `cells` those of the blocks `within`: at least one, all distinct, in order, and in `block`. */
function build(block: Block, within: readonly BlockSource[], cells: Map<Source, Cell>): Cell {
  const [first] = within;
  const last = within.at(-1);
  if (first === undefined || last === undefined) return wholeCell(block);
  const common = commonBlock(first, last);
  if (common.prefixLength > block.prefixLength) {
    const remainder = newCell(() => blocksBetween(block, common));
    return wholeCell(block, [remainder, build(common, within, cells)]);
  }
  // The widest comes first: when it is the block itself, its cell is this one.
  const isBlock = first.prefixLength === block.prefixLength;
  const inside = isBlock ? within.slice(1) : within;
  const cell = inside.length === 0 ? wholeCell(block) : halve(block, inside, cells);
  if (isBlock) cells.set(first, cell);
  return cell;
}

function halve(block: Block, inside: readonly BlockSource[], cells: Map<Source, Cell>): Cell {
  const half = (upper: boolean) => {
    const entries = inside.filter((entry) => isInUpperHalf(entry, block.prefixLength) === upper);
    return build(halfOf(block, upper), entries, cells);
  };
  return wholeCell(block, [half(false), half(true)]);
}

function wholeCell(block: Block, halves?: readonly [Cell, Cell]): Cell {
  return newCell(() => [block], halves);
}
