import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { MAX_FILE_LENGTH } from '@portcullis/baseline/file';
import type { SimulatedEc2 } from '@portcullis/security-groups/testing';
import type { Io } from '../program/io.js';
import { runIn, temporaryFolder, type Ran } from '../testing/run-command.js';
import { ACCOUNT, addGroup, DB, OLD, openerOf, region, WEB } from '../testing/account-region.js';

const folder = temporaryFolder();
const read = (name = 'baseline.yaml'): string => readFileSync(join(folder.path, name), 'utf8');
const run = (ec2: SimulatedEc2, command: string, changes: Partial<Io> = {}): Promise<Ran> =>
  runIn(folder.path, command.split(' '), { openAccountRegion: openerOf(ec2), ...changes });

const fleet = (): SimulatedEc2 => {
  const ec2 = region({});
  addGroup(ec2, WEB, ['tcp 443 from 0.0.0.0/0 # anyone', 'tcp 80 from 2001:db8::/32', '-1 to 0.0.0.0/0']);
  addGroup(ec2, DB, [`tcp 5432 from ${WEB}`, 'icmp 8 from pl-12345678'], { vpcId: 'vpc-2', tags: { Tier: 'db' } });
  return ec2;
};

it('writes what is there with names and descriptions as comments, and plans to nothing on the spot', async () => {
  const ec2 = fleet();

  const { exitCode, stdout, stderr } = await run(ec2, 'adopt --all');

  expect({ exitCode, stdout, stderr }).toEqual({
    exitCode: 0,
    stdout: '',
    stderr: 'adopted 2 baselines, 2 groups, 5 rules of eu-west-1 into baseline.yaml\n',
  });
  expect(read()).toBe(`# The rules of 2 security groups of account ${ACCOUNT} in eu-west-1, as they were at 2026-11-23T12:00:00.000Z.
# Written by \`portcullis adopt\`: whatever is here is declared, so take out what should not be.

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
  expect(await run(ec2, 'plan')).toEqual({ exitCode: 0, stdout: 'No drift: 2 groups at the baseline.\n', stderr: '' });
});

it('adopts whatever rules there are so that they plan to nothing', async () => {
  const source = fc.constantFrom('10.0.0.0/8', '2001:db8::/32', 'sg-12345678', 'pl-12345678', '0.0.0.0/0', '::/0');
  const traffic = fc.constantFrom('tcp 22', 'udp 0-65535', '-1', 'icmp 8', '50', 'tcp 1-1024', 'icmpv6');
  const way = fc.constantFrom('from', 'to');
  const description = fc.constantFrom('', ' # a: b', ' # [x]', ' # !t #1', ' # -1', ' # 2026-01-01');
  const rule = fc.tuple(traffic, way, source, description).map(([t, w, s, d]) => `${t} ${w} ${s}${d}`);
  const unique = { selector: (text: string) => text.split(' #')[0], maxLength: 12 };
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(rule, unique), async (rules) => {
      const ec2 = region({ [WEB]: rules });

      expect(await run(ec2, 'adopt --all --force')).toMatchObject({ exitCode: 0 });
      expect(await run(ec2, 'plan')).toMatchObject({ exitCode: 0 });
    }),
    { numRuns: 50 },
  );
});

it('leaves out a description that EC2 would not take again, and keeps the rule', async () => {
  const ec2 = region({ [WEB]: ['tcp 22 from 10.0.0.0/8'] });
  ec2.rules = ec2.rules.map((rule) => ({ ...rule, description: 'é' }));

  expect(await run(ec2, 'adopt --all')).toMatchObject({ exitCode: 0 });
  expect(read()).toContain('IpRanges: [ { CidrIp: 10.0.0.0/8 } ]');
});

it.each([
  [`--group ${DB}`, ['db']],
  [`--group ${DB} ${WEB}`, ['web', 'db']],
  ['--tag Tier=db', ['db']],
  ['--vpc vpc-1', ['web']],
  ['--vpc vpc-1 vpc-2 --tag Tier=db', ['db']],
  ['--all', ['web', 'db']],
])('adopts the groups that `%s` selects', async (options, names) => {
  const ec2 = fleet();
  addGroup(ec2, WEB, [], { vpcId: 'vpc-1' });

  await run(ec2, `adopt ${options}`);

  expect([...read().matchAll(/- name: (\S+)/g)].map(([, name]) => name)).toEqual(names);
});

it('adopts no group of another account, and says that a named one is not there', async () => {
  const ec2 = fleet();
  addGroup(ec2, OLD, ['tcp 22 from 0.0.0.0/0'], { ownerId: '444455556666', name: 'theirs' });

  await run(ec2, 'adopt --all');
  const named = await run(ec2, `adopt --group ${OLD} --out other.yaml`);

  expect([...read().matchAll(/- name: (\S+)/g)].map(([, name]) => name)).toEqual(['web', 'db']);
  expect(named).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining(`there is no ${OLD} in eu-west-1`) as string,
  });
});

it('leaves egress out, and only reports, where that is asked for', async () => {
  await run(fleet(), 'adopt --all --no-egress --mode report');

  expect(read()).not.toContain('egress');
  expect(read().match(/mode: report/g)).toHaveLength(2);
});

it('prints the file, and nothing else, with `--out -`', async () => {
  const { stdout, stderr } = await run(fleet(), 'adopt --all --out -');

  expect(stdout).toMatch(/^# The rules of 2 security groups/);
  expect(stderr).toBe('adopted 2 baselines, 2 groups, 5 rules of eu-west-1\n');
  expect(readdirSync(folder.path)).toEqual([]);
});

it('calls baselines as the groups are called, as far as it may, and tells apart those of one name', async () => {
  const ec2 = region({});
  for (const [id, name] of [
    [WEB, 'default'],
    [DB, 'default'],
    [OLD, '-- web & db (prod)'],
    ['sg-0000000d', null],
  ] as const)
    addGroup(ec2, id, [], { name });

  await run(ec2, 'adopt --all');

  expect([...read().matchAll(/- name: (\S+)/g)].map(([, name]) => name).sort()).toEqual(
    [`default.${WEB}`, `default.${DB}`, 'sg-0000000d', 'web-db-prod-'].sort(),
  );
});

it('tells that what it adopted is unwise', async () => {
  const { stderr } = await run(region({ [WEB]: ['tcp 22 from 0.0.0.0/0'] }), 'adopt --all');

  expect(stderr).toContain('; `portcullis check baseline.yaml` has 1 warning\n');
});

describe('a file that is there', () => {
  beforeEach(() => {
    writeFileSync(join(folder.path, 'baseline.yaml'), 'mine');
  });

  it('is not replaced, and AWS is not asked', async () => {
    const ec2 = fleet();

    expect(await run(ec2, 'adopt --all')).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: 'portcullis: `baseline.yaml` exists; expected another `--out`, or `--force` to replace it\n',
    });
    expect(read()).toBe('mine');
    expect(ec2.calls).toEqual([]);
  });

  it('is replaced when that is asked for', async () => {
    await run(fleet(), 'adopt --all --force');

    expect(read()).toContain('baselines:');
  });
});

it('does not replace a file that comes into being while AWS is asked', async () => {
  const ec2 = fleet();
  ec2.before = () => {
    writeFileSync(join(folder.path, 'baseline.yaml'), 'theirs');
    return undefined;
  };

  const { exitCode, stderr } = await run(ec2, 'adopt --all');

  expect({ exitCode, stderr }).toEqual({
    exitCode: 1,
    stderr: 'portcullis: `baseline.yaml` exists; expected another `--out`, or `--force` to replace it\n',
  });
  expect(read()).toBe('theirs');
  expect(readdirSync(folder.path)).toEqual(['baseline.yaml']);
});

describe('bad input is exit code 1, and nothing is written', () => {
  it.each([
    ['no selection', 'adopt', ['nothing says which groups; expected `--group`, `--tag`, `--vpc` or `--all`']],
    [
      'an unknown group',
      `adopt --group ${OLD} ${WEB} sg-0000000d`,
      [`there is no ${OLD}, sg-0000000d in eu-west-1; expected the ids of groups of this account`],
    ],
    ['a tag that no group has', 'adopt --tag Tier=none', ['no security group of eu-west-1 is selected; expected at least one']],
    [
      'everything that is wrong with the command line',
      'adopt --all --group web --tag Tier',
      [
        'expected `--group`, or `--tag` and `--vpc`, or `--all`: not several of them',
        '`--group web` is not the id of a security group; expected `sg-…`',
        '`--tag Tier` is not a tag; expected `Key=value`',
      ],
    ],
    ['a VPC that is none', 'adopt --vpc prod', ['`--vpc prod` is not the id of a VPC; expected `vpc-…`']],
    [
      'a mode that is none',
      'adopt --all --mode watch',
      ['option `--mode <mode>` argument `watch` is invalid. Allowed choices are enforce, report.'],
    ],
    ['a folder that is not there', 'adopt --all --out a/b.yaml', ['cannot write `a/b.yaml`: no such file or directory']],
  ])('%s', async (_what, command, lines) => {
    expect(await run(fleet(), command)).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: lines.map((line) => `portcullis: ${line}\n`).join(''),
    });
    expect(readdirSync(folder.path)).toEqual([]);
  });

  it('no permission', async () => {
    const ec2 = fleet();
    ec2.before = () => 'denied';

    const { exitCode, stderr } = await run(ec2, 'adopt --all');

    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^portcullis: the credentials may not call DescribeSecurityGroups in eu-west-1 .*\n$/);
  });

  it('an interrupt', async () => {
    const ec2 = fleet();
    const interrupt = new AbortController();
    ec2.before = () => {
      interrupt.abort();
      return 'unsent';
    };

    expect(await run(ec2, 'adopt --all', { signal: interrupt.signal })).toEqual({
      exitCode: 130,
      stdout: '',
      stderr: 'portcullis: interrupted; nothing was written\n',
    });
  });

  it('more groups than a file may hold', async () => {
    const ec2 = region({});
    const many = Array.from({ length: 60 }, (_, i) => `tcp ${i} from 10.0.0.0/8 # ${'x'.repeat(200)}`);
    for (let i = 0; i < 100; i += 1) addGroup(ec2, `sg-${String(i).padStart(8, '0')}`, many);

    const { exitCode, stderr } = await run(ec2, 'adopt --all');

    expect(exitCode).toBe(1);
    expect(stderr).toMatch(new RegExp(`^portcullis: the baseline would have \\d+ characters, more than the ${MAX_FILE_LENGTH} `));
    expect(readdirSync(folder.path)).toEqual([]);
  });
});
