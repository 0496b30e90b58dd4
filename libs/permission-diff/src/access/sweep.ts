import { countRule, type Cell } from './cell.js';
import { cellsOf } from './forest.js';
import type { Region } from './region.js';

/**
 * Goes over the services in ascending order and stops wherever a region of either side begins or has just ended. `visit` is given that
 * service, the number of the turn, and the topmost cells in which something changed; `true` from it ends the sweep.
 */
export function sweep(
  required: readonly Region[],
  actual: readonly Region[],
  visit: (service: number, turn: number, changed: Iterable<Cell>) => true | undefined,
): void {
  const regions = [...required, ...actual];
  const cells = cellsOf(regions.map(({ source }) => source));
  const edges = edgesOf(regions);
  const changed = new Set<Cell>();
  let turn = 0;
  for (let i = 0; i < edges.length;) {
    const service = serviceOf(edges, i);
    turn++;
    changed.clear();
    for (; i < edges.length && serviceOf(edges, i) === service; i++) {
      const edge = (edges[i] ?? 0) % edges.length;
      const region = edge >> 1;
      const side = region < required.length ? 'required' : 'actual';
      const cell = cells[region];
      const top = cell && countRule(cell, side, edge % 2 === 0 ? 1 : -1, turn);
      if (top !== undefined) changed.add(top);
    }
    if (visit(service, turn, changed)) return;
  }
}

/**
 * Returns where regions begin and where they have just ended, in ascending order. Each edge is one number, so that they sort as numbers:
 * the service, and in the place below it twice the region's index, plus one for an end. A service has 24 bits, so that it stays exact.
 */
function edgesOf(regions: readonly Region[]): Float64Array {
  const edges = new Float64Array(regions.length * 2);
  let edge = 0;
  for (const { first, last } of regions) {
    edges[edge] = first * edges.length + edge++;
    edges[edge] = (last + 1) * edges.length + edge++;
  }
  return edges.sort();
}

function serviceOf(edges: Float64Array, index: number): number {
  return Math.floor((edges[index] ?? 0) / edges.length);
}
