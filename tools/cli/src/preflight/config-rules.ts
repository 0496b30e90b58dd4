/** Checks that AWS Config has room for one more rule. */
import { ConfigServiceClient, paginateDescribeConfigRules } from '@aws-sdk/client-config-service';
import { allOf, fails, ok, type CheckResult, type RegionToCheck } from './check.js';

/** Source: https://docs.aws.amazon.com/config/latest/developerguide/configlimits.html */
const MAX_CONFIG_RULES = 1000;

export async function checkConfigRules({ accountRegion, settings, signal }: RegionToCheck): Promise<CheckResult> {
  const client = accountRegion.client(ConfigServiceClient);
  const pages = paginateDescribeConfigRules({ client }, {}, { abortSignal: signal });
  const rules = await allOf('config:DescribeConfigRules', pages, ({ ConfigRules }) => ConfigRules);
  const what = `AWS Config has ${rules.length} of at most ${MAX_CONFIG_RULES.toLocaleString('en')} rules`;
  // The name of an organization's rule has a prefix and a suffix.
  const isDeployed = rules.some(({ ConfigRuleName = '' }) => ConfigRuleName.includes(`${settings.name}-security-groups`));
  if (rules.length < MAX_CONFIG_RULES || isDeployed) return ok(what);
  return fails(
    what,
    'Portcullis adds one, which is refused (MaxNumberOfConfigRulesExceededException)',
    'delete a rule that nobody needs, or ask AWS Support for more',
  );
}
