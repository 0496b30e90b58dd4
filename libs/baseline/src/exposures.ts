/** Finds what a baseline lets the world reach. */
import { exposedServices, formatServices, type SensitiveService } from '@portcullis/permission-diff/exposure';
import type { CompiledBaseline } from './baseline.js';

/** Services that a baseline declares or permits, and that the whole world can then reach. */
export interface DeclaredExposure {
  /** The name of the baseline. */
  readonly baseline: string;
  /** Not empty. */
  readonly services: readonly SensitiveService[];
}

/**
 * Returns the baselines that let the world reach a sensitive service. Prefix lists and groups count as unreachable.
 *
 * @param today the current day in UTC, as `YYYY-MM-DD`. Without it, permits that have ended count, too.
 */
export function declaredExposures({ baselines }: CompiledBaseline, today = ''): readonly DeclaredExposure[] {
  return baselines.flatMap(({ name, ingress, permit }) => {
    const inForce = permit.filter(({ until }) => until === undefined || until >= today);
    const services = exposedServices([...ingress, ...inForce.flatMap(({ rules }) => rules)]);
    return services.length === 0 ? [] : [{ baseline: name, services }];
  });
}

/** Names at most this many baselines and counts the rest. */
const MAX_NAMED = 6;

/** Returns one sentence without a full stop that names the baselines and the services; `undefined` if there are none. */
export function exposureWarning(exposures: readonly DeclaredExposure[]): string | undefined {
  if (exposures.length === 0) return undefined;
  const named = exposures.slice(0, MAX_NAMED).map(({ baseline, services }) => `\`${baseline}\`: ${formatServices(services)}`);
  const more = exposures.length - named.length;
  return `declared open to the internet, so the guard leaves it open: ${named.join('; ')}${more === 0 ? '' : `; and ${more} more baselines`}`;
}
