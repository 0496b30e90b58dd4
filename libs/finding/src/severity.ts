/** How bad a drift is, by what became reachable. */
import { isWorldOpen, permissionsOf, type Rule } from '@portcullis/permission-diff';
import { exposedServices } from '@portcullis/permission-diff/exposure';
import type { Severity } from './finding.js';

/** Returns the severity of a drift: the worst of what lets in too much (`excess`) and what is missing (`missing`). */
export function severityOfDrift(excess: readonly Rule[], missing: readonly Rule[]): Severity {
  // Egress lets nobody in.
  const ingress = excess.filter(({ direction }) => direction === 'ingress');
  if (exposedServices(ingress).length > 0) return 'critical';
  if (ingress.length > 0 && isWorldOpen(permissionsOf(ingress))) return 'high';
  return excess.length > 0 || missing.length > 0 ? 'medium' : 'info';
}
