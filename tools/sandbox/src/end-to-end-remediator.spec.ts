/** The remediator on the wire: what a baseline can say and what can go wrong, with the built functions and the SDK, as far as moto goes. */
import { ConfigServiceClient, StopConfigurationRecorderCommand } from '@aws-sdk/client-config-service';
import { AuthorizeSecurityGroupEgressCommand, DescribeSecurityGroupRulesCommand, type IpPermission } from '@aws-sdk/client-ec2';
import { ANYWHERE, authorize, ingressWords, tcp } from './demo/groups.js';
import { findingsOf } from './demo/narrate.js';
import type { Evaluation } from './sandbox.js';
import { createGroupsNamed, deployBaselines, during, mallory, revoke, sandbox, useSandbox } from './testing/fixture.js';

/** One group for each test, so that none sees what another did. */
const NAMES = ['access', 'permit', 'ignore', 'egress', 'full', 'bound', 'limit', 'missed'] as const;
type Name = (typeof NAMES)[number];

const MAX_REVOCATIONS = 59;
const WEB = ['tcp/80 from 0.0.0.0/0', 'tcp/443 from 0.0.0.0/0'];
const web: IpPermission[] = [tcp(80, ANYWHERE), tcp(443, ANYWHERE)];
/** That many rules which nobody declared. */
const strays = (count: number): IpPermission[] => Array.from({ length: count }, (_, i) => tcp(1000 + i, ANYWHERE));

let ids: Readonly<Record<Name, string>>;

useSandbox(async () => {
  ids = await createGroupsNamed(NAMES);
  for (const name of NAMES) await authorize(sandbox.ec2(), ids[name], name === 'access' ? [tcp(22, '10.0.0.0/9', '10.128.0.0/9')] : web);
  const more: Partial<Record<Name, object>> = {
    access: { compare: 'access', ingress: [tcp(22, '10.0.0.0/8')] },
    permit: { permit: [{ permission: tcp(22, '198.51.100.0/24'), until: '2999-12-31' }] },
    ignore: { ignore: [{ descriptionPrefix: 'elbv2.k8s.aws/' }] },
    egress: { egress: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: ANYWHERE }] }] },
  };
  const baselines = NAMES.map((name) => ({ name, groups: { ids: [ids[name]] }, ingress: web, ...more[name] }));
  await deployBaselines(baselines, { schedule: 'One_Hour', maxRevocations: MAX_REVOCATIONS });
});

const rulesOf = (name: Name): Promise<string[]> => ingressWords(sandbox.ec2(), ids[name]);
const verdictOf = (name: Name): Evaluation | undefined => sandbox.evaluations.filter(({ resourceId }) => resourceId === ids[name]).at(-1);

/** What the functions called to change groups because of `act`. */
const writesDuring = async (act: () => Promise<unknown>): Promise<string[]> =>
  (await during(act)).byFunctions.map(({ operation }) => operation).filter((operation) => /^(Authorize|Revoke|Modify)/.test(operation));

it('rules that let in what is declared in other words are left as they are, and only the stray goes', async () => {
  const calls = await writesDuring(() => authorize(mallory(), ids.access, [tcp(22, '203.0.113.0/24')]));

  expect(await rulesOf('access')).toEqual(['tcp/22 from 10.0.0.0/9', 'tcp/22 from 10.128.0.0/9']);
  expect(calls).toEqual(['RevokeSecurityGroupIngress']);
});

it('a permitted rule is left alone', async () => {
  const calls = await writesDuring(() => authorize(mallory(), ids.permit, [tcp(22, '198.51.100.0/24')]));

  expect(calls).toEqual([]);
  expect(verdictOf('permit')?.compliance).toBe('COMPLIANT');
});

it('a rule of another owner is left alone', async () => {
  const theirs = { ...tcp(30000), IpRanges: [{ CidrIp: '10.0.0.0/8', Description: 'elbv2.k8s.aws/targetGroupBinding=shared' }] };

  const calls = await writesDuring(() => authorize(mallory(), ids.ignore, [theirs, tcp(22, ANYWHERE)]));

  expect(calls).toEqual(['RevokeSecurityGroupIngress']);
  expect(await rulesOf('ignore')).toEqual(['tcp/80 from 0.0.0.0/0', 'tcp/443 from 0.0.0.0/0', 'tcp/30000 from 10.0.0.0/8']);
});

it('egress that is declared is restored', async () => {
  const stray = new AuthorizeSecurityGroupEgressCommand({ GroupId: ids.egress, IpPermissions: [tcp(25, '203.0.113.9/32')] });

  expect(await writesDuring(() => mallory().send(stray))).toEqual(['RevokeSecurityGroupEgress']);
  const listing = new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: 'group-id', Values: [ids.egress] }] });
  const { SecurityGroupRules = [] } = await sandbox.ec2().send(listing);
  expect(SecurityGroupRules.filter(({ IsEgress }) => IsEgress).map(({ IpProtocol }) => IpProtocol)).toEqual(['-1']);
});

describe('while the recorder is stopped, a schedule', () => {
  beforeAll(async () => {
    await sandbox.client(ConfigServiceClient).send(new StopConfigurationRecorderCommand({ ConfigurationRecorderName: 'portcullis' }));
  });

  it('restores what was missed, and reads all groups in a few calls', async () => {
    await during(() => authorize(mallory(), ids.missed, [tcp(3389, ANYWHERE)]));
    expect(await rulesOf('missed')).toContain('tcp/3389 from 0.0.0.0/0');
    const before = sandbox.calls.length;

    const [delivery] = await sandbox.recorder.schedule();

    expect(await rulesOf('missed')).toEqual(WEB);
    expect(findingsOf(delivery?.result).map(({ kind, group }) => `${kind} ${String(group.id)}`)).toEqual([`restoration ${ids.missed}`]);
    const reads = sandbox.calls
      .slice(before)
      .filter(({ caller, operation }) => caller.kind === 'function' && operation.startsWith('Describe'));
    // All groups, the rules of all, and of the one group before and after it is changed; and what the detector reads of that change.
    expect(reads.length).toBeLessThanOrEqual(6);
    await sandbox.settle();
  });

  it.each<readonly [string, Name, declared: number, foreign: IpPermission[], call: string]>([
    ['is filled with strays', 'full', 443, strays(59), 'RevokeSecurityGroupIngress'],
    [
      'is filled with rules that carry declared traffic, one of which becomes the declared rule',
      'bound',
      80,
      [tcp(80, ...Array.from({ length: 59 }, (_, i) => `10.0.${i}.0/24`))],
      'ModifySecurityGroupRules',
    ],
  ])('restores a group whose quota %s', async (_, name, declared, foreign, call) => {
    await revoke(mallory(), ids[name], [tcp(declared, ANYWHERE)]);
    await authorize(mallory(), ids[name], foreign);

    expect(await writesDuring(() => sandbox.recorder.schedule())).toContain(call);

    expect(await rulesOf(name)).toEqual(WEB);
    expect(verdictOf(name)?.compliance).toBe('COMPLIANT');
  });

  it('leaves all rules where it would have to revoke more than a run may, and says why', async () => {
    await revoke(mallory(), ids.limit, web);
    await authorize(mallory(), ids.limit, strays(MAX_REVOCATIONS + 1));

    const [delivery] = await sandbox.recorder.schedule();

    expect(await rulesOf('limit')).toHaveLength(MAX_REVOCATIONS + 1);
    const summary = expect.stringContaining('60 rules would have to be revoked in this run, more than the limit of 59') as string;
    expect(findingsOf(delivery?.result)).toMatchObject([{ kind: 'drift', summary }]);
  });
});
