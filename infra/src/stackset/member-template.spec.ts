/**
 * The CloudFormation template of a member account. The sandbox's specs check that the template and the Terraform stack create the same
 * resources.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { baselineOf, synthesis } from '../testing/synthesised.js';
import type { CloudFormationTemplate } from './member-template.js';

const organization = { id: 'o-exampleorgid', stackSet: { organizationalUnits: ['r-ab12'] } };
const settings = { accountId: '111122223333', organization, permissionsBoundary: 'arn:aws:iam::111122223333:policy/boundary' };
/**
 * A baseline with so many ids that the remediator's role needs managed policies, and with a tag that needs an escape in Terraform and
 * CloudFormation.
 */
const baselines = [
  baselineOf(
    'web',
    Array.from({ length: 500 }, (_, i) => `sg-${String(i).padStart(17, '0')}`),
  ),
  baselineOf('tagged', [], { groups: { tags: { Rate: '50%{x}' } } }),
];
const {
  templateTexts: [text = ''],
} = synthesis(settings, baselines);
const template = JSON.parse(text) as CloudFormationTemplate;

it('the same settings always give the same CloudFormation template', () => {
  expect(synthesis(settings, baselines).templateTexts).toEqual([text]);
});

it('the CloudFormation template contains no account id except that of the central account, so one template serves every account', () => {
  expect([...new Set(text.match(/\b\d{12}\b/g))]).toEqual(['111122223333']);
  expect(template.Resources.CloudtrailForwarder?.Properties?.PermissionsBoundary).toEqual({
    'Fn::Sub': 'arn:aws:iam::${AWS::AccountId}:policy/boundary',
  });
});

it('CloudFormation keeps the log buckets when it deletes the stack, because it cannot delete a bucket that contains objects', () => {
  const retained = Object.entries(template.Resources).filter(([, { DeletionPolicy }]) => DeletionPolicy !== undefined);

  expect(retained.map(([id, { DeletionPolicy, UpdateReplacePolicy }]) => [id, DeletionPolicy, UpdateReplacePolicy])).toEqual(
    ['RecorderLogBucket', 'TrailLogBucket'].map((id) => [id, 'RetainExceptOnCreate', 'Retain']),
  );
});

/** Returns whether the template's condition `Guarded` is true in the account. */
function isGuarded(accountId: string, { Conditions }: CloudFormationTemplate): unknown {
  const holds = (condition: unknown): boolean => {
    const [[name, operands]] = Object.entries(condition as Record<string, readonly unknown[]>) as [[string, readonly unknown[]]];
    if (name === 'Fn::Not') return !holds(operands[0]);
    if (name === 'Fn::Equals') return operands[1] === accountId;
    expect([name, operands.length >= 2, operands.length <= 10]).toEqual(['Fn::Or', true, true]);
    return operands.some(holds);
  };
  return holds(Conditions.Guarded);
}

it.each([
  ['in the central account', [], 0],
  ['in the central account, in members that Terraform deploys, and in 8 excluded accounts', ['444455556666'], 8],
  ['in the central account, in members that Terraform deploys, and in 300 excluded accounts', ['444455556666'], 300],
])('the CloudFormation template creates no resource %s', (_, members, count) => {
  const excludedAccounts = Array.from({ length: count }, (__, i) => String(200_000_000_000 + i));
  const { templateTexts } = synthesis({ ...settings, organization: { ...organization, members, excludedAccounts } });
  const one = JSON.parse(templateTexts[0] ?? '') as CloudFormationTemplate;

  expect(['111122223333', ...members, ...excludedAccounts].filter((id) => isGuarded(id, one))).toEqual([]);
  expect(isGuarded('777788889999', one)).toBe(true);
  const unconditional = Object.values(one.Resources).filter(({ Condition }) => Condition !== 'Guarded');
  expect(unconditional).toEqual([{ Type: 'AWS::CloudFormation::WaitConditionHandle' }]);
});

const hasLinter = spawnSync('cfn-lint', ['--version']).status === 0;

(hasLinter ? it : it.skip)(
  'gives a template that cfn-lint accepts in every partition (skipped without it: `pip install cfn-lint==1.51.0`)',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'template-'));
    try {
      writeFileSync(join(folder, 'template.json'), text);
      // The rule W3037 of cfn-lint reports unknown actions. The detector's Deny also covers the verbs `Batch` and `Validate`, which no EC2
      // action has yet.
      const args = ['--ignore-checks', 'W3037', '--regions', 'eu-west-1', 'us-east-1', 'us-gov-west-1', 'cn-north-1', '--template'];
      const { stdout, stderr, status } = spawnSync('cfn-lint', [...args, join(folder, 'template.json')], { encoding: 'utf8' });

      expect({ stdout, stderr, status }).toEqual({ stdout: '', stderr: '', status: 0 });
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
  60_000,
);
