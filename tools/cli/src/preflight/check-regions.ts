/** Runs all checks in all regions of the settings. */
import { checkResults, type Check, type CheckResult, type RegionToCheck } from './check.js';
import { checkConcurrency } from './concurrency.js';
import { checkConfigRules } from './config-rules.js';
import { checkGroups } from './groups.js';
import { checkLimits } from './limits.js';
import { checkOwners } from './other-owners.js';
import { checkRecorder } from './recorder.js';
import { checkRuleQuota } from './rule-quota.js';
import { checkStackSet } from './stack-set.js';
import { checkTrails } from './trails.js';

/** In the order of the checks in the JSON. */
const CHECKS: Readonly<Record<string, Check>> = {
  recorder: checkRecorder,
  trail: checkTrails,
  concurrency: checkConcurrency,
  'config rules': checkConfigRules,
  'stack set': checkStackSet,
  groups: checkGroups,
  limits: checkLimits,
  rules: checkRuleQuota,
  'other owners': checkOwners,
};

export interface CheckedRegion {
  readonly region: string;
  readonly baselineFile: string;
  readonly checks: readonly (CheckResult & { readonly about: string })[];
}

/** @throws {Interrupted} */
export async function checkRegions(regions: readonly RegionToCheck[]): Promise<CheckedRegion[]> {
  const checked: CheckedRegion[] = [];
  for (const region of regions) {
    const checks: (CheckResult & { about: string })[] = [];
    for (const [about, check] of Object.entries(CHECKS)) {
      region.progress(`checking ${about} …`);
      checks.push(...(await checkResults(check, about, region, regions)).map((found) => ({ about, ...found })));
    }
    checked.push({ region: region.accountRegion.region, baselineFile: region.baselineFile, checks });
  }
  return checked;
}
