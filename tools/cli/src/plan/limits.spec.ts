/** Tests how `plan` and `report` show limits, and how `apply` repairs groups that break limits. */
import type { Log } from 'sarif';
import { addGroup, callBy, DB, OLD, openerOf, region, WEB, writesOf } from '../testing/account-region.js';
import { baselineFile, HTTPS, limitsFile, noAdmin, tcp } from '../testing/baselines.js';
import { failure, person, testFolder } from '../testing/run-command.js';

const folder = testFolder({ 'baseline.yaml': limitsFile() });
const LIST = 'pl-0000000a';
const declare = (text: string): void => {
  folder.write('baseline.yaml', text);
};
const broken = () =>
  region({ [WEB]: ['tcp 443 from 0.0.0.0/0'], [DB]: ['tcp 20-30 from 10.0.0.0/7 # jump'], [OLD]: [`udp 3389 from ${WEB}`] });
const PLAN = `sg-0000000b (db) in vpc-1  no baseline  medium
  + ingress tcp/20-21 from 10.0.0.0/7 "jump"  # the part of a wider rule that the limits allow
  + ingress tcp/20-30 from 10.0.0.0/8 "jump"  # the part of a wider rule that the limits allow
  + ingress tcp/23-30 from 10.0.0.0/7 "jump"  # the part of a wider rule that the limits allow
  - ingress tcp/20-30 from 10.0.0.0/7 "jump"  # broken limit \`no-admin\`
    broken limit no-admin: SSH from 10.0.0.0/7 minus 10.0.0.0/8

Plan for account 111122223333, eu-west-1: 3 to authorize, 1 to revoke, in 1 of 3 groups (1 medium).
`;

describe('`plan` with limits', () => {
  it('in groups without a baseline, `plan` shows each rule that breaks a limit and the narrower rules that would replace this rule, and exits with 2', async () => {
    declare(limitsFile('mode: enforce, repair: narrow'));
    const ec2 = broken();

    expect(await folder.run('plan', ec2)).toEqual({ exitCode: 2, stdout: PLAN, stderr: '' });
    expect(writesOf(ec2)).toEqual([]);
  });

  it('`plan` marks a rule that breaks a limit in mode `report` as `report only`', async () => {
    expect((await folder.run('plan', broken())).stdout).toContain(
      `(db) in vpc-1  no baseline (report only)  medium\n  - ingress tcp/20-30 from 10.0.0.0/7 "jump"  # broken limit \`no-admin\`\n`,
    );
  });

  it('`plan` counts the groups within their limits, and does not list these groups', async () => {
    const ids = Array.from({ length: 500 }, (_, i) => `sg-${(i + 1).toString(16).padStart(8, '0')}`);
    const ec2 = region(Object.fromEntries(ids.map((id) => [id, ['tcp 443 from 0.0.0.0/0']])));

    expect(await folder.run('plan', ec2)).toEqual({
      exitCode: 0,
      stdout: 'No drift in account 111122223333, eu-west-1: 500 groups within the limits.\n',
      stderr: '',
    });
    expect(ec2.calls).toEqual(['list']);
    const { groups, totals } = JSON.parse((await folder.run('plan --json', ec2)).stdout) as { groups: object[]; totals: object };
    expect(groups).toEqual([]);
    expect(totals).toMatchObject({ guarded: 0, limited: 500, withinLimits: 500 });
  });

  it('in a group with a baseline, `plan` marks a rule that breaks a limit in mode `report` as `report only`', async () => {
    declare(baselineFile([HTTPS, tcp(22, '11.0.0.0/16')], noAdmin()).replace('all: true', 'names: [web]'));
    const ec2 = region({ [WEB]: ['tcp 22 from 11.0.0.0/16'] });

    const { stdout } = await folder.run('plan', ec2);

    expect(stdout).toBe(`sg-0000000a (web) in vpc-1  baseline web  medium
  + ingress tcp/443 from 0.0.0.0/0    # declared by \`web\`
  - ingress tcp/22  from 11.0.0.0/16  # broken limit \`no-admin\` (report only)
    broken limit no-admin: SSH from 11.0.0.0/16
    declared but blocked: HTTPS (tcp/443) from anybody on IPv4 (0.0.0.0/0)

Plan for account 111122223333, eu-west-1: 1 to authorize, 1 to revoke, in 1 of 1 guarded group (1 medium).
`);
  });

  it.each<[string, readonly string[] | undefined, string]>([
    ['is within the limit', ['10.0.0.0/9'], 'No drift in account 111122223333, eu-west-1: 1 group within the limits.\n'],
    ['is beyond the limit', ['11.0.0.0/9'], `    broken limit no-admin: SSH from ${LIST}\n`],
    ['cannot be read', undefined, `    prefix list ${LIST} could not be read: GetManagedPrefixListEntries`],
  ])('if the source of a rule is a prefix list that %s, `plan` reads the list only once', async (_, blocks, shown) => {
    declare(limitsFile('mode: enforce'));
    const ec2 = region({ [WEB]: [`tcp 22 from ${LIST}`] });
    if (blocks !== undefined) ec2.prefixLists.set(LIST, [blocks]);

    const { stdout, exitCode } = await folder.run('plan', ec2);

    expect(stdout).toContain(shown);
    expect(exitCode).toBe(shown.startsWith('No drift') ? 0 : 2);
    expect(ec2.calls.filter((call) => call.startsWith('read the list'))).toEqual([`read the list ${LIST}`]);
  });

  it('if several baselines select a group, `plan` compares the group only with its limits, and exits with 1', async () => {
    const baselines = "[{ name: a, groups: { names: ['d*'] }, ingress: [] }, { name: b, groups: { names: ['*b'] }, ingress: [] }]";
    declare(limitsFile('mode: enforce').replace('baselines: []', `baselines: ${baselines}`));

    const { stdout, stderr, exitCode } = await folder.run('plan', broken());

    expect(stdout).toContain(
      '(db) in vpc-1  several baselines  medium\n  - ingress tcp/20-30 from 10.0.0.0/7 "jump"  # broken limit `no-admin`\n    broken limit no-admin: SSH from 10.0.0.0/7 minus 10.0.0.0/8\n    several baselines select the group (a, b), so it is compared only with its limits\n',
    );
    expect({ stderr, exitCode }).toEqual({ stderr: 'portcullis: 1 group is selected by several baselines\n', exitCode: 1 });
  });

  it('if a group does not exist or cannot be read, `plan` names the limit that selects the group', async () => {
    declare(limitsFile().replace('all: true', `ids: [${DB}, ${OLD}]`));
    const ec2 = region({ [DB]: ['tcp 22 from 11.0.0.0/8'] });
    ec2.before = (call) => (call.startsWith('read') ? 'denied' : undefined);

    const { stdout, exitCode } = await folder.run('plan', ec2);

    expect(stdout).toContain(`${OLD}  not found\n    the group does not exist here (limit no-admin)\n`);
    expect(stdout).toMatch(/not read\n {4}the credentials are not allowed to call [^\n]* \(limit no-admin\)\n/);
    expect(exitCode).toBe(1);
  });

  it('`plan --group` refuses a group that neither a baseline nor a limit selects', async () => {
    declare(limitsFile().replace('all: true', `ids: [${DB}]`));

    expect(await folder.run(`plan --group ${WEB}`, broken())).toEqual(
      failure(`no baseline and no limit selects ${WEB} in eu-west-1; expected groups that the baseline file selects, or no \`--group\``),
    );
  });

  it('`plan --who` says who added a rule that breaks a limit, and does not ask CloudTrail who removed the narrower rules', async () => {
    declare(limitsFile('mode: enforce, repair: narrow'));
    const calls = [callBy({ groupId: DB, rule: 1, user: 'ana', cidr: '10.0.0.0/7' })];
    const lookedUp: string[] = [];
    const openAccountRegion = openerOf(region({ [DB]: ['tcp 22 from 10.0.0.0/7'] }), { calls, lookedUp });

    const { stdout } = await folder.run('plan --who', { openAccountRegion });

    expect(stdout).toContain('(2026-11-23 11:00:00 UTC) by user ana from 198.51.100.7');
    expect(stdout).not.toContain('removed');
    expect(lookedUp).not.toContain('RevokeSecurityGroupIngress');
  });

  it('`plan --json` prints the limits of each group, the traffic that these limits forbid, and the mode of each change', async () => {
    const { stdout } = await folder.run('plan --json', broken());

    expect(JSON.parse(stdout)).toMatchObject({
      schemaVersion: 2,
      totals: { guarded: 0, limited: 3, withinLimits: 2, drifted: 1 },
      groups: [
        {
          id: DB,
          baseline: null,
          limits: [
            {
              name: 'no-admin',
              mode: 'report',
              broken: true,
              words: 'broken limit no-admin: SSH from 10.0.0.0/7 minus 10.0.0.0/8',
              rules: [{ rule: 'tcp/20-30 from 10.0.0.0/7', ruleId: `sgr-1-${DB}`, beyond: ['tcp/22'] }],
            },
          ],
          drift: { mode: 'report', changes: [{ action: 'revoke', mode: 'report', reason: 'broken limit `no-admin`' }] },
        },
      ],
    });
  });

  it('`plan --sarif` prints a result for each rule that breaks a limit, with the line of the limit in the baseline file', async () => {
    const { runs } = JSON.parse((await folder.run('plan --sarif', broken())).stdout) as Log;
    const results = runs.flatMap((each) => each.results ?? []);

    expect(results.map(({ ruleId, level, locations }) => [ruleId, level, locations?.[0]?.physicalLocation?.region?.startLine])).toEqual([
      ['broken-limit-medium', 'note', 3],
    ]);
    expect(results[0]?.message.text).toContain(
      'tcp/20-30 from 10.0.0.0/7 goes beyond the limit `no-admin`; broken limit no-admin: SSH from',
    );
  });

  it('the page of a plan shows broken limits, counts the groups within their limits, and does not show the narrower rules as missing', async () => {
    declare(limitsFile('repair: narrow'));
    await folder.run('plan --html --out drift.html', broken());
    const page = folder.read('drift.html');

    expect(page).toContain('broken limit no-admin: SSH from 10.0.0.0/7 minus 10.0.0.0/8');
    expect(page).toContain('2 groups without a baseline');
    expect(page).not.toContain(OLD);
    expect(page).not.toContain('declared but blocked');
  });
});

describe('`apply` with limits', () => {
  it('`apply` asks for confirmation, and then replaces a rule that breaks a limit by narrower rules', async () => {
    declare(limitsFile('mode: enforce, repair: narrow'));
    const ec2 = broken();
    const { ask, asked } = person('yes');

    const { stdout, exitCode } = await folder.run('apply', ec2, { ask });

    expect(asked).toEqual(['\nRevoke 1 and authorize 3 rules in 1 group of account 111122223333, eu-west-1? Only `yes` confirms: ']);
    expect(ec2.stateOf(DB).sort()).toEqual(['tcp/20-21 from 10.0.0.0/7', 'tcp/20-30 from 10.0.0.0/8', 'tcp/23-30 from 10.0.0.0/7']);
    expect(stdout).toContain(`done ${DB} (db) in vpc-1: broken limit no-admin: SSH from 10.0.0.0/7 minus 10.0.0.0/8; revoked`);
    expect(exitCode).toBe(0);
  });

  it('`apply` reports a broken limit in mode `report`, and changes nothing', async () => {
    const ec2 = broken();

    const { stderr, exitCode } = await folder.run('apply', ec2);

    expect(writesOf(ec2)).toEqual([]);
    expect({ stderr, exitCode }).toEqual({
      stderr: 'portcullis: 1 limit in mode `report` not applied: no-admin; set `mode: enforce` in a limit to repair its groups\n',
      exitCode: 0,
    });
  });

  it('`apply` restores the baseline of a group, and keeps a rule that breaks a limit in mode `report`', async () => {
    declare(baselineFile([HTTPS, tcp(22, '11.0.0.0/16')], noAdmin()).replace('all: true', 'names: [web]'));
    const ec2 = region({ [WEB]: ['tcp 22 from 11.0.0.0/16'] });

    expect(await folder.run('apply --yes', ec2)).toMatchObject({ exitCode: 0 });
    expect(ec2.stateOf(WEB).sort()).toEqual(['tcp/22 from 11.0.0.0/16', 'tcp/443 from 0.0.0.0/0']);
  });

  it.each<[string, string, readonly string[], string, 0 | 1]>([
    ['comes from an unreadable prefix list', '', [`tcp 22 from ${LIST}`], 'a prefix list could not be read', 1],
    [
      'cannot be narrowed',
      ', repair: narrow, otherwise: report',
      ['-1 from 0.0.0.0/0'],
      'remove `otherwise: report` from the limit to revoke such rules',
      0,
    ],
  ])('`apply` keeps and reports a rule that breaks an enforced limit if the rule %s', async (_, repair, rules, words, exitCode) => {
    declare(limitsFile(`mode: enforce${repair}`));
    const ec2 = region({ [DB]: rules });

    const ran = await folder.run('apply --yes', ec2);

    expect(writesOf(ec2)).toEqual([]);
    expect(ran.stderr).toContain(words);
    expect(ran.exitCode).toBe(exitCode);
  });
});

it('`report` counts the groups that are within their limits, and lists these groups only with `--all-groups`', async () => {
  const ec2 = broken();
  addGroup(ec2, 'sg-0000000d', [], { name: 'empty' });

  const { stdout } = await folder.run('report', ec2);

  expect(stdout).toBe(`STATE   REGION     GROUP        NAME  BASELINE  WHAT
medium  eu-west-1  sg-0000000b  db              broken limit no-admin: SSH from 10.0.0.0/7 minus 10.0.0.0/8

REGION     ACCOUNT       GUARDED  AS DECLARED  LIMITED  WITHIN LIMITS  DRIFTED  NOTE
eu-west-1  111122223333  0        0            4        3              1

Plan: 0 to authorize, 1 to revoke, in 1 of 4 groups (1 medium).
`);
  expect((await folder.run('report --all-groups', ec2)).stdout).toContain('within limits  eu-west-1  sg-0000000d  empty');
});
