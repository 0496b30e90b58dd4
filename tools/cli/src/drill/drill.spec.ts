import type { SimulatedEc2 } from '@portcullis/security-groups/testing';
import type { Host } from '../command-line/io.js';
import { accessDenied, type Answers, notFound, OLD, openerOf, region, WEB, writesOf } from '../testing/account-region.js';
import { baselineFile, HTTPS, noAdmin, tcp } from '../testing/baselines.js';
import { CALL_EVENT, iamUserActor, webFinding } from '../testing/finding.js';
import { failure, interruptOn, person, testFolder, type Changes, type Ran } from '../testing/run-command.js';

const SETTINGS = 'regions: [eu-west-1]\nbaseline: baseline.yaml\nname: guard\naccountId: "111122223333"\n';
const folder = testFolder({ 'baseline.yaml': baselineFile([HTTPS]), 'portcullis.yaml': SETTINGS });

const START = Date.parse('2026-11-23T12:00:00Z');
const RULE = 'tcp/9 from 192.0.2.0/24';
const DECLARED = ['tcp/443 from 0.0.0.0/0'];
const REMEDIATOR = 'arn:aws:sts::111122223333:assumed-role/portcullis-config-remediator-eu-west-1/portcullis';

/** The lines of the detector's log, or the error that a read of the log throws. */
let logged: string[] | Error;
/** The input of the last call that read the detector's log. */
let asked: unknown;
/** The simulated milliseconds since the start. The simulated time advances only while the drill waits. */
let elapsed: number;

beforeEach(() => {
  [logged, elapsed] = [[], 0];
});

const answers: Answers = {
  FilterLogEvents: (input) => {
    asked = input;
    return logged instanceof Error ? logged : { events: logged.map((message) => ({ message, timestamp: START })) };
  },
};

function log(line: string): void {
  if (Array.isArray(logged)) logged.push(line);
}

const atBaseline = (): SimulatedEc2 => region({ [WEB]: ['tcp 443 from 0.0.0.0/0'] });

function finding(groupId: string, { id = 'e-1', name = 'AuthorizeSecurityGroupIngress', caller = 'arn:aws:iam::1:user/me' } = {}): string {
  const found = {
    id: `${id}:${groupId}`,
    severity: 'medium',
    summary: `${RULE} must be revoked`,
    group: { ...webFinding().group, id: groupId },
    event: { ...CALL_EVENT, name },
    actor: iamUserActor('me', caller),
  } as const;
  return JSON.stringify({ finding: webFinding(found) });
}

/**
 * Simulates a guard. The guard logs its finding `reports` seconds after the start of the drill, and revokes the rule `restores` seconds
 * after the start. By default, the guard does nothing.
 */
function guard(ec2: SimulatedEc2, { reports = Infinity, restores = Infinity } = {}): Changes & Pick<Host, 'wait'> {
  return {
    openAccountRegion: openerOf(ec2, { answers }),
    now: () => new Date(START + elapsed),
    wait: (milliseconds) => {
      const isNow = (seconds: number): boolean => elapsed < seconds * 1000 && elapsed + milliseconds >= seconds * 1000;
      if (isNow(reports)) log(finding(WEB));
      if (isNow(restores)) ec2.rules = ec2.rules.filter(({ description }) => description === undefined);
      elapsed += milliseconds;
      return Promise.resolve();
    },
  };
}

const drill = (args: string, on: Changes): Promise<Ran> => folder.run(`drill baseline.yaml ${args}`, on);
const GROUP = `--group ${WEB} --yes`;

it('`drill` shows how long the finding and the restoration took, removes everything it created, and exits with 0', async () => {
  const ec2 = atBaseline();

  expect(await drill(GROUP, guard(ec2, { reports: 4, restores: 6 }))).toEqual({
    exitCode: 0,
    stdout: `opened    tcp/9 from 192.0.2.0/24 in ${WEB} of eu-west-1, baseline web
finding   after 4.0 s  medium: tcp/9 from 192.0.2.0/24 must be revoked
restored  after 6.0 s
clean-up  nothing to do: the guard revoked the rule
`,
    stderr: `if this process is killed, clean up with: aws ec2 revoke-security-group-ingress --group-id ${WEB} --security-group-rule-ids sgr-100 --region eu-west-1\n`,
  });
  expect(writesOf(ec2)).toEqual([`authorize ${RULE}`]);
  expect(ec2.state).toEqual(DECLARED);
});

it.each<[string, { reports?: number; restores?: number }, string, number, string]>([
  [
    'polls once more after the timeout if the last poll no longer returned the rule',
    { reports: 3, restores: 3 },
    '--timeout 3',
    0,
    'restored  after 3.0 s\nclean-up  nothing to do: the guard',
  ],
  [
    'revokes its own rule if the guard does not revoke it',
    { reports: 2 },
    '--timeout 30',
    2,
    'not within 30 s\nclean-up  the drill rule was revoked\n',
  ],
  ['exits with 2 if no finding is logged', { restores: 2 }, '', 2, 'finding   not within 900 s\nrestored  after 2.0 s\n'],
])('`drill` %s', async (_what, times, options, exitCode, output) => {
  const ec2 = atBaseline();

  const ran = await drill(`${GROUP} ${options}`, guard(ec2, times));

  expect(ran.stdout).toContain(output);
  expect(ran.exitCode).toBe(exitCode);
  expect(ec2.state).toEqual(DECLARED);
});

it('`drill` wraps lines to the width of the terminal', async () => {
  const { stdout } = await drill(GROUP, { ...guard(atBaseline(), { reports: 4, restores: 6 }), columns: 60 });

  expect(stdout).toContain('finding   after 4.0 s  medium: tcp/9 from 192.0.2.0/24 must\n          be revoked\n');
});

it('`drill --json` prints the result as JSON', async () => {
  const { stdout } = await drill(`${GROUP} --json`, guard(atBaseline(), { reports: 2, restores: 2 }));

  expect(JSON.parse(stdout)).toEqual({
    schemaVersion: 1,
    accountId: '111122223333',
    region: 'eu-west-1',
    at: '2026-11-23T12:00:00.000Z',
    baseline: 'web',
    mode: 'enforce',
    group: { id: WEB, created: false },
    rule: { protocol: 'tcp', port: 9, cidr: '192.0.2.0/24' },
    finding: { seconds: 2, id: `e-1:${WEB}`, severity: 'medium', summary: `${RULE} must be revoked` },
    restoration: { seconds: 2 },
    cleanUp: 'nothing to do: the guard revoked the rule',
  });
});

it.each([
  ['is older than the drill', [finding(WEB, { id: 'older' })], []],
  ['is about another call', [], [finding(WEB, { name: 'CreateTags' }), 'START RequestId: 1']],
  ['is about a call of the remediator', [], [finding(WEB, { caller: REMEDIATOR })]],
  ['is about another group', [], [finding('sg-1')]],
])('`drill` ignores a finding that %s', async (_what, before, during) => {
  before.forEach(log);
  const on = guard(atBaseline(), { restores: 2 });
  const wait: Host['wait'] = async (milliseconds) => {
    await on.wait(milliseconds);
    if (elapsed === 4000) during.forEach(log);
  };

  expect((await drill(`${GROUP} --timeout 20`, { ...on, wait })).stdout).toContain('finding   not within 20 s');
});

it.each([
  [1, { reports: 2, restores: 8 }, 'restored  after 8.0 s'],
  [3, { reports: 2 }, 'restored  not within 20 s\nclean-up  the drill rule was revoked\n'],
])('`drill` does not count a rule as revoked if EC2 hides the rule in the first %i polls', async (polls, times, output) => {
  const ec2 = atBaseline();
  let hidden = polls;
  ec2.shown = () => ec2.rules.filter(({ description }) => description === undefined || hidden-- <= 0);

  expect((await drill(`${GROUP} --timeout 20`, guard(ec2, times))).stdout).toContain(output);
  expect(ec2.state).toEqual(DECLARED);
});

it('`drill` reads the name of the log group and the mode from the settings file', async () => {
  await folder.run(`drill portcullis.yaml ${GROUP}`, guard(atBaseline(), { reports: 2, restores: 2 }));

  expect(asked).toMatchObject({
    logGroupName: '/aws/lambda/guard-cloudtrail-detector',
    filterPattern: `"${WEB}"`,
  });
  folder.write('portcullis.yaml', `${SETTINGS}mode: report\n`);
  expect((await folder.run(`drill portcullis.yaml ${GROUP}`, guard(atBaseline()))).stderr).toContain('is in mode `report`');
});

it('`drill --finding-only` waits only for the finding, accepts a drifted group, and revokes its own rule', async () => {
  folder.write('baseline.yaml', baselineFile([], '    mode: report\n'));
  const ec2 = atBaseline();

  const { exitCode, stdout } = await drill(`${GROUP} --finding-only`, guard(ec2, { reports: 2 }));

  expect(stdout).toContain(`finding   after 2.0 s  medium: ${RULE} must be revoked\nclean-up  the drill rule was revoked\n`);
  expect(exitCode).toBe(0);
  expect(ec2.state).toEqual(DECLARED);
});

const BY_TAG = 'version: 1\nbaselines: [{ name: tiers, groups: { tags: { Tier: web } }, ingress: [] }]\n';
const CREATE = '--create-in vpc-0a --yes';
const NEW = 'portcullis-drill-20261123120000000';
const CREATED = `create ${NEW}`;

describe('drill --create-in', () => {
  beforeEach(() => {
    folder.write('baseline.yaml', BY_TAG);
  });

  it('`drill --create-in` creates a group that has the tags of the baseline and no rules, and deletes the group', async () => {
    const ec2 = region({});
    ec2.after = (call) => {
      if (call.startsWith('authorize')) log(finding('sg-10000000'));
    };
    let shownBefore = '';
    const stderr = { write: (text: string) => (shownBefore += text) };
    ec2.before = (call) => {
      // The drill prints the clean-up command before the drill revokes a rule.
      if (call.startsWith('revoke'))
        expect(shownBefore).toContain('aws ec2 delete-security-group --group-id sg-10000000 --region eu-west-1');
      return undefined;
    };

    const { exitCode, stdout } = await drill(CREATE, { ...guard(ec2, { restores: 2 }), stderr });

    expect(stdout).toContain('clean-up  the drill group was deleted\n');
    expect(exitCode).toBe(0);
    expect(writesOf(ec2)).toEqual([CREATED, 'revoke all traffic to 0.0.0.0/0', `authorize ${RULE}`, 'delete sg-10000000']);
  });

  it.each([0, 2])(
    '`drill --create-in` deletes its group if the response with the group id was lost and EC2 hides the group for %i polls',
    async (polls) => {
      const ec2 = region({});
      ec2.before = (call) => (call.startsWith('create') ? 'unanswered' : undefined);
      const find = ec2.findGroups;
      let hidden = polls;
      ec2.findGroups = (name) => (hidden-- > 0 ? Promise.resolve([]) : find(name));

      expect(await drill(CREATE, guard(ec2))).toMatchObject({ exitCode: 1 });
      expect(writesOf(ec2)).toEqual([CREATED, 'delete sg-10000000']);
    },
  );

  const two = BY_TAG.replace(']\n', ', { name: b, groups: { tags: { B: b } }, ingress: [] }]\n');
  const andName = BY_TAG.replace('Tier: web }', "Tier: web }, names: ['web-*']");

  it.each([
    [baselineFile([HTTPS]), CREATE, 'no baseline selects groups by tag, so a new group would not be guarded; expected `--group sg-…`'],
    [BY_TAG, '--create-in here --yes', 'invalid `--create-in here`; expected the id of a VPC, `vpc-…`'],
    [
      BY_TAG,
      `${CREATE} --baseline other`,
      '`other` does not select groups by tag, so a new group would not be guarded; expected `--group sg-…`',
    ],
    [two, CREATE, 'several baselines select groups by tag: `b`, `tiers`; expected `--baseline` with one of them'],
    [
      andName,
      CREATE,
      `a group named \`${NEW}\` in vpc-0a would be unguarded, because \`tiers\` does not select groups only by tag; expected \`--group sg-…\``,
    ],
  ])('`drill --create-in` creates no group if no baseline would guard the group: case %#', async (text, args, message) => {
    folder.write('baseline.yaml', text);
    const ec2 = region({});

    expect(await drill(args, guard(ec2))).toEqual(failure(message));
    expect(writesOf(ec2)).toEqual([]);
  });
});

describe('the clean-up of a drill', () => {
  const unreadableLog = (ec2: SimulatedEc2): Changes => {
    ec2.after = (call) => {
      if (call.startsWith('authorize')) logged = accessDenied;
    };
    return {};
  };
  const lostAnswer = (ec2: SimulatedEc2): Changes => {
    ec2.before = (call) => (call.startsWith('authorize') ? 'unanswered' : undefined);
    return {};
  };

  it.each<[string, (ec2: SimulatedEc2) => Changes, number, string]>([
    ['after an interrupt', (ec2) => interruptOn(ec2, 'authorize'), 130, 'interrupted; the drill rule was revoked\n'],
    ['if the log becomes unreadable', unreadableLog, 1, 'the credentials are not allowed to call AWS in eu-west-1 (AccessDeniedException)'],
    ['if the response to its creation was lost', lostAnswer, 1, 'AWS could not be reached'],
  ])('`drill` removes its rule %s', async (_when, prepare, exitCode, message) => {
    const ec2 = atBaseline();

    const ran = await drill(GROUP, { ...guard(ec2), ...prepare(ec2) });

    expect({ exitCode: ran.exitCode, stdout: ran.stdout }).toEqual({ exitCode, stdout: '' });
    expect(ran.stderr).toContain(`portcullis: ${message}`);
    expect(ec2.state).toEqual(DECLARED);
  });

  it('if EC2 refuses to revoke the rule of a drill, the error shows the command that revokes the rule', async () => {
    const ec2 = atBaseline();
    ec2.before = (call) => (call.startsWith('revoke') ? 'denied' : undefined);
    const options = '--profile prod --endpoint-url http://127.0.0.1:5000';

    const { exitCode, stderr } = await drill(`${GROUP} ${options} --timeout 2`, guard(ec2));

    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /\nportcullis: the drill rule could not be removed: RevokeSecurityGroupIngress: UnauthorizedOperation.*; remove it with:\n/,
    );
    expect(stderr.split('\n').at(-2)).toBe(
      `aws ec2 revoke-security-group-ingress --group-id ${WEB} --security-group-rule-ids sgr-100 --region eu-west-1 ${options}`,
    );
  });
});

describe('a refused drill', () => {
  const twoNames = "{ name: a, groups: { names: ['w*'] }, ingress: [] }, { name: b, groups: { names: ['*b'] }, ingress: [] }";

  const enforced = baselineFile([HTTPS]);
  const elsewhere = enforced.replace(WEB, 'sg-0000000b');

  it.each<[string, string, string, string]>([
    ['no group is named', enforced, '--yes', 'no group is named; expected `--group sg-…`, or `--create-in vpc-…`'],
    ['the id is invalid', enforced, '--group web --yes', 'invalid `--group web`; expected the id of a security group, `sg-…`'],
    ['the group does not exist', enforced, '--group sg-0f --yes', 'sg-0f not found in eu-west-1; expected the id of a group'],
    ['no baseline selects the group', elsewhere, GROUP, `no baseline of \`baseline.yaml\` selects ${WEB}; expected a guarded group`],
    ['several baselines select the group', `version: 1\nbaselines: [${twoNames}]\n`, GROUP, `several baselines select ${WEB} (a, b)`],
    ['the group has already drifted', baselineFile([]), GROUP, `${WEB} has already drifted`],
    ['the baseline is in mode `report`', baselineFile([HTTPS], '    mode: report\n'), GROUP, '`web` is in mode `report`'],
    [
      'the baseline tolerates the rule',
      baselineFile([HTTPS], '    ignore: [{ descriptionPrefix: portcullis }]\n'),
      GROUP,
      '`web` tolerates tcp/9',
    ],
  ])('`drill` changes nothing if %s', async (_when, text, args, message) => {
    folder.write('baseline.yaml', text);
    const ec2 = atBaseline();

    const { exitCode, stdout, stderr } = await drill(args, guard(ec2));

    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(/^portcullis: .*\n$/);
    expect(stderr).toContain(message);
    expect(writesOf(ec2)).toEqual([]);
  });

  it('`drill` changes nothing if Portcullis is not deployed in the region', async () => {
    const ec2 = atBaseline();
    logged = notFound;

    expect(await drill(GROUP, guard(ec2))).toEqual(
      failure(
        'log group `/aws/lambda/portcullis-cloudtrail-detector` not found in eu-west-1; expected Portcullis to be deployed there with the name `portcullis`',
      ),
    );
    expect(writesOf(ec2)).toEqual([]);
  });

  it('`drill` asks a question that fits the terminal, and changes nothing if the answer is not `yes`', async () => {
    const ec2 = atBaseline();
    const { ask, asked: questions } = person('y');

    expect(await drill(`--group ${WEB}`, { ...guard(ec2), ask, columns: 80 })).toEqual(failure('nothing was changed'));
    expect(questions).toEqual([
      `The drill adds a harmless rule, tcp/9 from 192.0.2.0/24, to ${WEB} (web) in
eu-west-1, and waits until the rule is reported and revoked. The sinks and
alarms of the deployment also report the rule.
Only \`yes\` confirms: `,
    ]);
    expect(writesOf(ec2)).toEqual([]);
  });

  it('`drill` changes nothing if the credentials and the settings belong to different accounts', async () => {
    const ec2 = atBaseline();
    const openAccountRegion = openerOf(ec2, { answers, accountId: () => Promise.resolve('222233334444') });

    const { exitCode, stderr } = await folder.run(`drill portcullis.yaml ${GROUP}`, { ...guard(ec2), openAccountRegion });

    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('belong to account 222233334444') as string,
    });
    expect(writesOf(ec2)).toEqual([]);
  });

  it.each([
    ['', 'guards several regions'],
    ['--region eu-north-1', 'does not guard eu-north-1'],
  ])('`drill` changes nothing if the settings guard several regions and the options are `%s`', async (option, why) => {
    folder.write('portcullis.yaml', 'regions: [eu-west-1, us-east-1]\nbaseline: baseline.yaml\n');

    expect(await folder.run(`drill portcullis.yaml ${GROUP} ${option}`)).toEqual(
      failure(`\`portcullis.yaml\` ${why}; expected \`--region\` with one of eu-west-1, us-east-1`),
    );
  });
});

describe('with limits', () => {
  const withLimit = (ingress: string[], groups: string): string =>
    baselineFile(ingress, noAdmin('mode: enforce').replace('all: true', groups));

  it('`drill` accepts a group that is within its limits', async () => {
    folder.write('baseline.yaml', withLimit([HTTPS], 'all: true'));

    expect(await drill(GROUP, guard(atBaseline(), { reports: 4, restores: 6 }))).toMatchObject({ exitCode: 0 });
  });

  it.each([
    [
      'that no baseline selects, even if limits select the group',
      withLimit([HTTPS], 'all: true').replace(WEB, OLD),
      `no baseline of \`baseline.yaml\` selects ${WEB}, only limits do (no-admin)`,
    ],
    [
      'that breaks an enforced limit',
      withLimit([HTTPS, tcp(22, '0.0.0.0/0')], 'names: [web]'),
      `${WEB} has already drifted, so the guard would also restore other rules; expected a group without drift`,
    ],
  ])('`drill` refuses a group %s', async (_, text, message) => {
    folder.write('baseline.yaml', text);
    const ec2 = region({ [WEB]: ['tcp 443 from 0.0.0.0/0', 'tcp 22 from 0.0.0.0/0'] });

    const { exitCode, stderr } = await drill(GROUP, guard(ec2));

    expect(exitCode).toBe(1);
    expect(stderr).toContain(message);
    expect(writesOf(ec2)).toEqual([]);
  });
});
