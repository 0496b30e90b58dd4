/** Finds the sensitive services that a baseline opens to the world. */
import { exposedServices, formatServices, type SensitiveService } from '@portcullis/permission-diff/exposure';
import type { CompiledBaseline } from './baseline.js';

/** The sensitive services that a baseline declares or permits for the whole world. */
export interface DeclaredExposure {
  /** The name of the baseline. */
  readonly baseline: string;
  /** Not empty. */
  readonly services: readonly SensitiveService[];
}

/**
 * Returns the baselines that let the world reach a sensitive service. Rules with a prefix list or a group as their source do not count.
 *
 * @param today the current day in UTC, as `YYYY-MM-DD`. If absent, expired permits count too.
 */
export function declaredExposures({ baselines }: CompiledBaseline, today = ''): readonly DeclaredExposure[] {
  return baselines.flatMap(({ name, ingress, permit }) => {
    const inForce = permit.filter(({ until }) => until === undefined || until >= today);
    const services = exposedServices([...ingress, ...inForce.flatMap(({ rules }) => rules)]);
    return services.length === 0 ? [] : [{ baseline: name, services }];
  });
}

/** The maximum number of baselines that the warning names. It counts the others. */
const MAX_NAMED = 6;

/** Returns one sentence, without a full stop, that names the baselines and the services. Returns `undefined` if there are no exposures. */
export function exposureWarning(exposures: readonly DeclaredExposure[]): string | undefined {
  if (exposures.length === 0) return undefined;
  const named = exposures.slice(0, MAX_NAMED).map(({ baseline, services }) => `\`${baseline}\`: ${formatServices(services)}`);
  const more = exposures.length - named.length;
  return `declared open to the internet, so the guard leaves it open: ${named.join('; ')}${more === 0 ? '' : `; and ${more} more baselines`}`;
}
