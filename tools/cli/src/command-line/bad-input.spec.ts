/** For bad input, every command prints one clear line, exits with the right code, and changes no file or group. */
import { SecurityGroupCallError } from '@portcullis/security-groups';
import { cloudTrailEvent } from '@portcullis/cloudtrail/testing';
import type { SimulatedEc2 } from '@portcullis/security-groups/testing';
import type { OpenAccountRegion } from '../aws/account-region.js';
import { noCredentials, openerOf, region, WEB } from '../testing/account-region.js';
import { baselineFile, HTTPS } from '../testing/baselines.js';
import { failure, interruptOn, testFolder, type Changes, type Ran } from '../testing/run-command.js';

/** A record about a group that `explain` must read from EC2. */
const EVENT = cloudTrailEvent({
  eventName: 'DeleteSecurityGroup',
  requestParameters: { groupId: WEB },
  responseElements: { _return: true },
});
const SETTINGS = 'regions: [eu-west-1]\nbaseline: b.yaml\n';
const folder = testFolder({
  'b.yaml': baselineFile([HTTPS]),
  'event.json': JSON.stringify(EVENT),
  'settings.yaml': SETTINGS,
  'out.json': 'from before',
  'out.html': 'from before',
});

const COMMANDS = {
  check: 'check b.yaml',
  compile: 'compile b.yaml --out out.json',
  plan: 'plan b.yaml --json --out out.json',
  apply: 'apply b.yaml --yes',
  adopt: 'adopt --all --out b.yaml --force',
  accept: `accept ${WEB} --baseline b.yaml --forever --reason x`,
  explain: 'explain event.json --baseline b.yaml',
  report: 'report b.yaml',
  preflight: 'preflight settings.yaml',
  drill: `drill b.yaml --group ${WEB} --yes`,
} as const;
type Name = keyof typeof COMMANDS;

const live = (): SimulatedEc2 => region({ [WEB]: ['tcp 22 from 0.0.0.0/0'] });

/** Returns all files except the journal. An unfinished report keeps its journal. */
const contents = (): string[] =>
  folder
    .list()
    .filter((name) => name !== '.portcullis-report.jsonl')
    .map((name) => `${name}: ${folder.read(name)}`);

async function ranUnchanged(command: string, ec2 = live(), changes: Changes = {}): Promise<Ran> {
  const [files, rules] = [contents(), ec2.state];
  const ran = await folder.run(command, ec2, changes);
  expect({ files: contents(), rules: ec2.state }).toEqual({ files, rules });
  return ran;
}

const readers: Name[] = ['check', 'compile', 'plan', 'apply', 'accept', 'explain', 'report', 'preflight', 'drill'];

it.each(readers)('`portcullis %s` reports a missing file', async (name) => {
  const command = COMMANDS[name].replace(/(b|settings)\.yaml/, 'gone.yaml');

  expect(await ranUnchanged(command)).toEqual(failure('cannot read `gone.yaml`: no such file or directory'));
});

it.each(readers)('`portcullis %s` reports every problem of a baseline file', async (name) => {
  folder.write('b.yaml', 'version: 1\nbaselines: [');

  const { exitCode, stdout, stderr } = await ranUnchanged(COMMANDS[name]);

  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  expect(stderr).toMatch(/^b\.yaml:2:\d+ +syntax +.*; expected [^]*\nb\.yaml: 1 problem\n$/);
});

const failing = (error: Error): OpenAccountRegion => {
  const reject = () => Promise.reject(error);
  return async (options, signal) => ({
    ...(await openerOf(live(), { accountId: reject })(options, signal)),
    survey: () => ({ [Symbol.asyncIterator]: () => ({ next: reject }) }),
  });
};
const unreachable = new SecurityGroupCallError('DescribeSecurityGroups', 'ECONNREFUSED', 'transient', 'refused');

describe.each<Name>(['plan', 'apply', 'accept', 'adopt', 'report'])('portcullis %s', (name) => {
  it.each<[string, () => Changes, RegExp]>([
    ['missing credentials', () => ({ openAccountRegion: failing(noCredentials) }), /no AWS credentials found; run `aws configure` or/],
    [
      'a missing permission',
      () => denied(),
      /the credentials are not allowed to call DescribeSecurityGroups in .* \(UnauthorizedOperation\); expected a policy/,
    ],
    [
      'an unreachable AWS',
      () => ({ openAccountRegion: failing(unreachable) }),
      /AWS could not be reached in .* \(DescribeSecurityGroups: ECONNREFUSED\)/,
    ],
  ])(`portcullis ${name} reports %s in one line`, async (_what, changes, words) => {
    const { exitCode, stderr } = await ranUnchanged(COMMANDS[name], live(), changes());

    expect(exitCode).toBe(1);
    // `report` prints a report even if it could read no region.
    expect(stderr).toMatch(
      new RegExp(`^portcullis: ((default|eu-west-1) was not read: )?${words.source}.*\\n${name === 'report' ? '.*\\n' : ''}$`),
    );
  });
});

function denied(): Changes {
  const ec2 = live();
  ec2.before = () => 'denied';
  return { openAccountRegion: openerOf(ec2) };
}

it.each<[Name, string]>([
  ['plan', 'interrupted'],
  ['apply', 'interrupted'],
  ['accept', 'interrupted; nothing was written'],
  ['adopt', 'interrupted; nothing was written'],
  ['explain', 'interrupted'],
  ['report', 'interrupted; the finished regions are saved in `.portcullis-report.jsonl`. To continue, add `--resume`'],
])('`portcullis %s` exits with 130 if it is interrupted', async (name, message) => {
  const ec2 = live();

  expect(await ranUnchanged(COMMANDS[name], ec2, interruptOn(ec2))).toEqual({ ...failure(message), exitCode: 130 });
});
