import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSettings } from './read-settings.js';

const minimal = 'regions: [eu-west-1]\nbaseline: baseline.yaml\n';

/** Returns one line for each problem: `LINE:COLUMN PATH: CODE TEXT, expected …`. */
const problemsOf = (text: string): readonly string[] => {
  const result = readSettings(text);
  if (result.ok) return [];
  return result.problems.map(
    ({ line, column, path, code, text: found, expected }) => `${line}:${column} ${path}: ${code} ${found}, expected ${expected}`,
  );
};

it('`readSettings` fills in every default if the file has only a region and a baseline', () => {
  expect(readSettings(minimal)).toEqual({
    ok: true,
    value: [
      {
        name: 'portcullis',
        region: 'eu-west-1',
        baseline: 'baseline.yaml',
        mode: 'declared',
        recorder: 'create',
        trail: 'create',
        trailEvents: 'all',
        runtime: 'nodejs24.x',
        architecture: 'arm64',
        memory: 256,
        logRetentionDays: 90,
        recordRetentionDays: 365,
        reportRestored: 'COMPLIANT',
        reservedConcurrency: {},
        wake: false,
        sinks: {},
        alarms: { actions: [], driftsPerHour: 20 },
        tags: {},
        deployers: [],
      },
    ],
  });
});

describe('the example infra/portcullis.yaml', () => {
  const example = readFileSync(join(__dirname, '../../../infra/portcullis.yaml'), 'utf8');

  it('the example infra/portcullis.yaml is valid', () => {
    expect(problemsOf(example)).toEqual([]);
  });

  it('the example infra/portcullis.yaml contains every valid key, partly in comments, and no unknown key', () => {
    const withEverything = example.replace(/^# ((?:(?: {2}){1,2}\w|[a-z])\w*:.*)$/gm, '$1');
    const result = readSettings(withEverything);
    const [unknown = ''] = problemsOf(`${minimal}nothing: of the kind`);

    expect(problemsOf(withEverything)).toEqual([]);
    const [told = {}] = result.ok ? result.value : [];
    expect([...Object.keys(told).filter((key) => key !== 'region'), 'regions'].sort()).toEqual(
      [...unknown.matchAll(/`(\w+)`/g)].map(([, key]) => key).sort(),
    );
  });
});

it('`readSettings` reports every problem at once, each with its line and column', () => {
  const problems = problemsOf(`name: Portcullis
regions: [eu-west]
memroy: 512
tags:
  aws:team: platform
  CostCenter: 1234
state: { bucket: states, lock: true }
provider:
  version: "5"
`);

  expect(problems).toEqual([
    '1:1 baseline: missing-key absent, expected the path of the baseline file, relative to the settings file',
    expect.stringMatching(/^1:7 name: bad-value Portcullis, expected 3 to 28 lower-case letters/),
    '2:11 regions[0]: bad-value eu-west, expected the region of the guarded groups, such as `eu-west-1`',
    expect.stringMatching(/^3:1 memroy: unknown-key memroy, expected one of the keys .*`memory`/),
    expect.stringMatching(/^5:3 tags\["aws:team"\]: bad-value aws:team, expected .* not starting with `aws:`/),
    expect.stringMatching(/^6:15 tags.CostCenter: bad-value 1234, expected .* in quotes if the text is a number/),
    '7:8 state.region: missing-key absent, expected the region of the bucket, such as `eu-west-1`',
    '7:26 state.lock: unknown-key lock, expected one of the keys `bucket`, `region`, `key`, `locking`',
    '9:12 provider.version: bad-value "5", expected a version of the AWS provider, such as `5.100.0`',
  ]);
});

it.each([
  ['an account id that YAML reads as a number', 'accountId: 111122223333', 'in quotes'],
  ['a name that is too long for the bucket named after it', `name: ${'a'.repeat(29)}`, '3 to 28'],
  ['a name with a double hyphen', 'name: a--b', 'single hyphens'],
  ['a runtime other than Node.js', 'runtime: python3.12', '`nodejs20.x`'],
  ['a runtime that cannot run the bundle', 'runtime: nodejs18.x', '`nodejs20.x`'],
  ['a retention that CloudWatch Logs refuses', 'logRetentionDays: 100', '`90`, `120`'],
  ['unlimited retention', 'logRetentionDays: 0', '`1`'],
  ['a negative number of revocations', 'maxRevocations: -1', 'from 0 to 100000'],
  ['memory in gigabytes', 'memory: 1GB', 'whole MB'],
  ['less memory than Lambda offers', 'memory: 64', '128'],
  ["a schedule that is not one of AWS Config's values", 'schedule: daily', '`TwentyFour_Hours`'],
  ['an unknown value for the recorder', 'recorder: none', '`create`, `existing`'],
  ['an expression that Terraform would evaluate', 'tags: { Team: "${file(\'/etc/passwd\')}" }', 'which IAM allows'],
  ['a tag that IAM refuses', 'tags: { Team: "red & blue" }', 'which IAM allows'],
  ['a name too short for a trail', 'name: ab', '3 to 28'],
  ['a provider version that unblocks SSE-C on the log buckets', 'provider: { version: 6.39.0 }', '`6.40.0` or later'],
  ['a provider version without arguments that the stacks need', 'provider: { version: 5.99.1 }', '`5.100.0` or later'],
  [
    'an old provider version, even with an endpoint',
    'provider: { endpoint: "http://127.0.0.1:5000", version: 4.67.0 }',
    '`5.100.0` or later',
  ],
  [
    'a provider version that does not know the default runtime',
    'provider: { version: 5.100.0 }',
    '`runtime: nodejs22.x`, or version `6.40.0` or later',
  ],
  ['an endpoint without a scheme', 'provider: { endpoint: localhost }', '`http://127.0.0.1:5000`'],
])('`readSettings` refuses %s, and says what is valid', (_, line, expected) => {
  const problems = problemsOf(`${minimal}${line}\n`);

  expect(problems).toEqual([expect.stringMatching(/^3:\d+ \S+: bad-value /)]);
  expect(problems[0]).toContain(expected);
});

it.each([
  ['a text that is not YAML', 'region: [eu-west-1\nbaseline: x', 2],
  ['a key written twice', `${minimal}regions: [eu-west-2]`, 3],
  ['two documents', `${minimal}---\n${minimal}`, 3],
])('`readSettings` refuses %s', (_, text, line) => {
  expect(problemsOf(text)).toContainEqual(expect.stringMatching(new RegExp(`^${String(line)}:\\d+ \\S*: (syntax|duplicate-key) `)));
});

it.each(['', '# only a comment', '- a list', 'text'])('`readSettings` refuses a file that is not a mapping: `%s`', (text) => {
  expect(problemsOf(text)).toEqual([expect.stringMatching(/^1:1 : bad-value .*, expected a mapping with the keys/)]);
});

it('`readSettings` refuses a StackSet in a region of China', () => {
  const text =
    'regions: [cn-north-1]\nbaseline: b\naccountId: "111122223333"\norganization: { id: o-exampleorgid, stackSet: { organizationalUnits: [r-ab12] } }';

  expect(problemsOf(text)).toEqual([
    '4:47 organization.stackSet: bad-value { organizationalUnits: [r-ab12] }, expected no `stackSet` in the regions of China: list the accounts in `members`',
  ]);
});

describe('an organization', () => {
  const clashes = (organization: string, accountId = '111122223333'): readonly string[] =>
    problemsOf(`${minimal}accountId: "${accountId}"\norganization:\n  id: o-exampleorgid\n${organization}`);

  it.each([
    [
      'a member that is also excluded',
      '  members: ["444455556666"]\n  excludedAccounts: ["777788889999", "444455556666"]\n',
      '7:38 organization.excludedAccounts[1]: bad-value "444455556666", expected each account in only one of `members` and `excludedAccounts`',
    ],
    [
      'an account that is a member twice',
      '  members: ["444455556666", "444455556666"]\n',
      '6:29 organization.members[1]: bad-value "444455556666", expected each account once',
    ],
    [
      'the central account as a member',
      '  members: ["111122223333"]\n',
      '6:13 organization.members[0]: bad-value "111122223333", expected only accounts other than `accountId`, because `accountId` has its own stack',
    ],
    [
      'a management account that the organization rule covers and that has no stack',
      '  members: ["444455556666"]\n  managementAccountId: "777788889999"\n',
      '7:24 organization.managementAccountId: bad-value "777788889999", expected the management account in `excludedAccounts`, or in `members` with a `deployRoleArn` that exists in the account',
    ],
    [
      'a management account as a member without a deploy role',
      '  members: ["777788889999"]\n  managementAccountId: "777788889999"\n',
      '5:3 organization.deployRoleArn: missing-key absent, expected the ARN of a role that you created in every member account, because AWS Organizations creates no role in the management account',
    ],
    [
      'an unquoted account among the members',
      '  members: [444455556666]\n',
      '6:13 organization.members[0]: bad-value 444455556666, expected the 12 digits of an AWS account, in quotes, such as `"111122223333"`',
    ],
    [
      'a word other than `all` as `members`',
      '  members: everyone\n',
      '6:12 organization.members: bad-value everyone, expected `all`, or a list of account ids',
    ],
    [
      'a StackSet without organizational units',
      '  stackSet: { organizationalUnits: [] }\n',
      '6:36 organization.stackSet.organizationalUnits: bad-value [], expected a list of ids of organizational units, or the id of the root',
    ],
    [
      'the same organizational unit twice',
      '  stackSet: { organizationalUnits: [ou-ab12-exampleid, ou-ab12-exampleid] }\n',
      '6:56 organization.stackSet.organizationalUnits[1]: bad-value ou-ab12-exampleid, expected each unit once',
    ],
    [
      'an organizational unit that belongs to the listed root',
      '  stackSet: { organizationalUnits: [ou-ab12-exampleid, r-ab12] }\n',
      '6:37 organization.stackSet.organizationalUnits[0]: bad-value ou-ab12-exampleid, expected only the root, or only organizational units',
    ],
    [
      'a management account that neither the StackSet nor Terraform deploys to',
      '  stackSet: { organizationalUnits: [r-ab12] }\n  managementAccountId: "777788889999"\n',
      '7:24 organization.managementAccountId: bad-value "777788889999", expected the management account in `excludedAccounts`, or in `members` with a `deployRoleArn` that exists in the account',
    ],
  ])('`readSettings` refuses %s', (_, organization, problem) => {
    expect(clashes(organization)).toEqual([problem]);
  });

  it.each([
    ['that is the central account', '  managementAccountId: "111122223333"\n'],
    ['that is excluded', '  excludedAccounts: ["777788889999"]\n  managementAccountId: "777788889999"\n'],
    [
      'that is a member with its own deploy role',
      '  members: ["777788889999"]\n  managementAccountId: "777788889999"\n  deployRoleArn: arn:aws:iam::{account}:role/deployer\n',
    ],
    ['of an organization whose members somebody else deploys', '  members: all\n  managementAccountId: "777788889999"\n'],
  ])('`readSettings` accepts a management account %s', (_, organization) => {
    expect(clashes(organization)).toEqual([]);
  });
});

describe('several regions', () => {
  const values = (text: string) => {
    const result = readSettings(text);
    return result.ok ? result.value : result.problems;
  };

  it('`readSettings` returns settings for each region, and only the first region creates the trail', () => {
    expect(values('regions: [eu-west-1, us-east-1]\nbaseline: b.yaml\nmemory: 512\n')).toMatchObject([
      { region: 'eu-west-1', trail: 'create', baseline: 'b.yaml', memory: 512 },
      { region: 'us-east-1', trail: 'existing', baseline: 'b.yaml', memory: 512 },
    ]);
  });

  it('`readSettings` lets each region override single settings', () => {
    const text = `baseline: b.yaml
recorder: existing
sinks: { securityHub: {} }
regions:
  eu-west-1:
  us-east-1: { baseline: us.yaml, recorder: create, mode: report, sinks: {} }
`;

    expect(values(text)).toMatchObject([
      { region: 'eu-west-1', baseline: 'b.yaml', recorder: 'existing', mode: 'declared', sinks: { securityHub: {} } },
      { region: 'us-east-1', baseline: 'us.yaml', recorder: 'create', mode: 'report', sinks: {} },
    ]);
  });

  it.each([
    ['an empty list of regions', 'baseline: b\nregions: []', '2:10 regions: bad-value [], expected a list of regions'],
    [
      'the same region twice',
      'baseline: b\nregions: [eu-west-1, eu-west-1]',
      '2:22 regions[1]: bad-value eu-west-1, expected each region once',
    ],
    ['an invalid region', 'baseline: b\nregions: { mars: }', '2:12 regions.mars: bad-value mars, expected the region'],
    [
      'a region without a baseline',
      'regions:\n  eu-west-1: { baseline: b }\n  us-east-1:',
      '3:3 regions.us-east-1.baseline: missing-key absent',
    ],
    [
      'a key in a region that is valid only for the whole file',
      'baseline: b\nregions: { eu-west-1: { trail: create } }',
      '2:25 regions.eu-west-1.trail: unknown-key trail',
    ],
    [
      'a runtime of one region that the provider version does not know',
      'baseline: b\nruntime: nodejs22.x\nregions: { eu-west-1: , us-east-1: { runtime: nodejs24.x } }\nprovider: { version: 5.100.0 }',
      '4:22 provider.version: bad-value 5.100.0, expected `runtime: nodejs22.x`',
    ],
    [
      'one state key for two regions',
      'baseline: b\nregions: [eu-west-1, us-east-1]\nstate: { bucket: bbb, region: eu-west-1, key: k }',
      '3:47 state.key: bad-value k, expected a key that contains `{region}`',
    ],
    [
      'one state key for the central account and the organization rule',
      'baseline: b\nregions: [eu-west-1]\naccountId: "111122223333"\norganization: { id: o-exampleorgid }\nstate: { bucket: bbb, region: eu-west-1, key: k }',
      '5:47 state.key: bad-value k, expected a key that contains `{account}`',
    ],
    [
      'an organization without the id of the central account',
      'baseline: b\nregions: [eu-west-1]\norganization: { id: o-exampleorgid }',
      '1:1 accountId: missing-key absent',
    ],
  ])('`readSettings` refuses %s', (_, text, problem) => {
    expect(problemsOf(`${text}\n`)).toEqual([expect.stringContaining(problem)]);
  });
});

it.each([
  'alarms: { actions: ["arn:aws:sns:eu-west-1:111122223333:TEXT"] }',
  'deployers: ["arn:aws:iam::111122223333:role/TEXT"]',
  'kmsKey: "arn:aws:kms:eu-west-1:111122223333:key/TEXT"',
  'name: "TEXT"',
  'organization: { id: "o-TEXT" }\naccountId: "111122223333"',
  'organization: { id: o-exampleorgid, deployRoleArn: "arn:aws:iam::{account}:role/TEXT" }\naccountId: "111122223333"',
  'permissionsBoundary: "arn:aws:iam::111122223333:policy/TEXT"',
  'provider: { endpoint: "http://TEXT" }',
  'sinks: { eventBus: { arn: "arn:aws:events:eu-west-1:111122223333:event-bus/TEXT" } }',
  'sinks: { sns: { topicArn: "arn:aws:sns:eu-west-1:111122223333:TEXT" } }',
  'sinks: { sns: { topicArn: "arn:aws:sns:eu-west-1:111122223333:t", kmsKeyArn: "arn:aws:kms:eu-west-1:111122223333:key/TEXT" } }',
  'state: { bucket: "TEXT", region: eu-west-1 }',
  'state: { bucket: states, region: eu-west-1, key: "TEXT" }',
  'tags: { Team: "TEXT" }',
  'tags: { "TEXT": web }',
])('`readSettings` refuses a Terraform expression in `%s`', (line) => {
  for (const expression of ['${file("/etc/passwd")}', '%{ if true }', '${x}'])
    expect(problemsOf(`${minimal}${line.replace('TEXT', expression.replaceAll('"', '\\"'))}\n`)).toEqual([
      expect.stringContaining(': bad-value '),
    ]);
});
