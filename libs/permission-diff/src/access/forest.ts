/**
 * The senders, cut into the cells that the sources at hand can tell apart: a binary tree of blocks for each address family, and a tree of
 * one leaf for each group and prefix list. Paths without a branch are one step, so that the size is that of the input and not of the
 * address: below such a step one child is the narrower block, and the other stands for all that is left of the wider one.
 */
import { sourceKey, type Source } from '../source.js';
import { blockOf, blocksBetween, commonBlock, compareBlocks, halfOf, isInUpperHalf, type Block } from './block.js';
import { Cell } from './cell.js';

export class Forest {
  private readonly cells = new Map<string, Cell>();

  /** @param regions those whose sources are to have a cell each. */
  constructor(regions: Iterable<{ readonly source: Source }>) {
    const blocks: Record<'ipv4' | 'ipv6', Map<string, Block>> = { ipv4: new Map(), ipv6: new Map() };
    for (const { source } of regions) {
      const key = sourceKey(source);
      if (source.kind === 'ipv4' || source.kind === 'ipv6') {
        if (!blocks[source.kind].has(key)) blocks[source.kind].set(key, blockOf(source));
      } else if (!this.cells.has(key)) {
        this.cells.set(key, new Cell(() => [source]));
      }
    }
    this.plant({ words: [0], prefixLength: 0 }, blocks.ipv4);
    this.plant({ words: [0, 0, 0, 0], prefixLength: 0 }, blocks.ipv6);
  }

  /** Returns the cell that is exactly the source, one of those given. */
  cellOf(source: Source): Cell {
    const cell = this.cells.get(sourceKey(source));
    if (cell === undefined) throw new Error(`no cell was made for the source ${sourceKey(source)}`);
    return cell;
  }

  private plant(everything: Block, blocks: ReadonlyMap<string, Block>): void {
    if (blocks.size === 0) return;
    const sorted = [...blocks].map(([key, block]) => ({ key, block })).sort((a, b) => compareBlocks(a.block, b.block));
    this.build(everything, sorted);
  }

  /** Builds the tree of `block`. The blocks `within` lie in it; they are distinct and in order. */
  private build(block: Block, within: readonly Keyed[]): Cell {
    const [first] = within;
    const last = within.at(-1);
    if (first === undefined || last === undefined) return cellOf(block);
    const common = commonBlock(first.block, last.block);
    if (common.prefixLength > block.prefixLength) {
      const remainder = new Cell(() => blocksBetween(block, common));
      return cellOf(block, [remainder, this.build(common, within)]);
    }
    // The widest comes first: when it is the block itself, its cell is this one.
    const isBlock = first.block.prefixLength === block.prefixLength;
    const inside = isBlock ? within.slice(1) : within;
    const cell = inside.length === 0 ? cellOf(block) : this.halve(block, inside);
    if (isBlock) this.cells.set(first.key, cell);
    return cell;
  }

  private halve(block: Block, inside: readonly Keyed[]): Cell {
    const firstUpper = inside.findIndex((entry) => isInUpperHalf(entry.block, block.prefixLength));
    const middle = firstUpper === -1 ? inside.length : firstUpper;
    const lower = this.build(halfOf(block, false), inside.slice(0, middle));
    const upper = this.build(halfOf(block, true), inside.slice(middle));
    return cellOf(block, [lower, upper]);
  }
}

interface Keyed {
  readonly key: string;
  readonly block: Block;
}

function cellOf(block: Block, halves?: readonly [Cell, Cell]): Cell {
  return new Cell(() => [block], halves);
}
