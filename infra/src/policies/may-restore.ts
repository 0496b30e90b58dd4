/**
 * The IAM statements that let the remediator change the groups of enforced baselines and limits. The statements allow only the actions that
 * the baselines and limits need.
 */
import { baselineGroupIds, hasGroupCriteria, type Baseline, type CompiledBaseline, type Limit } from '@portcullis/baseline';
import type { Deployment } from '../constructs/deployment.js';
import { iamGroupCriteriaCondition, iamGroupIdCondition, iamLimitedGroupConditions } from './group-conditions.js';
import {
  MODIFY,
  repairGroupsStatement,
  replaceRulesStatement,
  restoreGroupsStatement,
  denyRestoreStatements,
  iamActionsOfLimit,
  type Statement,
} from './statements.js';

/**
 * Returns the statements for all enforced baselines and limits. IAM can check a group's id, tags and VPC, but not its name. If a baseline
 * or limit selects groups only by name, the role can change every group in the region.
 */
export function restoreBaselinesStatements(compiled: CompiledBaseline, deployment: Deployment): readonly Statement[] {
  const { partition, region, accountId } = deployment;
  const anyGroup = `arn:${partition}:ec2:${region}:${accountId}:security-group/*`;
  const idsOf = (baselines: readonly Baseline[]): readonly string[] => baselineGroupIds({ baselines });
  const enforced = compiled.baselines.filter(needsRestoreStatements);
  const limits = (compiled.limits ?? []).filter((limit) => needsRestoreStatements(limit) && iamActionsOfLimit(limit).length > 0);
  const selecting = enforced.filter(({ groups }) => hasGroupCriteria(groups));
  const statements = [
    ...[false, true].flatMap((egress) => {
      const ids = idsOf(enforced.filter((baseline) => (baseline.egress !== undefined) === egress));
      return ids.length === 0 ? [] : [restoreGroupsStatement('', { egress }, anyGroup, iamGroupIdCondition(ids))];
    }),
    ...selecting.map((baseline, i) =>
      restoreGroupsStatement(
        `Selected${i + 1}`,
        { egress: baseline.egress !== undefined },
        anyGroup,
        iamGroupCriteriaCondition(baseline.groups, deployment),
      ),
    ),
    ...repairLimitsStatements(limits, deployment, anyGroup),
    ...(selecting.length > 0
      ? denyReportedGroupsStatements(idsOf(compiled.baselines.filter((baseline) => !needsRestoreStatements(baseline))), limits, anyGroup)
      : []),
  ];
  const replacing = statements.some(({ Effect, Action }) => Effect === 'Allow' && Action.includes(MODIFY));
  return replacing
    ? [...statements, replaceRulesStatement(`arn:${partition}:ec2:${region}:${accountId}:security-group-rule/*`)]
    : statements;
}

/** Returns the statements for limits. Limits that need the same actions on the same groups share one statement. */
function repairLimitsStatements(limits: readonly Limit[], deployment: Deployment, anyGroup: string): readonly Statement[] {
  const grants = limits.flatMap((limit) =>
    iamLimitedGroupConditions(limit.groups, deployment).map((condition) => ({ actions: iamActionsOfLimit(limit), condition })),
  );
  return [...new Map(grants.map((grant) => [JSON.stringify(grant), grant])).values()].map(({ actions, condition }, i) =>
    repairGroupsStatement(i + 1, actions, anyGroup, condition),
  );
}

/** Returns the Deny statements for groups that baselines in report mode list by id. */
function denyReportedGroupsStatements(groupIds: readonly string[], limits: readonly Limit[], anyGroup: string): readonly Statement[] {
  const idsByNeed = new Map<string, { readonly ids: string[]; readonly needed: readonly string[] }>();
  for (const id of groupIds) {
    const needed = [...new Set(limits.filter((limit) => iamLimitStatementsCoverGroup(limit, id)).flatMap(iamActionsOfLimit))].sort();
    const same = idsByNeed.get(needed.join());
    if (same === undefined) idsByNeed.set(needed.join(), { ids: [id], needed });
    else same.ids.push(id);
  }
  return [...idsByNeed.values()].flatMap(({ ids, needed }, i) => denyRestoreStatements(i + 1, needed, anyGroup, iamGroupIdCondition(ids)));
}

function iamLimitStatementsCoverGroup({ groups }: Limit, id: string): boolean {
  return (groups.all === true || hasGroupCriteria(groups) || groups.ids.includes(id)) && groups.except?.ids.includes(id) !== true;
}

/** Returns one problem for each tag key that contains `${`, which IAM cannot escape in a condition key. */
export function tagKeysIamCannotName({ baselines, limits = [] }: CompiledBaseline): readonly string[] {
  const named = [
    ...baselines.filter(needsRestoreStatements).map(({ name, groups }) => ({ what: `baseline \`${name}\` selects`, groups })),
    ...limits.filter(needsRestoreStatements).map(({ name, groups }) => ({ what: `limit \`${name}\` selects`, groups })),
    ...limits.filter(needsRestoreStatements).map(({ name, groups }) => ({ what: `limit \`${name}\` excepts`, groups: groups.except })),
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
function needsRestoreStatements({ mode }: Pick<Baseline, 'mode'>): boolean {
  return mode !== 'report';
}
