import { readSettings } from './settings.js';

const ROLE = 'arn:aws-us-gov:iam::111122223333:role/guards/remediator';
const KEY = 'arn:aws-us-gov:kms:us-gov-west-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab';
const FUNCTION = 'arn:aws:lambda:eu-west-1:111122223333:function:portcullis-config-remediator';

it('nobody is taken for the remediator, nobody is woken and the baseline lies beside the code, unless told otherwise', () => {
  expect(readSettings({ REMEDIATOR_ROLE_ARN: '', WAKE_FUNCTION: '' })).toEqual({
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

it('all can be told', () => {
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

  expect(readSettings(environment)).toEqual({
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
    sinks: { eventBridge: { eventBus: 'security', minimumSeverity: 'info' } },
  });
});

it.each(['remediator', 'arn:aws:sts::111122223333:assumed-role/remediator/session'])(
  'the role %s is refused, with what would be right',
  (text) => {
    expect(() => readSettings({ REMEDIATOR_ROLE_ARN: text })).toThrow(`REMEDIATOR_ROLE_ARN is \`${text}\`: write the ARN of an IAM role`);
  },
);

it('a KMS key is named by its ARN', () => {
  expect(() => readSettings({ GUARD_KMS_KEY_ARN: 'alias/portcullis' })).toThrow(
    'GUARD_KMS_KEY_ARN is `alias/portcullis`: write the ARN of a KMS key, `arn:<partition>:kms:<region>:<account>:key/<id>`',
  );
});

it('nobody is woken whose own calls could not be told from those of others', () => {
  expect(() => readSettings({ WAKE_FUNCTION: FUNCTION })).toThrow(
    'REMEDIATOR_ROLE_ARN is not set: WAKE_FUNCTION needs it, or the remediator would wake itself',
  );
});

it('everything that is wrong is told at once', () => {
  expect(() => readSettings({ REMEDIATOR_ROLE_ARN: 'x', WAKE_FUNCTION: 'y', SNS_TOPIC_ARN: 'z' })).toThrow(
    /REMEDIATOR_ROLE_ARN is `x`.*; WAKE_FUNCTION is `y`: write the ARN of a Lambda function.*; SNS_TOPIC_ARN is `z`/,
  );
});
