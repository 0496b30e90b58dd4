/** Checks that AWS Config's quota of rules leaves room for the rule of the deployment. */
import { ConfigServiceClient, paginateDescribeConfigRules } from '@aws-sdk/client-config-service';
import { readAllPreflightPages, preflightFails, preflightOk, type CheckResult, type RegionToCheck } from './check.js';

/** Source: https://docs.aws.amazon.com/config/latest/developerguide/configlimits.html */
const MAX_CONFIG_RULES = 1000;

export async function checkConfigRuleQuota({ accountRegion, settings, signal }: RegionToCheck): Promise<CheckResult> {
  const client = accountRegion.client(ConfigServiceClient);
  const pages = paginateDescribeConfigRules({ client }, {}, { abortSignal: signal });
  const rules = await readAllPreflightPages('config:DescribeConfigRules', pages, ({ ConfigRules }) => ConfigRules);
  const what = `AWS Config has ${rules.length} of at most ${MAX_CONFIG_RULES.toLocaleString('en')} rules`;
  // An organization rule has a longer name, because AWS Config adds a prefix and a suffix.
  const isDeployed = rules.some(({ ConfigRuleName = '' }) => ConfigRuleName.includes(`${settings.name}-security-groups`));
  if (rules.length < MAX_CONFIG_RULES || isDeployed) return preflightOk(what);
  return preflightFails(
    what,
    'AWS Config would refuse the rule of the deployment (MaxNumberOfConfigRulesExceededException)',
    'delete an unused rule, or request a higher quota from AWS Support',
  );
}
