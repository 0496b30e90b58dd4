/** The groups that a Terraform state manages, with the rules that Terraform declares. */
import { formatRule, ruleKey } from '@portcullis/permission-diff';
import type { SurveyedGroup } from '@portcullis/security-groups';
import type { Scope } from '../aws/account-region.js';
import { parseJsonText, jsonMember, jsonTextMember } from '../files/json-members.js';
import { Failure, failCommandOnProblems } from '../command-line/failure.js';
import { groupIdNameAndVpc } from '../render/state-words.js';
import { isGroupResource, isRuleResource } from '../terraform/resource-rules.js';
import { rulesDeclaredInTerraform, groupsInTerraformState } from '../terraform/state-groups.js';
import { terraformResources } from '../terraform/resources.js';

export interface TerraformGroups {
  readonly groups: readonly SurveyedGroup[];
  /** The account and region of each group, by group id. */
  readonly scopes: ReadonlyMap<string, Scope>;
  /** One line for each rule or group that `adopt` leaves out. */
  readonly notes: readonly string[];
}

const ARN = /^arn:[^:]+:ec2:([a-z0-9-]+):(\d{12}):security-group\/(sg-[0-9a-f]+)$/;

/**
 * Returns the groups in the output of `terraform show -json`.
 *
 * @param region the region of the groups to return; `undefined` for all regions
 * @throws {Failure} with a line for each resource that cannot be read.
 */
export function terraformGroupsToAdopt(text: string, fileName: string, region: string | undefined): TerraformGroups {
  const state = parseJsonText(text);
  const values = jsonMember(state, 'values');
  const problem = `\`${fileName}\` is not a Terraform state as JSON; expected the output of \`terraform show -json\``;
  if (jsonMember(state, 'planned_values') !== undefined)
    throw new Failure(`\`${fileName}\` is a plan; expected a state, from \`terraform show -json\` without a plan file`);
  if (jsonMember(state, 'format_version') === undefined) throw new Failure(problem);
  const resources = terraformResources(values);
  failCommandOnProblems(
    resources.map((resource) => {
      const [key, what] = isGroupResource(resource) ? ['id', 'id'] : ['security_group_id', 'group'];
      const isIncomplete = (isGroupResource(resource) || isRuleResource(resource)) && jsonTextMember(resource.values, key) === null;
      return isIncomplete && `${resource.address} has no ${what} in \`${fileName}\`; expected a state after a complete \`terraform apply\``;
    }),
  );
  const arns = new Map(
    resources.flatMap(({ values: attributes }) => {
      const [, regionInArn = '', accountId = '', id = ''] = ARN.exec(jsonTextMember(attributes, 'arn') ?? '') ?? [];
      return id === '' ? [] : [[id, { region: regionInArn, accountId }] as const];
    }),
  );
  const found = groupsInTerraformState(values);
  const managed = found.filter(({ address }) => address !== null);
  failCommandOnProblems(
    managed.map(
      ({ id, address }) => !arns.has(id) && `${address ?? id} has no ARN in \`${fileName}\`; expected \`arn:…:security-group/${id}\``,
    ),
  );
  const wanted = managed.filter(({ id }) => region === undefined || arns.get(id)?.region === region);
  if (wanted.length === 0) throw new Failure(`\`${fileName}\` manages no security group${region === undefined ? '' : ` in ${region}`}`);
  const notes = found
    .filter(({ address, separate }) => address === null && separate.length > 0)
    .map(({ id }) => `${id} was left out: the state has rules of the group, but does not manage the group`);
  const groups = wanted.map((group): SurveyedGroup => {
    const { declared, undeclared } = rulesDeclaredInTerraform(group);
    for (const rule of undeclared)
      notes.push(`${groupIdNameAndVpc({ ...group, vpcId: null })}: ${formatRule(rule)} was left out: no rule resource declares the rule`);
    const { vpcId, name, tags, ownerId, description } = group;
    return {
      id: group.id,
      vpcId,
      name,
      tags,
      ownerId,
      description,
      rules: [...new Map(declared.map((rule) => [ruleKey(rule), rule])).values()],
    };
  });
  return { groups, scopes: arns, notes };
}
