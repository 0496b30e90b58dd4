import { readdirSync } from 'node:fs';
import * as fc from 'fast-check';
import type { SimulatedEc2 } from '@portcullis/security-groups/testing';
import { accessDenied, ACCOUNT, addGroup, callBy, DB, OLD, openerOf, region, WEB, writesOf } from '../testing/account-region.js';
import { baselineFile, HTTPS, noAdmin } from '../testing/baselines.js';
import { failure, testFolder } from '../testing/run-command.js';
import { block, resource, vpcRule } from '../testing/terraform.js';

// Some of these tests run hundreds of commands, which can take longer than Jest's default timeout.
jest.setTimeout(60_000);

const folder = testFolder();
const adoptedNames = (): (string | undefined)[] => [...folder.read('baseline.yaml').matchAll(/- name: (\S+)/g)].map(([, name]) => name);

function fleet(): SimulatedEc2 {
  const ec2 = region({ [WEB]: ['tcp 443 from 0.0.0.0/0 # anyone', 'tcp 80 from 2001:db8::/32', '-1 to 0.0.0.0/0'] });
  ec2.prefixLists.set('pl-12345678', [['10.0.0.0/8']]);
  addGroup(ec2, DB, [`tcp 5432 from ${WEB}`, 'icmp 8 from pl-12345678'], { vpcId: 'vpc-2', tags: { Tier: 'db' } });
  addGroup(ec2, OLD, ['tcp 22 from 0.0.0.0/0'], { ownerId: '444455556666', name: 'theirs', tags: { Tier: 'db' } });
  return ec2;
}

it('`adopt` writes baselines in mode report that declare the live rules, so that `plan` shows no drift', async () => {
  const ec2 = fleet();

  expect(await folder.run('adopt --all', ec2)).toEqual({
    exitCode: 0,
    stdout: '',
    stderr: 'adopted 2 baselines, 2 groups, 5 rules of eu-west-1 into baseline.yaml\n',
  });
  expect(folder.read('baseline.yaml')).toBe(`# yaml-language-server: $schema=https://unpkg.com/@portcullis/baseline@0/baseline.schema.json
# The rules of security groups of account ${ACCOUNT} in eu-west-1.
# Written by \`portcullis adopt\`. Remove the rules that nobody needs.

version: 1
baselines:
  # web (vpc-1): the group ${WEB}
  - name: web
    groups: { ids: [ ${WEB} ] }
    mode: report
    ingress:
      - { IpProtocol: tcp, FromPort: 80, ToPort: 80, Ipv6Ranges: [ { CidrIpv6: 2001:db8::/32 } ] }
      - { IpProtocol: tcp, FromPort: 443, ToPort: 443, IpRanges: [ { CidrIp: 0.0.0.0/0, Description: anyone } ] }
    egress:
      - { IpProtocol: "-1", IpRanges: [ { CidrIp: 0.0.0.0/0 } ] }

  # db (vpc-2): the group ${DB}
  - name: db
    groups: { ids: [ ${DB} ] }
    mode: report
    ingress:
      - { IpProtocol: icmp, FromPort: 8, ToPort: -1, PrefixListIds: [ { PrefixListId: pl-12345678 } ] }
      - { IpProtocol: tcp, FromPort: 5432, ToPort: 5432, UserIdGroupPairs: [ { GroupId: ${WEB} } ] }
    egress: []
`);
  expect(await folder.run('plan', ec2)).toEqual({
    exitCode: 0,
    stdout: 'No drift in account 111122223333, eu-west-1: 2 groups at the baseline.\n',
    stderr: '',
  });
});

it('for arbitrary rules, `plan` shows no drift after `adopt --accept-exposed`, or after every proposed permit of `adopt` is uncommented', async () => {
  const source = fc.constantFrom('10.0.0.0/8', '2001:db8::/32', 'sg-12345678', 'pl-12345678', '0.0.0.0/0', '::/0');
  const traffic = fc.constantFrom('tcp 22', 'udp 0-65535', '-1', 'icmp 8', '50', 'tcp 1-1024', 'icmpv6');
  const description = fc.constantFrom('', ' # a: b', ' # [x]', ' # !t #1', ' # -1', ' # 2026-01-01');
  const rule = fc.tuple(traffic, fc.constantFrom('from', 'to'), source, description).map(([t, w, s, d]) => `${t} ${w} ${s}${d}`);
  const unique = { selector: (text: string) => text.split(' #')[0], maxLength: 12 };
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(rule, unique), async (rules) => {
      const ec2 = region({ [WEB]: rules });

      expect(await folder.run('adopt --all --force --accept-exposed', ec2)).toMatchObject({ exitCode: 0 });
      expect(await folder.run('plan', ec2)).toMatchObject({ exitCode: 0 });
      await folder.run('adopt --all --force', ec2);
      folder.write('baseline.yaml', uncommented(folder.read('baseline.yaml')));
      expect(await folder.run('plan', ec2)).toMatchObject({ exitCode: 0 });
    }),
    { numRuns: 50 },
  );
});

it('`adopt` omits a description that EC2 would refuse, and keeps the rule', async () => {
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
])('`adopt` adopts the groups that the options `%s` select', async (options, names) => {
  await folder.run(`adopt ${options}`, fleet());

  expect(adoptedNames()).toEqual(names);
});

it('`adopt` names baselines after their groups, and appends the group id if groups share a name', async () => {
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

it('`adopt` omits egress with `--no-egress`, and writes the mode of `--mode`', async () => {
  await folder.run('adopt --all --no-egress --mode enforce', fleet());

  expect(folder.read('baseline.yaml')).not.toMatch(/egress|mode: report/);
});

it('`adopt --out -` prints the file to stdout and nothing else', async () => {
  const { stdout, stderr } = await folder.run('adopt --all --out -', fleet());

  expect(stdout).toMatch(/^# yaml-language-server: /);
  expect(stderr).toBe('adopted 2 baselines, 2 groups, 5 rules of eu-west-1\n');
  expect(folder.list()).toEqual([]);
});

it('`adopt` reports how many warnings the written file has', async () => {
  const { stderr } = await folder.run('adopt --all --accept-exposed', region({ [WEB]: ['tcp 22 from 0.0.0.0/0'] }));

  expect(stderr).toContain('; `portcullis check baseline.yaml` has 1 warning\n');
});

/** Returns an EC2 with two groups. Each group has exposed rules and a rule that is not exposed. */
function exposedFleet(): SimulatedEc2 {
  const ec2 = region({ [WEB]: ['tcp 22 from 0.0.0.0/0 # the night shift', 'tcp 443 from 0.0.0.0/0', 'tcp 22 from ::/0'] });
  addGroup(ec2, DB, ['tcp 5432 from 10.0.0.0/8', 'tcp 5432 from 0.0.0.0/0'], { vpcId: 'vpc-2' });
  return ec2;
}

const HISTORY = [
  callBy({ user: 'ana', groupId: WEB, rule: 1, port: 22, day: '20' }),
  callBy({ user: 'ben', groupId: DB, rule: 2, port: 5432, day: '13' }),
];
const withHistory = (ec2: SimulatedEc2) => ({ openAccountRegion: openerOf(ec2, { calls: HISTORY }) });

/** Uncomments every proposed permit. The comment above the first permit tells users how to do this. */
function uncommented(text: string): string {
  return text.replace(/^( +)# ( +.*|permit:)$/gm, '$1$2');
}

it('`adopt` comments out the rules that open a group to the internet, and says who opened the rules', async () => {
  expect(await folder.run('adopt --all', withHistory(exposedFleet()))).toEqual({
    exitCode: 0,
    stdout: '',
    stderr: `adopted 2 baselines, 2 groups, 2 rules of eu-west-1 into baseline.yaml; commented out 3 rules open to the internet, in web (${WEB}), db (${DB})\n`,
  });
  expect(folder.read('baseline.yaml')).toContain(`
    ingress:
      - { IpProtocol: tcp, FromPort: 443, ToPort: 443, IpRanges: [ { CidrIp: 0.0.0.0/0 } ] }
    egress: []
    # Open to the internet, so not declared: the guard reports it as drift. To accept a rule, remove the \`# \` before \`permit:\`
    # and before its lines, and write why it must stay open. To drop a rule, revoke it, and delete its lines.
    # permit:
    #   # tcp/22 from 0.0.0.0/0 opens SSH (tcp/22) to the internet; opened 2026-11-20 11:00:00 UTC by user ana from 198.51.100.7 with the AWS CLI (unverified), without MFA
    #   - permission: { IpProtocol: tcp, FromPort: 22, ToPort: 22, IpRanges: [ { CidrIp: 0.0.0.0/0, Description: the night shift } ] }
    #     until: 2026-12-31
    #     reason: why this rule must stay open, and who approved it
    #   # tcp/22 from ::/0 opens SSH (tcp/22) to the internet; CloudTrail's event history, at most 90 days, does not show who opened this rule
    #   - permission: { IpProtocol: tcp, FromPort: 22, ToPort: 22, Ipv6Ranges: [ { CidrIpv6: ::/0 } ] }
    #     until: 2026-12-31
    #     reason: why this rule must stay open, and who approved it

`);
});

it('after `adopt`, `plan` shows only the exposed rules as drift, and `apply` does not authorize exposed rules that somebody revoked', async () => {
  const ec2 = exposedFleet();
  await folder.run('adopt --all', ec2);

  const { exitCode, stdout } = await folder.run('plan', ec2);
  expect(exitCode).toBe(2);
  expect(stdout.match(/^ {2}[+-] \S+ \S+ \S+ \S+/gm)).toEqual([
    '  - ingress tcp/22 from 0.0.0.0/0',
    '  - ingress tcp/22 from ::/0',
    '  - ingress tcp/5432 from 0.0.0.0/0',
  ]);

  ec2.rules = ec2.rules.filter(({ traffic }) => 'fromPort' in traffic && traffic.fromPort === 443);
  expect((await folder.run('apply --yes', ec2)).stderr).toContain('1 group in mode `report` not restored');
  expect(writesOf(ec2)).toEqual([]);
  expect(ec2.stateOf(WEB)).toEqual(['tcp/443 from 0.0.0.0/0']);
});

it.each([
  ['SSH', ['tcp 22 from 0.0.0.0/0'], 1],
  ['SSH on IPv6', ['tcp 22 from ::/0'], 1],
  ['all traffic', ['-1 from 0.0.0.0/0'], 1],
  ['any other port', ['tcp 8001 from 0.0.0.0/0'], 1],
  ['a range with the web ports', ['tcp 80-443 from 0.0.0.0/0'], 1],
  ['a sixteenth of the internet', ['tcp 22 from 16.0.0.0/4'], 1],
  ['halves of the internet', ['tcp 22 from 0.0.0.0/1', 'tcp 22 from 128.0.0.0/1'], 2],
  ['the internet and its halves', ['tcp 22 from 0.0.0.0/1', 'tcp 22 from 128.0.0.0/1', 'tcp 22 from 0.0.0.0/0'], 3],
  ['a prefix list with the internet', ['tcp 22 from pl-12345678'], 1],
  ['web servers', ['tcp 80 from 0.0.0.0/0', 'tcp 443 from ::/0', 'udp 443 from 0.0.0.0/0'], 0],
  ['a wide range', ['tcp 22 from 52.0.0.0/8'], 0],
  ['private addresses', ['tcp 22 from 10.0.0.0/8', '-1 from 10.0.0.0/8'], 0],
  ['egress', ['-1 to 0.0.0.0/0'], 0],
])('%s: given the rules %j, `adopt` comments out %i of them', async (_what, rules, left) => {
  const ec2 = region({ [WEB]: rules });
  ec2.prefixLists.set('pl-12345678', [['0.0.0.0/0']]);

  await folder.run('adopt --all', ec2);

  expect(folder.read('baseline.yaml').match(/# {3}- permission/g) ?? []).toHaveLength(left);
});

it.each<[string, string, Parameters<typeof openerOf>[1], string[]]>([
  ['reports that CloudTrail denies the lookup', '', { calls: accessDenied }, ['cannot tell who opened the exposed rules: ']],
  ['does not ask CloudTrail with `--no-who`', '--no-who', { calls: accessDenied }, []],
])('`adopt` %s, and writes the file', async (_what, options, account, problems) => {
  const { exitCode, stderr } = await folder.run(`adopt --all ${options}`, { openAccountRegion: openerOf(exposedFleet(), account) });

  expect(exitCode).toBe(0);
  expect(stderr.split('\n').slice(0, -2)).toEqual(problems.map((problem) => expect.stringContaining(problem) as string));
  expect(folder.read('baseline.yaml')).toContain('    #   # tcp/22 from 0.0.0.0/0 opens SSH (tcp/22) to the internet\n');
});

it('`adopt` declares a rule whose prefix list cannot be read, and reports the prefix list', async () => {
  const { stderr } = await folder.run('adopt --all', region({ [WEB]: ['tcp 22 from pl-12345678'] }));

  expect(stderr).toMatch(/^portcullis: prefix list pl-12345678 could not be read, so rules that use it are declared: .*\nadopted /);
});

it('`adopt` writes the same bytes again on another day', async () => {
  await folder.run('adopt --all', withHistory(exposedFleet()));
  await folder.run('adopt --all --out again.yaml', { ...withHistory(exposedFleet()), now: () => new Date('2026-11-30T23:00:00Z') });

  expect(folder.read('again.yaml')).toBe(folder.read('baseline.yaml'));
});

const EXISTS = failure('`baseline.yaml` exists; expected another `--out`, `--merge` to update it, or `--force` to replace it');

it('`adopt` replaces an existing file only with `--force`, and otherwise does not call AWS', async () => {
  const ec2 = fleet();
  folder.write('baseline.yaml', 'mine');

  expect(await folder.run('adopt --all', ec2)).toEqual(EXISTS);
  expect([folder.read('baseline.yaml'), ec2.calls]).toEqual(['mine', []]);
  expect(await folder.run('adopt --all --force', ec2)).toMatchObject({ exitCode: 0 });
});

it('`adopt` does not replace a file that somebody creates while `adopt` calls AWS', async () => {
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
  ['a tag that no group has', '--tag Tier=none', ['the options select no security group in eu-west-1']],
  [
    'several mistakes at once',
    '--all --group web --tag Tier --vpc prod',
    [
      'too many options select groups; expected only `--group`, only `--all`, or only `--tag` and `--vpc`',
      'invalid `--group web`; expected the id of a security group, `sg-…`',
      'invalid `--vpc prod`; expected the id of a VPC, `vpc-…`',
      'invalid `--tag Tier`; expected `Key=value`',
    ],
  ],
  ['a missing folder', '--all --out a/b.yaml', ['cannot write `a/b.yaml`: no such file or directory']],
])('`adopt` refuses %s and writes nothing', async (_what, options, messages) => {
  expect(await folder.run(`adopt ${options}`, fleet())).toEqual(failure(...messages));
  expect(folder.list()).toEqual([]);
});

it('`adopt` refuses to write a baseline file that would be too long', async () => {
  const many = Array.from({ length: 60 }, (_, i) => `tcp ${i} from 10.0.0.0/8 # ${'x'.repeat(200)}`);
  const ec2 = region(Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`sg-${String(i).padStart(8, '0')}`, many])));

  const { exitCode, stderr } = await folder.run('adopt --all', ec2);

  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^portcullis: the baseline file would have \d+ characters, over the limit of \d+; .*\n$/);
  expect(folder.list()).toEqual([]);
});

/** A hand-written file with a permit, an ignored rule, a mode, and comments. */
const HAND_WRITTEN = `# Ask ana.
version: 1
baselines:
  - name: shop   # not web
    groups: { ids: [${WEB}] }
    ingress:
      # customers
      - { IpProtocol: tcp, FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: 0.0.0.0/0 }] } # everybody
      - { IpProtocol: tcp, FromPort: 80, ToPort: 80, IpRanges: [{ CidrIp: 10.0.0.0/8 }] }
    permit:
      - { permission: { IpProtocol: tcp, FromPort: 8080, ToPort: 8080, IpRanges: [{ CidrIp: 10.0.0.0/8 }] }, reason: a trial }
    ignore: [{ descriptionPrefix: elbv2 }]
`;

describe('`adopt --merge` updates an existing file', () => {
  const merge = (ec2: SimulatedEc2, options = '') => folder.run(`adopt --all --no-who --merge ${options}`, ec2);
  const atBaseline = ['tcp 443 from 0.0.0.0/0', 'tcp 80 from 10.0.0.0/8'];

  it.each<[string, string[], (text: string) => string, string]>([
    ['nothing', [...atBaseline, 'tcp 8080 from 10.0.0.0/8', 'tcp 9 from 10.0.0.0/8 # elbv2'], (text) => text, 'nothing changed'],
    ['a rule that is gone', ['tcp 443 from 0.0.0.0/0'], (text) => text.replace(/.*FromPort: 80,.*\n/, ''), '0 baselines added, 1 changed'],
    [
      'a new rule',
      [...atBaseline, 'tcp 81 from 10.0.0.0/8 # x'],
      (text) =>
        text.replace(
          '    permit:',
          '      - { IpProtocol: tcp, FromPort: 81, ToPort: 81, IpRanges: [ { CidrIp: 10.0.0.0/8, Description: x } ] }\n    permit:',
        ),
      '0 baselines added, 1 changed',
    ],
  ])('in a hand-written file, `adopt --merge` changes %s and keeps everything else', async (_what, rules, change, words) => {
    const ec2 = region({ [WEB]: rules });
    folder.write('baseline.yaml', HAND_WRITTEN);

    const { exitCode, stderr } = await merge(ec2);

    expect(exitCode).toBe(0);
    expect(stderr).toContain(`merged eu-west-1 into baseline.yaml: ${words}; now 1 baseline, 1 group, `);
    expect(folder.read('baseline.yaml')).toBe(change(HAND_WRITTEN));
    expect(await folder.run('plan', ec2)).toMatchObject({ exitCode: 0 });
  });

  it('`adopt --merge` appends new groups under unique names, and reports groups that no longer exist', async () => {
    const ec2 = region({ [WEB]: atBaseline });
    addGroup(ec2, DB, ['tcp 5432 from 10.0.0.0/8'], { name: 'shop' });
    folder.write('baseline.yaml', HAND_WRITTEN.replace(WEB, `${WEB}, ${OLD}`));

    const { stderr } = await merge(ec2);

    expect(stderr).toBe(
      `portcullis: baseline shop names ${OLD}, which does not exist in eu-west-1; delete the id from the file\n` +
        'merged eu-west-1 into baseline.yaml: 1 baseline added, 0 changed; now 2 baselines, 3 groups, 3 rules\n',
    );
    expect(adoptedNames()).toEqual(['shop', 'shop.2']);
    expect(folder.read('baseline.yaml').startsWith(HAND_WRITTEN.replace(WEB, `${WEB}, ${OLD}`))).toBe(true);
  });

  it('`adopt --merge` proposes one permit for an exposed rule, and removes the proposed permit when the rule is revoked', async () => {
    const [open, closed] = [region({ [WEB]: [...atBaseline, 'tcp 22 from 0.0.0.0/0'] }), region({ [WEB]: atBaseline })];
    folder.write('baseline.yaml', HAND_WRITTEN);

    expect((await merge(open)).stderr).toContain(`commented out 1 rule open to the internet, in web (${WEB})`);
    const once = folder.read('baseline.yaml');
    expect(once).toContain('#   - permission: { IpProtocol: tcp, FromPort: 22,');
    await merge(open);
    expect(folder.read('baseline.yaml')).toBe(once);
    expect((await folder.run('plan', open)).stdout).toContain('0 to authorize, 1 to revoke');
    await merge(closed);
    expect(folder.read('baseline.yaml')).toBe(HAND_WRITTEN);
  });

  it('`adopt --merge` without an existing file writes the same file as `adopt`, and a second run changes nothing', async () => {
    await merge(exposedFleet());
    const text = folder.read('baseline.yaml');
    await folder.run('adopt --all --no-who --out again.yaml', exposedFleet());
    await merge(exposedFleet());

    expect(folder.read('baseline.yaml')).toBe(text);
    expect(folder.read('again.yaml')).toBe(text);
  });

  it.each([
    [
      'a rule whose permit has expired',
      (text: string) => text.replace('reason: a trial', 'until: 2026-01-31'),
      '1 rule whose permit has expired',
    ],
    [
      'a baseline that selects groups by name',
      (text: string) => text.replace(`ids: [${WEB}]`, 'names: [web]'),
      'baseline shop was not changed, because its groups can need different edits; edit the baseline by hand',
    ],
  ])('`adopt --merge` does not change the file, and reports %s', async (_what, change, words) => {
    const rules = words.includes('permit') ? [...atBaseline, 'tcp 8080 from 10.0.0.0/8'] : ['tcp 443 from 0.0.0.0/0'];
    folder.write('baseline.yaml', change(HAND_WRITTEN));

    expect((await merge(region({ [WEB]: rules }))).stderr).toContain(words);
    expect(folder.read('baseline.yaml')).toBe(change(HAND_WRITTEN));
  });

  it('after `adopt --merge` of arbitrary changes, `plan` shows no drift', async () => {
    const source = fc.constantFrom('10.0.0.0/8', '2001:db8::/32', 'sg-12345678', '0.0.0.0/0');
    const text = fc
      .tuple(fc.constantFrom('tcp 22', 'udp 53', '-1', 'icmp 8'), fc.constantFrom('from', 'to'), source)
      .map((parts) => parts.join(' '));
    const rules = fc.uniqueArray(text, { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(rules, rules, rules, async (before, after, others) => {
        const now = region({ [WEB]: after });
        addGroup(now, DB, others);
        await folder.run('adopt --all --no-who --force', region({ [WEB]: before }));

        expect(await merge(now, '--accept-exposed')).toMatchObject({ exitCode: 0 });
        expect(await folder.run('plan', now)).toMatchObject({ exitCode: 0 });
      }),
      { numRuns: 40 },
    );
  });
});

it.each([
  ['vpc', ['vpc-1.yaml', 'vpc-2.yaml']],
  ['tag:Tier', ['db.yaml', 'no-Tier.yaml']],
  ['account', [`${ACCOUNT}-eu-west-1.yaml`]],
])('`adopt --split-by %s` writes the groups into separate files, and replaces existing files only with `--force`', async (by, names) => {
  const run = (options = '') => folder.run(`adopt --all --split-by ${by} --out parts ${options}`, fleet());

  expect(await run()).toMatchObject({
    exitCode: 0,
    stderr: `adopted 2 baselines, 2 groups, 5 rules of eu-west-1 into ${names.length} file${names.length === 1 ? '' : 's'} in parts: ${names.join(', ')}\n`,
  });
  expect(readdirSync(folder.pathOf('parts')).sort()).toEqual(names);
  for (const name of names) expect(await folder.run(`check parts/${name}`)).toMatchObject({ exitCode: 0 });
  expect(await run()).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('exists; expected another') as string });
  expect(await run('--force')).toMatchObject({ exitCode: 0 });
});

function stateGroup(id: string, values: object = {}, scope = `eu-west-1:${ACCOUNT}`) {
  const facts = {
    id,
    name: 'shop',
    vpc_id: 'vpc-0a',
    owner_id: ACCOUNT,
    description: 'The shop',
    arn: `arn:aws:ec2:${scope}:security-group/${id}`,
  };
  return resource(`aws_security_group.${id}`, { ...facts, ingress: [], egress: [], ...values });
}

const BLOCK = block({ cidr_blocks: ['0.0.0.0/0'] });
const SSH_ADDRESS = 'aws_vpc_security_group_ingress_rule.ssh';
const SSH_RULE = vpcRule(DB, { from_port: 22, to_port: 22, cidr_ipv4: '0.0.0.0/0' });
const SSH = resource(SSH_ADDRESS, SSH_RULE);

describe('`adopt --from-terraform-state` reads a Terraform state', () => {
  const adoptState = (resources: readonly object[], options = '', modules: readonly object[] = []) => {
    const values = { root_module: { resources, child_modules: [{ address: 'module.x', resources: modules }] } };
    folder.write('state.json', JSON.stringify({ format_version: '1.0', values }));
    return folder.run(`adopt --from-terraform-state state.json ${options}`);
  };

  it('`adopt --from-terraform-state` declares the rules in all modules without calling AWS, and comments out exposed rules', async () => {
    const all = { ...BLOCK, protocol: '-1', from_port: 0, to_port: 0 };
    const own = { ...BLOCK, cidr_blocks: [], self: true };

    expect(await adoptState([stateGroup(WEB, { ingress: [BLOCK, own], egress: [all] })], '', [stateGroup(DB), SSH])).toEqual({
      exitCode: 0,
      stdout: '',
      stderr: `adopted 2 baselines, 2 groups, 3 rules of state.json into baseline.yaml; commented out 1 rule open to the internet, in shop (${DB})\n`,
    });
    const text = folder.read('baseline.yaml');
    expect(text).toContain(`# The rules of security groups of account ${ACCOUNT} in eu-west-1, as Terraform declares them.\n`);
    const live = region({ [WEB]: ['tcp 443 from 0.0.0.0/0', `tcp 443 from ${WEB}`, '-1 to 0.0.0.0/0'], [DB]: [] });
    expect(await folder.run('plan', live)).toMatchObject({ exitCode: 0 });
    expect(text).toContain('#   # tcp/22 from 0.0.0.0/0 opens SSH (tcp/22) to the internet\n');
  });

  it.each([
    [
      'rules that no resource declares',
      [stateGroup(DB, { ingress: [BLOCK] }), SSH],
      `${DB} (shop): tcp/443 from 0.0.0.0/0 was left out: no rule resource declares the rule`,
    ],
    [
      'rules of groups that the state does not manage',
      [stateGroup(WEB), SSH],
      `${DB} was left out: the state has rules of the group, but does not manage the group`,
    ],
    [
      'prefix lists',
      [stateGroup(WEB, { ingress: [{ ...BLOCK, prefix_list_ids: ['pl-12345678'] }] })],
      'prefix list pl-12345678 is not in the state',
    ],
  ])('`adopt --from-terraform-state` reports %s', async (_what, resources, words) => {
    const { exitCode, stderr } = await adoptState(resources);

    expect(stderr).toContain(words);
    expect(exitCode).toBe(0);
  });

  it('`adopt --from-terraform-state` requires `--region` or `--split-by account` for groups of several regions', async () => {
    const groups = [stateGroup(WEB), stateGroup(DB, {}, `us-east-1:${ACCOUNT}`)];

    expect(await adoptState(groups)).toEqual(
      failure(
        `\`state.json\` has groups of ${ACCOUNT}/eu-west-1, ${ACCOUNT}/us-east-1, and a baseline file is for one account and region; expected \`--region\` or \`--split-by account\``,
      ),
    );
    expect((await adoptState(groups, '--region eu-west-1 --out -')).stderr).toBe('adopted 1 baseline, 1 group, 0 rules of state.json\n');
    expect((await adoptState(groups, '--split-by account')).stderr).toContain(
      `into 2 files in baselines: ${ACCOUNT}-eu-west-1.yaml, ${ACCOUNT}-us-east-1.yaml\n`,
    );
    expect(folder.read(`baselines/${ACCOUNT}-us-east-1.yaml`)).toContain(' in us-east-1, as Terraform declares them.\n');
  });

  it.each<[string, object[], string[]]>([
    ['a state without groups', [], ['`state.json` manages no security group']],
    [
      'every group without an ARN',
      [stateGroup(WEB, { arn: null }), stateGroup(DB, { arn: 'x' })],
      [WEB, DB].map((id) => `aws_security_group.${id} has no ARN in \`state.json\`; expected \`arn:…:security-group/${id}\``),
    ],
    [
      'every resource without an id',
      [stateGroup(WEB, { id: null }), resource(SSH_ADDRESS, {})],
      [
        `aws_security_group.${WEB} has no id in \`state.json\`; expected a state after a complete \`terraform apply\``,
        `${SSH_ADDRESS} has no group in \`state.json\`; expected a state after a complete \`terraform apply\``,
      ],
    ],
    [
      'every rule that cannot be read',
      [
        stateGroup(WEB, { ingress: [block({ ...BLOCK, protocol: 'x' }), block({ cidr_blocks: ['y'] })] }),
        resource(SSH_ADDRESS, { ...SSH_RULE, cidr_ipv4: 'z' }),
        stateGroup(DB),
      ],
      ['x', 'y', 'z'].map((text) => expect.stringContaining(`"${text}"`) as string),
    ],
  ])('`adopt --from-terraform-state` refuses %s', async (_what, resources, messages) => {
    const { exitCode, stderr } = await adoptState(resources);

    expect(stderr.trimEnd().replaceAll('portcullis: ', '').split('\n')).toEqual(messages);
    expect([exitCode, folder.list()]).toEqual([1, ['state.json']]);
  });

  it.each([
    ['text', 'not JSON', 'is not a Terraform state as JSON'],
    [
      'a plan',
      '{"format_version":"1.2","planned_values":{}}',
      'is a plan; expected a state, from `terraform show -json` without a plan file',
    ],
  ])('`adopt --from-terraform-state` refuses %s', async (_what, text, words) => {
    folder.write('state.json', text);

    expect(await folder.run('adopt --from-terraform-state state.json')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining(words) as string,
    });
  });
});

describe('`adopt --merge` applies limits', () => {
  it('`adopt --merge` keeps the limits in the file, and does not declare rules that a limit forbids', async () => {
    folder.write('baseline.yaml', baselineFile([HTTPS], noAdmin()));
    const ec2 = region({
      [WEB]: ['tcp 443 from 0.0.0.0/0', 'tcp 22 from 11.0.0.0/24', 'tcp 80 from 10.0.0.0/8'],
      [DB]: ['tcp 22 from 0.0.0.0/0', 'tcp 5432 from 10.0.0.0/8'],
    });

    const { exitCode, stderr } = await folder.run('adopt --all --no-who --merge', ec2);

    expect({ exitCode, stderr }).toEqual({
      exitCode: 0,
      stderr: `portcullis: ${DB} (db) in vpc-1: 1 rule not declared, because a limit forbids tcp/22 from 0.0.0.0/0
portcullis: ${WEB} (web) in vpc-1: 1 rule not declared, because a limit forbids tcp/22 from 11.0.0.0/24
merged eu-west-1 into baseline.yaml: 1 baseline added, 1 changed; now 2 baselines, 2 groups, 3 rules, 1 limit
`,
    });
    const text = folder.read('baseline.yaml');
    expect(text).toContain(noAdmin());
    expect(text).not.toContain('FromPort: 22');
    expect((await folder.run('check baseline.yaml')).exitCode).toBe(0);
  });
});
