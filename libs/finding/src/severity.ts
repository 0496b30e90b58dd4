/** How bad a drift is, by what became reachable. */
import { isWorldOpen, permissionsOf, type AccessOptions, type Rule } from '@portcullis/permission-diff';
import { exposedServices } from '@portcullis/permission-diff/exposure';
import type { Severity } from './finding.js';

/**
 * Returns the severity of a drift: the worst of what lets in too much (`excess`) and what is missing (`missing`).
 *
 * @param addresses the blocks that prefix lists hold, by id. A list that is not in it lets in nobody, as far as is known.
 * @throws {InvalidPermissionError} listing every address that is not a block.
 */
export function severityOfDrift(
  excess: readonly Rule[],
  missing: readonly Rule[],
  addresses: NonNullable<AccessOptions['addresses']> = {},
): Severity {
  // Egress lets nobody in.
  const ingress = excess.filter(({ direction }) => direction === 'ingress');
  if (exposedServices(ingress, { addresses }).length > 0) return 'critical';
  if (ingress.length > 0 && isWorldOpen(permissionsOf(ingress), { addresses })) return 'high';
  return excess.length > 0 || missing.length > 0 ? 'medium' : 'info';
}
