import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findAwsLimitExcesses, AWS_LIMITS, type AwsLimit } from '@portcullis/aws-limits';
import { zipSync } from 'fflate';
import { baselineOf, limitIn, synthesis, synthesisedStacks } from '../testing/synthesised.js';
import type { Statement } from '../policies/statements.js';
import { statementsIn, type Template } from '../testing/template.js';
import { synthZipSize } from './check-limits.js';

const organization = { id: 'o-exampleorgid', members: ['444455556666', '777788889999'] };
const everywhere = { accountId: '111122223333', regions: ['eu-west-1', 'us-east-1'], organization, kmsKey: 'create' };

function groupIds(count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => `sg-${i.toString(16).padStart(17, '0')}`);
}

function withEgress(count: number): readonly object[] {
  return [baselineOf('many', groupIds(count), { egress: [] })];
}

function tagged(tags: object): readonly object[] {
  return [baselineOf('tagged', [], { groups: { tags, vpcs: ['vpc-00000001'] }, egress: [] })];
}

function tcp(port: number, IpRanges: readonly object[]): object {
  return { IpProtocol: 'tcp', FromPort: port, ToPort: port, IpRanges };
}

/** The stacks of deployments that must keep AWS's limits. `synthesisedStacks` throws if a stack exceeds a limit. */
const deployments: readonly (readonly [string, readonly Template[]])[] = [
  ['the defaults', synthesisedStacks()],
  ['a name of 28 characters', synthesisedStacks({ ...everywhere, name: 'a'.repeat(28) })],
  ['an organization of three accounts in two regions', synthesisedStacks(everywhere)],
  ['1,000 groups by id with egress', synthesisedStacks({}, withEgress(1_000))],
  ['1,000 groups by id with egress in an organization', synthesisedStacks(everywhere, withEgress(1_000))],
  [
    '20 limits over every group',
    synthesisedStacks(
      {},
      [],
      Array.from({ length: 20 }, (_, i) => limitIn(`limit-${i}`, { all: true })),
    ),
  ],
  [
    'a limit that excepts 200 groups by id',
    synthesisedStacks({}, [], [limitIn('no-ssh', { all: true, except: { ids: groupIds(200) } }, { repair: 'narrow' })]),
  ],
  [
    'a baseline whose texts all contain `${x}` and `%{y}`',
    synthesisedStacks({}, [
      ...tagged({ Tier: '${x}', '%{k}': '%{y}' }),
      baselineOf('texts', ['sg-00000001'], {
        groups: { ids: ['sg-00000001'], names: ['${x}*'] },
        ingress: [tcp(443, [{ CidrIp: '0.0.0.0/0', Description: '${x}' }])],
        permit: [{ permission: tcp(22, [{ CidrIp: '192.0.2.0/24' }]), reason: '${x} %{y}' }],
        ignore: [{ descriptionPrefix: '${x}' }, { tag: { key: '${x}', value: '%{y}' } }],
      }),
    ]),
  ],
];

it('`synthZipSize` returns the size of a zip, and the size of its files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'limits-'));
  const zip = zipSync({ 'main.mjs': new Uint8Array(5_000), 'baseline.json': new Uint8Array(5_000) });
  writeFileSync(join(folder, 'f.zip'), zip);
  const isExceeded = (limit: AwsLimit, maximum: number): boolean => {
    const options = { limits: [{ ...limit, maximum }], sizeOfFile: synthZipSize(folder) };
    return findAwsLimitExcesses('stack', { aws_lambda_function: { f: { filename: 'f.zip' } } }, options).length === 1;
  };

  expect([zip.length - 1, zip.length].map((maximum) => isExceeded(AWS_LIMITS.packageZipped, maximum))).toEqual([true, false]);
  expect([9_999, 10_000].map((maximum) => isExceeded(AWS_LIMITS.packageUnzipped, maximum))).toEqual([true, false]);
  rmSync(folder, { recursive: true });
});

describe.each(deployments)('a deployment with %s', (_, stacks) => {
  it("every resource type that can contain text of the settings is in the table of AWS's limits", () => {
    const withoutText = [
      'aws_cloudwatch_event_target',
      'aws_config_configuration_recorder_status',
      'aws_lambda_function_event_invoke_config',
      'aws_s3_bucket_lifecycle_configuration',
      'aws_s3_bucket_public_access_block',
      'aws_s3_bucket_server_side_encryption_configuration',
      'aws_s3_bucket_versioning',
    ];
    const limited = Object.values<AwsLimit>(AWS_LIMITS).flatMap(({ appliesTo }) => appliesTo.map(({ type }) => type));

    for (const stack of stacks)
      expect(Object.keys(stack.counts()).filter((type) => ![...limited, ...withoutText].includes(type))).toEqual([]);
  });

  it('every Terraform expression in the stacks is a plain reference', () => {
    for (const stack of stacks) {
      const expressions = stack.text.match(/(?<!\$)\$\{[^}]*\}|(?<!%)%\{[^}]*\}/g) ?? [];

      expect(expressions.filter((text) => !/^\$\{(?:data\.)?aws_[a-z0-9_]+\.[\w-]+\.[a-z_]+\}$/.test(text))).toEqual([]);
    }
  });
});

/** Returns the statements of all policies of the remediator. */
function statementsOf(template: Template | undefined): readonly Statement[] {
  return ['aws_iam_role_policy', 'aws_iam_policy']
    .flatMap((type) => template?.resources(type) ?? [])
    .filter(({ address }) => address.includes('.config-remediator_'))
    .flatMap(({ policy }) => statementsIn(policy));
}

describe('1,000 groups by id with egress', () => {
  const [stack] = synthesisedStacks({}, withEgress(1_000));
  const [, member] = synthesisedStacks(everywhere, withEgress(1_000));
  it.each([
    ['the central account', stack],
    ['a member account', member],
  ])('the policies of the remediator in %s contain the ids of 1,000 groups, each exactly once', (_, template) => {
    const restoring = statementsOf(template).filter(({ Action }) => Action.includes('ec2:RevokeSecurityGroupEgress'));

    expect(JSON.stringify(restoring.map(({ Condition }) => Condition)).match(/sg-\w+/g)).toEqual(groupIds(1_000));
    expect(new Set(restoring.flatMap(({ Resource }) => Resource.map((arn) => arn.replace(/^.*:/, ''))))).toEqual(
      new Set(['security-group/*']),
    );
    expect(template?.resources('aws_iam_role_policy_attachment').map(({ role }) => role)).toEqual(
      template?.resources('aws_iam_policy').map(() => '${aws_iam_role.config-remediator_role.name}'),
    );
  });

  it('the first invocation can restore each of 1,000 groups, because Terraform creates the function after every policy', () => {
    expect(stack?.resource('aws_lambda_function', 'config-remediator_function').depends_on).toEqual(
      expect.arrayContaining(stack?.resources('aws_iam_role_policy_attachment').map(({ address }) => address) ?? []),
    );
  });
});

it('if a limit lists 1,000 groups, the policies of the remediator contain each group exactly once, and every statement excludes the excepted groups', () => {
  const limit = limitIn('narrowed', { ids: groupIds(1_000), except: { tags: { Bastion: 'yes' } } }, { repair: 'narrow' });
  const [stack] = synthesisedStacks({}, [], [limit]);
  const limited = statementsOf(stack).filter(({ Sid }) => Sid.startsWith('RestoreLimited'));

  expect(JSON.stringify(limited.map(({ Condition }) => Condition)).match(/sg-\w+/g)).toEqual(groupIds(1_000));
  expect(limited.length).toBeGreaterThan(1);
  for (const { Condition } of limited) expect(Condition).toMatchObject({ StringNotEquals: { 'aws:ResourceTag/Bastion': 'yes' } });
});

describe('synthesis refuses a deployment that exceeds a limit of AWS, with the number and the fix', () => {
  const topics = Array.from({ length: 6 }, (_, i) => `arn:aws:sns:eu-west-1:111122223333:alarms-${i}`);
  const deployers = Array.from({ length: 60 }, (_, i) => `arn:aws:iam::111122223333:role/${'d'.repeat(40)}-${i}`);
  const blocks = (count: number) => [
    tcp(
      443,
      Array.from({ length: count }, (_, i) => ({ CidrIp: `10.${i >> 8}.${i & 255}.0/24` })),
    ),
  ];

  it.each<readonly [string, Parameters<typeof synthesis>, RegExp]>([
    [
      'if it has more groups by id than ten managed policies can name',
      [{}, withEgress(3_000)],
      /^`baseline`: managed policies attached to a role: 11 resources, AWS allows 10 by default \(aws_iam_role_policy_attachment\.config-remediator_restore-1-attachment and 10 others of portcullis-eu-west-1\); one deployment can select about 2,800 groups by id: select groups by tag or VPC/,
    ],
    [
      'if a limit excepts more groups by id than a policy can name',
      [{}, [], [limitIn('no-ssh', { all: true, except: { ids: groupIds(500) } })]],
      /^`baseline`: .*: 1\d,\d{3} policy characters, AWS allows \d+,\d{3} .*give these groups a tag, and name the tag in `except`; see/,
    ],
    [
      'if it has more actions than an alarm can have',
      [{ alarms: { actions: topics } }],
      /^`alarms.actions`: actions of an alarm for the same alarm state: 6 entries, AWS allows 5 .* and \d+ more\); name at most 5/,
    ],
    [
      'if it has more deployers than the environment of a function can hold',
      [{ deployers }],
      /^`deployers`: environment variables of a function: 4,\d\d\d bytes, AWS allows 4,096 .*; name fewer roles/,
    ],
    [
      'if it has more tags than a resource can have',
      [{ tags: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`t${i}`, 'v'])) }],
      /^`tags`: tags of a resource: 51 entries, AWS allows 50 /,
    ],
    [
      'if a group has more rules than any quota allows',
      [{}, [baselineOf('big', ['sg-00000001'], { ingress: blocks(1_001) })]],
      /^`baselines`: rules of a security group .*: 1,001 rules, AWS allows 1,000 \(baseline\.big ingress of \S+baseline\.json\)/,
    ],
    [
      'if it has a tag that no IAM policy can hold',
      [{}, tagged({ Tier: '\u7db2' })],
      /^`baseline`: policy document: \d+ characters that AWS does not allow .*Latin-1/,
    ],
  ])('synthesis refuses a deployment %s', (_, args, problem) => {
    expect(synthesis(...args)).toMatchObject({ ok: false, problems: [expect.stringMatching(problem)] });
  });

  it('synthesis names all exceeded limits at once', () => {
    expect(synthesis({ alarms: { actions: topics }, deployers }, withEgress(3_000))).toMatchObject({
      ok: false,
      problems: [/^`baseline`/, /^`deployers`/, /^`alarms.actions`/].map((problem) => expect.stringMatching(problem) as string),
    });
  });

  it('synthesis only warns about more rules than the default quota, because the account can have a higher quota', () => {
    const result = synthesis({}, [baselineOf('large', ['sg-00000001'], { ingress: blocks(61) })]);

    expect(result).toMatchObject({
      ok: true,
      notes: [
        expect.stringMatching(/^`baselines`: .*: 61 rules, AWS allows 60 by default \(baseline\.large ingress/),
        expect.stringContaining('trail'),
      ],
    });
  });
});
