import type { JsonObject } from '../json.js';
import { isAccepted } from './accepted-provider.js';
import { compareVersions, formatVersion, type Version } from './version.js';

/** What is deployed otherwise than the stack says, since it does not accept the provider that there is. */
export interface Overrides {
  readonly settings: JsonObject;
  /** What is overridden and why, a line each. */
  readonly reasons: readonly string[];
}

/** The first provider that lets a function run on Node.js 24. Source: hashicorp/terraform-provider-aws issue 44986. */
const firstWithNode24: Version = [6, 19, 0];
const runtimeBefore = 'nodejs22.x';

/** What must be overridden to deploy with one version of the provider a stack that accepts another and later ones. */
export const overridesFor = (provider: Version, oldest: Version): Overrides => {
  if (isAccepted(provider, oldest)) return { settings: {}, reasons: [] };
  const version = formatVersion(provider);
  const isTooOld = compareVersions(provider, firstWithNode24) < 0;
  return {
    settings: { provider: { version }, ...(isTooOld && { runtime: runtimeBefore }) },
    reasons: [
      `the stack accepts provider ${formatVersion(oldest)} or later, the mirror holds ${version}: constraint overridden`,
      ...(isTooOld
        ? [`provider ${version} knows no later runtime than ${runtimeBefore}: the functions are deployed with that`]
        : []),
    ],
  };
};
