/** The remediator on the wire: what a baseline can say and what can go wrong, with the built functions and the SDK, as far as moto goes. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigServiceClient, StopConfigurationRecorderCommand } from '@aws-sdk/client-config-service';
import {
  AuthorizeSecurityGroupEgressCommand,
  CreateSecurityGroupCommand,
  CreateTagsCommand,
  CreateVpcCommand,
  DescribeSecurityGroupRulesCommand,
  type IpPermission,
} from '@aws-sdk/client-ec2';
import type { Delivery } from './delivery/delivery.js';
import { ANYWHERE, authorize, ingressWords, revoke, tcp } from './demo/groups.js';
import { findingsOf } from './demo/narrate.js';
import { deployStacks } from './deployment/synthesis.js';
import type { KeptEvaluation } from './config/evaluations.js';
import { startSandbox, type Sandbox } from './sandbox.js';

/** One group for each test, so that none sees what another did. */
const NAMES = ['by-tag', 'by-name-1', 'access', 'permit', 'ignore', 'egress', 'full', 'bound', 'limit', 'missed'] as const;
type Name = (typeof NAMES)[number];

const MAX_REVOCATIONS = 59;
const WEB = ['tcp/80 from 0.0.0.0/0', 'tcp/443 from 0.0.0.0/0'];
const web: IpPermission[] = [tcp(80, ANYWHERE), tcp(443, ANYWHERE)];

jest.setTimeout(60_000);

let sandbox: Sandbox;
let outdir: string;
const ids = new Map<Name, string>();
const idOf = (name: Name): string => ids.get(name) ?? '';

const baseline = (name: Name, groups: object, rest: object): object => ({ name, groups, ingress: web, ...rest });
const named = (name: Name, rest: object = {}): object => baseline(name, { ids: [idOf(name)] }, rest);

beforeAll(async () => {
  outdir = await mkdtemp(join(tmpdir(), 'portcullis-remediator-'));
  sandbox = await startSandbox();
  const ec2 = sandbox.ec2();
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  for (const GroupName of NAMES) {
    const command = new CreateSecurityGroupCommand({ GroupName, Description: GroupName, VpcId: Vpc?.VpcId });
    ids.set(GroupName, (await ec2.send(command)).GroupId ?? '');
  }
  await ec2.send(new CreateTagsCommand({ Resources: [idOf('by-tag')], Tags: [{ Key: 'Tier', Value: 'web' }] }));
  const slash9s = ['10.0.0.0/9', '10.128.0.0/9'];
  await authorize(ec2, idOf('access'), [tcp(22, ...slash9s)]);
  for (const name of NAMES.filter((each) => each !== 'access')) await authorize(ec2, idOf(name), web);
  const baselines = [
    baseline('by-tag', { tags: { Tier: 'web' } }, {}),
    baseline('by-name-1', { names: ['by-name-*'] }, {}),
    named('access', { compare: 'access', ingress: [tcp(22, '10.0.0.0/8')] }),
    named('permit', { permit: [{ permission: tcp(22, '198.51.100.0/24'), until: '2999-12-31' }] }),
    named('ignore', { ignore: [{ descriptionPrefix: 'elbv2.k8s.aws/' }] }),
    named('egress', { egress: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: ANYWHERE }] }] }),
    ...(['full', 'bound', 'limit', 'missed'] as const).map((name) => named(name)),
  ];
  const settings = { schedule: 'One_Hour', maxRevocations: MAX_REVOCATIONS };
  await deployStacks(sandbox, { baselineText: JSON.stringify({ version: 1, baselines }), outdir, settings });
  await sandbox.settle();
});

afterAll(async () => {
  await sandbox.stop();
  await rm(outdir, { recursive: true, force: true });
});

const mallory = () => sandbox.ec2(sandbox.person('mallory'));
const rulesOf = (name: Name): Promise<string[]> => ingressWords(sandbox.ec2(), idOf(name));
const verdictOf = (name: Name): KeptEvaluation | undefined =>
  sandbox.evaluations.filter(({ resourceId }) => resourceId === idOf(name)).at(-1);

/** What the functions called to change groups while `act` ran, and all that it caused. */
const during = async (act: () => Promise<unknown>): Promise<string[]> => {
  const before = sandbox.calls.length;
  await act();
  await sandbox.settle();
  return sandbox.calls
    .slice(before)
    .filter(({ caller }) => caller.kind === 'function')
    .map(({ operation }) => operation)
    .filter((operation) => /^(Authorize|Revoke|Modify)/.test(operation));
};

it('a group selected by its tags is restored', async () => {
  await during(() => authorize(mallory(), idOf('by-tag'), [tcp(22, ANYWHERE)]));

  expect(await rulesOf('by-tag')).toEqual(WEB);
});

it('a group selected by its name is restored', async () => {
  await during(() => revoke(mallory(), idOf('by-name-1'), [tcp(443, ANYWHERE)]));

  expect(await rulesOf('by-name-1')).toEqual(WEB);
});

it('rules that let in what is declared in other words are left as they are, and only the stray goes', async () => {
  const calls = await during(() => authorize(mallory(), idOf('access'), [tcp(22, '203.0.113.0/24')]));

  expect(await rulesOf('access')).toEqual(['tcp/22 from 10.0.0.0/9', 'tcp/22 from 10.128.0.0/9']);
  expect(calls).toEqual(['RevokeSecurityGroupIngress']);
});

it('a permitted rule is left alone', async () => {
  const calls = await during(() => authorize(mallory(), idOf('permit'), [tcp(22, '198.51.100.0/24')]));

  expect(calls).toEqual([]);
  expect(verdictOf('permit')?.compliance).toBe('COMPLIANT');
});

it('a rule of another owner is left alone', async () => {
  const theirs = {
    ...tcp(30000),
    IpRanges: [{ CidrIp: '10.0.0.0/8', Description: 'elbv2.k8s.aws/targetGroupBinding=shared' }],
  };

  expect(await during(() => authorize(mallory(), idOf('ignore'), [theirs, tcp(22, ANYWHERE)]))).toEqual(['RevokeSecurityGroupIngress']);
  expect(await rulesOf('ignore')).toEqual(['tcp/80 from 0.0.0.0/0', 'tcp/443 from 0.0.0.0/0', 'tcp/30000 from 10.0.0.0/8']);
});

it('egress that is declared is restored', async () => {
  const GroupId = idOf('egress');

  const calls = await during(async () => {
    await mallory().send(new AuthorizeSecurityGroupEgressCommand({ GroupId, IpPermissions: [tcp(25, '203.0.113.9/32')] }));
  });

  expect(calls).toEqual(['RevokeSecurityGroupEgress']);
  const { SecurityGroupRules = [] } = await sandbox
    .ec2()
    .send(new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: 'group-id', Values: [GroupId] }] }));
  expect(SecurityGroupRules.filter(({ IsEgress }) => IsEgress).map(({ IpProtocol }) => IpProtocol)).toEqual(['-1']);
});

describe('while the recorder is stopped, a schedule', () => {
  const scheduled = (): Promise<readonly Delivery[]> => sandbox.deliverSchedule();

  beforeAll(async () => {
    await sandbox.client(ConfigServiceClient).send(new StopConfigurationRecorderCommand({ ConfigurationRecorderName: 'portcullis' }));
  });

  it('restores what was missed, and reads all groups in a few calls', async () => {
    await authorize(mallory(), idOf('missed'), [tcp(3389, ANYWHERE)]);
    await sandbox.settle();
    expect(await rulesOf('missed')).toContain('tcp/3389 from 0.0.0.0/0');
    const before = sandbox.calls.length;

    const [delivery] = await scheduled();

    expect(await rulesOf('missed')).toEqual(WEB);
    expect(findingsOf(delivery?.result).map(({ kind, group }) => `${kind} ${String(group.id)}`)).toEqual([`restoration ${idOf('missed')}`]);
    const reads = sandbox.calls
      .slice(before)
      .filter(({ caller, operation }) => caller.kind === 'function' && operation.startsWith('Describe'));
    // All groups, the rules of all, and of the one group before and after it is changed; and what the detector reads of that change.
    expect(reads.length).toBeLessThanOrEqual(6);
    await sandbox.settle();
  });

  it('restores a group whose quota is filled with foreign rules', async () => {
    await revoke(mallory(), idOf('full'), [tcp(443, ANYWHERE)]);
    await authorize(
      mallory(),
      idOf('full'),
      Array.from({ length: 59 }, (_, i) => tcp(1000 + i, ANYWHERE)),
    );

    await during(scheduled);

    expect(await rulesOf('full')).toEqual(WEB);
    expect(verdictOf('full')?.compliance).toBe('COMPLIANT');
  });

  it('restores one whose foreign rules all carry declared traffic by turning one of them into the declared rule', async () => {
    await revoke(mallory(), idOf('bound'), [tcp(80, ANYWHERE)]);
    await authorize(mallory(), idOf('bound'), [tcp(80, ...Array.from({ length: 59 }, (_, i) => `10.0.${i}.0/24`))]);

    const calls = await during(scheduled);

    expect(calls).toContain('ModifySecurityGroupRules');
    expect(await rulesOf('bound')).toEqual(WEB);
    expect(verdictOf('bound')?.compliance).toBe('COMPLIANT');
  });

  it('leaves all rules where it would have to revoke more than a run may, and says why', async () => {
    await revoke(mallory(), idOf('limit'), web);
    await authorize(
      mallory(),
      idOf('limit'),
      Array.from({ length: MAX_REVOCATIONS + 1 }, (_, i) => tcp(1000 + i, ANYWHERE)),
    );

    const [delivery] = await scheduled();

    expect(await rulesOf('limit')).toHaveLength(MAX_REVOCATIONS + 1);
    expect(findingsOf(delivery?.result)).toMatchObject([
      {
        kind: 'drift',
        summary: expect.stringContaining('60 rules would have to be revoked in this run, more than the limit of 59') as string,
      },
    ]);
  });
});
