import type { JsonObject } from '../json.js';
import { compareVersions, formatVersion, type Version } from './version.js';

/** What is deployed otherwise than the stack says, since the provider there is is not the one it was written for. */
export interface Overrides {
  readonly settings: JsonObject;
  /** What is overridden and why, a line each. */
  readonly reasons: readonly string[];
}

/** The first provider that lets a function run on Node.js 24. Source: hashicorp/terraform-provider-aws issue 44986. */
const firstWithNode24: Version = [6, 19, 0];
const runtimeBefore = 'nodejs22.x';

/** What must be overridden to deploy with one version of the provider a stack that asks for another. */
export const overridesFor = (provider: Version, wanted: Version): Overrides => {
  if (compareVersions(provider, wanted) === 0) return { settings: {}, reasons: [] };
  const version = formatVersion(provider);
  const isTooOld = compareVersions(provider, firstWithNode24) < 0;
  return {
    settings: { provider: { version }, ...(isTooOld && { runtime: runtimeBefore }) },
    reasons: [
      `the bindings want provider ${formatVersion(wanted)}, the mirror holds ${version}: constraint overridden`,
      ...(isTooOld
        ? [`provider ${version} knows no later runtime than ${runtimeBefore}: the functions are deployed with that`]
        : []),
    ],
  };
};
