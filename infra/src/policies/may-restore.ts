/**
 * The IAM statements that let the remediator change the groups of enforced baselines and limits, with no more actions than these need.
 */
import { baselineGroupIds, hasGroupCriteria, type Baseline, type CompiledBaseline, type Limit } from '@portcullis/baseline';
import type { Deployment } from '../deployment.js';
import { groupCriteriaCondition, groupIdCondition, limitedGroupConditions } from './group-conditions.js';
import {
  MODIFY,
  mayRepairGroups,
  mayReplaceRules,
  mayRestoreGroups,
  neverRestoreReported,
  limitRepairActions,
  type Statement,
} from './statements.js';

/**
 * Returns the statements for all enforced baselines and limits. IAM can check a group's id, tags and VPC, but not its name. So a baseline
 * or limit that selects groups only by name lets the role change every group in the region.
 */
export function mayRestoreBaselines(compiled: CompiledBaseline, deployment: Deployment): readonly Statement[] {
  const { partition, region, accountId } = deployment;
  const anyGroup = `arn:${partition}:ec2:${region}:${accountId}:security-group/*`;
  const idsOf = (baselines: readonly Baseline[]): readonly string[] => baselineGroupIds({ baselines });
  const enforced = compiled.baselines.filter(mayChangeItsGroups);
  const limits = (compiled.limits ?? []).filter((limit) => mayChangeItsGroups(limit) && limitRepairActions(limit).length > 0);
  const selecting = enforced.filter(({ groups }) => hasGroupCriteria(groups));
  const statements = [
    ...[false, true].flatMap((egress) => {
      const ids = idsOf(enforced.filter((baseline) => (baseline.egress !== undefined) === egress));
      return ids.length === 0 ? [] : [mayRestoreGroups('', { egress }, anyGroup, groupIdCondition(ids))];
    }),
    ...selecting.map((baseline, i) =>
      mayRestoreGroups(
        `Selected${i + 1}`,
        { egress: baseline.egress !== undefined },
        anyGroup,
        groupCriteriaCondition(baseline.groups, deployment),
      ),
    ),
    ...mayRepairLimits(limits, deployment, anyGroup),
    ...(selecting.length > 0
      ? neverRestoreReportedIds(idsOf(compiled.baselines.filter((baseline) => !mayChangeItsGroups(baseline))), limits, anyGroup)
      : []),
  ];
  const replacing = statements.some(({ Effect, Action }) => Effect === 'Allow' && Action.includes(MODIFY));
  return replacing ? [...statements, mayReplaceRules(`arn:${partition}:ec2:${region}:${accountId}:security-group-rule/*`)] : statements;
}

/** Returns the statements for limits. Limits that need the same actions on the same groups share one statement. */
function mayRepairLimits(limits: readonly Limit[], deployment: Deployment, anyGroup: string): readonly Statement[] {
  const grants = limits.flatMap((limit) =>
    limitedGroupConditions(limit.groups, deployment).map((condition) => ({ actions: limitRepairActions(limit), condition })),
  );
  return [...new Map(grants.map((grant) => [JSON.stringify(grant), grant])).values()].map(({ actions, condition }, i) =>
    mayRepairGroups(i + 1, actions, anyGroup, condition),
  );
}

/** Returns the Deny statements for groups that baselines in report mode list by id. */
function neverRestoreReportedIds(groupIds: readonly string[], limits: readonly Limit[], anyGroup: string): readonly Statement[] {
  const idsByNeed = new Map<string, { readonly ids: string[]; readonly needed: readonly string[] }>();
  for (const id of groupIds) {
    const needed = [...new Set(limits.filter((limit) => mayLimitGroup(limit, id)).flatMap(limitRepairActions))].sort();
    const same = idsByNeed.get(needed.join());
    if (same === undefined) idsByNeed.set(needed.join(), { ids: [id], needed });
    else same.ids.push(id);
  }
  return [...idsByNeed.values()].flatMap(({ ids, needed }, i) => neverRestoreReported(i + 1, needed, anyGroup, groupIdCondition(ids)));
}

function mayLimitGroup({ groups }: Limit, id: string): boolean {
  return (groups.all === true || hasGroupCriteria(groups) || groups.ids.includes(id)) && groups.except?.ids.includes(id) !== true;
}

/** Returns one problem for each tag key that contains `${`, which IAM cannot escape in a condition key. */
export function tagKeysIamCannotName({ baselines, limits = [] }: CompiledBaseline): readonly string[] {
  const named = [
    ...baselines.filter(mayChangeItsGroups).map(({ name, groups }) => ({ what: `baseline \`${name}\` selects`, groups })),
    ...limits.filter(mayChangeItsGroups).map(({ name, groups }) => ({ what: `limit \`${name}\` selects`, groups })),
    ...limits.filter(mayChangeItsGroups).map(({ name, groups }) => ({ what: `limit \`${name}\` excepts`, groups: groups.except })),
  ];
  return named.flatMap(({ what, groups }) =>
    Object.keys(groups?.tags ?? {})
      .filter((key) => key.includes('${'))
      .map(
        (key) =>
          `the ${what} by the tag \`${key}\`, but IAM reads \`\${\` in a tag key as a policy variable; expected another tag, \`vpcs\`, \`ids\`, or \`mode: report\``,
      ),
  );
}

// A baseline in mode `approve` needs the same permissions as a baseline in mode `enforce`.
function mayChangeItsGroups({ mode }: Pick<Baseline, 'mode'>): boolean {
  return mode !== 'report';
}
