/** The sandbox of one spec file. Jest gives each file its own copy of this module, so no file sees what another did. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSecurityGroupsCommand,
  EC2Client,
  RevokeSecurityGroupIngressCommand,
  RunInstancesCommand,
  type IpPermission,
} from '@aws-sdk/client-ec2';
import type { Finding } from '@portcullis/finding';
import type { Call } from '../aws/call.js';
import type { Delivery } from '../delivery/delivery.js';
import { authorize, baselineFile } from '../demo/groups.js';
import { findingsOf } from '../demo/narrate.js';
import type { Deployment } from '../deployment/deployment.js';
import { deployStacks } from '../deployment/synthesis.js';
import type { JsonObject } from '../json.js';
import { startSandbox, type Sandbox, type SandboxOptions } from '../sandbox.js';

export let sandbox: Sandbox;
/** An empty folder, which is deleted after the tests. */
export let folder: string;

/** Starts the sandbox before the tests of the file, prepares and settles it, and leaves nothing behind. */
export function useSandbox(prepare?: () => Promise<unknown>, options?: SandboxOptions): void {
  jest.setTimeout(60_000);
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'portcullis-spec-'));
    sandbox = await startSandbox(options);
    await prepare?.();
    await sandbox.settle();
  });
  afterAll(async () => {
    await sandbox.stop();
    await rm(folder, { recursive: true, force: true });
  });
}

export function deployBaselines(baselines: readonly object[], settings?: JsonObject): Promise<readonly Deployment[]> {
  return deployStacks(sandbox, { baselineText: baselineFile(baselines), outdir: folder, settings });
}

export function given<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('expected a value');
  return value;
}

export function mallory(): EC2Client {
  return sandbox.ec2(sandbox.person('mallory'));
}
export function owner(account: string): EC2Client {
  return sandbox.client(EC2Client, sandbox.person('owner', account));
}

export async function revoke(ec2: EC2Client, GroupId: string, IpPermissions: IpPermission[]): Promise<void> {
  await ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
}

/** Returns the id of a new VPC. */
export async function createVpc(ec2 = sandbox.ec2()): Promise<string> {
  return given((await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }))).Vpc?.VpcId);
}

/** Returns the id of a new group: in the default VPC, unless another is named. */
export async function createGroup(GroupName: string, VpcId?: string, ingress: IpPermission[] = [], ec2 = sandbox.ec2()): Promise<string> {
  const id = given((await ec2.send(new CreateSecurityGroupCommand({ GroupName, Description: GroupName, VpcId }))).GroupId);
  if (ingress.length > 0) await authorize(ec2, id, ingress);
  return id;
}

let subnets = 0;

/** Runs an instance with that name and a public address in the group. Returns the address. */
export async function runInstance(name: string, groupId: string, ec2 = sandbox.ec2()): Promise<string> {
  const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [groupId] }));
  const { Subnet } = await ec2.send(
    new CreateSubnetCommand({ VpcId: SecurityGroups?.[0]?.VpcId, CidrBlock: `10.0.${(subnets += 1)}.0/24` }),
  );
  await ec2.send(
    new RunInstancesCommand({
      ImageId: 'ami-12c6146b',
      MinCount: 1,
      MaxCount: 1,
      NetworkInterfaces: [{ DeviceIndex: 0, SubnetId: Subnet?.SubnetId, Groups: [groupId], AssociatePublicIpAddress: true }],
      TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'Name', Value: name }] }],
    }),
  );
  const Filters = [{ Name: 'group-id', Values: [groupId] }];
  const { NetworkInterfaces } = await ec2.send(new DescribeNetworkInterfacesCommand({ Filters }));
  return given(NetworkInterfaces?.[0]?.Association?.PublicIp);
}

/** Creates groups of these names in a new VPC; returns their ids by name. */
export async function createGroupsNamed<Name extends string>(names: readonly Name[]): Promise<Readonly<Record<Name, string>>> {
  const vpcId = await createVpc();
  const ids: Partial<Record<Name, string>> = {};
  for (const name of names) ids[name] = await createGroup(name, vpcId);
  return ids as Record<Name, string>;
}

/** What happened because of an act. */
export interface Happened {
  readonly calls: readonly Call[];
  /** Those of the calls that the functions made by their own roles. */
  readonly byFunctions: readonly Call[];
  readonly deliveries: readonly Delivery[];
  /** Those of the deliveries by which the detector woke the remediator. */
  readonly wakes: readonly Delivery[];
  readonly findings: readonly Finding[];
}

/** Acts, and waits for all that this causes. */
export async function during(act: () => Promise<unknown>): Promise<Happened> {
  const [callsBefore, deliveriesBefore] = [sandbox.calls.length, sandbox.deliveries.length];
  await act();
  await sandbox.settle();
  const [calls, deliveries] = [sandbox.calls.slice(callsBefore), sandbox.deliveries.slice(deliveriesBefore)];
  return {
    calls,
    byFunctions: calls.filter(({ caller }) => caller.kind === 'function'),
    deliveries,
    wakes: deliveries.filter(({ kind }) => kind === 'invoke'),
    findings: deliveries.flatMap(({ result }) => findingsOf(result)),
  };
}
