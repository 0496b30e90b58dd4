import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { SimulatedEc2 } from '@portcullis/security-groups/testing';
import type { OpenAccountRegion } from '../aws/account-region.js';
import { Failure } from '../command-line/failure.js';
import { addGroup, callBy, DB, OLD, openerOf, region, WEB } from '../testing/account-region.js';
import { baselineFile, HTTPS } from '../testing/baselines.js';
import { failure, testFolder, type Changes, type Ran } from '../testing/run-command.js';

const JOURNAL = '.portcullis-report.jsonl';
const BASELINES = `version: 1
baselines:
  - { name: web, groups: { names: [web] }, ingress: [${HTTPS}] }
  - { name: db, groups: { ids: [${DB}] }, ingress: [] }
`;
const folder = testFolder({ 'baseline.yaml': BASELINES });
const hasJournal = (): boolean => existsSync(folder.pathOf(JOURNAL));

type Fleet = Readonly<Record<string, SimulatedEc2>>;
const clean = (): SimulatedEc2 => region({ [WEB]: ['tcp 443 from 0.0.0.0/0'] });
function dirty(): SimulatedEc2 {
  const ec2 = region({ [DB]: [] });
  addGroup(ec2, OLD, ['tcp 443 from 0.0.0.0/0', 'tcp 22 from 0.0.0.0/0']);
  return ec2;
}

/** Opens the simulated region with the requested name. Fails if `fleet` does not contain the region. */
const openFleet =
  (fleet: Fleet): OpenAccountRegion =>
  (options, signal) => {
    const ec2 = fleet[options.region ?? 'eu-west-1'];
    return ec2 === undefined ? Promise.reject(new Failure(`there is no ${options.region ?? ''}`)) : openerOf(ec2)(options, signal);
  };
const report = (fleet: Fleet, args = '', changes: Changes = {}): Promise<Ran> =>
  folder.run(`report ${args}`, { openAccountRegion: openFleet(fleet), ...changes });

const BOTH = '--regions eu-west-1,us-east-1';
const PARTIAL = '--regions eu-west-1,nowhere-1';
const UNFINISHED =
  '`.portcullis-report.jsonl` contains an unfinished report; expected `--resume` to continue it, or `--restart` to start again';
const OTHER_REPORT =
  '`.portcullis-report.jsonl` belongs to another report; pass the same baselines, regions, profiles and `--who` as before, or omit `--resume`';

it('`report` shows the groups that drifted and a line for each region, and exits with 2', async () => {
  expect(await report({ 'eu-west-1': clean(), 'us-east-1': dirty() }, BOTH)).toEqual({
    exitCode: 2,
    stdout: `STATE     REGION     GROUP        NAME  BASELINE  WHAT
critical  us-east-1  sg-0000000c  web   web       SSH open to the whole internet (not declared)

REGION     ACCOUNT       GUARDED  AS DECLARED  DRIFTED  NOTE
eu-west-1  111122223333  1        1            0
us-east-1  111122223333  2        1            1

Plan: 0 to authorize, 1 to revoke, in 1 of 3 guarded groups (1 critical).
`,
    stderr: '',
  });
  expect(hasJournal()).toBe(false);
});

it('`report` exits with 0 if all groups are as declared, and lists these groups only with `--all-groups`', async () => {
  const { exitCode, stdout } = await report(
    { 'eu-west-1': clean(), 'us-east-1': region({ [DB]: [] }) },
    '--regions eu-west-1 us-east-1 --all-groups',
  );

  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^as declared {2}eu-west-1 {2}sg-0000000a/m);
});

it.each([
  [`${BOTH} --profiles prod dev`, ['prod/eu-west-1', 'prod/us-east-1', 'dev/eu-west-1', 'dev/us-east-1']],
  ['', ['-/-']],
])('`report %s` reads every given region with every given profile', async (args, expected) => {
  const opened: string[] = [];
  const openAccountRegion: OpenAccountRegion = (options, signal) => {
    opened.push(`${options.profile ?? '-'}/${options.region ?? '-'}`);
    return openerOf(dirty())(options, signal);
  };

  await report({}, args, { openAccountRegion });

  expect(opened).toEqual(expected);
});

it('`report` lists an absent group once, and only if no region contains the group', async () => {
  const found = await report({ 'eu-west-1': clean(), 'us-east-1': dirty() }, BOTH);
  const absent = await report({ 'eu-west-1': clean(), 'us-east-1': clean() }, BOTH);

  expect(found.stdout).not.toContain('not found');
  expect(absent.stdout.match(/^not found .* the group exists in no region$/gm)).toHaveLength(1);
  expect(absent.exitCode).toBe(1);
  expect(await report({ 'eu-west-1': clean() }, '--allow-absent')).toMatchObject({ exitCode: 0, stderr: '' });
});

it('`report` lists the groups of an account once if two profiles belong to the same account', async () => {
  const fleet = { 'eu-west-1': dirty() };
  const args = '--regions eu-west-1 --profiles admin,reader';
  const [text = '', json = '', html = ''] = [
    await report(fleet, args),
    await report(fleet, `${args} --json`),
    await report(fleet, `${args} --html`),
  ].map(({ stdout }) => stdout);

  expect(text.match(/sg-0000000c/g)).toHaveLength(1);
  expect(text).toMatch(/^reader\/eu-west-1 +111122223333 +same account and region as admin\/eu-west-1$/m);
  expect(JSON.parse(json)).toMatchObject({
    totals: { guarded: 2 },
    places: [{ profile: 'admin' }, { profile: 'reader', sameAs: 'admin/eu-west-1' }],
  });
  expect(html.match(/<details class="card /g)).toHaveLength(1);
});

it('`report --who` asks CloudTrail who changed the rules, but not again after `--resume`', async () => {
  const ec2 = dirty();
  ec2.rules = region({ [DB]: ['tcp 22 from 10.0.0.0/8'] }).rules;
  const lookedUp: string[] = [];
  const calls = [callBy({ groupId: OLD })];
  const open = openerOf(ec2, { calls, lookedUp });
  const openAccountRegion: OpenAccountRegion = (options, signal) =>
    options.region === 'nowhere-1' ? Promise.reject(new Failure('not there')) : open(options, signal);

  expect((await report({}, '', { openAccountRegion })).stdout).not.toContain('WHO');
  expect(lookedUp).toEqual([]);
  const first = await report({}, `${PARTIAL} --who`, { openAccountRegion });
  const asked = lookedUp.length;
  const resumed = await report({}, `${PARTIAL} --who --resume`, { openAccountRegion });

  expect(first.stdout).toMatch(/WHAT +WHO\n.* role ops, session mallory \(unverified\) 1 hour ago\n.* unknown\n/);
  expect(resumed).toEqual(first);
  expect(lookedUp).toHaveLength(asked);
  const json = await report({}, '--who --json --restart', { openAccountRegion });
  expect(JSON.parse(json.stdout)).toMatchObject({
    places: [{ groups: [{ drift: { changes: [{ openedBy: { eventId: 'e-23-ops' } }] } }, { drift: { historySince: null } }] }],
  });
});

it('`report` writes the groups of all regions as JSON and as an HTML page', async () => {
  const fleet = { 'eu-west-1': clean(), 'us-east-1': dirty() };

  const json = await report(fleet, `${BOTH} --profiles prod --json`);
  const html = await report(fleet, `${BOTH} --profiles prod --html --out fleet.html`);

  expect(JSON.parse(json.stdout)).toMatchObject({
    schemaVersion: 2,
    totals: { guarded: 3, drifted: 1 },
    places: [
      { profile: 'prod', region: 'eu-west-1', accountId: '111122223333', groups: [{ id: WEB, state: 'at-baseline' }] },
      { profile: 'prod', region: 'us-east-1', groups: [{ id: OLD, state: 'drifted' }, { id: DB }] },
    ],
  });
  expect(html.stdout).toContain('AS DECLARED');
  expect(folder.read('fleet.html')).toContain('us-east-1 of account 111122223333 (prod)');
});

it('the first sentences of the HTML page count the regions that could not be read', async () => {
  const { stdout } = await report({ 'eu-west-1': clean() }, `${PARTIAL} --html`);

  expect(stdout).toMatch(/1 guarded group: as declared\.<\/p>\s*<p[^>]*>1 region could not be compared\./);
  expect(stdout).toContain('<b>nowhere-1</b>: there is no nowhere-1');
});

it("`report` fits its tables to the terminal's width, and shows progress in a terminal", async () => {
  const { stdout, stderr } = await report({ 'eu-west-1': dirty() }, '', { isTTY: true, columns: 60, env: { NO_COLOR: '1' } });

  for (const line of stdout.split('\n').slice(0, 5)) expect(line.length).toBeLessThanOrEqual(60);
  expect(stdout).toContain('\n  what: SSH open to the whole internet (not declared)\n');
  expect(stderr).toContain('1/1 region, 2 groups');
});

describe('an unfinished report', () => {
  it('if a region could not be read, `report` shows the other regions, and `report --resume` reads only the missing region', async () => {
    const fleet = { 'eu-west-1': clean(), 'us-east-1': dirty() };
    fleet['us-east-1'].before = () => 'denied';

    const first = await report(fleet, BOTH);
    fleet['us-east-1'].before = () => undefined;
    fleet['eu-west-1'].before = () => {
      throw new Error('this region is finished');
    };
    const second = await report(fleet, `${BOTH} --resume`);

    expect(first.exitCode).toBe(1);
    expect(first.stdout).toMatch(/^us-east-1 +not read$/m);
    expect(first.stdout).toContain('Incomplete: 1 group at the baseline; 1 region not read.\n');
    expect(first.stderr).toBe(
      'portcullis: us-east-1 was not read: the credentials are not allowed to call DescribeSecurityGroups in us-east-1 (UnauthorizedOperation); expected a policy that allows it\n' +
        'portcullis: to read 1 region again and keep the finished regions, add `--resume`\n',
    );
    expect(second).toMatchObject({ exitCode: 2, stdout: expect.stringContaining('in 1 of 3 guarded groups') as string });
    expect(hasJournal()).toBe(false);
  });

  it('`report --resume` continues an interrupted report, even if the last line of the journal is incomplete', async () => {
    const fleet = { 'eu-west-1': dirty(), 'us-east-1': dirty() };
    const whole = await report(fleet, BOTH);
    const interrupt = new AbortController();
    fleet['us-east-1'].before = async () => {
      // Waits until the first region is finished.
      while (!folder.read(JOURNAL).includes('"finished"')) await new Promise(setImmediate);
      interrupt.abort();
      return undefined;
    };

    expect(await report(fleet, BOTH, { signal: interrupt.signal })).toEqual({
      exitCode: 130,
      stdout: '',
      stderr: 'portcullis: interrupted; the finished regions are saved in `.portcullis-report.jsonl`. To continue, add `--resume`\n',
    });
    folder.write(JOURNAL, `${folder.read(JOURNAL)}{"label":"us-`);
    fleet['us-east-1'].before = () => 'denied';
    fleet['eu-west-1'].before = () => {
      throw new Error('this region is finished');
    };
    await report(fleet, `${BOTH} --resume`);
    fleet['us-east-1'].before = () => undefined;
    expect(await report(fleet, `${BOTH} --resume`)).toEqual(whole);
  });

  it('`report --resume` reads a region again if one of its groups could not be read', async () => {
    const ec2 = dirty();
    ec2.before = (call) => (call.startsWith('read') ? 'denied' : undefined);
    const first = await report({ 'eu-west-1': ec2 }, PARTIAL);
    ec2.before = () => undefined;

    expect(first.stdout).toMatch(/^not read +eu-west-1 +sg-0000000c/m);
    expect((await report({ 'eu-west-1': ec2 }, `${PARTIAL} --resume`)).stdout).toMatch(/^critical +eu-west-1 +sg-0000000c/m);
  });

  it.each([PARTIAL, '--regions eu-west-1 --resume', `${PARTIAL} --who --resume`, `other.yaml ${PARTIAL} --resume`])(
    '`report %s` neither overwrites nor resumes the journal of an unfinished report',
    async (command) => {
      folder.write('other.yaml', baselineFile([]));
      await report({ 'eu-west-1': clean() }, PARTIAL);
      const before = folder.read(JOURNAL);

      expect(await report({ 'eu-west-1': clean() }, command)).toEqual(failure(command === PARTIAL ? UNFINISHED : OTHER_REPORT));
      expect(folder.read(JOURNAL)).toBe(before);
    },
  );

  it('`report` for other regions overwrites the journal of an unfinished report', async () => {
    await report({ 'eu-west-1': clean() }, PARTIAL);

    expect(await report({ 'us-east-1': dirty() }, '--regions us-east-1')).toMatchObject({ exitCode: 2, stderr: '' });
    expect(hasJournal()).toBe(false);
  });

  it('`report --restart` discards the journal of an unfinished report', async () => {
    await report({ 'eu-west-1': clean() }, PARTIAL);
    await report({ 'eu-west-1': region({}) }, `${PARTIAL} --restart`);

    const { stdout } = await report({ 'nowhere-1': region({}) }, `${PARTIAL} --resume`);

    expect(stdout).toMatch(/^eu-west-1 +111122223333 +0 /m);
    expect(hasJournal()).toBe(false);
  });
});

it.each([
  ['--resume', 'no report to resume: `.portcullis-report.jsonl` does not exist; omit `--resume`'],
  ['--json --html', '`--json` and `--html` cannot be combined; expected one of them'],
  ['--out x', '`--out` needs `--json`, `--html` or `--ocsf`; expected one of them, or `> FILE` for the text'],
  ['--resume --restart', '`--resume` and `--restart` cannot be combined; expected one of them'],
  ['--region a --regions b', '`--region` and `--regions` cannot be combined; expected one of them'],
  ['--profile a --profiles b', '`--profile` and `--profiles` cannot be combined; expected one of them'],
  ['--journal a/b', 'cannot write `a/b`: no such file or directory'],
])('`report %s` is refused, and writes no journal', async (args, message) => {
  expect(await report({ 'eu-west-1': clean() }, args)).toEqual(failure(message));
  expect(hasJournal()).toBe(false);
});

it.each(['', '--resume', '--restart'])('`report --journal FILE %s` does not change a file that is not a journal', async (option) => {
  folder.write('notes.txt', 'mine\n');
  execFileSync('mkfifo', [folder.pathOf('pipe')]);

  for (const name of ['notes.txt', 'pipe'])
    expect(await report({ 'eu-west-1': clean() }, `--journal ${name} ${option}`)).toEqual(
      failure(`\`${name}\` is not the journal of a report; expected another \`--journal\``),
    );
  expect(folder.read('notes.txt')).toBe('mine\n');
});

it('`report --resume` refuses the journal of an older version', async () => {
  folder.write(JOURNAL, '{"portcullis":"report","version":2,"request":{"regions":["default"]},"at":"2026-11-23T12:00:00Z"}\n');

  expect(await report({ 'eu-west-1': clean() }, '--resume')).toEqual(failure(OTHER_REPORT));
});

it('`report --ocsf` prints a line for each group, with the status `Pass` or `Fail`', async () => {
  const { stdout, exitCode } = await report({ 'eu-west-1': clean(), 'us-east-1': dirty() }, `${BOTH} --ocsf`);

  const checks = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { compliance: { status: string } });
  expect(checks.map(({ compliance }) => compliance.status).sort()).toEqual(['Fail', 'Pass', 'Pass']);
  expect(checks.find(({ compliance }) => compliance.status === 'Fail')).toMatchObject({
    ...{ class_uid: 2003, type_uid: 200301, status: 'New', severity: 'Critical' },
    cloud: { account: { uid: '111122223333' }, region: 'us-east-1' },
    finding_info: { uid: `portcullis/111122223333/us-east-1/${OLD}/state`, analytic: { name: 'web' } },
    compliance: { control: 'state', requirements: expect.arrayContaining(['PCI DSS v4.0.1/1.3.1']) as unknown },
    remediation: { desc: expect.stringContaining(`--region us-east-1 --group-id ${OLD}`) as unknown },
  });
  expect(checks.find(({ compliance }) => compliance.status === 'Pass')).toMatchObject({ activity_id: 3, status: 'Resolved' });
  expect(exitCode).toBe(2);
});
