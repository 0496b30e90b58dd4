import { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js';
import { Construct } from 'constructs';
import type { Deployment } from '../deployment.js';
import { guardRoleName, memberRoleName, roleArn, type Guard } from '../organization.js';
import type { Settings } from '../settings/settings.js';
import { roleMayAssume, type Statement } from './least-privilege.js';
import { rolePolicies } from './role-policies.js';

export interface MemberRoleProps {
  readonly deployment: Deployment;
  readonly settings: Pick<Settings, 'permissionsBoundary'>;
  /** The account that the guard runs in. */
  readonly centralAccountId: string;
  readonly description: string;
  readonly statements: readonly Statement[];
}

/** What a guard of the central account may do in this one. */
export class MemberRole extends Construct {
  constructor(scope: Construct, id: Guard, props: MemberRoleProps) {
    super(scope, id);
    const { deployment, settings, centralAccountId, description, statements } = props;
    const roleName = memberRoleName(deployment, id);
    const role = new IamRole(this, 'role', {
      name: roleName,
      description,
      assumeRolePolicy: roleMayAssume(roleArn(deployment.partition, centralAccountId, guardRoleName(deployment, id))),
      permissionsBoundary: settings.permissionsBoundary,
    });
    rolePolicies(this, { deployment, role, roleName, statements });
  }
}
