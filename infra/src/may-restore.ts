/** What the remediator may change: the groups that it enforces a baseline on, and only in the directions which that declares. */
import { guardedGroupIds, hasCriteria, type Baseline, type CompiledBaseline, type GroupCriteria } from '@portcullis/baseline';
import {
  GROUP_ID_KEY,
  mayReplaceRules,
  mayRestoreGroups,
  neverRestoreReported,
  type Condition,
  type Statement,
} from './constructs/least-privilege.js';
import { iamLiteral, terraformLiteral } from './literal.js';
import { securityGroupArn, securityGroupRuleArn, vpcArnPattern, type Deployment } from './deployment.js';

/**
 * Groups selected by id are named by id. For groups selected by criteria, IAM can check tags and the VPC, but not the name: a baseline that selects by
 * name alone may change every group of the region.
 */
export const mayRestore = (compiled: CompiledBaseline, deployment: Deployment): readonly Statement[] => {
  const enforced = compiled.baselines.filter(({ mode }) => mode === 'enforce');
  const anyGroup = securityGroupArn(deployment, '*');
  const selecting = enforced.filter(({ groups }) => hasCriteria(groups));
  const reported = guardedGroupIds({
    ...compiled,
    baselines: compiled.baselines.filter(({ mode }) => mode === 'report'),
  });
  const statements = [
    ...[false, true].flatMap((egress) => {
      const baselines = enforced.filter((baseline) => declaresEgress(baseline) === egress);
      const ids = guardedGroupIds({ ...compiled, baselines });
      return ids.length === 0 ? [] : [mayRestoreGroups('', { egress }, anyGroup, { StringEquals: { [GROUP_ID_KEY]: ids } })];
    }),
    ...selecting.map((baseline, i) =>
      mayRestoreGroups(`Selected${i + 1}`, { egress: declaresEgress(baseline) }, anyGroup, conditionOf(baseline.groups, deployment)),
    ),
    ...(selecting.length > 0 && reported.length > 0 ? [neverRestoreReported(anyGroup, reported)] : []),
  ];
  return statements.length === 0 ? [] : [...statements, mayReplaceRules(securityGroupRuleArn(deployment, '*'))];
};

/** Why IAM cannot name the groups of a baseline: one line each. A condition key has no way to write `${` as it is. */
export const unnamableTags = ({ baselines }: CompiledBaseline): readonly string[] =>
  baselines
    .filter(({ mode }) => mode === 'enforce')
    .flatMap(({ name, groups }) =>
      Object.keys(groups.tags ?? {})
        .filter((key) => key.includes('${'))
        .map(
          (key) =>
            `the baseline \`${name}\` selects by the tag \`${key}\`, and IAM takes \`\${\` in the key of a tag for a policy variable; expected another tag, \`vpcs\`, \`ids\`, or \`mode: report\``,
        ),
    );

const declaresEgress = ({ egress }: Baseline): boolean => egress !== undefined;

/** Source of the keys: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html, resource type `security-group`. */
const conditionOf = ({ tags, vpcs }: GroupCriteria, deployment: Deployment): Condition | undefined => {
  const byTag = Object.entries(tags ?? {}).map(
    ([key, value]) => [`aws:ResourceTag/${key}`, iamLiteral(value)].map(terraformLiteral) as [string, string],
  );
  const condition: Condition = {
    ...(byTag.length > 0 && { StringEquals: Object.fromEntries(byTag) }),
    ...(vpcs !== undefined && { ArnLike: { 'ec2:Vpc': vpcs.map((id) => vpcArnPattern(deployment, id)) } }),
  };
  return Object.keys(condition).length === 0 ? undefined : condition;
};
