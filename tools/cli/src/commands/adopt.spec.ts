import * as fc from 'fast-check';
import type { SimulatedEc2 } from '@portcullis/security-groups/testing';
import { ACCOUNT, addGroup, DB, OLD, region, WEB } from '../testing/account-region.js';
import { failure, testFolder } from '../testing/run-command.js';

// These tests run hundreds of commands, and the machine may be busy.
jest.setTimeout(60_000);

const folder = testFolder();
const adoptedNames = (): (string | undefined)[] => [...folder.read('baseline.yaml').matchAll(/- name: (\S+)/g)].map(([, name]) => name);

function fleet(): SimulatedEc2 {
  const ec2 = region({ [WEB]: ['tcp 443 from 0.0.0.0/0 # anyone', 'tcp 80 from 2001:db8::/32', '-1 to 0.0.0.0/0'] });
  addGroup(ec2, DB, [`tcp 5432 from ${WEB}`, 'icmp 8 from pl-12345678'], { vpcId: 'vpc-2', tags: { Tier: 'db' } });
  addGroup(ec2, OLD, ['tcp 22 from 0.0.0.0/0'], { ownerId: '444455556666', name: 'theirs', tags: { Tier: 'db' } });
  return ec2;
}

it('writes the live rules of the account with names and descriptions as comments, so that a plan shows no drift', async () => {
  const ec2 = fleet();

  expect(await folder.run('adopt --all', ec2)).toEqual({
    exitCode: 0,
    stdout: '',
    stderr: 'adopted 2 baselines, 2 groups, 5 rules of eu-west-1 into baseline.yaml\n',
  });
  expect(folder.read('baseline.yaml'))
    .toBe(`# The rules of 2 security groups of account ${ACCOUNT} in eu-west-1, as they were at 2026-11-23T12:00:00.000Z.
# Written by \`portcullis adopt\`: every rule here is declared, so remove those that should not be.

version: 1
baselines:
  # web (vpc-1): the group ${WEB}
  - name: web
    groups: { ids: [ ${WEB} ] }
    ingress:
      - { IpProtocol: tcp, FromPort: 80, ToPort: 80, Ipv6Ranges: [ { CidrIpv6: 2001:db8::/32 } ] }
      - { IpProtocol: tcp, FromPort: 443, ToPort: 443, IpRanges: [ { CidrIp: 0.0.0.0/0, Description: anyone } ] }
    egress:
      - { IpProtocol: "-1", IpRanges: [ { CidrIp: 0.0.0.0/0 } ] }

  # db (vpc-2): the group ${DB}
  - name: db
    groups: { ids: [ ${DB} ] }
    ingress:
      - { IpProtocol: icmp, FromPort: 8, ToPort: -1, PrefixListIds: [ { PrefixListId: pl-12345678 } ] }
      - { IpProtocol: tcp, FromPort: 5432, ToPort: 5432, UserIdGroupPairs: [ { GroupId: ${WEB} } ] }
    egress: []
`);
  expect(await folder.run('plan', ec2)).toEqual({ exitCode: 0, stdout: 'No drift: 2 groups at the baseline.\n', stderr: '' });
});

it('adopts arbitrary rules, so that a plan shows no drift', async () => {
  const source = fc.constantFrom('10.0.0.0/8', '2001:db8::/32', 'sg-12345678', 'pl-12345678', '0.0.0.0/0', '::/0');
  const traffic = fc.constantFrom('tcp 22', 'udp 0-65535', '-1', 'icmp 8', '50', 'tcp 1-1024', 'icmpv6');
  const description = fc.constantFrom('', ' # a: b', ' # [x]', ' # !t #1', ' # -1', ' # 2026-01-01');
  const rule = fc.tuple(traffic, fc.constantFrom('from', 'to'), source, description).map(([t, w, s, d]) => `${t} ${w} ${s}${d}`);
  const unique = { selector: (text: string) => text.split(' #')[0], maxLength: 12 };
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(rule, unique), async (rules) => {
      const ec2 = region({ [WEB]: rules });

      expect(await folder.run('adopt --all --force', ec2)).toMatchObject({ exitCode: 0 });
      expect(await folder.run('plan', ec2)).toMatchObject({ exitCode: 0 });
    }),
    { numRuns: 50 },
  );
});

it('leaves out a description that EC2 would refuse, and keeps the rule', async () => {
  const ec2 = region({ [WEB]: ['tcp 22 from 10.0.0.0/8'] });
  ec2.rules = ec2.rules.map((rule) => ({ ...rule, description: 'é' }));

  await folder.run('adopt --all', ec2);

  expect(folder.read('baseline.yaml')).toContain('IpRanges: [ { CidrIp: 10.0.0.0/8 } ]');
});

it.each([
  [`--group ${DB}`, ['db']],
  [`--group ${DB} ${WEB}`, ['web', 'db']],
  ['--tag Tier=db', ['db']],
  ['--vpc vpc-1', ['web']],
  ['--vpc vpc-1 vpc-2 --tag Tier=db', ['db']],
])('adopts the groups that `%s` selects', async (options, names) => {
  await folder.run(`adopt ${options}`, fleet());

  expect(adoptedNames()).toEqual(names);
});

it('names baselines after their groups, and adds the id if groups share a name', async () => {
  const ec2 = region({});
  for (const [id, name] of [
    [WEB, 'default'],
    [DB, 'default'],
    [OLD, '-- web & db (prod)'],
    ['sg-0000000d', null],
  ] as const)
    addGroup(ec2, id, [], { name });

  await folder.run('adopt --all', ec2);

  expect(adoptedNames().sort()).toEqual([`default.${WEB}`, `default.${DB}`, 'sg-0000000d', 'web-db-prod-'].sort());
});

it('leaves out egress with `--no-egress`, and writes the given mode', async () => {
  await folder.run('adopt --all --no-egress --mode report', fleet());

  expect(folder.read('baseline.yaml')).not.toContain('egress');
  expect(folder.read('baseline.yaml').match(/mode: report/g)).toHaveLength(2);
});

it('prints only the file with `--out -`', async () => {
  const { stdout, stderr } = await folder.run('adopt --all --out -', fleet());

  expect(stdout).toMatch(/^# The rules of 2 security groups/);
  expect(stderr).toBe('adopted 2 baselines, 2 groups, 5 rules of eu-west-1\n');
  expect(folder.list()).toEqual([]);
});

it('reports how many warnings the file has', async () => {
  const { stderr } = await folder.run('adopt --all', region({ [WEB]: ['tcp 22 from 0.0.0.0/0'] }));

  expect(stderr).toContain('; `portcullis check baseline.yaml` has 1 warning\n');
});

const EXISTS = failure('`baseline.yaml` exists; expected another `--out`, or `--force` to replace it');

it('does not replace an existing file without `--force`, and does not call AWS', async () => {
  const ec2 = fleet();
  folder.write('baseline.yaml', 'mine');

  expect(await folder.run('adopt --all', ec2)).toEqual(EXISTS);
  expect([folder.read('baseline.yaml'), ec2.calls]).toEqual(['mine', []]);
  expect(await folder.run('adopt --all --force', ec2)).toMatchObject({ exitCode: 0 });
});

it('does not replace a file that somebody creates while AWS is called', async () => {
  const ec2 = fleet();
  ec2.before = () => {
    folder.write('baseline.yaml', 'theirs');
    return undefined;
  };

  expect(await folder.run('adopt --all', ec2)).toEqual(EXISTS);
  expect([folder.read('baseline.yaml'), folder.list()]).toEqual(['theirs', ['baseline.yaml']]);
});

it.each([
  ['no selection', '', ['no groups are selected; expected `--group`, `--tag`, `--vpc` or `--all`']],
  [
    'unknown groups, and groups of other accounts',
    `--group ${OLD} ${WEB} sg-0000000d`,
    [`${OLD}, sg-0000000d not found in eu-west-1; expected ids of groups that this account owns`],
  ],
  ['a tag that no group has', '--tag Tier=none', ['no security group of eu-west-1 is selected; expected at least one']],
  [
    'several mistakes at once',
    '--all --group web --tag Tier --vpc prod',
    [
      '`--group`, `--all`, and `--tag` with `--vpc` exclude each other; expected one of them',
      'invalid `--group web`; expected the id of a security group, `sg-…`',
      'invalid `--vpc prod`; expected the id of a VPC, `vpc-…`',
      'invalid `--tag Tier`; expected `Key=value`',
    ],
  ],
  ['a missing folder', '--all --out a/b.yaml', ['cannot write `a/b.yaml`: no such file or directory']],
])('refuses %s and writes nothing', async (_what, options, messages) => {
  expect(await folder.run(`adopt ${options}`, fleet())).toEqual(failure(...messages));
  expect(folder.list()).toEqual([]);
});

it('refuses more groups than a file may hold', async () => {
  const many = Array.from({ length: 60 }, (_, i) => `tcp ${i} from 10.0.0.0/8 # ${'x'.repeat(200)}`);
  const ec2 = region(Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`sg-${String(i).padStart(8, '0')}`, many])));

  const { exitCode, stderr } = await folder.run('adopt --all', ec2);

  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^portcullis: the baseline would have \d+ characters, more than the \d+ that a file may have; .*\n$/);
  expect(folder.list()).toEqual([]);
});
