/** An organization: both functions in one account, and groups in other accounts, connected by the roles and buses of the synthesised stacks. */
import { DescribeSecurityGroupsCommand } from '@aws-sdk/client-ec2';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { ANYWHERE, authorize, createGroup, createVpc, ingressWords, tcp } from './demo/groups.js';
import type { Deployment } from './deployment/deployment.js';
import { ACCOUNT_ID } from './sandbox.js';
import { deployBaselines, during, owner, sandbox, useSandbox } from './testing/fixture.js';

const MEMBER = '444455556666';
const STRANGER = '777788889999';

let deployed: readonly Deployment[];
let groupId: string;
/** Groups of another account that the member sees. */
let foreign: { readonly participant: string; readonly shared: string };

useSandbox(async () => {
  const ingress = [tcp(443, ANYWHERE)];
  groupId = await createGroup(owner(MEMBER), 'web', undefined, ingress);
  const vpc = await createVpc(owner(MEMBER));
  await sandbox.ask({ share: { region: sandbox.region, owner: MEMBER, participant: STRANGER, vpc } });
  const shared = await createGroup(owner(STRANGER), 'web-shared');
  await sandbox.ask({ share: { region: sandbox.region, owner: STRANGER, participant: MEMBER, group: shared } });
  foreign = { participant: await createGroup(owner(STRANGER), 'web-of-a-participant', vpc), shared };
  const organization = { id: 'o-sandbox0000', members: [MEMBER] };
  deployed = await deployBaselines([{ name: 'web', groups: { names: ['web*'] }, ingress }], { accountId: ACCOUNT_ID, organization });
});

it('deploys the members before the account that both functions run in', () => {
  expect(deployed.filter(({ functions }) => functions.length === 0).map(({ accountId }) => accountId)).toContain(MEMBER);
  expect(deployed.at(-1)?.accountId).toBe(ACCOUNT_ID);
});

it("restores and reports a member's group by the roles of that account", async () => {
  const { calls, findings } = await during(() => authorize(owner(MEMBER), groupId, [tcp(22, ANYWHERE)]));

  expect(await ingressWords(owner(MEMBER), groupId)).toEqual(['tcp/443 from 0.0.0.0/0']);
  expect(findings.map(({ kind, group }) => `${kind} ${String(group.accountId)}`)).toEqual(
    expect.arrayContaining([`drift ${MEMBER}`, `restoration ${MEMBER}`]),
  );
  const writes = calls.filter(({ operation, caller }) => operation.startsWith('Revoke') && caller.kind !== 'person');
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

  const { calls, findings } = await during(async () => {
    await authorize(owner(STRANGER), id, [tcp(22, ANYWHERE)]);
    await sandbox.recorder.schedule('portcullis-security-groups');
  });

  expect(await ingressWords(owner(STRANGER), id)).toEqual(['tcp/22 from 0.0.0.0/0']);
  expect(calls.filter(({ caller, operation }) => caller.kind !== 'person' && /^(Authorize|Revoke|Modify)/.test(operation))).toEqual([]);
  expect(findings).toEqual([]);
});

it("lets only its function assume a member's role", async () => {
  const role = deployed.find(({ accountId }) => accountId === MEMBER)?.roles[0]?.arn ?? '';
  const sts = sandbox.client(STSClient, sandbox.person('mallory', STRANGER));

  await expect(sts.send(new AssumeRoleCommand({ RoleArn: role, RoleSessionName: 'mallory' }))).rejects.toMatchObject({
    name: 'AccessDenied',
  });
});
