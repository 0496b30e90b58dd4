/** Finds the sensitive services that a baseline opens to the whole world. */
import { exposedServices, formatServices, type SensitiveService } from '@portcullis/permission-diff/exposure';
import type { CompiledBaseline } from './baseline.js';

/** The sensitive services that one baseline opens to the whole world through declared or permitted rules. */
export interface BaselineExposure {
  /** The name of the baseline. */
  readonly baseline: string;
  /** Not empty. */
  readonly services: readonly SensitiveService[];
}

/**
 * Returns the sensitive services that each baseline opens to the whole world. Skips rules whose source is a prefix list or a group.
 *
 * @param today the current day in UTC, as `YYYY-MM-DD`. If `today` is empty, no permit is expired.
 */
export function baselineExposures({ baselines }: CompiledBaseline, today = ''): readonly BaselineExposure[] {
  return baselines.flatMap(({ name, ingress, permit }) => {
    const inForce = permit.filter(({ until }) => until === undefined || until >= today);
    const services = exposedServices([...ingress, ...inForce.flatMap(({ rules }) => rules)]);
    return services.length === 0 ? [] : [{ baseline: name, services }];
  });
}

/** The warning names at most this many baselines, and counts the remaining ones. */
const MAX_NAMED = 6;

/** Returns a warning without a full stop that names the baselines and the services. Returns `undefined` if `exposures` is empty. */
export function baselineExposureWarning(exposures: readonly BaselineExposure[]): string | undefined {
  if (exposures.length === 0) return undefined;
  const named = exposures.slice(0, MAX_NAMED).map(({ baseline, services }) => `\`${baseline}\`: ${formatServices(services)}`);
  const more = exposures.length - named.length;
  return `the guard leaves these services open to the internet, because a baseline allows them: ${named.join('; ')}${more === 0 ? '' : `; and ${more} more baselines`}`;
}
