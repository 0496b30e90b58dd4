/** Reports to how many groups each limit of the baseline file applies, and what the limit allows the remediator to change. */
import { limitsEveryGroup, type Limit } from '@portcullis/baseline';
import { countWithNoun } from '../render/counted.js';
import { preflightOk, preflightRisk, CheckCallError, type CheckResult, type RegionToCheck } from './check.js';

export function preflightLimitCoverage({ compiled, accountId, baselineFile, groups }: RegionToCheck): Promise<readonly CheckResult[]> {
  if (compiled.limits === undefined) return Promise.resolve([]);
  if (groups instanceof CheckCallError) throw groups;
  const own = groups.filter(({ ownerId }) => ownerId === accountId);
  const covered = new Map<string, number>();
  for (const { selection } of own) for (const { name } of selection.limits) covered.set(name, (covered.get(name) ?? 0) + 1);
  const results = compiled.limits.map((limit) => {
    const count = covered.get(limit.name) ?? 0;
    const what = `limit \`${limit.name}\` applies to ${countWithNoun(count, 'group')} here: ${preflightLimitPermissions(limit)}`;
    if (count > 0) return preflightOk(what);
    return preflightRisk(
      `limit \`${limit.name}\` applies to no group here`,
      'the limit has no effect until its `groups` select a group',
      `correct \`groups\` of \`${limit.name}\` in \`${baselineFile}\``,
    );
  });
  const all = limitsEveryGroup(compiled)
    ? [
        preflightOk(
          'at least one limit applies to all groups, so the functions read each group that changes, and every group in a scheduled evaluation',
        ),
      ]
    : [];
  return Promise.resolve([...results, ...all]);
}

/** Returns the permissions that the remediator gets because of the limit. */
function preflightLimitPermissions({ mode, repair }: Limit): string {
  if (mode === 'report') return 'in mode `report`, the limit needs no write permission';
  const revoke = 'in mode `enforce`, the limit allows the remediator to revoke rules (`ec2:RevokeSecurityGroup*`)';
  return repair === 'revoke'
    ? revoke
    : `${revoke} and authorize narrower rules (\`ec2:AuthorizeSecurityGroup*\`, \`ec2:ModifySecurityGroupRules\`)`;
}
