import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  CreateVpcCommand,
  type EC2Client,
  type IpPermission,
} from '@aws-sdk/client-ec2';
import type { Sandbox } from './sandbox.js';

/** A baseline that speaks of groups which exist in the sandbox. */
export interface PlayableBaseline {
  /** The text of a baseline file. */
  readonly text: string;
  /** The groups: what the file called each, and its id in the sandbox. */
  readonly groups: readonly { readonly called: string; readonly id: string }[];
}

const createGroup = async (ec2: EC2Client, vpcId: string | undefined, name: string): Promise<string> => {
  const { GroupId: id } = await ec2.send(
    new CreateSecurityGroupCommand({ GroupName: name, Description: `${name}, made by the sandbox`, VpcId: vpcId }),
  );
  if (id === undefined) throw new Error(`EC2 created the group \`${name}\` without an id`);
  return id;
};

const createVpc = async (ec2: EC2Client): Promise<string | undefined> =>
  (await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }))).Vpc?.VpcId;

/** A VPC with a group `web` that lets in tcp 80 and 443, and the baseline which declares just that. */
export const exampleBaseline = async (sandbox: Sandbox): Promise<PlayableBaseline> => {
  const ec2 = sandbox.ec2();
  const web = await createGroup(ec2, await createVpc(ec2), 'web');
  const open = (port: number): IpPermission => ({
    IpProtocol: 'tcp',
    FromPort: port,
    ToPort: port,
    IpRanges: [{ CidrIp: '0.0.0.0/0' }],
  });
  await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: web, IpPermissions: [open(80), open(443)] }));
  const text = `version: 1
baselines:
  - name: public-web
    groups: { ids: [${web}] }
    ingress:
      - { IpProtocol: tcp, FromPort: 80,  ToPort: 80,  IpRanges: [{ CidrIp: 0.0.0.0/0 }] }
      - { IpProtocol: tcp, FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: 0.0.0.0/0 }] }
`;
  return { text, groups: [{ called: 'web', id: web }] };
};

/**
 * The baseline with every group id replaced by that of an empty group made for it: ids are the service's to choose, so
 * a group of the account the file was written for cannot have its own id here.
 */
export const playableBaseline = async (sandbox: Sandbox, text: string): Promise<PlayableBaseline> => {
  const ec2 = sandbox.ec2();
  const vpcId = await createVpc(ec2);
  const groups: { called: string; id: string }[] = [];
  for (const called of new Set(text.match(/\bsg-[0-9a-z]+\b/g))) {
    groups.push({ called, id: await createGroup(ec2, vpcId, `was-${called.slice('sg-'.length)}`) });
  }
  const ids = new Map(groups.map(({ called, id }) => [called, id]));
  return { text: text.replace(/\bsg-[0-9a-z]+\b/g, (called) => ids.get(called) ?? called), groups };
};
