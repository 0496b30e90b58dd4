/** Checks that the declared rules do not exceed EC2's default quota of rules per group. */
import { EC2Client, paginateDescribeManagedPrefixLists } from '@aws-sdk/client-ec2';
import type { Baseline } from '@portcullis/baseline';
import type { Direction, Rule } from '@portcullis/permission-diff';
import { countWithNoun } from '../render/counted.js';
import { preflightOk, type CheckResult, type RegionToCheck } from './check.js';
import { readFilteredPreflightPages } from './selected-groups.js';

/**
 * The default quota of rules per group. EC2 counts ingress and egress rules separately, and IPv4 and IPv6 rules separately. Source:
 * https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
 */
const RULES_QUOTA = 60;
/** The maximum product of two quotas: rules per group, and groups per network interface. Source: the same page as for `RULES_QUOTA`. */
const MAX_RULES_OF_INTERFACE = 1000;
const GROUPS_OF_INTERFACE = 5;

export async function checkRuleQuota(region: RegionToCheck): Promise<CheckResult | readonly CheckResult[]> {
  const weights = await preflightPrefixListWeights(region);
  const counts = region.compiled.baselines.flatMap((baseline) => preflightRuleCounts(baseline, weights));
  const over = counts.filter(({ count }) => count > RULES_QUOTA);
  if (over.length === 0) {
    const most = counts.reduce((highest, { count }) => Math.max(highest, count), 0);
    return preflightOk(
      `at most ${countWithNoun(most, 'rule')} declared in one direction and address family, within the default quota of ${RULES_QUOTA}`,
    );
  }
  return over.map(({ name, direction, family, count }) => ({
    outcome: count > MAX_RULES_OF_INTERFACE ? 'fails' : 'risk',
    what: `\`${name}\` declares ${count} ${family} ${direction} rules for each group, but the default quota is ${RULES_QUOTA}`,
    why: 'unless the quota was raised, EC2 refuses the rules above the quota (RulesPerSecurityGroupLimitExceeded), so the guard can never restore the group',
    fix: ruleQuotaFix(count, region.accountRegion.region),
  }));
}

function ruleQuotaFix(count: number, region: string): string {
  const max = MAX_RULES_OF_INTERFACE.toLocaleString('en');
  if (count > MAX_RULES_OF_INTERFACE) return `declare fewer rules: the quota cannot exceed ${max}`;
  const highest = MAX_RULES_OF_INTERFACE / GROUPS_OF_INTERFACE;
  const lower =
    count <= highest
      ? ''
      : `; for a quota above ${highest}, lower the quota of groups per network interface (L-2AFB9258) below ${GROUPS_OF_INTERFACE}, because the product of both quotas is at most ${max}`;
  return `read the account's quota with \`aws service-quotas get-service-quota --service-code vpc --quota-code L-0EA8095F --region ${region}\`, and raise it to ${count} or declare fewer rules${lower}`;
}

interface RuleCount {
  readonly name: string;
  readonly direction: Direction;
  readonly family: 'IPv4' | 'IPv6';
  readonly count: number;
}

function preflightRuleCounts({ name, ingress, egress = [] }: Baseline, weights: ReadonlyMap<string, number>): RuleCount[] {
  const weight = ({ source }: Rule): number => (source.kind === 'prefixList' ? (weights.get(source.prefixListId) ?? 1) : 1);
  return (['ingress', 'egress'] as const).flatMap((direction) => {
    const rules = direction === 'ingress' ? ingress : egress;
    return (['IPv4', 'IPv6'] as const).map((family) => {
      const counting = rules.filter(({ source }) => source.kind !== (family === 'IPv4' ? 'ipv6' : 'ipv4'));
      return { name, direction, family, count: counting.reduce((sum, rule) => sum + weight(rule), 0) };
    });
  });
}

/**
 * Returns the maximum number of entries of each declared prefix list, by list id. EC2 counts a rule with a prefix list as this number of
 * rules. Source: the same page as for `RULES_QUOTA`.
 */
async function preflightPrefixListWeights({ compiled, accountRegion, signal }: RegionToCheck): Promise<ReadonlyMap<string, number>> {
  const ids = compiled.baselines
    .flatMap(({ ingress, egress = [] }) => [...ingress, ...egress])
    .flatMap(({ source }) => (source.kind === 'prefixList' ? source.prefixListId : []));
  const client = accountRegion.client(EC2Client);
  const lists = await readFilteredPreflightPages(
    'ec2:DescribeManagedPrefixLists',
    'prefix-list-id',
    ids,
    (input) => paginateDescribeManagedPrefixLists({ client }, input, { abortSignal: signal }),
    ({ PrefixLists }) => PrefixLists,
  );
  return new Map(lists.map(({ PrefixListId = '', MaxEntries = 1 }) => [PrefixListId, MaxEntries]));
}
