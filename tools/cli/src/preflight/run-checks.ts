/** Runs all checks in all regions of the settings. */
import { runPreflightCheck, type Check, type CheckResult, type RegionToCheck } from './check.js';
import { checkLambdaConcurrency } from './lambda-concurrency.js';
import { checkConfigRuleQuota } from './config-rule-quota.js';
import { checkSelectedGroups } from './selected-groups.js';
import { preflightLimitCoverage } from './limit-coverage.js';
import { checkOtherOwners } from './other-owners.js';
import { checkConfigRecorder } from './config-recorder.js';
import { checkRuleQuota } from './rule-quota.js';
import { checkStackSetAccess } from './stack-set.js';
import { checkCloudTrailTrails } from './cloudtrail-trails.js';

/** The checks by topic, in the order in which the JSON lists them. */
const CHECKS: Readonly<Record<string, Check>> = {
  recorder: checkConfigRecorder,
  trail: checkCloudTrailTrails,
  concurrency: checkLambdaConcurrency,
  'config rules': checkConfigRuleQuota,
  'stack set': checkStackSetAccess,
  groups: checkSelectedGroups,
  limits: preflightLimitCoverage,
  rules: checkRuleQuota,
  'other owners': checkOtherOwners,
};

export interface PreflightedRegion {
  readonly region: string;
  readonly baselineFile: string;
  readonly checks: readonly (CheckResult & { readonly about: string })[];
}

/** @throws {Interrupted} */
export async function runPreflightChecks(regions: readonly RegionToCheck[]): Promise<PreflightedRegion[]> {
  const checked: PreflightedRegion[] = [];
  for (const region of regions) {
    const checks: (CheckResult & { about: string })[] = [];
    for (const [about, check] of Object.entries(CHECKS)) {
      region.progress(`checking ${about} …`);
      checks.push(...(await runPreflightCheck(check, about, region, regions)).map((found) => ({ about, ...found })));
    }
    checked.push({ region: region.accountRegion.region, baselineFile: region.baselineFile, checks });
  }
  return checked;
}
