/** Lets the remediator change only the groups with an enforced baseline, and only in the directions that the baseline declares. */
import { guardedGroupIds, hasCriteria, type Baseline, type CompiledBaseline, type GroupCriteria } from '@portcullis/baseline';
import type { Deployment } from '../deployment.js';
import { iamLiteral, terraformLiteral } from './literal.js';
import { GROUP_ID_KEY, mayReplaceRules, mayRestoreGroups, neverRestoreReported, type Condition, type Statement } from './statements.js';

/**
 * Returns statements that name groups by id if a baseline selects them by id. For groups selected by criteria, IAM can check tags and the
 * VPC, but not the name. A baseline that selects by name alone therefore allows changes to every group in the region.
 */
export function mayRestore(compiled: CompiledBaseline, deployment: Deployment): readonly Statement[] {
  const { partition, region, accountId } = deployment;
  const anyGroup = `arn:${partition}:ec2:${region}:${accountId}:security-group/*`;
  const idsOf = (baselines: readonly Baseline[]): readonly string[] => guardedGroupIds({ ...compiled, baselines });
  const enforced = compiled.baselines.filter(({ mode }) => mode === 'enforce');
  const reported = idsOf(compiled.baselines.filter(({ mode }) => mode === 'report'));
  const selecting = enforced.filter(({ groups }) => hasCriteria(groups));
  const statements = [
    ...[false, true].flatMap((egress) => {
      const ids = idsOf(enforced.filter((baseline) => declaresEgress(baseline) === egress));
      return ids.length === 0 ? [] : [mayRestoreGroups('', { egress }, anyGroup, { StringEquals: { [GROUP_ID_KEY]: ids } })];
    }),
    ...selecting.map((baseline, i) =>
      mayRestoreGroups(`Selected${i + 1}`, { egress: declaresEgress(baseline) }, anyGroup, conditionOf(baseline.groups, deployment)),
    ),
    ...(selecting.length > 0 && reported.length > 0 ? [neverRestoreReported(anyGroup, reported)] : []),
  ];
  return statements.length === 0
    ? []
    : [...statements, mayReplaceRules(`arn:${partition}:ec2:${region}:${accountId}:security-group-rule/*`)];
}

/** Returns one line for each tag key that no IAM condition can name: `${` in a condition key cannot be escaped. */
export function unnamableTags({ baselines }: CompiledBaseline): readonly string[] {
  return baselines
    .filter(({ mode }) => mode === 'enforce')
    .flatMap(({ name, groups }) =>
      Object.keys(groups.tags ?? {})
        .filter((key) => key.includes('${'))
        .map(
          (key) =>
            `the baseline \`${name}\` selects by the tag \`${key}\`, and IAM takes \`\${\` in the key of a tag for a policy variable; expected another tag, \`vpcs\`, \`ids\`, or \`mode: report\``,
        ),
    );
}

function declaresEgress({ egress }: Baseline): boolean {
  return egress !== undefined;
}

/** Source of the keys: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html, resource type `security-group`. */
function conditionOf({ tags, vpcs }: GroupCriteria, { partition, region }: Deployment): Condition | undefined {
  const byTag = Object.entries(tags ?? {}).map(([key, value]) => [
    terraformLiteral(`aws:ResourceTag/${key}`),
    terraformLiteral(iamLiteral(value)),
  ]);
  if (byTag.length === 0 && vpcs === undefined) return undefined;
  return {
    ...(byTag.length > 0 && { StringEquals: Object.fromEntries(byTag) as Readonly<Record<string, string>> }),
    // The ARN of a shared VPC contains the account of the VPC's owner, not the account of our groups.
    ...(vpcs !== undefined && { ArnLike: { 'ec2:Vpc': vpcs.map((id) => `arn:${partition}:ec2:${region}:*:vpc/${id}`) } }),
  };
}
