import { SecurityGroupCallError, type Attachment } from '@portcullis/security-groups';
import type { Log, Result } from 'sarif';
import { accessDenied, addGroup, callBy, DB, OLD, openerOf, region, WEB, type TestAccountRegion } from '../testing/account-region.js';
import { baselineFile, HTTPS, limitsFile } from '../testing/baselines.js';
import { failure, testFolder } from '../testing/run-command.js';

const folder = testFolder({ 'web.yaml': baselineFile([HTTPS]) });

const BASTION: Attachment = {
  id: 'eni-1',
  groupIds: [WEB],
  publicAddresses: ['203.0.113.9'],
  user: { kind: 'instance', id: 'i-1' },
};
const BALANCER: Attachment = { id: 'eni-2', groupIds: [DB], publicAddresses: [], user: { kind: 'load-balancer', id: 'orders' } };

const RULES = {
  [WEB]: ['tcp 22 from 0.0.0.0/0', 'tcp 443 from 0.0.0.0/0', 'tcp 443 from 10.0.0.0/8'],
  [DB]: ['tcp 5432 from 0.0.0.0/0'],
  [OLD]: ['tcp 8001 from 0.0.0.0/0'],
};
const CALLS = [
  callBy({ user: 'ana', groupId: WEB, rule: 1, port: 22, day: '22' }),
  callBy({ user: 'ben', groupId: DB, rule: 1, port: 5432, day: '13' }),
];

/** Runs `survey` on an account with three exposed groups. */
function survey(options = '', account: TestAccountRegion = {}, changes: { columns?: number; isTTY?: boolean } = {}) {
  const openAccountRegion = openerOf(region(RULES), {
    attachments: [BASTION, BALANCER],
    instanceNames: { 'i-1': 'bastion-1' },
    calls: CALLS,
    ...account,
  });
  return folder.run(`survey ${options}`, { openAccountRegion, ...changes });
}

it('`survey` shows the exposures, worst first, with the exposed resources, the callers, and a command that closes each exposure', async () => {
  const { exitCode, stdout, stderr } = await survey();

  expect(stdout).toBe(`SSH is open to the internet on 1 group, with a public address behind it.
Also open: PostgreSQL on 1, HTTPS on 1, tcp/8001 on 1.

critical  SSH (tcp/22) open to the internet (0.0.0.0/0) on web (${WEB}) in eu-west-1
          behind it: bastion-1 (203.0.113.9); 1 network interface, 1 with a public address
          breaks EC2.13, EC2.18, EC2.19, EC2.53; CIS AWS Foundations Benchmark v5.0.0: 5.3
          opened 1 day ago (2026-11-22 11:00:00 UTC) by user ana from 198.51.100.7 with the AWS CLI (unverified), without MFA
          to close: \`aws ec2 revoke-security-group-ingress --region eu-west-1 --group-id ${WEB} --security-group-rule-ids sgr-1-${WEB}\`

high      PostgreSQL (tcp/5432) open to the internet (0.0.0.0/0) on db (${DB}) in eu-west-1
          behind it: load balancer orders; 1 network interface, without a public address
          breaks EC2.18, EC2.19
          opened 10 days ago (2026-11-13 11:00:00 UTC) by user ben from 198.51.100.7 with the AWS CLI (unverified), without MFA
          to close: \`aws ec2 revoke-security-group-ingress --region eu-west-1 --group-id ${DB} --security-group-rule-ids sgr-1-${DB}\`

low       HTTPS (tcp/443) open to the internet (0.0.0.0/0) on web (${WEB}) in eu-west-1
          behind it: bastion-1 (203.0.113.9); 1 network interface, 1 with a public address
          opened by somebody before CloudTrail's history of 90 days, or within the last 15 minutes
          to close: \`aws ec2 revoke-security-group-ingress --region eu-west-1 --group-id ${WEB} --security-group-rule-ids sgr-2-${WEB}\`

low       tcp/8001 open to the internet (0.0.0.0/0) on web (${OLD}) in eu-west-1
          behind it: nothing
          breaks EC2.18
          opened by somebody before CloudTrail's history of 90 days, or within the last 15 minutes
          to close: \`aws ec2 revoke-security-group-ingress --region eu-west-1 --group-id ${OLD} --security-group-rule-ids sgr-1-${OLD}\`

1 group without a network interface (1 not referenced by any rule): \`--json\` lists them
1 rule covered by another rule of the same group: \`--json\` lists them
`);
  expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: '' });
});

it('`survey` shows one entry for all groups that the same person opened in the same way', async () => {
  const ids = Array.from({ length: 5 }, (_, i) => `sg-0000001${i}`);
  const ec2 = region(Object.fromEntries(ids.map((id) => [id, ['tcp 22 from 0.0.0.0/0']])));
  const openAccountRegion = openerOf(ec2, {
    attachments: [{ ...BASTION, groupIds: ids }],
    calls: ids.map((id) => callBy({ user: 'ana', groupId: id, rule: 1, port: 22, day: '22' })),
  });

  const { stdout } = await folder.run('survey', { openAccountRegion });

  expect(stdout).toContain('SSH is open to the internet on 5 groups, 5 of them with public addresses behind them.');
  expect(stdout.match(/^critical/gm)).toHaveLength(1);
  expect(stdout).toContain('on 5 groups: web (sg-00000010), web (sg-00000011), web (sg-00000012) and 2 more in eu-west-1');
});

it('`survey` says which groups a baseline guards, and reads `baseline.yaml` if it exists', async () => {
  expect((await survey('--baseline web.yaml')).stdout).toContain(`(${WEB}) in eu-west-1, guarded by web\n`);
  folder.write('baseline.yaml', baselineFile([HTTPS]));
  expect((await survey()).stdout).toContain(`(${DB}) in eu-west-1, not guarded\n`);
});

const denied = new SecurityGroupCallError('DescribeNetworkInterfaces', 'UnauthorizedOperation', 'denied', 'no');

it.each<[string, TestAccountRegion, string, string]>([
  [
    'the network interfaces cannot be read',
    { attachments: denied },
    'behind it: unknown',
    'portcullis: eu-west-1: cannot read the network interfaces, so every exposed group is assumed to have a public address: the credentials are not allowed to call DescribeNetworkInterfaces in eu-west-1 (UnauthorizedOperation); expected a policy that allows it\n',
  ],
  [
    'CloudTrail does not answer',
    { calls: accessDenied },
    "opened by somebody before CloudTrail's history",
    'portcullis: eu-west-1: cannot tell who opened the rules: the credentials are not allowed to call cloudtrail:LookupEvents in eu-west-1 (AccessDeniedException); expected a policy that allows it\n',
  ],
])('`survey` shows the exposures and an error if %s', async (_, account, shown, problem) => {
  const { stdout, stderr, exitCode } = await survey('', account);

  expect(stdout).toContain(shown);
  expect({ stderr, exitCode }).toEqual({ stderr: problem, exitCode: 2 });
});

it('`survey --no-who` does not ask CloudTrail', async () => {
  const { stdout, stderr } = await survey('--no-who', { calls: accessDenied });

  expect(stdout).not.toContain('opened');
  expect(stderr).toBe('');
});

it.each([
  ['critical', { [WEB]: ['tcp 22 from 0.0.0.0/0'] }, 2],
  ['critical', { [WEB]: ['tcp 8001 from 0.0.0.0/0'] }, 0],
  ['high', { [WEB]: ['tcp 8001 from 0.0.0.0/0'] }, 2],
  ['info', { [WEB]: ['tcp 443 from 10.0.0.0/8'] }, 0],
])('`survey --fail-on %s` with the live rules %j exits with %i', async (failOn, rules, exitCode) => {
  const openAccountRegion = openerOf(region(rules), { attachments: [BASTION] });

  expect((await folder.run(`survey --fail-on ${failOn}`, { openAccountRegion })).exitCode).toBe(exitCode);
});

it('if a region could not be read, `survey` does not say that nothing is open', async () => {
  const openAccountRegion = openerOf(region({}), { accountId: () => Promise.reject(denied) });

  const { stdout, stderr, exitCode } = await folder.run('survey', { openAccountRegion });

  expect(stdout).toBe('No security group was read.\n1 region could not be read completely.\n');
  expect(stderr).toContain('portcullis: eu-west-1 was not read: ');
  expect(exitCode).toBe(1);
});

it('`survey` says that nothing is open if it has read every region', async () => {
  const openAccountRegion = openerOf(region({ [WEB]: ['tcp 443 from 10.0.0.0/8'] }), { attachments: [BASTION] });

  const { stdout, exitCode } = await folder.run('survey --regions eu-west-1,us-east-1', { openAccountRegion });

  expect({ stdout, exitCode }).toEqual({ stdout: 'Nothing is open to the internet on 2 groups in 2 regions.\n', exitCode: 0 });
});

it('`survey --json` contains a command, a console link, the tags, the broken controls and the caller who opened each rule', async () => {
  const { stdout } = await survey('--json');
  const { exposures, regions } = JSON.parse(stdout) as { exposures: object[]; regions: object[] };

  expect(exposures[0]).toMatchObject({
    severity: 'critical',
    reachability: 'public',
    group: { id: WEB, console: expect.stringContaining(`groupId=${WEB}`) as string, tags: {} },
    behind: { interfaces: 1, users: [{ name: 'bastion-1', publicAddresses: ['203.0.113.9'] }] },
    rules: [
      { ruleId: `sgr-1-${WEB}`, rule: 'tcp/22 from 0.0.0.0/0', openedBy: { certain: true, who: 'user ana', time: '2026-11-22T11:00:00Z' } },
    ],
    controls: expect.arrayContaining([{ standard: 'AWS Security Hub', id: 'EC2.13' }]) as object[],
    close: expect.stringMatching(/^aws ec2 revoke/) as string,
  });
  expect(exposures.find((each) => !('controls' in each))).toMatchObject({ traffic: 'tcp/443' });
  expect(regions).toEqual([
    {
      ...{ accountId: '111122223333', region: 'eu-west-1', profile: null, groups: 3, historySince: null, problems: [] },
      unattached: [{ id: OLD, name: 'web', isReferenced: false }],
      redundant: [{ groupId: WEB, rule: 'tcp/443 from 10.0.0.0/8', coveredBy: 'tcp/443 from 0.0.0.0/0' }],
    },
  ]);
});

it('`survey --csv` escapes a group name that a spreadsheet would run as a formula', async () => {
  const ec2 = region({});
  addGroup(ec2, WEB, ['tcp 22 from 0.0.0.0/0'], { name: '=HYPERLINK("x","y")' });

  const { stdout } = await folder.run('survey --csv', { openAccountRegion: openerOf(ec2, { attachments: [BASTION] }) });

  expect(stdout.split('\n')[1]).toBe(
    `critical,111122223333,eu-west-1,${WEB},"'=HYPERLINK(""x"",""y"")",vpc-1,SSH,world,tcp/22 from 0.0.0.0/0,sgr-1-${WEB},public,1,1,,,,,,,`,
  );
});

it('`survey --sarif` prints a result for each exposure, with the same fingerprint in every run', async () => {
  const results = async (account?: TestAccountRegion): Promise<Result[]> =>
    (JSON.parse((await survey('--sarif', account)).stdout) as Log).runs.flatMap((run) => run.results ?? []);
  const found = await results();

  expect(found.map(({ ruleId, level, locations }) => [ruleId, level, locations?.[0]?.physicalLocation?.artifactLocation?.uri])).toEqual([
    ['exposed-service-critical', 'error', `111122223333/eu-west-1/${WEB}`],
    ['exposed-service-medium', 'note', `111122223333/eu-west-1/${WEB}`],
    ['exposed-service-high', 'error', `111122223333/eu-west-1/${DB}`],
    ['exposed-service-medium', 'note', `111122223333/eu-west-1/${OLD}`],
  ]);
  expect(found[0]?.message.text).toContain('SSH (tcp/22) is open to 0.0.0.0/0; opened 1 day ago');
  expect(found[0]?.properties?.controls).toContain('AWS Security Hub/EC2.13');
  const fingerprints = (all: readonly Result[]) => all.map(({ partialFingerprints }) => partialFingerprints?.['portcullis/v1']);
  expect(new Set(fingerprints(found)).size).toBe(4);
  expect(fingerprints(await results({ attachments: [], calls: [] }))).toEqual(fingerprints(found));
});

it('`survey --ignore` omits an accepted exposure up to its last accepted day', async () => {
  const accepted = (until: string): string =>
    `version: 1\nignore:\n  - { group: ${WEB}, traffic: tcp/22, reason: CHG-1, until: ${until} }\n  - { group: ${DB}, reason: CHG-2, until: 2026-11-23 }\n`;
  folder.write('accepted.yaml', accepted('2026-11-23'));
  const { stdout, exitCode } = await survey('--ignore accepted.yaml');

  expect(stdout).not.toMatch(/SSH|PostgreSQL/);
  expect(stdout).toContain('2 more exposures');
  expect(exitCode).toBe(0);
  expect((await survey('--ignore accepted.yaml --all')).stdout).toContain('; accepted until 2026-11-23: CHG-1');

  folder.write('accepted.yaml', accepted('2026-11-22'));
  expect((await survey('--ignore accepted.yaml')).exitCode).toBe(2);
});

it('`survey --ignore` lists all problems of the file at once', async () => {
  folder.write('accepted.yaml', 'ignore:\n  - { group: web, reason: x, until: soon, why: 1 }\n  - { until: 2026-11-23 }\n');

  const { stderr, exitCode } = await survey('--ignore accepted.yaml');

  expect(stderr.match(/^accepted.yaml:\d+:\d+ .*;/gm)?.map((line) => line.replace(/^\S+ +\S+ +/, ''))).toEqual([
    'the file has no `version: 1`;',
    '`web` is invalid;',
    '`soon` is invalid;',
    'unknown key `why`;',
    'neither `group` nor `traffic` is given;',
    '`reason` is missing;',
  ]);
  expect(exitCode).toBe(1);
});

it.each([
  ['--json --csv', '`--json` and `--csv` cannot be combined; expected one of them'],
  ['--out x', '`--out` needs `--json`, `--csv`, `--sarif`, `--html` or `--ocsf`; expected one of them, or `> FILE` for the text'],
  ['--region a --regions b', '`--region` and `--regions` cannot be combined; expected one of them'],
])('refuses %s', async (options, message) => {
  expect(await survey(options)).toEqual(failure(message));
});

it('if `survey` is interrupted, it shows what it has found so far', async () => {
  const interrupt = new AbortController();
  const account: TestAccountRegion = {
    accountId: () => Promise.resolve('111122223333'),
  };
  const open = openerOf(region(RULES), account);
  const openAccountRegion: typeof open = async (options, signal) => {
    const opened = await open(options, signal);
    return {
      ...opened,
      attachments: async function* () {
        interrupt.abort();
        yield await Promise.reject<[]>(new Error('aborted'));
      },
    };
  };

  const { stdout, stderr, exitCode } = await folder.run('survey', { openAccountRegion, signal: interrupt.signal });

  expect(stdout).toContain('SSH is open to the internet on 1 group');
  expect(stdout).toContain('1 region could not be read completely.');
  expect(stderr).toContain('portcullis: interrupted; the output shows what was found so far\n');
  expect(exitCode).toBe(130);
});

it('`survey` fits its output to every width from 60 columns without cutting an id', async () => {
  for (const columns of [60, 80, 200]) {
    const { stdout } = await survey('', {}, { columns, isTTY: true });
    const plain = stdout.replaceAll(/\u001b\[[0-9;]*m/g, '');
    const tooLong = plain.split('\n').filter((line) => line.length > columns && !line.includes('`aws ec2'));

    expect(tooLong).toEqual([]);
    for (const id of [WEB, DB, OLD]) expect(plain).toContain(`(${id})`);
  }
});

it('`survey --html` draws the path from the internet to the open group, and from there to the group that allows traffic from the open group', async () => {
  const ec2 = region({ [WEB]: ['tcp 22 from 0.0.0.0/0'], [DB]: [`tcp 5432 from ${WEB}`] });
  const openAccountRegion = openerOf(ec2, { attachments: [BASTION, BALANCER], instanceNames: { 'i-1': 'bastion-1' }, calls: CALLS });

  const { stdout, exitCode } = await folder.run('survey --html --out survey.html', { openAccountRegion });
  const page = folder.read('survey.html');

  expect(stdout).toContain('SSH is open to the internet on 1 group');
  expect(exitCode).toBe(2);
  expect(page).toMatch(
    /<td data-label="From">web \(bastion-1 \(203\.0\.113\.9\)\)<\/td>\s*<td data-label="To">db \(load balancer orders\)<\/td>/,
  );
  expect(page).toContain(`aws ec2 revoke-security-group-ingress --region eu-west-1 --group-id ${WEB}`);
  expect(page).toContain(`<p class="headline">${stdout.split('\n')[0] ?? ''}</p>`);
});

describe('with limits', () => {
  const LIST = 'pl-0000000a';
  const breaking = (rules: Readonly<Record<string, readonly string[]>> = { ...RULES, [OLD]: ['tcp 20-30 from 11.0.0.0/24'] }) => ({
    openAccountRegion: openerOf(region(rules), {
      attachments: [BASTION, BALANCER],
      calls: [...CALLS, callBy({ user: 'eve', groupId: OLD, rule: 1, port: 22, cidr: '11.0.0.0/24', day: '21' })],
    }),
  });

  beforeEach(() => {
    folder.write('baseline.yaml', limitsFile());
  });

  it('`survey` shows broken limits among the exposures, with the resources behind the group and the caller', async () => {
    const { stdout, exitCode } = await folder.run('survey', breaking());

    expect(stdout).toContain('\nBroken limit: no-admin on 2 groups.\n');
    expect(stdout)
      .toContain(`critical  broken limit no-admin: SSH from 0.0.0.0/0 minus 10.0.0.0/8 on web (${WEB}) in eu-west-1, not guarded; the limit is in mode report
          behind it: i-1 (203.0.113.9); 1 network interface, 1 with a public address
          opened 1 day ago (2026-11-22 11:00:00 UTC) by user ana`);
    expect(stdout)
      .toContain(`medium    broken limit no-admin: SSH from 11.0.0.0/24 on web (${OLD}) in eu-west-1, not guarded; the limit is in mode report
          behind it: nothing
          opened`);
    expect(exitCode).toBe(2);
  });

  it.each([
    ['medium', 2],
    ['high', 0],
  ])('`survey --fail-on %s` exits with %i if a group breaks a limit', async (failOn, exitCode) => {
    expect((await folder.run(`survey --fail-on ${failOn}`, breaking({ [OLD]: ['tcp 22 from 11.0.0.0/24'] }))).exitCode).toBe(exitCode);
  });

  it('`survey` shows one entry for all groups that break a limit with the same traffic', async () => {
    const ids = Array.from({ length: 5 }, (_, i) => `sg-0000001${i}`);

    const { stdout } = await folder.run('survey', breaking(Object.fromEntries(ids.map((id) => [id, ['tcp 22 from 11.0.0.0/24']]))));

    expect(stdout.match(/broken limit/g)).toHaveLength(1);
    expect(stdout).toContain('on 5 groups: web (sg-00000010), web (sg-00000011), web (sg-00000012) and 2 more in eu-west-1');
  });

  it('`survey` prints the broken limits as JSON, CSV and SARIF, and on the HTML page', async () => {
    const run = async (option: string): Promise<string> => (await folder.run(`survey ${option}`, breaking())).stdout;

    const { limits } = JSON.parse(await run('--json')) as { limits: object[] };
    expect(limits).toMatchObject([
      {
        severity: 'critical',
        limit: 'no-admin',
        mode: 'report',
        group: { id: WEB },
        rules: [{ beyond: ['tcp/22'], openedBy: { who: 'user ana' } }],
      },
      { severity: 'medium', group: { id: OLD }, baseline: null, rules: [{ rule: 'tcp/20-30 from 11.0.0.0/24', ruleId: `sgr-1-${OLD}` }] },
    ]);
    const lines = (await run('--csv')).split('\n');
    expect(lines[0]).toMatch(/,limits$/);
    expect(lines.find((line) => line.includes('SSH,world'))).toMatch(/,no-admin$/);
    expect(lines.find((line) => line.includes(OLD))).toMatch(/,tcp\/20-30,,tcp\/20-30 from 11\.0\.0\.0\/24,.*,no-admin$/);
    const results = (JSON.parse(await run('--sarif')) as Log).runs.flatMap((each) => each.results ?? []);
    expect(results.filter(({ ruleId }) => ruleId?.startsWith('broken-limit')).map(({ ruleId, level }) => [ruleId, level])).toEqual([
      ['broken-limit-critical', 'error'],
      ['broken-limit-medium', 'warning'],
    ]);
    const page = await run('--html');
    expect(page).toContain('broken limit no-admin: SSH from 11.0.0.0/24');
    expect(page).toContain('Broken limit: no-admin on 2 groups.');
  });

  it('if a prefix list could not be read, `survey` reports an error, and counts the limit as broken by a rule with this list', async () => {
    const { stdout, stderr, exitCode } = await folder.run('survey', breaking({ [DB]: [`tcp 22 from ${LIST}`] }));

    expect(stdout).toContain(`broken limit no-admin: SSH from ${LIST} on db (${DB})`);
    expect(stderr).toContain(
      `cannot read prefix list ${LIST}, so exposures through this list are not shown, and limits that depend on this list count as broken: `,
    );
    expect(exitCode).toBe(2);
  });
});

it('`survey --ocsf` prints a failed check for each exposure and each broken limit, with the broken controls', async () => {
  const { stdout, exitCode } = await survey('--ocsf --no-who');

  const checks = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { finding_info: { uid: string } });
  expect(checks.map(({ finding_info }) => finding_info.uid)).toEqual(
    [`${WEB}/exposure tcp/22`, `${WEB}/exposure tcp/443`, `${DB}/exposure tcp/5432`, `${OLD}/exposure tcp/8001`].map(
      (id) => `portcullis/111122223333/eu-west-1/${id}`,
    ),
  );
  expect(checks[0]).toMatchObject({
    ...{ class_uid: 2003, activity_id: 1, severity: 'Critical', message: 'SSH (tcp/22) is open to 0.0.0.0/0' },
    compliance: { status: 'Fail', requirements: expect.arrayContaining(['CIS AWS Foundations Benchmark v5.0.0/5.3']) as unknown },
    remediation: { desc: expect.stringContaining('revoke-security-group-ingress') as unknown },
  });
  expect(exitCode).toBe(2);
});
