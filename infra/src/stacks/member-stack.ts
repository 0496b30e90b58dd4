import { partitionOf } from '@portcullis/cloudtrail';
import type { Settings } from '@portcullis/settings';
import type { Construct } from 'constructs';
import { Member, type MemberProps } from '../constructs/member.js';
import { constructedRoleArn } from '../constructs/deployment.js';
import { GuardStack } from './guard-stack.js';

export interface MemberStackProps extends MemberProps {
  readonly organization: NonNullable<Settings['organization']>;
  /** The member's account id: 12 digits. */
  readonly memberId: string;
}

/** The stack of one member account, which Terraform deploys with a role of that account. */
export class MemberStack extends GuardStack {
  constructor(scope: Construct, id: string, { settings, baseline, organization, memberId }: MemberStackProps) {
    const { name, region } = settings;
    super(scope, id, {
      settings: { ...settings, accountId: memberId },
      stateKey: `${name}/${memberId}/${region}.tfstate`,
      deployRoleArn: memberDeployRoleArn(organization, region, memberId),
    });
    new Member(this, 'Default', { settings, baseline });
  }
}

/**
 * Returns the ARN of the role with which Terraform deploys to a member account. The default is `OrganizationAccountAccessRole`, which AWS
 * Organizations creates in each new account. Source:
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_access.html
 */
function memberDeployRoleArn({ deployRoleArn: named }: MemberStackProps['organization'], region: string, memberId: string): string {
  if (named !== undefined) return named.replace('{account}', memberId);
  // A data source cannot supply the partition, because the provider needs the role before it can read a data source.
  return constructedRoleArn(partitionOf(region).name, memberId, 'OrganizationAccountAccessRole');
}
