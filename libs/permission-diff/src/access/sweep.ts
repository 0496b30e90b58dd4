import { countRuleOfCell, type Cell, type Side } from './cell.js';
import { buildCellTrees, sortedBySource } from './cell-trees.js';
import type { Region } from './region.js';

/**
 * Visits, in ascending order, every service where a region of either side begins or has just ended. `visit` gets the service, the number of
 * the turn, and the roots of the trees that changed. If `visit` returns `true`, the sweep ends.
 */
export function sweepServices(
  required: readonly Region[],
  actual: readonly Region[],
  visit: (service: number, turn: number, changed: readonly Cell[]) => true | undefined,
): void {
  // Sorted by source, so that neighbors in the tree change one after the other.
  const regions = sortedBySource([...required.map(regionOnSide('required')), ...actual.map(regionOnSide('actual'))]);
  const cells = buildCellTrees(regions.map(({ source }) => source));
  const edges = regionEdges(regions);
  const changed: Cell[] = [];
  let turn = 0;
  for (let i = 0, next = 0; i < edges.length;) {
    const service = serviceOfEdge(edges, i);
    do next++;
    while (serviceOfEdge(edges, next) === service);
    turn++;
    changed.length = 0;
    for (; i < next; i++) {
      const edge = (edges[i] ?? 0) - service * edges.length;
      const region = regions[edge >> 1];
      const cell = cells[edge >> 1];
      if (region !== undefined && cell !== undefined) countRuleOfCell(cell, region.side, edge % 2 === 0 ? 1 : -1, turn, changed);
    }
    if (visit(service, turn, changed)) return;
  }
}

function regionOnSide(side: Side): (region: Region) => Region & { readonly side: Side } {
  return ({ first, last, source }) => ({ first, last, source, side });
}

/**
 * Returns where regions begin and where they have just ended, in ascending order. Each edge is one number, because numbers sort fast: the
 * service, followed in the lower digits by twice the index of the region, plus one for an end. A service has 24 bits, so the number stays
 * exact.
 */
function regionEdges(regions: readonly Region[]): Float64Array {
  const edges = new Float64Array(regions.length * 2);
  let edge = 0;
  for (const { first, last } of regions) {
    edges[edge] = first * edges.length + edge++;
    edges[edge] = (last + 1) * edges.length + edge++;
  }
  return edges.sort();
}

/** Returns the service of the edge, or NaN after the last edge. */
function serviceOfEdge(edges: Float64Array, index: number): number {
  return Math.floor((edges[index] ?? NaN) / edges.length);
}
