/**
 * The EC2 calls that only a drill makes: create a group, open a rule, and delete the group.
 */
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  DeleteSecurityGroupCommand,
  type EC2Client,
} from '@aws-sdk/client-ec2';
import type { IpPermission } from '@portcullis/permission-diff';
import { SecurityGroupCallError } from './errors.js';
import { translateEc2Errors } from './call-error.js';

export interface DrillGroup {
  readonly name: string;
  readonly description: string;
  readonly vpcId: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** Every method rejects with a `SecurityGroupCallError`. */
export interface DrillWriter {
  /** Returns the id of the new group. EC2 adds an egress rule for all traffic to the new group. */
  createGroup(group: DrillGroup): Promise<string>;
  deleteGroup(groupId: string): Promise<void>;
  /** Adds an ingress permission with one source, and returns the id of the new rule. */
  openRule(groupId: string, permission: IpPermission): Promise<string>;
}

export function ec2Drill(client: EC2Client): DrillWriter {
  return {
    createGroup: async ({ name, description, vpcId, tags }) => {
      const command = new CreateSecurityGroupCommand({
        GroupName: name,
        Description: description,
        VpcId: vpcId,
        TagSpecifications: [{ ResourceType: 'security-group', Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) }],
      });
      return requireIdFromEc2('CreateSecurityGroup', (await translateEc2Errors('CreateSecurityGroup', client.send(command))).GroupId);
    },
    deleteGroup: async (GroupId) => {
      await translateEc2Errors('DeleteSecurityGroup', client.send(new DeleteSecurityGroupCommand({ GroupId })));
    },
    openRule: async (GroupId, permission) => {
      const command = new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [permission] });
      const { SecurityGroupRules = [] } = await translateEc2Errors('AuthorizeSecurityGroupIngress', client.send(command));
      return requireIdFromEc2('AuthorizeSecurityGroupIngress', SecurityGroupRules[0]?.SecurityGroupRuleId);
    },
  };
}

function requireIdFromEc2(operation: string, id: string | undefined): string {
  if (id !== undefined) return id;
  throw new SecurityGroupCallError(operation, 'NoId', 'transient', `${operation}: EC2 returned no id for the new group or rule`);
}
