import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SimulatedEc2 } from '@portcullis/security-groups/testing';
import type { OpenAccountRegion } from '../aws/account-region.js';
import { Failure } from '../program/failure.js';
import type { Io } from '../program/io.js';
import { runIn, temporaryFolder, type Ran } from '../testing/run-command.js';
import { addGroup, baselineFile, DB, OLD, openerOf, region, tcp, WEB } from '../testing/account-region.js';

const folder = temporaryFolder();
const JOURNAL = '.portcullis-report.jsonl';
const pathOf = (name: string): string => join(folder.path, name);
const HTTPS = tcp(443, '0.0.0.0/0');

/** Regions by their name. */
const opener =
  (regions: Readonly<Record<string, SimulatedEc2>>): OpenAccountRegion =>
  (options, signal) => {
    const ec2 = regions[options.region ?? 'eu-west-1'];
    if (ec2 === undefined) return Promise.reject(new Failure(`there is no ${options.region ?? ''}`));
    return openerOf(ec2)(options, signal);
  };
const report = (
  regions: Readonly<Record<string, SimulatedEc2>>,
  args: string,
  changes: Partial<Io> & { isTTY?: boolean; columns?: number } = {},
): Promise<Ran> =>
  runIn(folder.path, ['report', ...args.split(' ').filter((arg) => arg !== '')], {
    openAccountRegion: opener(regions),
    ...changes,
  });

const ALL = `version: 1
baselines:
  - name: web
    groups: { names: [web] }
    ingress: [${HTTPS}]
  - name: db
    groups: { ids: [${DB}] }
    ingress: []
`;
const clean = (): SimulatedEc2 => region({ [WEB]: ['tcp 443 from 0.0.0.0/0'] });
const dirty = (): SimulatedEc2 => {
  const ec2 = region({ [DB]: [] });
  addGroup(ec2, OLD, ['tcp 443 from 0.0.0.0/0', 'tcp 22 from 0.0.0.0/0']);
  return ec2;
};

beforeEach(() => {
  writeFileSync(pathOf('baseline.yaml'), ALL);
});

it('shows the groups that drifted and a line for each place, and ends with 2', async () => {
  const regions = { 'eu-west-1': clean(), 'us-east-1': dirty() };

  const { exitCode, stdout, stderr } = await report(regions, '--regions eu-west-1,us-east-1');

  expect(stdout).toBe(`STATE     PLACE      GROUP        NAME  BASELINE  WHAT
critical  us-east-1  sg-0000000c  web   web       undeclared: SSH (tcp/22) from anybody on IPv4 (0.0.0.0/0)

PLACE      ACCOUNT       GUARDED  AS DECLARED  DRIFTED  NOTE
eu-west-1  111122223333  1        1            0
us-east-1  111122223333  2        1            1

Plan: 0 to authorize, 1 to revoke, in 1 of 3 guarded groups (1 critical).
`);
  expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: '' });
  expect(existsSync(pathOf(JOURNAL))).toBe(false);
});

it('ends with 0 where all are as declared, and lists them when that is asked for', async () => {
  const { exitCode, stdout } = await report(
    { 'eu-west-1': clean(), 'us-east-1': region({ [DB]: [] }) },
    '--regions eu-west-1 us-east-1 --all-groups',
  );

  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^as declared {2}eu-west-1 {2}sg-0000000a/m);
});

it('reads every region with every profile', async () => {
  const opened: string[] = [];
  const openAccountRegion: OpenAccountRegion = (options, signal) => {
    opened.push(`${options.profile ?? '-'}/${options.region ?? '-'}`);
    return openerOf(dirty())(options, signal);
  };

  await report({}, '--regions eu-west-1,us-east-1 --profiles prod dev', { openAccountRegion });
  await report({}, '', { openAccountRegion });

  expect(opened).toEqual(['prod/eu-west-1', 'prod/us-east-1', 'dev/eu-west-1', 'dev/us-east-1', '-/-']);
});

it('takes a group that a baseline names for absent only where no place has it', async () => {
  const found = await report({ 'eu-west-1': clean(), 'us-east-1': dirty() }, '--regions eu-west-1,us-east-1');
  const absent = await report({ 'eu-west-1': clean(), 'us-east-1': clean() }, '--regions eu-west-1,us-east-1');

  const allowed = await report({ 'eu-west-1': clean() }, '--allow-absent');

  expect(allowed).toMatchObject({ exitCode: 0, stderr: '' });
  expect(found.stdout).not.toContain('absent');
  expect(absent.stdout.match(/^absent/gm)).toHaveLength(1);
  expect(absent).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('1 group that a baseline names does not exist here') as string,
  });
});

it('tells the groups of an account once, and that another profile is of the same', async () => {
  const regions = { 'eu-west-1': dirty() };
  const text = await report(regions, '--regions eu-west-1 --profiles admin,reader');
  const json = await report(regions, '--regions eu-west-1 --profiles admin,reader --json');
  const html = await report(regions, '--regions eu-west-1 --profiles admin,reader --html');

  expect(text.stdout.match(/sg-0000000c/g)).toHaveLength(1);
  expect(text.stdout).toMatch(/^reader\/eu-west-1 +111122223333 +the same as admin\/eu-west-1$/m);
  expect(text.stdout).toContain('in 1 of 2 guarded groups');
  expect(JSON.parse(json.stdout)).toMatchObject({
    totals: { guarded: 2 },
    places: [{ profile: 'admin' }, { profile: 'reader', sameAs: 'admin/eu-west-1' }],
  });
  expect(html.stdout.match(/<h3>/g)).toHaveLength(1);
});

describe('who changed a group last', () => {
  const byMallory = {
    eventId: 'e-1',
    eventName: 'AuthorizeSecurityGroupIngress',
    time: '2026-11-23T02:47:11Z',
    actor: {
      type: 'AssumedRole',
      arn: null,
      issuerArn: 'arn:aws:iam::111122223333:role/ops',
      sessionName: 'mallory',
      userName: null,
      sourceIp: '198.51.100.7',
      mfa: true,
    },
  };
  const asked: string[] = [];
  const lastChangeOf = (groupId: string) => {
    asked.push(groupId);
    return Promise.resolve(groupId === OLD ? byMallory : undefined);
  };
  const ec2 = (): SimulatedEc2 => {
    const found = region({ [DB]: ['tcp 22 from 10.0.0.0/8'] });
    addGroup(found, OLD, ['tcp 443 from 0.0.0.0/0', 'tcp 22 from 0.0.0.0/0']);
    return found;
  };
  beforeEach(() => {
    asked.length = 0;
  });

  it('is told on demand, of the drifted groups', async () => {
    const openAccountRegion = openerOf(ec2(), { lastChangeOf });

    const text = await report({}, '--who', { openAccountRegion });
    const json = await report({}, '--who --json', { openAccountRegion });

    expect(text.stdout).toMatch(
      /WHAT +LAST CHANGED\n.* 2026-11-23T02:47:11Z by arn:aws:iam::111122223333:role\/ops \(session mallory\)\n.* not told\n/,
    );
    expect(JSON.parse(json.stdout)).toMatchObject({
      places: [
        {
          groups: [
            { id: OLD, drift: { lastChange: byMallory } },
            { id: DB, drift: { lastChange: null } },
          ],
        },
      ],
    });
  });

  it('is not asked for otherwise', async () => {
    const { stdout } = await report({}, '', { openAccountRegion: openerOf(ec2(), { lastChangeOf }) });

    expect(stdout).not.toContain('LAST CHANGED');
    expect(asked).toEqual([]);
  });

  it('is not asked for again by a report that is resumed', async () => {
    const here = openerOf(ec2(), { lastChangeOf });
    const openAccountRegion: OpenAccountRegion = (options, signal) =>
      options.region === 'nowhere-1' ? Promise.reject(new Failure('not there')) : here(options, signal);
    const args = '--regions eu-west-1,nowhere-1 --who';
    const first = await report({}, args, { openAccountRegion });
    const resumed = await report({}, `${args} --resume`, { openAccountRegion });

    expect(resumed).toEqual(first);
    expect(asked).toEqual([OLD, DB]);
  });
});

describe('a place that cannot be read', () => {
  const args = '--regions eu-west-1,us-east-1';

  it('is told with the reason, and the others all the same; asked for again, it completes them', async () => {
    const regions = { 'eu-west-1': clean(), 'us-east-1': dirty() };
    regions['us-east-1'].before = () => 'denied';

    const first = await report(regions, args);
    regions['us-east-1'].before = () => undefined;
    regions['eu-west-1'].before = () => {
      throw new Error('this one is known already');
    };
    const second = await report(regions, `${args} --resume`);

    expect(first.exitCode).toBe(1);
    expect(first.stdout).toMatch(/^us-east-1 +not read$/m);
    expect(first.stdout).toContain('No drift: 1 group at the baseline; 1 place not read.\n');
    expect(first.stderr).toBe(
      'portcullis: us-east-1 was not read: the credentials may not call DescribeSecurityGroups in us-east-1 (UnauthorizedOperation); expected a policy that allows it\n' +
        'portcullis: to ask for 1 place again and keep the others, add `--resume`\n',
    );
    expect(second.exitCode).toBe(2);
    expect(second.stdout).toContain('in 1 of 3 guarded groups');
    expect(existsSync(pathOf(JOURNAL))).toBe(false);
  });
});

it('says on the page of which places nothing is known: no news is not good news', async () => {
  const { stdout } = await report({ 'eu-west-1': clean() }, '--regions eu-west-1,nowhere-1 --html --restart');

  expect(stdout).toMatch(/1 guarded group: as declared\. 1 place could not be judged\./);
  expect(stdout).toMatch(/not read<\/span>\s+1 place/);
  expect(stdout).toContain('<b>nowhere-1</b>: there is no nowhere-1');
});

describe('interrupted', () => {
  it('keeps what was found, and goes on from there', async () => {
    const regions = { 'eu-west-1': dirty(), 'us-east-1': dirty() };
    const interrupt = new AbortController();
    let reads = 0;
    regions['us-east-1'].before = async () => {
      // Once the first place is done.
      while (!readFileSync(pathOf(JOURNAL), 'utf8').includes('"done"')) await new Promise(setImmediate);
      interrupt.abort();
      return undefined;
    };
    const args = '--regions eu-west-1,us-east-1';

    const first = await report(regions, args, { signal: interrupt.signal });
    regions['us-east-1'].before = () => undefined;
    regions['eu-west-1'].before = () => {
      reads += 1;
      return undefined;
    };
    const second = await report(regions, `${args} --resume`);

    expect(first).toEqual({
      exitCode: 130,
      stdout: '',
      stderr: 'portcullis: interrupted; what was found is in `.portcullis-report.jsonl`. To go on, add `--resume`\n',
    });
    expect(reads).toBe(0);
    const whole = await report({ 'eu-west-1': dirty(), 'us-east-1': dirty() }, args);
    expect(second).toEqual(whole);
  });

  it('reads again what could not be read', async () => {
    const ec2 = dirty();
    ec2.before = (call) => (call.startsWith('read') ? 'denied' : undefined);
    const args = '--regions eu-west-1,nowhere-1';
    const first = await report({ 'eu-west-1': ec2 }, args);
    ec2.before = () => undefined;
    const second = await report({ 'eu-west-1': ec2 }, `${args} --resume`);

    expect(first.stdout).toMatch(/^not read +eu-west-1 +sg-0000000c/m);
    expect(second.stdout).toMatch(/^critical +eu-west-1 +sg-0000000c/m);
  });

  it('in the midst of a place, does not read again the groups that are known', async () => {
    const ec2 = dirty();
    writeFileSync(pathOf('baseline.yaml'), ALL);
    const first = await report({ 'eu-west-1': ec2 }, '--json');
    const [drift] = (JSON.parse(first.stdout) as { places: { groups: unknown[] }[] }).places[0]?.groups ?? [];
    expect(drift).toMatchObject({ id: OLD });
    // As an interrupt after the first group of a place leaves it: the last line is cut off.
    ec2.before = (call) => (call === 'list' ? 'unsent' : undefined);
    await report({ 'eu-west-1': ec2 }, '');
    const [head = ''] = readFileSync(pathOf(JOURNAL), 'utf8').split('\n');
    const state = {
      kind: 'drifted',
      group: { id: OLD, name: 'known', vpcId: 'vpc-1' },
      baseline: 'web',
      mode: 'enforce',
      severity: 'low',
      plan: { authorize: [], revoke: [], tolerated: [] },
      gained: [],
      lost: [],
    };
    writeFileSync(pathOf(JOURNAL), `${head}\n${JSON.stringify({ place: 'default', state })}\n{"place":"defa`);
    ec2.calls.length = 0;
    ec2.before = () => undefined;

    const { stdout } = await report({ 'eu-west-1': ec2 }, '--resume');

    expect(stdout).toMatch(/^low +eu-west-1 +sg-0000000c +known/m);
    expect(ec2.calls).toEqual(['list']);
  });

  it('and again after it was resumed, what was cut off at first is not in the way', async () => {
    const regions = { 'eu-west-1': dirty(), 'us-east-1': dirty(), 'ap-south-1': dirty() };
    const args = '--regions eu-west-1,us-east-1,ap-south-1';
    const whole = await report(regions, args);
    regions['us-east-1'].before = () => 'unsent';
    regions['ap-south-1'].before = () => 'unsent';
    await report(regions, args);
    writeFileSync(pathOf(JOURNAL), `${readFileSync(pathOf(JOURNAL), 'utf8')}{"place":"us-`);
    regions['us-east-1'].before = () => undefined;
    await report(regions, `${args} --resume`);
    regions['ap-south-1'].before = () => undefined;

    expect(await report(regions, `${args} --resume`)).toEqual(whole);
  });
});

describe('a report that was not finished', () => {
  const args = '--regions eu-west-1,nowhere-1';
  beforeEach(async () => {
    await report({ 'eu-west-1': clean() }, args);
  });

  it.each([
    [
      'is not overwritten',
      args,
      '`.portcullis-report.jsonl` holds a report that was not finished; expected `--resume` to go on with it, or `--restart` to begin anew',
    ],
    [
      'is not resumed for other places',
      '--regions eu-west-1 --resume',
      '`.portcullis-report.jsonl` is of another question (the places were eu-west-1, nowhere-1); expected the same as before, or `--restart`',
    ],
  ])('%s', async (_what, command, line) => {
    const before = readFileSync(pathOf(JOURNAL), 'utf8');

    expect(await report({ 'eu-west-1': clean() }, command)).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: `portcullis: ${line}\n`,
    });
    expect(readFileSync(pathOf(JOURNAL), 'utf8')).toBe(before);
  });

  it('is not resumed for other baselines', async () => {
    writeFileSync(pathOf('baseline.yaml'), baselineFile([]));

    expect((await report({ 'eu-west-1': clean() }, `${args} --resume`)).stderr).toContain('(the baselines were others)');
  });

  it('is begun anew where that is asked for', async () => {
    expect(await report({ 'eu-west-1': clean(), 'nowhere-1': region({ [DB]: [] }) }, `${args} --restart`)).toMatchObject({
      exitCode: 0,
      stderr: '',
    });
    expect(existsSync(pathOf(JOURNAL))).toBe(false);
  });

  it('is forgotten then, though what is begun anew is not finished either', async () => {
    await report({ 'eu-west-1': region({}) }, `${args} --restart`);

    const { stdout } = await report({ 'nowhere-1': region({}) }, `${args} --resume`);

    expect(stdout).not.toContain(WEB);
    expect(stdout).toMatch(/^eu-west-1 +111122223333 +0 /m);
  });
});

it('prints JSON and a page, of all places', async () => {
  const regions = { 'eu-west-1': clean(), 'us-east-1': dirty() };
  const args = '--regions eu-west-1,us-east-1 --profiles prod';

  const json = await report(regions, `${args} --json`);
  const html = await report(regions, `${args} --html --out fleet.html`);

  expect(JSON.parse(json.stdout)).toMatchObject({
    schemaVersion: 1,
    totals: { guarded: 3, drifted: 1 },
    places: [
      { profile: 'prod', region: 'eu-west-1', accountId: '111122223333', groups: [{ id: WEB, state: 'at-baseline' }] },
      { profile: 'prod', region: 'us-east-1', groups: [{ id: OLD, state: 'drifted' }, { id: DB }] },
    ],
  });
  expect(html.stdout).toContain('AS DECLARED');
  expect(readFileSync(pathOf('fleet.html'), 'utf8')).toContain('us-east-1 of account 111122223333 (prod)');
});

it('fits the terminal, and shows there how far it has got', async () => {
  const { stdout, stderr } = await report({ 'eu-west-1': dirty() }, '', {
    isTTY: true,
    columns: 60,
    env: { NO_COLOR: '1' },
  });

  for (const line of stdout.split('\n').slice(0, 5)) expect(line.length).toBeLessThanOrEqual(60);
  expect(stdout).toContain('…');
  expect(stderr).toContain('1/1 place');
});

describe('bad input is exit code 1, and leaves nothing behind', () => {
  it.each([
    ['a missing file', 'gone.yaml', 'cannot read `gone.yaml`: no such file or directory'],
    ['nothing to resume', '--resume', 'there is no report to resume: `.portcullis-report.jsonl` does not exist; expected no `--resume`'],
    ['two formats', '--json --html', 'there are `--json` and `--html`; expected one of them'],
    ['a file for the text', '--out x', '`--out` is for `--json` or `--html`; expected one of them'],
    ['both ways of going on', '--resume --restart', 'there are `--resume` and `--restart`; expected one of them'],
    ['regions twice', '--region a --regions b', 'there are `--region` and `--regions`; expected one of them'],
    ['a journal that cannot be written', '--journal a/b', 'cannot write `a/b`: no such file or directory'],
  ])('%s', async (_what, args, line) => {
    expect(await report({ 'eu-west-1': clean() }, args)).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: `portcullis: ${line}\n`,
    });
    expect(existsSync(pathOf(JOURNAL))).toBe(false);
  });

  it('a journal of another question, without a line or an escape sequence of its own', async () => {
    const question = { baseline: 'x', places: ['eu-west-1\u001b[2J\u202e\nportcullis: all is well'], who: false };
    writeFileSync(
      join(folder.path, 'planted'),
      `${JSON.stringify({ portcullis: 'report', version: 1, question, at: '2026-11-23T12:00:00Z' })}\n`,
    );

    const { exitCode, stderr } = await report({ 'eu-west-1': clean() }, '--journal planted --resume');

    expect(exitCode).toBe(1);
    expect(stderr.split('\n')).toHaveLength(2);
    expect(stderr).toContain('the places were eu-west-1\uFFFD[2J\uFFFD portcullis: all is well');
  });

  it('a journal that is a pipe, which nobody writes into', async () => {
    execFileSync('mkfifo', [join(folder.path, 'pipe')]);

    expect(await report({ 'eu-west-1': clean() }, '--journal pipe --resume')).toMatchObject({
      exitCode: 1,
      stderr: 'portcullis: `pipe` is not the journal of a report; expected another `--journal`\n',
    });
  });

  it.each(['', ' --resume', ' --restart'])('a journal that is none, with `--journal FILE%s`', async (option) => {
    writeFileSync(pathOf('notes.txt'), 'mine\n');

    expect(await report({ 'eu-west-1': clean() }, `--journal notes.txt${option}`)).toMatchObject({
      exitCode: 1,
      stderr: 'portcullis: `notes.txt` is not the journal of a report; expected another `--journal`\n',
    });
    expect(readFileSync(pathOf('notes.txt'), 'utf8')).toBe('mine\n');
  });
});
