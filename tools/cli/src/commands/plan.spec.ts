import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SecurityGroupCallError } from '@portcullis/security-groups';
import type { LastChange, AccountRegionOptions } from '../aws/account-region.js';
import { Failure } from '../program/failure.js';
import type { Io } from '../program/io.js';
import { INVALID } from '../testing/baselines.js';
import { runIn, temporaryFolder, type Ran } from '../testing/run-command.js';
import { addGroup, baselineFile, DB, OLD, openerOf, region, tcp, WEB } from '../testing/account-region.js';

const folder = temporaryFolder();
const write = (text: string, name = 'baseline.yaml'): void => {
  writeFileSync(join(folder.path, name), text);
};
const plan = (changes: Partial<Io> & { isTTY?: boolean; columns?: number }, ...args: string[]): Promise<Ran> =>
  runIn(folder.path, ['plan', ...args], changes);

const HTTPS = tcp(443, '0.0.0.0/0');
const web = { [WEB]: ['tcp 443 from 0.0.0.0/0', '-1 to 0.0.0.0/0'] };
const drifted = { [WEB]: ['tcp 80 from 10.0.0.0/8', 'tcp 22 from 0.0.0.0/0 # temp'] };

it('ends with 0 and one line where every group is as declared', async () => {
  write(baselineFile([HTTPS]));

  expect(await plan({ openAccountRegion: openerOf(region(web)) })).toEqual({
    exitCode: 0,
    stdout: 'No drift: 1 group at the baseline.\n',
    stderr: '',
  });
});

it('shows what would be authorized and revoked, and the traffic in words, and ends with 2', async () => {
  write(baselineFile([HTTPS, tcp(80, '10.0.0.0/8')]));
  const ec2 = region(drifted);

  const { exitCode, stdout, stderr } = await plan({ openAccountRegion: openerOf(ec2) });

  expect(stdout).toBe(`sg-0000000a (web) in vpc-1  baseline web  critical
  + ingress tcp/443 from 0.0.0.0/0         # declared by \`web\`
  - ingress tcp/22  from 0.0.0.0/0 "temp"  # not declared by \`web\`
    let through, and not declared: SSH (tcp/22) from anybody on IPv4 (0.0.0.0/0)
    declared, and not let through: HTTPS (tcp/443) from anybody on IPv4 (0.0.0.0/0)

Plan: 1 to authorize, 1 to revoke, in 1 of 1 guarded group (1 critical).
`);
  expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: '' });
  expect(ec2.calls.filter((call) => /authorize|revoke|replace/.test(call))).toEqual([]);
});

describe('a rule from a prefix list', () => {
  const LIST = 'pl-0000000a';
  const both = `version: 1
baselines:
  - name: web
    groups: { ids: [${WEB}, ${DB}] }
    ingress: []
`;
  const listed = (...blocks: readonly string[]) => {
    const ec2 = region({ [WEB]: [`tcp 22 from ${LIST}`], [DB]: [`tcp 22 from ${LIST}`] });
    if (blocks.length > 0) ec2.prefixLists.set(LIST, [blocks]);
    return ec2;
  };

  it.each([
    ['0.0.0.0/0', 'critical', 'undeclared-rule-critical'],
    ['10.0.0.0/8', 'medium', 'undeclared-rule-medium'],
  ])('is judged by what the list holds, which is read once: %s is %s', async (block, severity, ruleId) => {
    write(both);
    const ec2 = listed(block);

    const text = await plan({ openAccountRegion: openerOf(ec2) });
    const calls = ec2.calls.filter((call) => call.startsWith('read the list'));
    const sarif = await plan({ openAccountRegion: openerOf(ec2) }, '--sarif');

    expect(text.stdout).toContain(`(2 ${severity}).`);
    expect(calls).toEqual([`read the list ${LIST}`]);
    expect(sarif.stdout).toContain(`"ruleId": "${ruleId}"`);
  });

  it('is high if the list cannot be read, and says why', async () => {
    write(both);

    const text = await plan({ openAccountRegion: openerOf(listed()) });
    const json = await plan({ openAccountRegion: openerOf(listed()) }, '--json');

    expect(text.stdout).toContain('(2 high).');
    expect(text.stdout).toContain(
      `    what ${LIST} holds could not be read: GetManagedPrefixListEntries: InvalidPrefixListID.NotFound: EC2 says no\n`,
    );
    expect(JSON.parse(json.stdout)).toMatchObject({
      groups: [
        { drift: { severity: 'high', unreadLists: { [LIST]: expect.stringContaining('NotFound') as string } } },
        { drift: { severity: 'high' } },
      ],
    });
  });
});

it('does not count a group of another account, whose tags anybody there may choose', async () => {
  write(baselineFile([HTTPS]).replace(`ids: [${WEB}]`, 'tags: { Tier: web }'));
  const ec2 = region({});
  addGroup(ec2, WEB, ['tcp 443 from 0.0.0.0/0'], { tags: { Tier: 'web' } });
  addGroup(ec2, DB, ['tcp 22 from 0.0.0.0/0'], { tags: { Tier: 'web' }, ownerId: '444455556666' });

  expect(await plan({ openAccountRegion: openerOf(ec2) })).toMatchObject({
    exitCode: 0,
    stdout: 'No drift: 1 group at the baseline.\n',
  });
});

it('puts the reason on a line of its own where the terminal is too narrow for both', async () => {
  write(baselineFile([HTTPS]));

  const { stdout } = await plan({
    openAccountRegion: openerOf(region(drifted)),
    isTTY: true,
    columns: 50,
    env: { NO_COLOR: '1' },
  });

  expect(stdout).toContain('  - ingress tcp/22  from 0.0.0.0/0  "temp"\n      # not declared by `web`\n');
});

it('shows traffic that is not what the rules alone tell: what other rules let through anyway is neither gained nor lost', async () => {
  write(baselineFile([tcp(443, '10.0.0.0/8')]));
  const ec2 = region({ [WEB]: ['tcp 443 from 10.0.0.0/8', 'tcp 443 from 10.1.0.0/16'] });

  const { stdout } = await plan({ openAccountRegion: openerOf(ec2) });

  expect(stdout).toContain('- ingress tcp/443 from 10.1.0.0/16');
  expect(stdout).not.toContain('let through');
});

it('shows the worst group first, and tells a report-only baseline and rules that are left alone', async () => {
  write(
    baselineFile(
      [HTTPS],
      `  - name: db
    groups: { ids: [${DB}] }
    mode: report
    ingress: []
    ignore: [{ descriptionPrefix: elb }]
`,
    ),
  );
  const ec2 = region({ [DB]: ['tcp 80 from 10.0.0.0/8', 'tcp 81 from 10.0.0.0/8 # elb 1'], ...drifted });

  const { stdout } = await plan({ openAccountRegion: openerOf(ec2) });

  expect(stdout.match(/^sg-\S+/gm)).toEqual([WEB, DB]);
  expect(stdout).toContain(`${DB} (db) in vpc-1  baseline db (report only)  medium`);
  expect(stdout).toContain('left alone: ingress tcp/81 from 10.0.0.0/8 "elb 1" (ignored: its description begins with `elb`)');
  expect(stdout).toContain('in 2 of 2 guarded groups (1 critical, 1 medium)');
});

it('does not take for drift what is left alone by a tag, which only the rules themselves tell', async () => {
  write(baselineFile([], '    ignore: [{ tag: { key: team } }]\n'));
  const ec2 = region({ [WEB]: [] });
  ec2.rules = [{ ...(region({ [WEB]: ['tcp 80 from 10.0.0.0/8'] }).rules[0] ?? fail()), tags: { team: 'x' } }];

  expect(await plan({ openAccountRegion: openerOf(ec2) })).toMatchObject({ exitCode: 0 });
});

it('asks for a thousand groups in a call, and reads only those that differ once more', async () => {
  write(`version: 1\nbaselines: [{ name: all, groups: { names: ['*'] }, ingress: [${HTTPS}] }]\n`);
  const ec2 = region({ ...web, [DB]: ['tcp 443 from 0.0.0.0/0'], [OLD]: ['tcp 25 from 10.0.0.0/8'] });

  await plan({ openAccountRegion: openerOf(ec2) });

  expect(ec2.calls).toEqual(['list', `read ${OLD}`]);
});

it('reads the file that is named, in the place that is named', async () => {
  write(baselineFile([HTTPS]), 'other.yaml');
  const opened: AccountRegionOptions[] = [];

  const { exitCode } = await plan(
    { openAccountRegion: openerOf(region(web), {}, opened) },
    'other.yaml',
    ...['--region', 'us-east-1', '--profile', 'prod', '--endpoint-url', 'http://127.0.0.1:1'],
  );

  expect(exitCode).toBe(0);
  expect(opened).toEqual([expect.objectContaining({ region: 'us-east-1', profile: 'prod', endpointUrl: 'http://127.0.0.1:1' })]);
});

describe('of what cannot be judged', () => {
  it('a group that is named and does not exist is told, and an error unless that is allowed', async () => {
    write(baselineFile([HTTPS], `  - { name: old, groups: { ids: [${OLD}] }, ingress: [] }\n`));
    const openAccountRegion = openerOf(region(web));

    const strict = await plan({ openAccountRegion });
    const allowed = await plan({ openAccountRegion }, '--allow-absent');

    expect(strict.exitCode).toBe(1);
    expect(strict.stdout).toContain('sg-0000000c  does not exist here, and `old` names it\n');
    expect(strict.stderr).toBe('portcullis: 1 group that a baseline names does not exist here; expected its id, or `--allow-absent`\n');
    expect(allowed).toMatchObject({ exitCode: 0, stderr: '', stdout: strict.stdout });
  });

  it('a group that several baselines select is told, and an error', async () => {
    write(`version: 1
baselines:
  - { name: a, groups: { names: ['w*'] }, ingress: [] }
  - { name: b, groups: { names: ['*b'] }, ingress: [] }
`);

    const { exitCode, stdout, stderr } = await plan({ openAccountRegion: openerOf(region(web)) });

    expect(stdout).toContain('left alone: several baselines select it: a, b\n');
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: 'portcullis: 1 group selected by several baselines\n',
    });
  });

  it('a group whose rules cannot be read is told with the reason, beside the others', async () => {
    write(baselineFile([HTTPS], `  - { name: db, groups: { ids: [${DB}] }, ingress: [] }\n`));
    const ec2 = region({ ...drifted, [DB]: [] });
    ec2.before = (call) => (call.startsWith('read') ? 'denied' : undefined);

    const { exitCode, stdout, stderr } = await plan({ openAccountRegion: openerOf(ec2) });

    expect(stdout).toContain('not read: the credentials may not call DescribeSecurityGroupRules in eu-west-1');
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: 'portcullis: 1 group could not be read\n' });
  });
});

describe('for programs', () => {
  const change: LastChange = {
    eventId: 'e-1',
    eventName: 'AuthorizeSecurityGroupIngress',
    time: '2026-11-23T11:00:00Z',
    actor: {
      type: 'AssumedRole',
      arn: 'arn:aws:sts::111122223333:assumed-role/ops/mallory',
      issuerArn: 'arn:aws:iam::111122223333:role/ops',
      sessionName: 'mallory\u001b[2J',
      userName: 'ops',
      sourceIp: '198.51.100.7',
      mfa: false,
    },
  };

  it('prints JSON with every rule, its reason, and the traffic in EC2 notation and in words', async () => {
    write(baselineFile([HTTPS]));

    const { exitCode, stdout } = await plan({ openAccountRegion: openerOf(region(drifted)) }, '--json');

    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      schemaVersion: 1,
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
            access: {
              lost: [
                {
                  protocol: 'tcp',
                  fromPort: 443,
                  toPort: 443,
                  source: { cidr: '0.0.0.0/0' },
                  words: 'HTTPS (tcp/443) from anybody on IPv4 (0.0.0.0/0)',
                },
              ],
            },
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

  it('asks CloudTrail who it was only when that is wanted, and prints nothing of it that a terminal obeys', async () => {
    write(baselineFile([HTTPS]));
    const asked: string[] = [];
    const lastChangeOf = (id: string): Promise<LastChange> => {
      asked.push(id);
      return Promise.resolve(change);
    };
    const openAccountRegion = openerOf(region(drifted), { lastChangeOf });

    await plan({ openAccountRegion });
    expect(asked).toEqual([]);
    const { stdout } = await plan({ openAccountRegion }, '--who');

    expect(asked).toEqual([WEB]);
    expect(stdout).toContain(
      'last changed: 2026-11-23T11:00:00Z by arn:aws:iam::111122223333:role/ops (session mallory\uFFFD[2J) from 198.51.100.7, AuthorizeSecurityGroupIngress\n',
    );
  });

  it('says that CloudTrail did not answer, and all the rest', async () => {
    write(baselineFile([HTTPS]));
    const lastChangeOf = (): Promise<never> =>
      Promise.reject(Object.assign(new Error('no'), { name: 'AccessDeniedException', $metadata: {} }));

    const { exitCode, stdout, stderr } = await plan({ openAccountRegion: openerOf(region(drifted), { lastChangeOf }) }, '--html');

    expect(exitCode).toBe(2);
    expect(stdout).toContain('SSH (tcp/22)');
    expect(stderr).toMatch(/^portcullis: who changed the groups is not known: .*AccessDeniedException.*\n$/);
  });

  it('writes to a file what was asked for and shows the plan as well', async () => {
    write(baselineFile([HTTPS]));
    const openAccountRegion = openerOf(region(drifted));

    const { stdout } = await plan({ openAccountRegion }, '--json', '--out', 'plan.json');

    expect(stdout).toMatch(/^sg-0000000a/);
    expect(JSON.parse(readFileSync(join(folder.path, 'plan.json'), 'utf8'))).toMatchObject({ schemaVersion: 1 });
  });
});

describe('bad input is one line, exit code 1, and no file', () => {
  const denied = region(web);
  denied.before = () => 'denied';
  const unreachable = new SecurityGroupCallError('DescribeSecurityGroups', 'ECONNREFUSED', 'transient', 'refused');

  it.each<[string, string | undefined, string[], Partial<Io>, string]>([
    ['a missing file', undefined, ['gone.yaml'], {}, 'cannot read `gone.yaml`: no such file or directory'],
    ['no file at all', undefined, [], {}, 'cannot read `baseline.yaml`: no such file or directory'],
    ['two formats', baselineFile([]), ['--json', '--sarif'], {}, 'there are `--json` and `--sarif`; expected one of them'],
    [
      'a file for the text',
      baselineFile([]),
      ['--out', 'x'],
      {},
      '`--out` is for `--json`, `--sarif` or `--html`; expected one of them, or `> FILE` for the text',
    ],
    [
      'no region',
      baselineFile([]),
      [],
      { openAccountRegion: () => Promise.reject(new Failure('no region is set; expected `--region`')) },
      'no region is set; expected `--region`',
    ],
    [
      'no permission',
      baselineFile([]),
      [],
      { openAccountRegion: openerOf(denied) },
      'the credentials may not call DescribeSecurityGroups in eu-west-1 (UnauthorizedOperation); expected a policy that allows it',
    ],
    [
      'no credentials',
      baselineFile([]),
      ['--json'],
      {
        openAccountRegion: openerOf(region(web), {
          accountId: () =>
            Promise.reject(
              Object.assign(new Error('Could not load credentials from any providers'), {
                name: 'CredentialsProviderError',
                tryNextLink: true,
              }),
            ),
        }),
      },
      'no AWS credentials were found; expected them where the AWS CLI finds them: `aws configure`, `aws sso login`, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
    ],
    [
      'AWS out of reach',
      baselineFile([]),
      [],
      {
        openAccountRegion: async (options, signal) => ({
          ...(await openerOf(region(web))(options, signal)),
          survey: async function* () {
            await Promise.reject(unreachable);
          },
        }),
      },
      'AWS could not be reached in eu-west-1 (DescribeSecurityGroups: ECONNREFUSED); expected a region that exists and a way to it, or another `--endpoint-url`',
    ],
  ])('%s', async (_what, file, args, changes, line) => {
    if (file !== undefined) write(file);
    const before = readdirSync(folder.path);

    const ran = await plan({ openAccountRegion: openerOf(region(web)), ...changes }, ...args);

    expect(ran).toEqual({ exitCode: 1, stdout: '', stderr: `portcullis: ${line}\n` });
    expect(readdirSync(folder.path)).toEqual(before);
  });

  it('a file that is not valid is told with every problem, and AWS is not asked', async () => {
    write(INVALID);

    const { exitCode, stdout, stderr } = await plan({});

    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain('baseline.yaml: 2 problems\n');
  });

  it('an interrupt ends it with 130', async () => {
    write(baselineFile([HTTPS]));
    const interrupt = new AbortController();
    const ec2 = region(drifted);
    ec2.before = () => {
      interrupt.abort();
      return undefined;
    };

    expect(await plan({ openAccountRegion: openerOf(ec2), signal: interrupt.signal })).toEqual({
      exitCode: 130,
      stdout: '',
      stderr: 'portcullis: interrupted\n',
    });
  });
});

it('tells a person at a terminal how far it has got, on stderr, and takes it away again', async () => {
  write(baselineFile([HTTPS]));

  const { stdout, stderr } = await plan({ openAccountRegion: openerOf(region(web)), isTTY: true, env: { NO_COLOR: '1' } });

  expect(stdout).toBe('No drift: 1 group at the baseline.\n');
  expect(stderr).toMatch(/^\u001b\[G\u001b\[Kreading eu-west-1 …\u001b\[G\u001b\[Kreading eu-west-1: 1 group …\u001b\[G\u001b\[K$/);
});

it('writes JSON without anything that a terminal would obey, and with the same value for whoever parses it', async () => {
  write(baselineFile([]));
  const name = 'evil\u202e\u009b\u{E0001}';
  const ec2 = region({});
  addGroup(ec2, WEB, ['tcp 1 from 10.0.0.0/8'], { name });

  const { stdout: json } = await plan({ openAccountRegion: openerOf(ec2) }, '--json');
  const { stdout: sarif } = await plan({ openAccountRegion: openerOf(ec2) }, '--sarif');

  expect(json).toContain('evil\\u202e\\u009b\\udb40\\udc01');
  expect(JSON.stringify(JSON.parse(json))).toContain(name);
  expect(`${json}${sarif}`.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
});

it('writes hostile names and descriptions as text', async () => {
  write(baselineFile([]));
  const ec2 = region({});
  addGroup(ec2, WEB, ['tcp 1 from 10.0.0.0/8'], { name: 'evil\u001b]0;x\u0007' });

  const { stdout } = await plan({ openAccountRegion: openerOf(ec2) });

  expect(stdout).toContain('sg-0000000a (evil\uFFFD]0;x\uFFFD)');
});
