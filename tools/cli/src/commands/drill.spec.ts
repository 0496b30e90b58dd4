import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { liveRules, type SimulatedEc2 } from '@portcullis/security-groups/testing';
import { mockClient } from 'aws-sdk-client-mock';
import type { Io } from '../program/io.js';
import { runIn, temporaryFolder, type Ran } from '../testing/run-command.js';
import { addGroup, baselineFile, openerOf, region, tcp, WEB } from '../testing/account-region.js';

const folder = temporaryFolder();
const logs = mockClient(CloudWatchLogsClient);

const START = Date.parse('2026-11-23T12:00:00Z');
const HTTPS = tcp(443, '0.0.0.0/0');
const web = { [WEB]: ['tcp 443 from 0.0.0.0/0'] };
const DRILL_RULE = 'tcp/9 from 192.0.2.0/24';
const APPLICATION = 'arn:aws:sts::111122223333:assumed-role/ops/mallory';
const REMEDIATOR = 'arn:aws:sts::111122223333:assumed-role/portcullis-config-remediator-eu-west-1/portcullis';

/** What the detector has written, in the order of time. */
let written: string[];
/** The time that has passed, in milliseconds: it passes by waiting alone. */
let elapsed: number;

beforeEach(() => {
  [written, elapsed] = [[], 0];
  logs.reset();
  logs.on(FilterLogEventsCommand).callsFake(() => ({ events: written.map((message) => ({ message })) }));
  write(baselineFile([HTTPS]));
  writeFileSync(
    join(folder.path, 'portcullis.yaml'),
    'regions: [eu-west-1]\nbaseline: baseline.yaml\nname: guard\naccountId: "111122223333"\n',
  );
});

function write(text: string, name = 'baseline.yaml'): void {
  writeFileSync(join(folder.path, name), text);
}

function finding(groupId: string, changes: { id?: string; name?: string; caller?: string } = {}): string {
  const { id = 'e-1', name = 'AuthorizeSecurityGroupIngress', caller = APPLICATION } = changes;
  return JSON.stringify({
    level: 'WARN',
    finding: {
      id: `${id}:${groupId}`,
      severity: 'medium',
      summary: 'tcp/9 from 192.0.2.0/24 must be revoked',
      group: { id: groupId },
      event: { source: 'cloudtrail', name },
      actor: { arn: caller },
    },
  });
}

/** The guard: reports and restores so many seconds after the rule was opened; never, unless told otherwise. */
function guarding(ec2: SimulatedEc2, { reports = Infinity, restores = Infinity } = {}): Partial<Io> {
  const due = [
    { at: reports, act: () => written.push(finding(WEB)) },
    { at: restores, act: () => (ec2.rules = ec2.rules.filter(({ description }) => description === undefined)) },
  ];
  return {
    openAccountRegion: openerOf(ec2),
    now: () => new Date(START + elapsed),
    wait: (milliseconds) => {
      elapsed += milliseconds;
      for (const each of due.filter(({ at }) => at * 1000 <= elapsed)) {
        each.at = Infinity;
        each.act();
      }
      return Promise.resolve();
    },
  };
}

const drill = (changes: Partial<Io>, ...args: string[]): Promise<Ran> => runIn(folder.path, ['drill', 'baseline.yaml', ...args], changes);

const writes = (ec2: SimulatedEc2): string[] => ec2.calls.filter((call) => /^(authorize|revoke|replace|create|delete)/.test(call));

describe('a drill', () => {
  it('prints how long the finding and the restoration took, leaves nothing behind and ends with 0', async () => {
    const ec2 = region(web);

    const { exitCode, stdout, stderr } = await drill(guarding(ec2, { reports: 4, restores: 6 }), '--group', WEB, '--yes');

    expect(stdout).toBe(`opened    tcp/9 from 192.0.2.0/24 in ${WEB} of eu-west-1, baseline web
finding   after 4.0 s  medium: tcp/9 from 192.0.2.0/24 must be revoked
restored  after 6.0 s
left      the guard revoked the rule; nothing is left
`);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 0,
      stderr: `should this be killed, remove what it made: aws ec2 revoke-security-group-ingress --group-id ${WEB} --security-group-rule-ids sgr-100 --region eu-west-1\n`,
    });
    expect(writes(ec2)).toEqual([`authorize ${DRILL_RULE}`]);
    expect(ec2.state).toEqual(['tcp/443 from 0.0.0.0/0']);
  });

  it('wraps lines to the width of the terminal', async () => {
    const io = { ...guarding(region(web), { reports: 4, restores: 6 }), columns: 60 };

    const { stdout } = await drill(io, '--group', WEB, '--yes');

    expect(stdout).toContain(`finding   after 4.0 s  medium: tcp/9 from 192.0.2.0/24 must
          be revoked
`);
  });

  it('looks once more at the end of the time, and confirms what it has seen by then', async () => {
    const io = guarding(region(web), { reports: 3, restores: 3 });

    const { exitCode, stdout } = await drill(io, '--group', WEB, '--yes', '--timeout', '3');

    expect(stdout).toContain('finding   after 3.0 s');
    expect(stdout).toContain('restored  after 3.0 s\nleft      the guard revoked the rule; nothing is left\n');
    expect(exitCode).toBe(0);
  });

  it('prints JSON for programs', async () => {
    const { stdout } = await drill(guarding(region(web), { reports: 2, restores: 2 }), '--group', WEB, '--yes', '--json');

    expect(JSON.parse(stdout)).toEqual({
      schemaVersion: 1,
      accountId: '111122223333',
      region: 'eu-west-1',
      at: '2026-11-23T12:00:00.000Z',
      baseline: 'web',
      mode: 'enforce',
      group: { id: WEB, created: false },
      rule: { protocol: 'tcp', port: 9, cidr: '192.0.2.0/24' },
      finding: {
        seconds: 2,
        id: `e-1:${WEB}`,
        severity: 'medium',
        summary: 'tcp/9 from 192.0.2.0/24 must be revoked',
      },
      restoration: { seconds: 2 },
      cleanUp: 'the guard revoked the rule; nothing is left',
    });
  });

  it('revokes its own rule by id and ends with 2 when the guard does not in time', async () => {
    const ec2 = region(web);

    const { exitCode, stdout } = await drill(guarding(ec2, { reports: 2 }), '--group', WEB, '--yes', '--timeout', '30');

    expect(stdout).toContain("restored  not within 30 s\nleft      the drill's rule was revoked\n");
    expect(exitCode).toBe(2);
    expect(elapsed).toBe(30_000);
    expect(ec2.state).toEqual(['tcp/443 from 0.0.0.0/0']);
  });

  it('ends with 2 when the rule is revoked and the finding is not seen in time', async () => {
    const { exitCode, stdout } = await drill(guarding(region(web), { restores: 2 }), '--group', WEB, '--yes');

    expect(stdout).toContain('finding   not within 900 s\nrestored  after 2.0 s\n');
    expect(exitCode).toBe(2);
  });

  it('does not take an older finding, one of another call or one of the remediator for its own', async () => {
    const ec2 = region(web);
    written.push(finding(WEB, { id: 'older' }));
    const io = guarding(ec2, { restores: 2 });
    const wait: Io['wait'] = async (milliseconds) => {
      await io.wait?.(milliseconds);
      if (elapsed === 4000) written.push(finding(WEB, { id: 'tag', name: 'CreateTags' }), 'START RequestId: 1');
      if (elapsed === 6000) written.push(finding(WEB, { id: 'ours', caller: REMEDIATOR }), finding('sg-1'));
    };

    const { stdout } = await drill({ ...io, wait }, '--group', WEB, '--yes', '--timeout', '20');

    expect(stdout).toContain('finding   not within 20 s');
  });

  it('does not take a rule that EC2 does not show yet for one that was revoked', async () => {
    const ec2 = region(web);
    let hidden = 1;
    ec2.shown = () => ec2.rules.filter(({ description }) => description === undefined || hidden-- <= 0);

    const { stdout } = await drill(guarding(ec2, { reports: 2, restores: 8 }), '--group', WEB, '--yes');

    expect(stdout).toContain('restored  after 8.0 s');
  });

  it('does not take a rule that EC2 shows seconds later for one that was revoked, and removes it', async () => {
    const ec2 = region(web);
    let hidden = 3;
    ec2.shown = () => ec2.rules.filter(({ description }) => description === undefined || hidden-- <= 0);

    const { exitCode, stdout } = await drill(guarding(ec2, { reports: 2 }), '--group', WEB, '--yes', '--timeout', '20');

    expect(stdout).toContain("restored  not within 20 s\nleft      the drill's rule was revoked\n");
    expect(exitCode).toBe(2);
    expect(ec2.state).toEqual(['tcp/443 from 0.0.0.0/0']);
  });

  it('reads the log group and the account of the settings file, and takes its mode', async () => {
    const ec2 = region(web);

    expect(
      await runIn(folder.path, ['drill', 'portcullis.yaml', '--group', WEB, '--yes'], guarding(ec2, { reports: 2, restores: 2 })),
    ).toMatchObject({ exitCode: 0 });
    expect(logs.commandCalls(FilterLogEventsCommand)[0]?.args[0].input).toMatchObject({
      logGroupName: '/aws/lambda/guard-cloudtrail-detector',
      filterPattern: `"${WEB}"`,
    });

    write('regions: [eu-west-1]\nbaseline: baseline.yaml\nmode: report\n', 'portcullis.yaml');
    const { exitCode, stderr } = await runIn(folder.path, ['drill', 'portcullis.yaml', '--group', WEB, '--yes'], guarding(ec2));
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: expect.stringContaining('is in mode `report`') as string,
    });
  });
});

describe('a group that the drill makes', () => {
  const byTag = 'version: 1\nbaselines: [{ name: tiers, groups: { tags: { Tier: web } }, ingress: [] }]\n';

  it('has the tags of the baseline, no rule of its own, and is deleted in the end', async () => {
    write(byTag);
    const ec2 = region({});
    ec2.after = (call) => {
      if (call.startsWith('authorize')) written.push(finding('sg-10000000'));
    };
    const io = guarding(ec2, { restores: 2 });

    const { exitCode, stdout, stderr } = await drill(io, '--create-in', 'vpc-0a', '--yes');

    expect(stderr).toContain('aws ec2 delete-security-group --group-id sg-10000000 --region eu-west-1');
    expect(stdout).toContain('left      the group that the drill made was deleted\n');
    expect(exitCode).toBe(0);
    expect(writes(ec2)).toEqual([
      'create portcullis-drill-20261123120000000',
      'revoke all traffic to 0.0.0.0/0',
      `authorize ${DRILL_RULE}`,
      'delete sg-10000000',
    ]);
  });

  it('is deleted when the answer that told its id was lost', async () => {
    write(byTag);
    const ec2 = region({});
    ec2.before = (call) => (call.startsWith('create') ? 'unanswered' : undefined);

    const { exitCode } = await drill(guarding(ec2), '--create-in', 'vpc-0a', '--yes');

    expect(exitCode).toBe(1);
    expect(writes(ec2)).toEqual(['create portcullis-drill-20261123120000000', 'delete sg-10000000']);
  });

  it('is deleted when the answer was lost and EC2 does not show the group at once', async () => {
    write(byTag);
    const ec2 = region({});
    ec2.before = (call) => (call.startsWith('create') ? 'unanswered' : undefined);
    const find = ec2.findGroupIds;
    let hidden = 2;
    ec2.findGroupIds = (name) => (hidden-- > 0 ? Promise.resolve([]) : find(name));

    await drill(guarding(ec2), '--create-in', 'vpc-0a', '--yes');

    expect(writes(ec2)).toEqual(['create portcullis-drill-20261123120000000', 'delete sg-10000000']);
  });

  it('is named with the command that deletes it before anything is done with it', async () => {
    write(byTag);
    const ec2 = region({});
    let told = '';
    const stderr = { write: (text: string) => (told += text) };
    let toldBefore = '';
    ec2.before = (call) => {
      if (call.startsWith('revoke')) toldBefore = told;
      return undefined;
    };

    await drill({ ...guarding(ec2), stderr }, '--create-in', 'vpc-0a', '--yes', '--timeout', '2');

    expect(toldBefore).toContain('aws ec2 delete-security-group --group-id sg-10000000 --region eu-west-1');
  });

  it.each([
    [baselineFile([HTTPS]), ['--create-in', 'vpc-0a'], 'no baseline selects by tag, so that no new group would be guarded'],
    [byTag, ['--create-in', 'here'], '`--create-in here` is not the id of a VPC; expected `vpc-…`'],
    [byTag, ['--create-in', 'vpc-0a', '--baseline', 'other'], '`other` does not select by tag'],
    [
      byTag.replace(']\n', ', { name: b, groups: { tags: { B: b } }, ingress: [] }]\n'),
      ['--create-in', 'vpc-0a'],
      'several baselines select by tag: `b`, `tiers`; expected `--baseline` with one of them',
    ],
    [
      byTag.replace('Tier: web }', "Tier: web }, names: ['web-*']"),
      ['--create-in', 'vpc-0a'],
      'would be unguarded: `tiers` selects by more than its tags',
    ],
  ])('is refused where it would not be guarded: %#', async (text, args, words) => {
    write(text);
    const ec2 = region({});

    const { exitCode, stderr } = await drill(guarding(ec2), ...args, '--yes');

    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: expect.stringMatching(/^portcullis: .*\n$/) as string,
    });
    expect(stderr).toContain(words);
    expect(writes(ec2)).toEqual([]);
  });
});

describe('what the drill made is removed', () => {
  it('when it is interrupted, with 130', async () => {
    const ec2 = region(web);
    const interrupt = new AbortController();
    ec2.after = (call) => {
      if (call.startsWith('authorize')) interrupt.abort();
    };

    const { exitCode, stdout, stderr } = await drill({ ...guarding(ec2), signal: interrupt.signal }, '--group', WEB, '--yes');

    expect({ exitCode, stdout }).toEqual({ exitCode: 130, stdout: '' });
    expect(stderr).toContain("portcullis: interrupted; the drill's rule was revoked\n");
    expect(ec2.state).toEqual(['tcp/443 from 0.0.0.0/0']);
  });

  it('when the log can no longer be read', async () => {
    const ec2 = region(web);
    ec2.after = (call) => {
      if (call.startsWith('authorize'))
        logs.on(FilterLogEventsCommand).rejects(
          Object.assign(new Error('not authorized to perform: logs:FilterLogEvents on x'), {
            name: 'AccessDeniedException',
            $metadata: {},
          }),
        );
    };

    const { exitCode, stderr } = await drill(guarding(ec2), '--group', WEB, '--yes');

    expect(exitCode).toBe(1);
    expect(stderr).toContain('portcullis: the credentials may not call logs:FilterLogEvents in eu-west-1');
    expect(ec2.state).toEqual(['tcp/443 from 0.0.0.0/0']);
  });

  it('when the answer to the call that opened the rule was lost', async () => {
    const ec2 = region(web);
    ec2.before = (call) => (call.startsWith('authorize') ? 'unanswered' : undefined);

    const { exitCode } = await drill(guarding(ec2), '--group', WEB, '--yes');

    expect(exitCode).toBe(1);
    expect(ec2.state).toEqual(['tcp/443 from 0.0.0.0/0']);
  });

  it('or the commands that remove it are told', async () => {
    const ec2 = region(web);
    ec2.before = (call) => (call.startsWith('revoke') ? 'denied' : undefined);

    const { exitCode, stderr } = await drill(
      guarding(ec2),
      '--group',
      WEB,
      '--yes',
      '--profile',
      'prod',
      '--endpoint-url',
      'http://127.0.0.1:5000',
      '--timeout',
      '2',
    );

    expect(exitCode).toBe(1);
    expect(stderr.split('\n').slice(-3)).toEqual([
      expect.stringContaining(
        "portcullis: the drill's rule could not be removed: RevokeSecurityGroupIngress: UnauthorizedOperation",
      ) as string,
      `aws ec2 revoke-security-group-ingress --group-id ${WEB} --security-group-rule-ids sgr-100 --region eu-west-1 --profile prod --endpoint-url http://127.0.0.1:5000`,
      '',
    ]);
  });
});

describe('nothing is changed', () => {
  const refused = async (words: string, io: Partial<Io>, ec2: SimulatedEc2, ...args: string[]): Promise<void> => {
    const { exitCode, stdout, stderr } = await drill(io, ...args);
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: expect.stringMatching(/^portcullis: .*\n$/) as string,
    });
    expect(stderr).toContain(words);
    expect(writes(ec2)).toEqual([]);
  };

  it.each<[string, string, readonly string[], SimulatedEc2 | undefined, string]>([
    ['no group is named', baselineFile([HTTPS]), [], undefined, 'nothing says which group to change; expected `--group sg-…`'],
    ['it is no id', baselineFile([HTTPS]), ['--group', 'web'], undefined, '`--group web` is not the id of a security group'],
    ['the group does not exist', baselineFile([HTTPS]), ['--group', 'sg-0f'], undefined, 'there is no sg-0f in eu-west-1'],
    [
      'no baseline selects the group',
      baselineFile([HTTPS]).replace(WEB, 'sg-0000000b'),
      ['--group', WEB],
      undefined,
      `no baseline of \`baseline.yaml\` selects ${WEB}; expected a guarded group`,
    ],
    [
      'a group is named and another is to be made',
      baselineFile([HTTPS]),
      ['--group', WEB, '--create-in', 'vpc-0a'],
      undefined,
      'option `--create-in <vpc>` cannot be used with option `--group <id>`',
    ],
    [
      'a group is named, and a baseline for a group that is to be made',
      baselineFile([HTTPS]),
      ['--group', WEB, '--baseline', 'other'],
      undefined,
      'option `--baseline <name>` cannot be used with option `--group <id>`',
    ],
    [
      'there is no time to wait',
      baselineFile([HTTPS]),
      ['--group', WEB, '--timeout', '0'],
      undefined,
      'option `--timeout <seconds>` argument `0` is invalid. Expected a whole number of 1 or more.',
    ],
    [
      'several baselines select it',
      "version: 1\nbaselines:\n  - { name: a, groups: { names: ['w*'] }, ingress: [] }\n  - { name: b, groups: { names: ['*b'] }, ingress: [] }\n",
      ['--group', WEB],
      undefined,
      `${WEB} is selected by several baselines (a, b) and left alone`,
    ],
    ['it has drifted already', baselineFile([]), ['--group', WEB], undefined, `${WEB} has drifted already`],
    [
      'it is in report mode',
      baselineFile([HTTPS], '    mode: report\n'),
      ['--group', WEB],
      undefined,
      '`web` is in mode `report`, in which nothing is restored; expected a group that is enforced, or `--finding-only`',
    ],
    [
      'its baseline tolerates the rule',
      baselineFile([HTTPS], '    ignore: [{ descriptionPrefix: portcullis }]\n'),
      ['--group', WEB],
      undefined,
      '`web` tolerates tcp/9 from 192.0.2.0/24',
    ],
  ])('when %s', async (_what, text, args, given, words) => {
    write(text);
    const ec2 = given ?? region(web);

    await refused(words, guarding(ec2), ec2, ...args, '--yes');
  });

  it('when the group belongs to another account', async () => {
    const ec2 = region({});
    addGroup(ec2, WEB, ['tcp 443 from 0.0.0.0/0'], { ownerId: '999988887777' });

    await refused(
      `there is no ${WEB} in eu-west-1; expected the id of a group of this account`,
      guarding(ec2),
      ec2,
      '--group',
      WEB,
      '--yes',
    );
  });

  it('when Portcullis is not deployed there', async () => {
    const ec2 = region(web);
    logs.on(FilterLogEventsCommand).rejects(Object.assign(new Error('no'), { name: 'ResourceNotFoundException', $metadata: {} }));

    await refused(
      'there is no log group `/aws/lambda/portcullis-cloudtrail-detector` in eu-west-1',
      guarding(ec2),
      ec2,
      '--group',
      WEB,
      '--yes',
    );
  });

  it('when there is nobody to ask', async () => {
    const ec2 = region(web);

    await refused('there is nobody to ask; expected `--yes`', guarding(ec2), ec2, '--group', WEB);
  });

  it('unless the answer is yes', async () => {
    const ec2 = region(web);
    const asked: string[] = [];
    const ask = (question: string): Promise<string> => {
      asked.push(question);
      return Promise.resolve('y');
    };

    expect(await drill({ ...guarding(ec2), ask }, '--group', WEB)).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: 'portcullis: nothing was changed\n',
    });
    expect(asked).toEqual([
      `This opens tcp/9 from 192.0.2.0/24, a documentation block, in ${WEB} (web) of eu-west-1, and waits until it is reported and revoked. Sinks and alarms report it like any drift.\nOnly \`yes\` is taken for yes: `,
    ]);
    expect(writes(ec2)).toEqual([]);
  });

  it('and the question is wrapped to the width of the terminal', async () => {
    const asked: string[] = [];
    const ask = (question: string): Promise<string> => {
      asked.push(question);
      return Promise.resolve('no');
    };

    await drill({ ...guarding(region(web)), ask, columns: 80 } as Partial<Io>, '--group', WEB);

    expect(asked).toEqual([
      `This opens tcp/9 from 192.0.2.0/24, a documentation block, in ${WEB} (web)
of eu-west-1, and waits until it is reported and revoked. Sinks and alarms
report it like any drift.
Only \`yes\` is taken for yes: `,
    ]);
  });

  it('with credentials of another account than the settings name', async () => {
    const ec2 = region(web);
    const io = { ...guarding(ec2), openAccountRegion: openerOf(ec2, { accountId: () => Promise.resolve('222233334444') }) };

    expect(await runIn(folder.path, ['drill', 'portcullis.yaml', '--group', WEB, '--yes'], io)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('the credentials are of the account 222233334444') as string,
    });
    expect(writes(ec2)).toEqual([]);
  });

  it('when the settings guard several regions and none of them is named', async () => {
    write('regions: [eu-west-1, us-east-1]\nbaseline: baseline.yaml\n', 'portcullis.yaml');

    for (const [args, words] of [
      [[], 'guards several regions; expected `--region` with one of eu-west-1, us-east-1'],
      [['--region', 'eu-north-1'], 'does not guard eu-north-1; expected `--region` with one of eu-west-1, us-east-1'],
    ] as const)
      expect(await runIn(folder.path, ['drill', 'portcullis.yaml', '--group', WEB, '--yes', ...args])).toEqual({
        exitCode: 1,
        stdout: '',
        stderr: `portcullis: \`portcullis.yaml\` ${words}\n`,
      });
  });
});

it('waits for the finding alone in report mode when it is told to, and revokes its rule itself', async () => {
  write(baselineFile([HTTPS], '    mode: report\n'));
  const ec2 = region({ [WEB]: [] });
  ec2.rules = liveRules('tcp 443 from 0.0.0.0/0');

  const { exitCode, stdout } = await drill(guarding(ec2, { reports: 2 }), '--group', WEB, '--yes', '--finding-only');

  expect(stdout).toContain(
    "finding   after 2.0 s  medium: tcp/9 from 192.0.2.0/24 must be revoked\nleft      the drill's rule was revoked\n",
  );
  expect(exitCode).toBe(0);
  expect(ec2.state).toEqual(['tcp/443 from 0.0.0.0/0']);
});
