import { baselineFile, INVALID, limitsFile, noAdmin, tcp, VALID } from '../testing/baselines.js';
import { testFolder } from '../testing/run-command.js';
import { block, plan, state, vpcRule } from '../testing/terraform.js';

const folder = testFolder({ 'baseline.yaml': VALID, 'invalid.yaml': INVALID });

const baselines = (...list: string[]): string => `{"version":1,"baselines":[${list.join(',')}]}`;
const byId = '{"name":"a","groups":{"ids":["sg-abc12345"]},"ingress":[]}';
const byTag = '{"name":"b","groups":{"tags":{"Tier":"web"}},"ingress":[]}';
const byName = '{"name":"c","groups":{"ids":["sg-def67890"],"names":["db-*"]},"ingress":[]}';

it.each([
  ['several baselines', VALID, '2 baselines, 3 groups, 3 rules: valid'],
  ['one baseline', baselines(byId), '1 baseline, 1 group, 0 rules: valid'],
  ['a baseline that selects by tag', baselines(byTag), '1 baseline (1 selects groups by tag, name or VPC), 0 groups by id, 0 rules: valid'],
  [
    'two baselines that select by tag or name',
    baselines(byTag, byName),
    '2 baselines (2 select groups by tag, name or VPC), 1 group by id, 0 rules: valid, 1 warning',
  ],
  ['a file that starts with a byte order mark', `\uFEFF${VALID}`, '2 baselines, 3 groups, 3 rules: valid'],
])('`check` counts the baselines, groups and rules of %s', async (_what, text, summary) => {
  folder.write('a.json', text);

  expect(await folder.run('check a.json')).toMatchObject({ exitCode: 0, stdout: `a.json: ${summary}\n` });
});

it('`check` shows every problem with its line', async () => {
  expect(await folder.run('check invalid.yaml')).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: `invalid.yaml:4:21  bad-value   \`ids[0]\` cannot be \`sg-ABC12345\`; expected the id of a security group: \`sg-\` and 8 or 17 lower-case hexadecimal digits
  4 |     groups: { ids: [sg-ABC12345] }
    |                     ^^^^^^^^^^^
invalid.yaml:6:23  wrong-type  \`IpProtocol\` is a number; expected \`"-1"\`, in quotes
  6 |       - { IpProtocol: -1, IpRanges: [{ CidrIp: 0.0.0.0/0 }] }
    |                       ^^
invalid.yaml: 2 problems
`,
  });
});

it('`check` colours its output on a terminal', async () => {
  expect((await folder.run('check invalid.yaml', { isTTY: true })).stderr).toContain('\u001b[');
});

it('`check` notes when the next permit ends, and `--strict` ignores the note', async () => {
  const permit = (until: string): string =>
    `{ permission: { IpProtocol: tcp, FromPort: 80, ToPort: 80, IpRanges: [{ CidrIp: 10.${until.slice(-2)}.0.0/16 }] }, until: ${until} }`;
  const permits = `[${permit('2027-01-31')}, ${permit('2026-12-30')}]`;
  folder.write('a.yaml', `version: 1\nbaselines: [{ name: web, groups: { ids: [sg-abc12345] }, ingress: [], permit: ${permits} }]`);

  expect(await folder.run('check --strict a.yaml')).toEqual({
    exitCode: 0,
    stdout: 'a.yaml: 1 baseline, 1 group, 0 rules: valid\n',
    stderr:
      'a.yaml: note: the next permit ends on 2026-12-30; after this day, the next scheduled evaluation revokes the permitted rules (once a day, or at the `schedule` in the settings)\n',
  });
});

it('`check` warns about a service that a baseline opens to the internet, and `check --strict` exits with 1', async () => {
  folder.write('a.yaml', VALID.replace('FromPort: 80, ToPort: 80', 'FromPort: 22, ToPort: 22'));

  const { exitCode, stderr } = await folder.run('check a.yaml');

  expect(exitCode).toBe(0);
  expect(stderr).toMatch(
    /^a\.yaml:6:65 +exposed-service {2}.*\n {2}6 \| .*\n +\| +\^+\n[^]*a\.yaml: 2 warnings\nWARNING: a\.yaml: the guard leaves these services open to the internet, because a baseline allows them: `web`: SSH \(tcp\/22\)\n$/,
  );
  expect(await folder.run('check --strict a.yaml')).toMatchObject({ exitCode: 1 });
});

describe('`check` with a Terraform plan', () => {
  const https = block({ cidr_blocks: ['0.0.0.0/0'] });
  const group = { id: 'sg-abc12345', name: 'web', egress: [] };
  const rule = { security_group_id: 'sg-abc12345', referenced_security_group_id: undefined };
  const app = { address: 'aws_security_group.app', after: { name: 'app' }, unknown: { id: true } };
  const changes = [
    app,
    { address: 'aws_security_group.web', before: { ...group, ingress: [https] }, after: { ...group, ingress: [] } },
    {
      address: 'aws_vpc_security_group_ingress_rule.app',
      after: vpcRule('sg-abc12345', rule),
      unknown: { referenced_security_group_id: true },
    },
    { address: 'aws_vpc_security_group_ingress_rule.eip', after: vpcRule('sg-abc12345', {}), unknown: { cidr_ipv4: true } },
  ];
  const expressions = { referenced_security_group_id: { references: ['aws_security_group.app.id', 'aws_security_group.app'] } };
  const resources = [{ type: 'aws_vpc_security_group_ingress_rule', name: 'app', expressions }];
  const file = (mode: string): string =>
    baselines(
      `{"name":"web","mode":"${mode}","groups":{"ids":["sg-abc12345"]},"ingress":[{"IpProtocol":"tcp","FromPort":443,"ToPort":443,"IpRanges":[{"CidrIp":"0.0.0.0/0"}]}]}`,
    );

  beforeEach(() => {
    folder.write('baseline.yaml', file('enforce'));
    folder.write('report.yaml', file('report'));
    folder.write('plan.json', JSON.stringify(plan(changes, { configuration: { root_module: { resources } } })));
    folder.write('errored.json', JSON.stringify(plan([], { errored: true })));
    folder.write('state.json', JSON.stringify({ format_version: '1.0', values: state() }));
  });

  it('`check --terraform-plan` shows which planned changes the guard would revert and which changes are unknown until apply, and exits with 2', async () => {
    expect(await folder.run('check baseline.yaml --terraform-plan plan.json')).toEqual({
      exitCode: 2,
      stderr: '',
      stdout: `baseline.yaml: 1 baseline, 1 group, 1 rule: valid

aws_security_group.web (sg-abc12345)  baseline web
  + ingress tcp/443 from 0.0.0.0/0
      # declared by \`web\`; the plan removes it from aws_security_group.web
  - ingress tcp/443 from aws_security_group.app
      # not declared by \`web\`; planned by aws_vpc_security_group_ingress_rule.app

unknown: aws_vpc_security_group_ingress_rule.eip: cidr_ipv4: known only after apply; baseline web guards the group
plan.json: the guard would revert 2 rule changes of this plan; 1 unknown until apply.
`,
    });
  });

  it('`check --terraform-plan --json` prints the planned changes as JSON, with the permissions', async () => {
    const { exitCode, stdout } = await folder.run('check baseline.yaml --terraform-plan plan.json --json');
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout)).toEqual({
      schemaVersion: 1,
      reverted: 2,
      brokenLimits: [],
      groups: [
        {
          address: 'aws_security_group.web',
          id: 'sg-abc12345',
          baseline: 'web',
          mode: 'enforce',
          changes: [
            {
              action: 'authorize',
              mode: 'enforce',
              direction: 'ingress',
              rule: 'ingress tcp/443 from 0.0.0.0/0',
              permission: { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: '0.0.0.0/0' }] },
              reason: 'declared by `web`',
              addresses: ['aws_security_group.web'],
            },
            {
              action: 'revoke',
              mode: 'enforce',
              direction: 'ingress',
              rule: 'ingress tcp/443 from aws_security_group.app',
              permission: { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, UserIdGroupPairs: [{ GroupId: 'aws_security_group.app' }] },
              reason: 'not declared by `web`',
              addresses: ['aws_vpc_security_group_ingress_rule.app'],
            },
          ],
        },
      ],
      unknown: [{ address: 'aws_vpc_security_group_ingress_rule.eip', text: expect.any(String) as string }],
      notes: [],
    });
  });

  it.each([
    [
      'a plan that the guard only reports',
      'check report.yaml --terraform-plan plan.json',
      0,
      'the guard would revert nothing of this plan; 2 changes would only be reported',
    ],
    [
      'a state',
      'check baseline.yaml --terraform-plan state.json',
      1,
      '`state.json` is not a Terraform plan; expected the output of `terraform show -json PLAN`',
    ],
    [
      'a plan that failed',
      'check baseline.yaml --terraform-plan errored.json',
      1,
      '`errored.json` is incomplete, because `terraform plan` failed',
    ],
    ['no plan', 'check baseline.yaml --json', 1, '`--json` needs `--terraform-plan`'],
  ])('given %s, `%s` exits with %i and prints: %s', async (_, command, exitCode, words) => {
    const ran = await folder.run(command);
    expect(ran.exitCode).toBe(exitCode);
    expect(ran.stdout + ran.stderr).toContain(words);
  });
});

describe('`check` with limits', () => {
  const change = { address: 'aws_security_group.web', after: { name: 'web', ingress: [], egress: [] }, unknown: { id: true } };
  const ssh = block({ from_port: 22, to_port: 22, cidr_blocks: ['0.0.0.0/0'] });

  beforeEach(() => {
    folder.write('baseline.yaml', limitsFile());
    folder.write('plan.json', JSON.stringify(plan([{ ...change, after: { ...change.after, ingress: [ssh] } }])));
  });

  it('`check` counts the limits of a file', async () => {
    expect((await folder.run('check baseline.yaml')).stdout).toBe('baseline.yaml: 0 baselines, 0 groups, 0 rules, 1 limit: valid\n');
  });

  it('`check --terraform-plan` refuses a plan that would break a limit, even if the limit is in mode `report`', async () => {
    expect(await folder.run('check baseline.yaml --terraform-plan plan.json')).toEqual({
      exitCode: 2,
      stderr: '',
      stdout: `baseline.yaml: 0 baselines, 0 groups, 0 rules, 1 limit: valid

aws_security_group.web (new)  limit no-admin (report only)
  - ingress tcp/22 from 0.0.0.0/0
      # broken limit \`no-admin\`; planned by aws_security_group.web
    broken limit no-admin: SSH from 0.0.0.0/0 minus 10.0.0.0/8

plan.json: the plan would break limit no-admin; 1 change would only be reported.
`,
    });
    const { stdout } = await folder.run('check baseline.yaml --terraform-plan plan.json --json');
    const limits = [{ limit: 'no-admin', mode: 'report', words: expect.any(String) as string, addresses: ['aws_security_group.web'] }];
    expect(JSON.parse(stdout)).toMatchObject({ reverted: 0, brokenLimits: ['no-admin'], groups: [{ id: null, baseline: null, limits }] });
  });

  it('`check` refuses a baseline if a limit forbids one of its rules', async () => {
    folder.write('baseline.yaml', baselineFile([tcp(22, '0.0.0.0/0')], noAdmin()));

    const { exitCode, stderr } = await folder.run('check baseline.yaml');

    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^baseline\.yaml:5:\d+ +beyond-limit +the limit `no-admin` forbids `tcp\/22 from 0\.0\.0\.0\/0`; expected only/);
  });
});
