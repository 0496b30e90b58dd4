/** An organization on the wire: both functions in one account, groups in others, the roles and buses of the synthesised stacks between them. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateSecurityGroupCommand, CreateVpcCommand, DescribeSecurityGroupsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { ANYWHERE, authorize, ingressWords, tcp } from './demo/groups.js';
import { findingsOf } from './demo/narrate.js';
import type { Deployment } from './deployment/deployment.js';
import { deployStacks } from './deployment/synthesis.js';
import { ACCOUNT_ID, startSandbox, type Sandbox } from './sandbox.js';

jest.setTimeout(60_000);

const MEMBER = '444455556666';
const STRANGER = '777788889999';

let sandbox: Sandbox;
let outdir: string;
let deployed: readonly Deployment[];
let groupId: string;
/** Groups of another account that the member sees. */
let foreign: { readonly participant: string; readonly shared: string };

const owner = (account: string): EC2Client => sandbox.client(EC2Client, sandbox.person('owner', account));

async function createGroup(ec2: EC2Client, GroupName: string, VpcId?: string): Promise<string> {
  const { GroupId } = await ec2.send(new CreateSecurityGroupCommand({ GroupName, Description: GroupName, VpcId }));
  return GroupId ?? '';
}

beforeAll(async () => {
  outdir = await mkdtemp(join(tmpdir(), 'portcullis-accounts-'));
  sandbox = await startSandbox();
  groupId = await createGroup(owner(MEMBER), 'web');
  const { Vpc } = await owner(MEMBER).send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  const vpc = Vpc?.VpcId ?? '';
  await sandbox.share({ region: sandbox.region, owner: MEMBER, participant: STRANGER, vpc });
  const shared = await createGroup(owner(STRANGER), 'web-shared');
  await sandbox.share({ region: sandbox.region, owner: STRANGER, participant: MEMBER, group: shared });
  foreign = { participant: await createGroup(owner(STRANGER), 'web-of-a-participant', vpc), shared };
  const ingress = [tcp(443, ANYWHERE)];
  await authorize(owner(MEMBER), groupId, ingress);
  deployed = await deployStacks(sandbox, {
    baselineText: JSON.stringify({ version: 1, baselines: [{ name: 'web', groups: { names: ['web*'] }, ingress }] }),
    outdir,
    settings: { accountId: ACCOUNT_ID, organization: { id: 'o-sandbox0000', members: [MEMBER] } },
  });
  await sandbox.settle();
});

afterAll(async () => {
  await sandbox.stop();
  await rm(outdir, { recursive: true, force: true });
});

it('deploys the members before the account that both functions run in', () => {
  expect(deployed.filter(({ functions }) => functions.length === 0).map(({ accountId }) => accountId)).toContain(MEMBER);
  expect(deployed.at(-1)?.accountId).toBe(ACCOUNT_ID);
});

it("restores and reports a member's group by the roles of that account", async () => {
  const [calls, deliveries] = [sandbox.calls.length, sandbox.deliveries.length];

  await authorize(owner(MEMBER), groupId, [tcp(22, ANYWHERE)]);
  await sandbox.settle();

  expect(await ingressWords(owner(MEMBER), groupId)).toEqual(['tcp/443 from 0.0.0.0/0']);
  const findings = sandbox.deliveries.slice(deliveries).flatMap(({ result }) => findingsOf(result));
  expect(findings.map(({ kind, group }) => `${kind} ${String(group.accountId)}`)).toEqual(
    expect.arrayContaining([`drift ${MEMBER}`, `restoration ${MEMBER}`]),
  );
  const writes = sandbox.calls.slice(calls).filter(({ operation, caller }) => operation.startsWith('Revoke') && caller.kind !== 'person');
  expect(writes.map(({ accountId, caller }) => `${accountId} ${caller.kind}`)).toEqual([`${MEMBER} role`]);
});

// https://docs.aws.amazon.com/vpc/latest/userguide/security-group-sharing.html
it.each([
  ["a participant's group in a VPC that the member owns", 'participant'],
  ['a group that another account shares with the member', 'shared'],
] as const)('neither restores nor reports %s', async (_, which) => {
  const id = foreign[which];
  const { SecurityGroups = [] } = await owner(MEMBER).send(new DescribeSecurityGroupsCommand({}));
  expect(SecurityGroups.map(({ GroupId }) => GroupId)).toContain(id);
  const [calls, deliveries] = [sandbox.calls.length, sandbox.deliveries.length];

  await authorize(owner(STRANGER), id, [tcp(22, ANYWHERE)]);
  await sandbox.deliverSchedule('portcullis-security-groups');
  await sandbox.settle();

  expect(await ingressWords(owner(STRANGER), id)).toEqual(['tcp/22 from 0.0.0.0/0']);
  const byFunctions = sandbox.calls
    .slice(calls)
    .filter(({ caller, operation }) => caller.kind !== 'person' && /^(Authorize|Revoke|Modify)/.test(operation));
  expect(byFunctions).toEqual([]);
  expect(sandbox.deliveries.slice(deliveries).flatMap(({ result }) => findingsOf(result))).toEqual([]);
});

it("refuses a member's role to everybody but the function that it is for", async () => {
  const role = deployed.find(({ accountId }) => accountId === MEMBER)?.roles[0]?.arn ?? '';
  const sts = sandbox.client(STSClient, sandbox.person('mallory', STRANGER));

  await expect(sts.send(new AssumeRoleCommand({ RoleArn: role, RoleSessionName: 'mallory' }))).rejects.toMatchObject({
    name: 'AccessDenied',
  });
});
