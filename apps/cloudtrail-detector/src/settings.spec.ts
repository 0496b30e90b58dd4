import { readDetectorSettings } from './settings.js';

const ROLE = 'arn:aws-us-gov:iam::111122223333:role/guards/remediator';
const KEY = 'arn:aws-us-gov:kms:us-gov-west-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab';
const FUNCTION = 'arn:aws:lambda:eu-west-1:111122223333:function:portcullis-config-remediator';

it('without environment variables, the detector recognizes no remediator, invokes no function, and reads the baseline beside its bundle', () => {
  expect(readDetectorSettings({ REMEDIATOR_ROLE_ARN: '', WAKE_FUNCTION: '' })).toEqual({
    baselinePath: undefined,
    remediatorRoleArn: undefined,
    wakeFunction: undefined,
    guardName: undefined,
    guardKmsKeyArn: undefined,
    deployers: [],
    accounts: { own: undefined, memberRoleArn: undefined, membersPath: undefined },
    remediatorMemberRoleArn: undefined,
    sinks: {},
  });
});

it('`readDetectorSettings` reads every environment variable', () => {
  const environment = {
    REMEDIATOR_ROLE_ARN: ROLE,
    WAKE_FUNCTION: FUNCTION,
    BASELINE_PATH: '/b.json',
    EVENT_BUS: 'security',
    GUARD_NAME: 'portcullis',
    GUARD_KMS_KEY_ARN: KEY,
    DEPLOYER_ROLE_ARNS: `${ROLE},arn:aws:iam::111122223333:role/ci`,
    CENTRAL_ACCOUNT_ID: '111122223333',
    MEMBER_ROLE_ARN: 'arn:aws:iam::{account}:role/detector',
    MEMBERS_PATH: '/members.json',
    REMEDIATOR_MEMBER_ROLE_ARN: 'arn:aws:iam::{account}:role/remediator',
  };

  expect(readDetectorSettings(environment)).toEqual({
    baselinePath: '/b.json',
    remediatorRoleArn: ROLE,
    wakeFunction: FUNCTION,
    guardName: 'portcullis',
    guardKmsKeyArn: KEY,
    deployers: [ROLE, 'arn:aws:iam::111122223333:role/ci'],
    accounts: {
      own: '111122223333',
      memberRoleArn: 'arn:aws:iam::{account}:role/detector',
      membersPath: '/members.json',
    },
    remediatorMemberRoleArn: 'arn:aws:iam::{account}:role/remediator',
    sinks: { eventBridge: { eventBus: 'security', format: 'portcullis', minimumSeverity: 'info' } },
  });
});

const WAKE_ALONE = "REMEDIATOR_ROLE_ARN is not set: WAKE_FUNCTION requires the ARN of the remediator's IAM role";
it.each([
  ['a role by its name', { REMEDIATOR_ROLE_ARN: 'remediator' }, 'REMEDIATOR_ROLE_ARN is `remediator`: write the ARN of an IAM role'],
  [
    'a session of a role',
    { REMEDIATOR_ROLE_ARN: 'arn:aws:sts::111122223333:assumed-role/remediator/session' },
    'REMEDIATOR_ROLE_ARN is `arn:aws:sts::111122223333:assumed-role/remediator/session`: write the ARN of an IAM role',
  ],
  [
    'a KMS key by its alias',
    { GUARD_KMS_KEY_ARN: 'alias/portcullis' },
    'GUARD_KMS_KEY_ARN is `alias/portcullis`: write the ARN of a KMS key, `arn:<partition>:kms:<region>:<account>:key/<id>`',
  ],
  ['`WAKE_FUNCTION` without `REMEDIATOR_ROLE_ARN`', { WAKE_FUNCTION: FUNCTION }, WAKE_ALONE],
])('`readDetectorSettings` refuses %s, and its error names the expected value', (_, environment, problem) => {
  expect(() => readDetectorSettings(environment)).toThrow(problem);
});

it('the error of `readDetectorSettings` names every invalid variable', () => {
  expect(() => readDetectorSettings({ REMEDIATOR_ROLE_ARN: 'x', WAKE_FUNCTION: 'y', SNS_TOPIC_ARN: 'z' })).toThrow(
    /REMEDIATOR_ROLE_ARN is `x`.*; WAKE_FUNCTION is `y`: write the ARN of a Lambda function.*; SNS_TOPIC_ARN is `z`/,
  );
});
