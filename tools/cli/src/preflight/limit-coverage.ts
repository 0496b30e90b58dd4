/** Reports how many groups each limit covers, and what the remediator may change because of the limit. */
import { limitsEveryGroup, selectBaseline, type Limit } from '@portcullis/baseline';
import { countWithNoun } from '../render/counted.js';
import { preflightOk, preflightRisk, CheckCallError, type CheckResult, type RegionToCheck } from './check.js';

export function checkLimitCoverage({ compiled, accountId, baselineFile, groups }: RegionToCheck): Promise<readonly CheckResult[]> {
  if (compiled.limits === undefined) return Promise.resolve([]);
  if (groups instanceof CheckCallError) throw groups;
  const own = groups.filter(({ ownerId }) => ownerId === accountId);
  const covered = new Map<string, number>();
  for (const group of own) {
    const selection = selectBaseline(compiled, group);
    const limits = selection.kind === 'unguarded' ? [] : selection.limits;
    for (const { name } of limits) covered.set(name, (covered.get(name) ?? 0) + 1);
  }
  const results = compiled.limits.map((limit) => {
    const count = covered.get(limit.name) ?? 0;
    const what = `limit \`${limit.name}\` applies to ${countWithNoun(count, 'group')} here: ${limitPermissionWords(limit)}`;
    if (count > 0) return preflightOk(what);
    return preflightRisk(
      `limit \`${limit.name}\` applies to no group here`,
      'it limits nothing until a group matches',
      `correct its \`groups\` in \`${baselineFile}\``,
    );
  });
  const all = limitsEveryGroup(compiled)
    ? [
        preflightOk(
          'a limit applies to all groups, so both functions read every group that changes, and the remediator every group at its schedule',
        ),
      ]
    : [];
  return Promise.resolve([...results, ...all]);
}

/** Returns the permissions that a deployment gives the remediator because of the limit. */
function limitPermissionWords({ mode, repair }: Limit): string {
  if (mode === 'report') return 'it only reports, which needs no write permission';
  const revoke = 'it enforces, so the remediator may revoke their rules (`ec2:RevokeSecurityGroup*`)';
  return repair === 'revoke'
    ? revoke
    : `${revoke} and authorize narrower ones (\`ec2:AuthorizeSecurityGroup*\`, \`ec2:ModifySecurityGroupRules\`)`;
}
