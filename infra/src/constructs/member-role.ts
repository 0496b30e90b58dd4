import { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js';
import { guardRoleName, memberRoleName, type Guard, type Settings } from '@portcullis/settings';
import { Construct } from 'constructs';
import { constructedRoleArn, type Deployment } from './deployment.js';
import { roleTrustPolicy, type Statement } from '../policies/statements.js';
import { createIamRolePolicies } from '../policies/role-policies.js';

export interface MemberRoleProps {
  readonly deployment: Deployment;
  readonly settings: Pick<Settings, 'permissionsBoundary'>;
  /** The account in which the function runs. */
  readonly centralAccountId: string;
  readonly description: string;
  readonly statements: readonly Statement[];
}

/** The role in a member account that a function of the central account assumes. */
export class MemberRole extends Construct {
  constructor(scope: Construct, id: Guard, props: MemberRoleProps) {
    super(scope, id);
    const { deployment, settings, centralAccountId, description, statements } = props;
    const roleName = memberRoleName(deployment, id);
    const role = new IamRole(this, 'role', {
      name: roleName,
      description,
      assumeRolePolicy: roleTrustPolicy(constructedRoleArn(deployment.partition, centralAccountId, guardRoleName(deployment, id))),
      permissionsBoundary: settings.permissionsBoundary,
    });
    createIamRolePolicies(this, { deployment, role, roleName, statements });
  }
}
