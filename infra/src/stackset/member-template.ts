import { listedMemberAccounts } from '@portcullis/settings';
import { App } from 'cdktf';
import { Member, type MemberProps } from '../constructs/member.js';
import { GuardStack } from '../stacks/guard-stack.js';
import { translateToCloudFormation, type CloudFormationResource, type TerraformConfiguration } from './translate.js';

/** A CloudFormation template. */
export interface CloudFormationTemplate {
  readonly AWSTemplateFormatVersion: '2010-09-09';
  readonly Description: string;
  readonly Conditions: Readonly<Record<string, unknown>>;
  readonly Resources: Readonly<Record<string, Partial<CloudFormationResource> & { readonly Condition?: string }>>;
}

const GUARDED = 'Guarded';

/**
 * Returns the template of a member account for a StackSet. The template has the resources of the member stack that Terraform deploys. A
 * condition makes the stack empty in the central account, in accounts that Terraform deploys to, and in excluded accounts. An account
 * filter of the StackSet would not be enough, because automatic deployments ignore such a filter. Source:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-orgs-manage-auto-deployment.html
 *
 * @param outdir the output folder of CDKTF, which CDKTF creates if necessary.
 */
export function memberStackSetTemplate({ settings, baseline }: MemberProps, outdir: string): CloudFormationTemplate {
  const { name, region, organization, accountId } = settings;
  // This Terraform stack is only translated and never deployed, so neither its state nor its account matters.
  const stack = new GuardStack(new App({ outdir }), 'member', { settings: { region, tags: {} }, stateKey: '' });
  new Member(stack, 'Default', { settings, baseline });
  const resources = translateToCloudFormation(stack.toTerraform() as TerraformConfiguration);
  const others = [accountId, ...listedMemberAccounts(organization), ...(organization?.excludedAccounts ?? [])];
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: `The part of ${name} in a member account, in ${region}`,
    Conditions: { [GUARDED]: { 'Fn::Not': [fnOrCondition([...new Set(others)].sort().map(isAccountIdCondition))] } },
    Resources: {
      // AWS does not document what happens to a stack without resources. This resource costs nothing and does nothing.
      AlwaysPresent: { Type: 'AWS::CloudFormation::WaitConditionHandle' },
      ...Object.fromEntries(Object.entries(resources).map(([id, resource]) => [id, { ...resource, Condition: GUARDED }])),
    },
  };
}

function isAccountIdCondition(accountId: string): unknown {
  return { 'Fn::Equals': [{ Ref: 'AWS::AccountId' }, accountId] };
}

/**
 * Returns a condition that is true if any of the given conditions is true. `Fn::Or` takes 2 to 10 conditions. Source:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-conditions.html
 */
function fnOrCondition(conditions: readonly unknown[]): unknown {
  if (conditions.length === 1) return conditions[0];
  const groups = conditions.length <= 10 ? conditions : Array.from({ length: 10 }, (_, i) => conditions.filter((__, j) => j % 10 === i));
  return { 'Fn::Or': groups === conditions ? conditions : (groups as unknown[][]).map(fnOrCondition) };
}
