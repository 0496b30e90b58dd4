/** Every command with bad input: one clear line, the right exit code, and nothing is lost. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OpenAccountRegion } from '../aws/account-region.js';
import type { Io } from './io.js';
import { runIn, temporaryFolder, type Ran } from '../testing/run-command.js';
import { baselineFile, openerOf, region, tcp, WEB } from '../testing/account-region.js';

const folder = temporaryFolder();

/** Each command as a user would type it, on the file `b.yaml`. */
const COMMANDS = {
  check: 'check b.yaml',
  compile: 'compile b.yaml --out out.json',
  plan: 'plan b.yaml --json --out out.json',
  apply: 'apply b.yaml --yes',
  adopt: 'adopt --all --out b.yaml --force',
  explain: 'explain event.json --baseline b.yaml',
  report: 'report b.yaml --html --out out.html',
} as const;
type Name = keyof typeof COMMANDS;

/** A record that EC2 must be asked about. */
const call = () => ({
  eventVersion: '1.11',
  userIdentity: { type: 'IAMUser', arn: 'arn:aws:iam::111122223333:user/mallory', userName: 'mallory' },
  eventSource: 'ec2.amazonaws.com',
  eventName: 'DeleteSecurityGroup',
  eventTime: '2026-11-23T11:59:00Z',
  eventID: 'e-1',
  awsRegion: 'eu-west-1',
  recipientAccountId: '111122223333',
  requestParameters: { groupId: WEB },
  responseElements: { _return: true },
});

const JOURNAL = '.portcullis-report.jsonl';
const live = () => region({ [WEB]: ['tcp 22 from 0.0.0.0/0'] });
const contents = (): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder.path)
      // What a report found before it had to end is kept on purpose.
      .filter((name) => name !== JOURNAL)
      .map((name) => [name, readFileSync(join(folder.path, name), 'utf8')]),
  );

async function ranUnchanged(name: Name, changes: Partial<Io> = {}, command: string = COMMANDS[name]): Promise<Ran> {
  const before = contents();
  const ran = await runIn(folder.path, command.split(' '), { openAccountRegion: openerOf(live()), ...changes });
  expect(contents()).toEqual(before);
  return ran;
}

/** What people read first: one line that says what is wrong. */
const firstLine = ({ stderr }: Ran): string => stderr.split('\n')[0] ?? '';

beforeEach(() => {
  writeFileSync(join(folder.path, 'b.yaml'), baselineFile([tcp(443, '0.0.0.0/0')]));
  writeFileSync(join(folder.path, 'event.json'), '{}');
  for (const name of ['out.json', 'out.html']) writeFileSync(join(folder.path, name), 'from before');
});

describe('a missing file', () => {
  it.each<Name>(['check', 'compile', 'plan', 'apply', 'explain', 'report'])('%s', async (name) => {
    const ran = await ranUnchanged(name, {}, COMMANDS[name].replace('b.yaml', 'gone.yaml'));

    expect(ran).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: 'portcullis: cannot read `gone.yaml`: no such file or directory\n',
    });
  });
});

describe('a file that is not YAML', () => {
  it.each<Name>(['check', 'compile', 'plan', 'apply', 'explain', 'report'])('%s', async (name) => {
    writeFileSync(join(folder.path, 'b.yaml'), 'version: 1\nbaselines: [');

    const ran = await ranUnchanged(name);

    expect({ exitCode: ran.exitCode, stdout: ran.stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(firstLine(ran)).toMatch(/^b\.yaml:2:\d+ +syntax +.*; expected /);
    expect(ran.stderr).toMatch(/\nb\.yaml: 1 problem\n$/);
  });
});

const noCredentials = (): OpenAccountRegion => {
  const ec2 = live();
  // As the SDK says it, of the first call.
  const none = Object.assign(new Error('Could not load credentials from any providers'), {
    name: 'CredentialsProviderError',
    tryNextLink: false,
  });
  return async (options, signal) => ({
    ...(await openerOf(ec2, { accountId: () => Promise.reject(none) })(options, signal)),
    survey: () => ({ [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(none) }) }),
  });
};

describe('no credentials', () => {
  it.each<Name>(['plan', 'apply', 'adopt', 'report'])('%s', async (name) => {
    const { exitCode, stderr } = await ranUnchangedButReport(name, { openAccountRegion: noCredentials() });

    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /^portcullis: (default was not read: )?no AWS credentials were found; expected them where the AWS CLI finds them: .*\n/,
    );
  });

  it('explain judges by the event itself, and says so', async () => {
    const { exitCode, stderr } = await ranUnchanged('explain', { openAccountRegion: noCredentials() });

    expect({ exitCode, line: firstLine({ exitCode, stderr, stdout: '' }) }).toEqual({
      exitCode: 0,
      line: expect.stringMatching(/^portcullis: EC2 is not asked: no AWS credentials were found;/) as string,
    });
  });
});

describe('no permission', () => {
  it.each<Name>(['plan', 'apply', 'adopt', 'report'])('%s', async (name) => {
    const ec2 = live();
    ec2.before = () => 'denied';

    const { exitCode, stderr } = await ranUnchangedButReport(name, { openAccountRegion: openerOf(ec2) });

    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /^portcullis: (default was not read: )?the credentials may not call DescribeSecurityGroups in .* \(UnauthorizedOperation\); expected a policy that allows it\n/,
    );
    expect(ec2.state).toEqual(['tcp/22 from 0.0.0.0/0']);
  });
});

/** A report shows the places that it could read, though there be none. */
async function ranUnchangedButReport(name: Name, changes: Partial<Io>): Promise<Ran> {
  return ranUnchanged(name, changes, name === 'report' ? 'report b.yaml' : COMMANDS[name]);
}

describe('an unknown group', () => {
  it.each<Name>(['plan', 'apply', 'report'])('%s', async (name) => {
    const { exitCode, stderr } = await ranUnchanged(
      name,
      { openAccountRegion: openerOf(region({})) },
      name === 'apply' ? COMMANDS.apply : `${name} b.yaml`,
    );

    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: expect.stringMatching(/^portcullis: 1 group that a baseline names does not exist here; expected its id.*\n$/) as string,
    });
  });

  it('adopt', async () => {
    const { exitCode, stderr } = await ranUnchanged('adopt', {}, 'adopt --group sg-0000000f --out b.yaml --force');

    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: 'portcullis: there is no sg-0000000f in eu-west-1; expected the ids of groups of this account\n',
    });
  });
});

describe('an interrupt', () => {
  it.each<Name>(['plan', 'apply', 'adopt', 'explain', 'report'])('%s', async (name) => {
    const ec2 = live();
    if (name === 'explain') writeFileSync(join(folder.path, 'event.json'), JSON.stringify(call()));
    const interrupt = new AbortController();
    ec2.before = () => {
      interrupt.abort();
      return undefined;
    };

    const { exitCode, stdout, stderr } = await ranUnchanged(name, {
      openAccountRegion: openerOf(ec2),
      signal: interrupt.signal,
    });

    expect({ exitCode, stdout }).toEqual({ exitCode: 130, stdout: '' });
    expect(stderr).toMatch(/^portcullis: interrupted.*\n$/);
    expect(ec2.state).toEqual(['tcp/22 from 0.0.0.0/0']);
  });
});
