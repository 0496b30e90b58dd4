import { countRuleOfAccessCell, type Cell } from './cell.js';
import { buildAccessCellTrees, sortedByRuleSource } from './cell-trees.js';
import type { AccessRegion } from './access-region.js';
import { BY_ACTUAL, BY_REQUIRED, type Cover } from './sender-access.js';

/**
 * Sweeps over the services in ascending order, and stops at each service at which traffic changes. Traffic changes where a region begins,
 * and at the first service after a region. Each stop is one turn, with one call of `visit`. `visit` gets the service, the number of the
 * turn, and the roots of the changed trees. If `visit` returns `true`, the sweep ends.
 */
export function sweepAccessRegions(
  required: readonly AccessRegion[],
  actual: readonly AccessRegion[],
  visit: (service: number, turn: number, changed: readonly Cell[]) => true | undefined,
): void {
  // Sorted by source, because `buildAccessCellTrees` requires it.
  const regions = sortedByRuleSource([...required.map(accessRegionOnSide(BY_REQUIRED)), ...actual.map(accessRegionOnSide(BY_ACTUAL))]);
  const cells = buildAccessCellTrees(regions.map(({ source }) => source));
  const edges = accessRegionEdges(regions);
  const changed: Cell[] = [];
  let turn = 0;
  for (let i = 0; i < edges.length;) {
    const service = Math.floor((edges[i] ?? 0) / edges.length);
    const start = service * edges.length;
    turn++;
    changed.length = 0;
    for (; i < edges.length; i++) {
      const edge = (edges[i] ?? 0) - start;
      if (edge >= edges.length) break;
      const region = regions[edge >> 1];
      const cell = cells[edge >> 1];
      // Stryker disable next-line ConditionalExpression,LogicalOperator: only the compiler needs the check
      if (region !== undefined && cell !== undefined) countRuleOfAccessCell(cell, region.side, edge % 2 === 0 ? 1 : -1, turn, changed);
    }
    if (visit(service, turn, changed)) return;
  }
}

function accessRegionOnSide(side: Cover): (region: AccessRegion) => AccessRegion & { readonly side: Cover } {
  return ({ first, last, source }) => ({ first, last, source, side });
}

/**
 * Returns the edges of all regions in ascending order. Each region has two edges: its first service, and the first service after the
 * region. Each edge is one number, because numbers sort fast. The number is the service, times the number of edges, plus the index of the
 * edge. Region `i` has the edges `2 * i` and `2 * i + 1`. A service has 24 bits, so the number is exact.
 */
function accessRegionEdges(regions: readonly AccessRegion[]): Float64Array {
  const edges = new Float64Array(regions.length * 2);
  let edge = 0;
  for (const { first, last } of regions) {
    edges[edge] = first * edges.length + edge++;
    edges[edge] = (last + 1) * edges.length + edge++;
  }
  return edges.sort();
}
