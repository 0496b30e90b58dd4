/** The first hour: nine exposures by three people over a month, among sixty groups in two regions, found, left out and closed; one is accepted. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  AuthorizeSecurityGroupIngressCommand,
  EC2Client,
  ModifySecurityGroupRulesCommand,
  RevokeSecurityGroupIngressCommand,
  UpdateSecurityGroupRuleDescriptionsIngressCommand,
} from '@aws-sdk/client-ec2';
import { ANYWHERE, ingressWords, tcp } from './demo/groups.js';
import { runProgram } from './deployment/program.js';
import { deployStacks } from './deployment/synthesis.js';
import { createGroup, createVpc, during, folder, given, runInstance, sandbox, useSandbox } from './testing/fixture.js';

const PORTCULLIS = join(__dirname, '..', '..', 'cli', 'bin', 'portcullis.mjs');
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
  /** What stands behind the group: an instance of the group's name, with a public address. */
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

/** A client of the person, at that day. Only the clock is another: nobody waits. */
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
    const groupId = await createGroup(GroupName, vpcId, [tcp(443, '10.0.0.0/8')], ec2);
    ids[GroupName] = groupId;
    if (EXPOSED[GroupName]?.hasMachine === true) await runInstance(GroupName, groupId, ec2);
  }
}

useSandbox(async () => {
  const timers = ['hrtime', 'nextTick', 'performance', 'queueMicrotask', 'setImmediate', 'setInterval', 'setTimeout'] as const;
  jest.useFakeTimers({ doNotFake: [...timers, 'clearImmediate', 'clearInterval', 'clearTimeout'] });
  for (const region of REGIONS) await build(region);
  const change = (name: string, who: Person, daysAgo: number) => {
    const { region = '', port = 0 } = EXPOSED[name] ?? {};
    return { ec2: at(daysAgo, who, region), opening: { GroupId: ids[name], IpPermissions: [tcp(port, ANYWHERE)] } };
  };
  for (const [name, { who, daysAgo }] of Object.entries(EXPOSED).filter(([name]) => !['jump', 'reports'].includes(name))) {
    const { ec2, opening } = change(name, who, daysAgo);
    await ec2.send(new AuthorizeSecurityGroupIngressCommand(opening));
  }
  // What carol opened first, she closed; bob opened it again.
  for (const [who, daysAgo] of [
    ['carol', 28],
    ['carol', 27],
    ['bob', 3],
  ] as const) {
    const { ec2, opening } = change('jump', who, daysAgo);
    if (daysAgo === 27) await ec2.send(new RevokeSecurityGroupIngressCommand(opening));
    else await ec2.send(new AuthorizeSecurityGroupIngressCommand(opening));
  }
  // Bob let the office in; alice widened his rule in place.
  const { ec2: bob } = change('reports', 'bob', 20);
  const office = { GroupId: ids.reports, IpPermissions: [tcp(5432, '10.0.0.0/8')] };
  const { SecurityGroupRules: [rule] = [] } = await bob.send(new AuthorizeSecurityGroupIngressCommand(office));
  const SecurityGroupRule = { IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432, CidrIpv4: ANYWHERE };
  const SecurityGroupRules = [{ SecurityGroupRuleId: rule?.SecurityGroupRuleId, SecurityGroupRule }];
  await change('reports', 'alice', 9).ec2.send(new ModifySecurityGroupRulesCommand({ GroupId: ids.reports, SecurityGroupRules }));
  // Bob is innocent: he touched what alice had opened.
  const described = { ...tcp(22), IpRanges: [{ CidrIp: ANYWHERE, Description: 'for the contractors' }] };
  const { ec2 } = change('bastion', 'bob', 2);
  await ec2.send(new UpdateSecurityGroupRuleDescriptionsIngressCommand({ GroupId: ids.bastion, IpPermissions: [described] }));
  jest.useRealTimers();
});
jest.setTimeout(180_000);

/** Runs `portcullis` as the administrator. */
const portcullis = (...args: readonly string[]): ReturnType<typeof runProgram> =>
  runProgram(process.execPath, [PORTCULLIS, ...args], {
    cwd: folder,
    env: { ...process.env, FORCE_COLOR: undefined, ...sandbox.environment() },
  });

interface Surveyed {
  readonly headline: readonly string[];
  readonly exposures: readonly {
    readonly severity: string;
    readonly region: string;
    readonly group: { readonly id: string; readonly name: string };
    readonly behind: { readonly users: readonly { readonly name: string; readonly publicAddresses: readonly string[] }[] };
    readonly rules: readonly {
      readonly openedBy: { readonly certain: boolean; readonly time: string; readonly actor: { userName: string } };
    }[];
  }[];
}

interface Planned {
  readonly totals: object;
  readonly groups: readonly { readonly state: string; readonly name: string }[];
}

it('survey names every exposure, worst first, with the right person, day and machine', async () => {
  const { code, stdout } = await portcullis('survey', '--regions', REGIONS.join(','), '--json');

  const { exposures, headline } = JSON.parse(stdout) as Surveyed;
  const told = exposures.map(({ severity, region, group, behind, rules }) => {
    const [{ openedBy }] = rules as [Surveyed['exposures'][number]['rules'][number]];
    const daysAgo = Math.round((NOW - Date.parse(openedBy.time)) / 86_400_000);
    const machines = behind.users.filter(({ publicAddresses }) => publicAddresses.length > 0).map(({ name }) => name);
    return { severity, name: group.name, region, who: openedBy.actor.userName, daysAgo, machines };
  });
  const expected = Object.entries(EXPOSED).map(([name, { severity, region, who, daysAgo, hasMachine }]) => ({
    ...{ severity, name, region, who, daysAgo },
    machines: hasMachine ? [name] : [],
  }));
  const byName = (a: { name: string }, b: { name: string }): number => a.name.localeCompare(b.name);
  expect([...told].sort(byName)).toEqual([...expected].sort(byName));
  expect(told.map(({ severity }) => severity)).toEqual([...Array<string>(6).fill('critical'), ...Array<string>(3).fill('medium')]);
  expect(headline[0]).toMatch(/^SSH is open to the internet on 3 groups in 2 regions/);
  expect(code).toBe(2);
});

it('adopt declares everything but the exposures, the guard closes them, and one that is accepted stays open once it is undone', async () => {
  const file = join(folder, 'baseline.yaml');
  const { output } = await portcullis('adopt', '--all', '--out', file);
  expect(output).toContain('left out 5 rules open to the internet');
  const plan = await portcullis('plan', file, '--json');
  const { groups, totals } = JSON.parse(plan.stdout) as Planned;
  expect(
    groups
      .filter(({ state }) => state === 'drifted')
      .map(({ name }) => name)
      .sort(),
  ).toEqual([...inEurope].sort());
  expect(totals).toMatchObject({ toAuthorize: 0, toRevoke: 5 });

  writeFileSync(file, readFileSync(file, 'utf8').replaceAll('mode: report', 'mode: enforce'));
  const deploy = () => deployStacks(sandbox, { baselineText: readFileSync(file, 'utf8'), outdir: folder });
  const { findings } = await during(deploy);
  const restored = findings.filter(({ kind }) => kind === 'restoration');
  expect(new Set(restored.map(({ group }) => group.name))).toEqual(new Set(inEurope));
  expect(await ingressWords(sandbox.ec2(), given(ids.bastion))).toEqual(['tcp/443 from 10.0.0.0/8']);

  writeFileSync(join(folder, 'finding.json'), JSON.stringify(restored.find(({ group }) => group.name === 'bastion')));
  const until = new Date(NOW + 30 * 86_400_000).toISOString().slice(0, 10);
  const accepted = await portcullis('accept', 'finding.json', '--baseline', file, '--until', until, '--reason', 'the contractors, CHG-1');
  expect(accepted).toMatchObject({ code: 0 });
  await during(deploy);
  expect(await portcullis('undo', 'finding.json', '--yes')).toMatchObject({ code: 0 });
  await sandbox.settle();
  expect(await ingressWords(sandbox.ec2(), given(ids.bastion))).toEqual(['tcp/22 from 0.0.0.0/0', 'tcp/443 from 10.0.0.0/8']);
});
