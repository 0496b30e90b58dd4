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
 * Returns the StackSet's template, with the resources of `Member`. A condition in the template skips the central account, accounts that
 * Terraform deploys to, and excluded accounts. The StackSet cannot filter out these accounts, because automatic deployments ignore account
 * filters. Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-orgs-manage-auto-deployment.html
 *
 * @param outdir CDKTF's output folder, which CDKTF creates if necessary
 */
export function memberStackSetTemplate({ settings, baseline }: MemberProps, outdir: string): CloudFormationTemplate {
  const { name, region, organization, accountId } = settings;
  // Nobody deploys this Terraform stack, so the stack needs no state and no account.
  const stack = new GuardStack(new App({ outdir }), 'member', { settings: { region, tags: {} }, stateKey: '' });
  new Member(stack, 'Default', { settings, baseline });
  const resources = translateToCloudFormation(stack.toTerraform() as TerraformConfiguration);
  const others = [accountId, ...listedMemberAccounts(organization), ...(organization?.excludedAccounts ?? [])];
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: `The resources of ${name} in a member account, in ${region}`,
    Conditions: { [GUARDED]: { 'Fn::Not': [cloudFormationOrCondition([...new Set(others)].sort().map(cloudFormationAccountCondition))] } },
    Resources: {
      // This resource has no effect and costs nothing. It exists because AWS does not document whether a stack can have no resources.
      AlwaysPresent: { Type: 'AWS::CloudFormation::WaitConditionHandle' },
      ...Object.fromEntries(Object.entries(resources).map(([id, resource]) => [id, { ...resource, Condition: GUARDED }])),
    },
  };
}

function cloudFormationAccountCondition(accountId: string): unknown {
  return { 'Fn::Equals': [{ Ref: 'AWS::AccountId' }, accountId] };
}

/**
 * Returns a condition that is true if any of the given conditions is true. `Fn::Or` takes 2 to 10 conditions. Source:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-conditions.html
 */
function cloudFormationOrCondition(conditions: readonly unknown[]): unknown {
  if (conditions.length === 1) return conditions[0];
  const groups = conditions.length <= 10 ? conditions : Array.from({ length: 10 }, (_, i) => conditions.filter((__, j) => j % 10 === i));
  return { 'Fn::Or': groups === conditions ? conditions : (groups as unknown[][]).map(cloudFormationOrCondition) };
}
