/** Runs all checks in all regions of the settings. */
import { guardedGroupIds } from '@portcullis/baseline';
import { checked, type Check, type CheckTopic } from './check.js';
import { concurrencyChecks } from './concurrency.js';
import { groupChecks, guardedGroups, matchesOf, type FoundGroup, type Matches } from './groups.js';
import { ownerChecks } from './other-owners.js';
import { configRuleChecks, recorderChecks } from './recorder.js';
import type { RegionToCheck } from './region-to-check.js';
import { ruleChecks } from './rule-quota.js';
import { trailChecks } from './trails.js';

export interface CheckedRegion {
  readonly region: string;
  readonly baselineFile: string;
  readonly checks: readonly Check[];
}

/**
 * Reads the groups of all regions first, because a group that one region lacks may be in another region.
 *
 * @param history whether to ask CloudTrail's event history for other owners
 * @throws {Interrupted}
 */
export async function checkRegions(regions: readonly RegionToCheck[], history: boolean): Promise<readonly CheckedRegion[]> {
  const groups = new Map<RegionToCheck, readonly FoundGroup[]>();
  const unread = new Map<RegionToCheck, readonly Check[]>();
  for (const region of regions) {
    region.progress('reading the groups …');
    const failed = await checked('groups', region.accountRegion, region.signal, async () => {
      groups.set(region, await guardedGroups(region));
      return [];
    });
    unread.set(region, failed);
  }
  const reports: CheckedRegion[] = [];
  for (const region of regions) {
    const { accountRegion, signal, settings, baselineFile, accountId } = region;
    const found = groups.get(region);
    // CloudTrail keeps calls on a group in the account that owns the group.
    const own = found?.filter(({ ownerId }) => ownerId === accountId).map(({ id }) => id);
    // No function runs in a member account.
    const hasFunctions = settings.accountId === undefined || settings.accountId === accountId;
    const steps: (readonly [CheckTopic, (() => Promise<readonly Check[]>) | false | undefined])[] = [
      ['recorder', () => recorderChecks(region)],
      ['trail', () => trailChecks(region)],
      ['concurrency', hasFunctions && (() => concurrencyChecks(region))],
      ['config rules', () => configRuleChecks(region)],
      [
        'groups',
        found === undefined
          ? () => Promise.resolve(unread.get(region) ?? [])
          : () => groupChecks(region, found, matchesElsewhere(region, groups)),
      ],
      ['rules', () => ruleChecks(region)],
      ['other owners', own && history && (() => ownerChecks(region, own))],
    ];
    const checks: Check[] = [];
    for (const [about, check] of steps) {
      if (check === false || check === undefined) continue;
      region.progress(`checking ${about} …`);
      checks.push(...(await checked(about, accountRegion, signal, check)));
    }
    reports.push({ region: accountRegion.region, baselineFile, checks });
  }
  return reports;
}

/** Returns what other regions have, and what the check of an earlier region already covers. */
function matchesElsewhere(region: RegionToCheck, groups: ReadonlyMap<RegionToCheck, readonly FoundGroup[]>): Matches {
  const regions = [...groups.keys()];
  const others = regions.filter((other) => other !== region).map((other) => matchesOf(other, groups.get(other) ?? []));
  const earlier = regions.slice(0, regions.indexOf(region));
  return {
    ids: new Set([...others.flatMap(({ ids }) => [...ids]), ...earlier.flatMap(({ compiled }) => guardedGroupIds(compiled))]),
    baselines: new Set([
      ...others.flatMap(({ baselines }) => [...baselines]),
      ...earlier.flatMap(({ compiled }) => compiled.baselines.map(({ name }) => name)),
    ]),
  };
}
