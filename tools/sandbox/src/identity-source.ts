import { GetRoleCommand, NoSuchEntityException, type IAMClient } from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { IdentitySource } from './identities.js';

/** What moto knows of keys and roles: users and sessions made through its IAM and STS. */
export const motoIdentities = (endpoint: string, region: string, iam: IAMClient): IdentitySource => ({
  callerOf: async (accessKeyId) => {
    const sts = new STSClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey: 'unused' } });
    const { Arn: arn, UserId: userId } = await sts.send(new GetCallerIdentityCommand({}));
    sts.destroy();
    // `user/moto` is moto's answer to a key that it does not know.
    return arn === undefined || userId === undefined || arn.endsWith(':user/moto') ? undefined : { arn, userId };
  },
  role: async (roleName) => {
    try {
      const { Role: role } = await iam.send(new GetRoleCommand({ RoleName: roleName }));
      return role?.Arn === undefined || role.RoleId === undefined ? undefined : { arn: role.Arn, roleId: role.RoleId };
    } catch (fault) {
      if (fault instanceof NoSuchEntityException) return undefined;
      throw fault;
    }
  },
});
