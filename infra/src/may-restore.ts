/** What the remediator may change: the groups that it enforces a baseline on, and only in the directions which that declares. */
import {
  guardedGroupIds,
  hasCriteria,
  type Baseline,
  type CompiledBaseline,
  type GroupCriteria,
} from '@portcullis/baseline';
import {
  mayReplaceRules,
  mayRestoreEgress,
  mayRestoreIngress,
  mayRestoreSelected,
  type Condition,
  type Statement,
} from './constructs/least-privilege.js';
import { securityGroupArn, securityGroupRuleArn, vpcArn, type Deployment } from './deployment.js';

/**
 * Groups named by id are named by ARN. Of groups that are selected by what they have, IAM can tell tags and the VPC, and no name: a
 * baseline that selects by name alone may change every group of the region.
 */
export const mayRestore = (compiled: CompiledBaseline, deployment: Deployment): readonly Statement[] => {
  const enforced = compiled.baselines.filter(({ mode }) => mode === 'enforce');
  const arnsOf = (baselines: readonly Baseline[]): readonly string[] =>
    guardedGroupIds({ ...compiled, baselines }).map((id) => securityGroupArn(deployment, id));
  const ingress = arnsOf(enforced);
  const egress = arnsOf(enforced.filter((baseline) => baseline.egress !== undefined));
  const named = [
    ...(ingress.length === 0 ? [] : [mayRestoreIngress(ingress)]),
    ...(egress.length === 0 ? [] : [mayRestoreEgress(egress)]),
  ];
  const selected = enforced
    .filter(({ groups }) => hasCriteria(groups))
    .flatMap((baseline, i) => selectedBy(baseline, i + 1, deployment));
  const statements = [...named, ...selected];
  return statements.length === 0 ? [] : [...statements, mayReplaceRules(securityGroupRuleArn(deployment, '*'))];
};

const selectedBy = ({ groups, egress }: Baseline, number: number, deployment: Deployment): readonly Statement[] => {
  const anyGroup = [securityGroupArn(deployment, '*')];
  const condition = conditionOf(groups, deployment);
  return [
    mayRestoreSelected(number, 'ingress', anyGroup, condition),
    ...(egress === undefined ? [] : [mayRestoreSelected(number, 'egress', anyGroup, condition)]),
  ];
};

/** Source of the keys: Service Authorization Reference, Amazon EC2, resource type `security-group`. */
const conditionOf = ({ tags, vpcs }: GroupCriteria, deployment: Deployment): Condition | undefined => {
  const byTag = Object.entries(tags ?? {}).map(([key, value]) => [`aws:ResourceTag/${key}`, value] as const);
  const condition: Condition = {
    ...(byTag.length > 0 && { StringEquals: Object.fromEntries(byTag) }),
    ...(vpcs !== undefined && { ArnEquals: { 'ec2:Vpc': vpcs.map((id) => vpcArn(deployment, id)) } }),
  };
  return Object.keys(condition).length === 0 ? undefined : condition;
};
