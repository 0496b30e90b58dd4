import { SecurityGroupCallError, type Attachment } from '@portcullis/security-groups';
import type { ApiCall } from '@portcullis/cloudtrail';
import type { AccountRegionOptions } from '../aws/account-region.js';
import { Failure } from '../command-line/failure.js';
import { accessDenied, addGroup, callBy, DB, OLD, openerOf, region, WEB, writesOf } from '../testing/account-region.js';
import { baselineFile, HTTPS, tcp } from '../testing/baselines.js';
import { failure, testFolder } from '../testing/run-command.js';

const folder = testFolder({ 'baseline.yaml': baselineFile([HTTPS]) });
const declare = (ingress: string[], more = ''): void => {
  folder.write('baseline.yaml', baselineFile(ingress, more));
};
const CLEAN = 'No drift in account 111122223333, eu-west-1: 1 group at the baseline.\n';
const web = { [WEB]: ['tcp 443 from 0.0.0.0/0', '-1 to 0.0.0.0/0'] };
const drifted = { [WEB]: ['tcp 80 from 10.0.0.0/8', 'tcp 22 from 0.0.0.0/0 # temp'] };

it('`plan` prints one line and exits with 0 if every group is as declared', async () => {
  expect(await folder.run('plan', region(web))).toEqual({ exitCode: 0, stdout: CLEAN, stderr: '' });
});

it('`plan` shows the rules to authorize and revoke and their traffic in words, changes nothing, and exits with 2', async () => {
  declare([HTTPS, tcp(80, '10.0.0.0/8')]);
  const ec2 = region(drifted);

  expect(await folder.run('plan', ec2)).toEqual({
    exitCode: 2,
    stdout: `sg-0000000a (web) in vpc-1  baseline web  critical
  + ingress tcp/443 from 0.0.0.0/0         # declared by \`web\`
  - ingress tcp/22  from 0.0.0.0/0 "temp"  # not declared by \`web\`
    SSH open to the whole internet (not declared)
    declared but blocked: HTTPS (tcp/443) from anybody on IPv4 (0.0.0.0/0)

Plan for account 111122223333, eu-west-1: 1 to authorize, 1 to revoke, in 1 of 1 guarded group (1 critical).
`,
    stderr: '',
  });
  expect(writesOf(ec2)).toEqual([]);
});

it('`plan` compares the egress rules of a group only if the baseline declares egress rules', async () => {
  declare([HTTPS], '    egress: []\n');

  const { stdout } = await folder.run('plan', region(web));

  expect(stdout).toContain('    all traffic allowed to the whole internet (not declared)\n');
  expect(stdout).not.toContain('declared but blocked');
});

it('`plan` shows the worst group first, marks baselines in mode `report`, and shows tolerated rules', async () => {
  declare([HTTPS], `  - { name: db, groups: { ids: [${DB}] }, mode: report, ingress: [], ignore: [{ descriptionPrefix: elb }] }\n`);

  const { stdout } = await folder.run('plan', region({ [DB]: ['tcp 80 from 10.0.0.0/8', 'tcp 81 from 10.0.0.0/8 # elb 1'], ...drifted }));

  expect(stdout.match(/^sg-\S+/gm)).toEqual([WEB, DB]);
  expect(stdout).toContain(`${DB} (db) in vpc-1  baseline db (report only)  medium`);
  expect(stdout).toContain('left alone: ingress tcp/81 from 10.0.0.0/8 "elb 1" (ignored: its description begins with `elb`)');
  expect(stdout).toContain('in 2 of 2 guarded groups (1 critical, 1 medium)');
});

it('`plan` reads the tags of rules only in groups that differ from their baseline, so that `ignore` can match tags', async () => {
  folder.write(
    'baseline.yaml',
    `version: 1\nbaselines: [{ name: all, groups: { names: ['*'] }, ingress: [${HTTPS}], ignore: [{ tag: { key: team } }] }]\n`,
  );
  const ec2 = region({ [OLD]: ['tcp 443 from 0.0.0.0/0', 'tcp 25 from 10.0.0.0/8'], ...web, [DB]: ['tcp 443 from 0.0.0.0/0'] });
  ec2.rules = ec2.rules.map((rule) => ({ ...rule, tags: { team: 'x' } }));

  expect(await folder.run('plan', ec2)).toMatchObject({ exitCode: 0 });
  expect(ec2.calls).toEqual(['list', `read ${OLD}`]);
});

it('`plan` names the alias of the account', async () => {
  const openAccountRegion = openerOf(region(web), { accountAlias: 'acme-prod' });

  expect((await folder.run('plan', { openAccountRegion })).stdout).toBe(
    'No drift in acme-prod (111122223333), eu-west-1: 1 group at the baseline.\n',
  );
});

describe('`plan --group`', () => {
  beforeEach(() => {
    declare([HTTPS], `  - { name: db, groups: { ids: [${DB}] }, ingress: [] }\n`);
  });
  const both = () => region({ ...drifted, [DB]: ['tcp 22 from 0.0.0.0/0'], [OLD]: [] });

  it('`plan --group` compares only the named groups', async () => {
    const ec2 = both();

    const { exitCode, stdout, stderr } = await folder.run(`plan --group ${DB}`, ec2);

    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: '' });
    expect(stdout.match(/^sg-\S+/gm)).toEqual([DB]);
    expect(ec2.calls).toEqual([expect.stringMatching(/^list/) as string, `read ${DB}`]);
  });

  it.each([
    [OLD, `no baseline selects ${OLD} in eu-west-1; expected groups that the baseline file selects, or no \`--group\``],
    ['sg-0000000f', 'no baseline selects sg-0000000f in eu-west-1; expected groups that the baseline file selects, or no `--group`'],
    ['baseline.yaml', 'invalid `--group baseline.yaml`; expected the id of a security group, `sg-…`'],
  ])('`plan --group` refuses `%s`', async (id, message) => {
    expect(await folder.run(`plan --group ${id}`, both())).toEqual(failure(message));
  });
});

it('if the baseline file selects no group of the account and region, `plan` says that nothing was compared, and exits with 1', async () => {
  folder.write('baseline.yaml', `version: 1\nbaselines: [{ name: all, groups: { names: ['other-*'] }, ingress: [] }]\n`);

  const found = await folder.run('plan', region(web));

  expect(found).toEqual({
    exitCode: 1,
    stdout: 'Nothing compared in account 111122223333, eu-west-1: the baseline file selects no group.\n',
    stderr: 'portcullis: the baseline file selects no group here; check the account, the region and the file, or pass `--allow-absent`\n',
  });
  expect(await folder.run('plan --allow-absent', region(web))).toEqual({ ...found, exitCode: 0, stderr: '' });
});

it('`plan` uses the file, the region, the profile and the endpoint that the command line names', async () => {
  folder.write('other.yaml', baselineFile([HTTPS]));
  const opened: AccountRegionOptions[] = [];
  const options = { region: 'us-east-1', profile: 'prod', endpointUrl: 'http://127.0.0.1:1' };

  await folder.run('plan other.yaml --region us-east-1 --profile prod --endpoint-url http://127.0.0.1:1', {
    openAccountRegion: openerOf(region(web), {}, opened),
  });

  expect(opened).toEqual([expect.objectContaining(options)]);
});

describe('a rule whose source is a prefix list', () => {
  const LIST = 'pl-0000000a';
  const listed = (...blocks: readonly string[]) => {
    const ec2 = region({ [WEB]: ['tcp 443 from 0.0.0.0/0', `tcp 22 from ${LIST}`], [DB]: [`tcp 22 from ${LIST}`] });
    if (blocks.length > 0) ec2.prefixLists.set(LIST, [blocks]);
    return ec2;
  };
  beforeEach(() => {
    declare([HTTPS], `  - { name: db, groups: { ids: [${DB}] }, ingress: [] }\n`);
  });

  it.each([
    ['0.0.0.0/0', 'critical'],
    ['10.0.0.0/8', 'medium'],
  ])(
    '`plan` reads a prefix list only once; if an undeclared rule allows a prefix list with %s, the severity is %s',
    async (block, severity) => {
      const ec2 = listed(block);

      const { stdout } = await folder.run('plan', ec2);

      expect(stdout).toContain(`(2 ${severity}).`);
      expect(ec2.calls.filter((call) => call.startsWith('read the list'))).toEqual([`read the list ${LIST}`]);
      expect((await folder.run('plan --sarif', ec2)).stdout).toContain(`"ruleId": "undeclared-rule-${severity}"`);
    },
  );

  it('`plan` assumes severity high for an undeclared rule if its prefix list cannot be read', async () => {
    const { stdout } = await folder.run('plan', listed());

    expect(stdout).toContain('(2 high).');
    expect(stdout).toContain(
      `    prefix list ${LIST} could not be read: GetManagedPrefixListEntries: InvalidPrefixListID.NotFound: EC2 says no\n`,
    );
    expect(JSON.parse((await folder.run('plan --json', listed())).stdout)).toMatchObject({
      groups: [{ drift: { unreadLists: { [LIST]: expect.stringContaining('NotFound') as string } } }, { drift: { severity: 'high' } }],
    });
  });
});

describe('`plan` with groups that cannot be compared', () => {
  it('`plan` exits with 1 if a declared group does not exist, and with 0 if `--allow-absent` is given', async () => {
    declare([HTTPS], `  - { name: old, groups: { ids: [${OLD}] }, ingress: [] }\n`);

    const strict = await folder.run('plan', region(web));

    expect(strict).toMatchObject({
      exitCode: 1,
      stdout: `sg-0000000c  not found\n    the group does not exist here (baseline old)\n\nIncomplete in account 111122223333, eu-west-1: 1 group at the baseline; 1 group not found.\n`,
      stderr: 'portcullis: 1 group in the baseline file does not exist here; correct the id, or pass `--allow-absent`\n',
    });
    expect(await folder.run('plan --allow-absent', region(web))).toEqual({ ...strict, exitCode: 0, stderr: '' });
  });

  it('`plan` exits with 1 if several baselines select a group', async () => {
    const baselines = "[{ name: a, groups: { names: ['w*'] }, ingress: [] }, { name: b, groups: { names: ['*b'] }, ingress: [] }]";
    folder.write('baseline.yaml', `version: 1\nbaselines: ${baselines}\n`);

    expect(await folder.run('plan', region(web))).toMatchObject({
      exitCode: 1,
      stdout: expect.stringContaining('left alone\n    several baselines select the group: a, b\n') as string,
      stderr: 'portcullis: 1 group is selected by several baselines\n',
    });
  });

  it('`plan` exits with 1 if the rules of a group cannot be read', async () => {
    const ec2 = region(drifted);
    ec2.before = (call) => (call.startsWith('read') ? 'denied' : undefined);

    expect(await folder.run('plan', ec2)).toMatchObject({
      exitCode: 1,
      stdout: expect.stringContaining(
        'not read\n    the credentials are not allowed to call DescribeSecurityGroupRules in eu-west-1',
      ) as string,
      stderr: 'portcullis: 1 group could not be read\n',
    });
  });
});

it('`plan --json` prints every rule to authorize or to revoke with its reason, and the affected traffic', async () => {
  const { exitCode, stdout } = await folder.run('plan --json', region(drifted));

  expect(exitCode).toBe(2);
  const source = { cidr: '0.0.0.0/0' };
  const words = 'HTTPS (tcp/443) from anybody on IPv4 (0.0.0.0/0)';
  expect(JSON.parse(stdout)).toMatchObject({
    schemaVersion: 2,
    baselineFile: 'baseline.yaml',
    at: '2026-11-23T12:00:00.000Z',
    accountId: '111122223333',
    region: 'eu-west-1',
    totals: { guarded: 1, drifted: 1, toAuthorize: 1, toRevoke: 2, bySeverity: { critical: 1 } },
    groups: [
      {
        id: WEB,
        name: 'web',
        state: 'drifted',
        drift: {
          severity: 'critical',
          mode: 'enforce',
          authorize: [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
          access: { lost: [{ protocol: 'tcp', fromPort: 443, toPort: 443, source, words }] },
          changes: [
            { action: 'authorize', rule: 'tcp/443 from 0.0.0.0/0', reason: 'declared by `web`' },
            { action: 'revoke', rule: 'tcp/22 from 0.0.0.0/0', ruleId: `sgr-2-${WEB}`, description: 'temp' },
            { action: 'revoke', rule: 'tcp/80 from 10.0.0.0/8' },
          ],
        },
      },
    ],
  });
});

it('`plan --json --out` writes the JSON to a file, and prints the plan', async () => {
  const { stdout } = await folder.run('plan --json --out plan.json', region(drifted));

  expect(stdout).toMatch(/^sg-0000000a/);
  expect(JSON.parse(folder.read('plan.json'))).toMatchObject({ schemaVersion: 2 });
});

describe('`plan --who` asks CloudTrail', () => {
  const REVOKE = 'RevokeSecurityGroupIngress';
  const opened = callBy({ by: 'ops', day: '22' });
  const removed = callBy({ eventName: REVOKE, by: 'ben', day: '20', rule: 9, port: 443 });
  const plan = (options: string, calls: readonly ApiCall[] | Error, lookedUp: string[] = []) =>
    folder.run(`plan ${options}`, { openAccountRegion: openerOf(region(drifted), { calls, lookedUp }) });

  it("`plan --who` says who opened each undeclared rule, who removed each missing rule, and how far back CloudTrail's history goes", async () => {
    const { exitCode, stdout, stderr } = await plan('--who', [opened, removed]);

    const from = 'from 198.51.100.7 with the AWS CLI (unverified), without MFA';
    expect(stdout).toContain(`
  + ingress tcp/443 from 0.0.0.0/0          # declared by \`web\`
      removed 3 days ago (2026-11-20 11:00:00 UTC) by role ben, session mallory (unverified) ${from}
  - ingress tcp/22  from 0.0.0.0/0  "temp"  # not declared by \`web\`
      opened 1 day ago (2026-11-22 11:00:00 UTC) by role ops, session mallory (unverified) ${from}
  - ingress tcp/80  from 10.0.0.0/8         # not declared by \`web\`
      opened by somebody before CloudTrail's history of 90 days, or within the last 15 minutes
`);
    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: '' });
  });

  it("`plan --who` reports that CloudTrail's history does not show who removed a rule", async () => {
    expect((await plan('--who', [])).stdout).toContain("\n      CloudTrail's history of 90 days does not show who removed the rule\n");
  });

  it('`plan` asks CloudTrail by default only with `--html`, and looks up each kind of call only once', async () => {
    const lookedUp: string[] = [];

    await plan('', [opened, removed], lookedUp);
    expect(lookedUp).toEqual([]);
    const { stdout } = await plan('--html', [opened, removed], lookedUp);

    expect(lookedUp).toEqual(['ModifySecurityGroupRules', 'AuthorizeSecurityGroupIngress', REVOKE]);
    expect(stdout).toContain('by role ops, session mallory (unverified)');
  });

  it('`plan --who --json` adds the calls that opened or removed rules', async () => {
    const { stdout } = await plan('--who --json', [opened, removed]);

    const actor = { issuerArn: 'arn:aws:iam::111122223333:role/ben', sessionName: 'mallory', mfa: false };
    expect(JSON.parse(stdout)).toMatchObject({
      groups: [
        {
          drift: {
            historySince: null,
            changes: [
              {
                action: 'authorize',
                removedBy: { certain: true, who: 'role ben, session mallory (unverified)', eventName: REVOKE, actor },
              },
              { action: 'revoke', openedBy: { certain: true, time: '2026-11-22T11:00:00Z', eventId: 'e-22-ops' } },
              { action: 'revoke', openedBy: null },
            ],
          },
        },
      ],
    });
  });

  it('`plan --who` shows the plan without callers if CloudTrail denies the lookup', async () => {
    const { exitCode, stdout, stderr } = await plan('--who', accessDenied);

    expect(exitCode).toBe(2);
    expect(stdout).toContain('SSH open');
    expect(stdout).not.toContain('CloudTrail');
    expect(stderr).toBe(
      'portcullis: cannot tell who changed the rules: the credentials are not allowed to call cloudtrail:LookupEvents in eu-west-1 (AccessDeniedException); expected a policy that allows it\n',
    );
  });
});

it('`plan` reads the resources that use drifted groups only with `--html`, and writes the page even if AWS denies the read', async () => {
  const attachments: Attachment[] = [
    { id: 'eni-1', groupIds: [WEB], publicAddresses: ['203.0.113.9'], user: { kind: 'instance', id: 'i-1' } },
  ];
  const read = { openAccountRegion: openerOf(region(drifted), { attachments, instanceNames: { 'i-1': 'bastion-1' } }) };
  const denied = new SecurityGroupCallError('DescribeNetworkInterfaces', 'UnauthorizedOperation', 'denied', 'no');
  const unread = { openAccountRegion: openerOf(region(drifted), { attachments: denied }) };

  expect((await folder.run('plan --html', read)).stdout).toContain('behind it: bastion-1 (203.0.113.9); 1 network interface');
  expect((await folder.run('plan', unread)).stderr).toBe('');
  const { stdout, stderr, exitCode } = await folder.run('plan --html', unread);
  expect(stdout).not.toContain('behind it');
  expect(stderr).toMatch(/^portcullis: cannot read the resources that use the groups: .*DescribeNetworkInterfaces.*\n$/);
  expect(exitCode).toBe(2);
});

it('`plan --regions` compares several regions, and exits with 1 if a region could not be read', async () => {
  const { stdout, stderr, exitCode } = await folder.run('plan --regions eu-west-1,us-east-1,nowhere-1', {
    openAccountRegion: (options, signal) =>
      options.region === 'nowhere-1'
        ? Promise.reject(new Failure('there is no nowhere-1'))
        : openerOf(region(options.region === 'us-east-1' ? drifted : web))(options, signal),
  });

  expect(stdout).toMatch(/^── account 111122223333, us-east-1\n\nsg-0000000a/);
  expect(stdout).toContain('Plan for 2 regions: 1 to authorize, 2 to revoke, in 1 of 2 guarded groups (1 critical); 1 region not read.');
  expect(stderr).toBe('portcullis: nowhere-1 was not read: there is no nowhere-1\n');
  expect(exitCode).toBe(1);
});

it('`plan` shows its progress on stderr if stderr is a terminal, and erases the progress at the end', async () => {
  const { stdout, stderr } = await folder.run('plan', region(web), { isTTY: true, env: { NO_COLOR: '1' } });

  expect(stdout).toBe(CLEAN);
  expect(stderr).toContain(' 0/1 region, 1 group\u001b[G\u001b[K');
  expect(stderr.endsWith(' 1/1 region, 1 group\u001b[G\u001b[K')).toBe(true);
});

it('`plan` replaces unsafe characters of names in text, and escapes unsafe characters in JSON', async () => {
  const name = 'evil\u202e\u009b\u{E0001}';
  const ec2 = region({});
  addGroup(ec2, WEB, ['tcp 1 from 10.0.0.0/8'], { name });

  const [text = '', json = '', sarif = ''] = await Promise.all(
    ['plan', 'plan --json', 'plan --sarif'].map(async (command) => (await folder.run(command, ec2)).stdout),
  );

  expect(text).toContain('sg-0000000a (evil\uFFFD\uFFFD\uFFFD\uFFFD)');
  expect(json).toContain('evil\\u202e\\u009b\\udb40\\udc01');
  expect(JSON.stringify(JSON.parse(json))).toContain(name);
  expect(`${json}${sarif}`.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
});
