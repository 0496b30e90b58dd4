/** The first hour of a user: three people opened nine exposures in a month, among sixty groups in two regions. Portcullis finds and closes them; one is accepted. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  AuthorizeSecurityGroupIngressCommand,
  EC2Client,
  ModifySecurityGroupRulesCommand,
  UpdateSecurityGroupRuleDescriptionsIngressCommand,
} from '@aws-sdk/client-ec2';
import {
  ANYWHERE,
  authorizeIngress,
  createSecurityGroup,
  createVpc,
  expectDefined,
  readIngressTexts,
  runInstanceInGroup,
  tcpPermission,
} from '../demo/groups.js';
import { deployStacks } from '../deployment/synthesis.js';
import { objectMember, textMember } from '../json.js';
import { during, folder, revoke, sandbox, useSandbox } from '../testing/fixture.js';
import { portcullis } from '../testing/portcullis.js';

const REGIONS = ['eu-west-1', 'us-east-1'] as const;
const GROUPS_IN_REGION = 30;
const NOW = Date.now();

type Person = 'alice' | 'bob' | 'carol' | 'administrator';

interface Exposure {
  readonly region: (typeof REGIONS)[number];
  readonly daysAgo: number;
  readonly who: Person;
  readonly port: number;
  readonly severity: 'critical' | 'medium';
  /** Whether an instance with the group's name and a public address is in the group. */
  readonly hasMachine: boolean;
}

const EXPOSED: Readonly<Record<string, Exposure>> = {
  bastion: { region: 'eu-west-1', daysAgo: 30, who: 'alice', port: 22, severity: 'critical', hasMachine: true },
  jump: { region: 'eu-west-1', daysAgo: 3, who: 'bob', port: 22, severity: 'critical', hasMachine: true },
  reports: { region: 'eu-west-1', daysAgo: 9, who: 'alice', port: 5432, severity: 'critical', hasMachine: true },
  cache: { region: 'eu-west-1', daysAgo: 14, who: 'carol', port: 6379, severity: 'medium', hasMachine: false },
  admin: { region: 'eu-west-1', daysAgo: 12, who: 'carol', port: 3389, severity: 'medium', hasMachine: false },
  build: { region: 'us-east-1', daysAgo: 25, who: 'carol', port: 22, severity: 'critical', hasMachine: true },
  search: { region: 'us-east-1', daysAgo: 8, who: 'bob', port: 9200, severity: 'critical', hasMachine: true },
  legacy: { region: 'us-east-1', daysAgo: 21, who: 'alice', port: 23, severity: 'medium', hasMachine: false },
  broker: { region: 'us-east-1', daysAgo: 6, who: 'bob', port: 3306, severity: 'critical', hasMachine: true },
};
const names = Object.keys(EXPOSED);
const inEurope = names.filter((name) => EXPOSED[name]?.region === 'eu-west-1');

const ids: Record<string, string> = {};

/** Sets the clock to that day, and returns a client of the person. */
function at(daysAgo: number, who: Person, region: string): EC2Client {
  jest.setSystemTime(NOW - daysAgo * 86_400_000);
  return sandbox.client(EC2Client, sandbox.person(who), region);
}

async function build(region: (typeof REGIONS)[number]): Promise<void> {
  const ec2 = at(60, 'administrator', region);
  const vpcId = await createVpc(ec2);
  const here = names.filter((name) => EXPOSED[name]?.region === region);
  const quiet = Array.from({ length: GROUPS_IN_REGION - here.length }, (_, index) => `quiet-${index}`);
  for (const GroupName of [...here, ...quiet]) {
    const groupId = await createSecurityGroup(ec2, GroupName, vpcId, [tcpPermission(443, '10.0.0.0/8')]);
    ids[GroupName] = groupId;
    if (EXPOSED[GroupName]?.hasMachine === true) await runInstanceInGroup(ec2, GroupName, groupId);
  }
}

useSandbox(async () => {
  const timers = ['hrtime', 'nextTick', 'performance', 'queueMicrotask', 'setImmediate', 'setInterval', 'setTimeout'] as const;
  jest.useFakeTimers({ doNotFake: [...timers, 'clearImmediate', 'clearInterval', 'clearTimeout'] });
  for (const region of REGIONS) await build(region);
  const change = (name: string, who: Person, daysAgo: number) => {
    const { region = '', port = 0 } = EXPOSED[name] ?? {};
    return [at(daysAgo, who, region), expectDefined(ids[name]), [tcpPermission(port, ANYWHERE)]] as const;
  };
  for (const [name, { who, daysAgo }] of Object.entries(EXPOSED))
    if (name !== 'jump' && name !== 'reports') await authorizeIngress(...change(name, who, daysAgo));
  // Carol opened it and closed it; bob opened it again.
  await authorizeIngress(...change('jump', 'carol', 28));
  await revoke(...change('jump', 'carol', 27));
  await authorizeIngress(...change('jump', 'bob', 3));
  // Bob let the office in; alice edited his rule to let everybody in.
  const [bob, GroupId] = change('reports', 'bob', 20);
  const office = { GroupId, IpPermissions: [tcpPermission(5432, '10.0.0.0/8')] };
  const { SecurityGroupRules: [rule] = [] } = await bob.send(new AuthorizeSecurityGroupIngressCommand(office));
  const SecurityGroupRule = { IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432, CidrIpv4: ANYWHERE };
  const SecurityGroupRules = [{ SecurityGroupRuleId: rule?.SecurityGroupRuleId, SecurityGroupRule }];
  const [alice] = change('reports', 'alice', 9);
  await alice.send(new ModifySecurityGroupRulesCommand({ GroupId, SecurityGroupRules }));
  // Bob is innocent: he only described the rule that alice had opened.
  const described = { ...tcpPermission(22), IpRanges: [{ CidrIp: ANYWHERE, Description: 'for the contractors' }] };
  const [innocent, bastion] = change('bastion', 'bob', 2);
  await innocent.send(new UpdateSecurityGroupRuleDescriptionsIngressCommand({ GroupId: bastion, IpPermissions: [described] }));
  jest.useRealTimers();
});
jest.setTimeout(180_000);

it('survey lists every exposure, worst first, with the right person, day and machine', async () => {
  const { exitCode, stdout } = await portcullis('survey', '--regions', REGIONS.join(','), '--json');

  const { exposures, headline } = JSON.parse(stdout) as { headline: string[]; exposures: { severity: string }[] };
  const expected = Object.entries(EXPOSED).map(([name, { severity, region, who, daysAgo, hasMachine }]) => ({
    severity,
    region,
    group: { name },
    behind: { users: hasMachine ? [{ name, publicAddresses: [expect.any(String)] }] : [] },
    rules: [{ openedBy: { actor: { userName: who }, time: new Date(NOW - daysAgo * 86_400_000).toISOString().replace(/\.\d+/, '') } }],
  }));
  const inOrder = expected.map(({ group: { name } }) => exposures.find((each) => textMember(objectMember(each, 'group'), 'name') === name));
  expect(inOrder).toMatchObject(expected);
  expect(exposures.map(({ severity }) => severity)).toEqual([...Array<string>(6).fill('critical'), ...Array<string>(3).fill('medium')]);
  expect(headline[0]).toMatch(/^SSH is open to the internet on 3 groups in 2 regions/);
  expect(exitCode).toBe(2);
});

it('adopt declares everything except the exposures, the guard closes them, and an accepted one stays open after undo', async () => {
  const file = join(folder, 'baseline.yaml');
  const { stdout, stderr } = await portcullis('adopt', '--all', '--out', file);
  expect(stdout + stderr).toContain('left out 5 rules open to the internet');
  const plan = await portcullis('plan', file, '--json');
  const { groups, totals } = JSON.parse(plan.stdout) as { totals: object; groups: { state: string; name: string }[] };
  const drifted = groups.filter(({ state }) => state === 'drifted');
  expect(new Set(drifted.map(({ name }) => name))).toEqual(new Set(inEurope));
  expect(totals).toMatchObject({ toAuthorize: 0, toRevoke: 5 });

  writeFileSync(file, readFileSync(file, 'utf8').replaceAll('mode: report', 'mode: enforce'));
  const deploy = () => deployStacks(sandbox, { baselineText: readFileSync(file, 'utf8'), outdir: folder });
  const { findings } = await during(deploy);
  const restored = findings.filter(({ kind }) => kind === 'restoration');
  expect(new Set(restored.map(({ group }) => group.name))).toEqual(new Set(inEurope));
  expect(await readIngressTexts(sandbox.ec2(), expectDefined(ids.bastion))).toEqual(['tcp/443 from 10.0.0.0/8']);

  writeFileSync(join(folder, 'finding.json'), JSON.stringify(restored.find(({ group }) => group.name === 'bastion')));
  const until = new Date(NOW + 30 * 86_400_000).toISOString().slice(0, 10);
  const accepted = await portcullis('accept', 'finding.json', '--baseline', file, '--until', until, '--reason', 'the contractors, CHG-1');
  expect(accepted).toMatchObject({ exitCode: 0 });
  await during(deploy);
  expect(await portcullis('undo', 'finding.json', '--yes')).toMatchObject({ exitCode: 0 });
  await sandbox.settle();
  expect(await readIngressTexts(sandbox.ec2(), expectDefined(ids.bastion))).toEqual(['tcp/22 from 0.0.0.0/0', 'tcp/443 from 10.0.0.0/8']);
});
