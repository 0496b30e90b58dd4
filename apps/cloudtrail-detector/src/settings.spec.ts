import { readSettings } from './settings.js';

it('nobody is taken for the remediator and the baseline lies beside the code, unless told otherwise', () => {
  expect(readSettings({ REMEDIATOR_ROLE_ARN: '' })).toEqual({ baselinePath: undefined, remediatorRoleArn: undefined });
});

it('the role is told by its ARN, with its path', () => {
  const arn = 'arn:aws-us-gov:iam::111122223333:role/guards/remediator';

  expect(readSettings({ REMEDIATOR_ROLE_ARN: arn }).remediatorRoleArn).toBe(arn);
});

it.each(['remediator', 'arn:aws:sts::111122223333:assumed-role/remediator/session'])(
  '%s is refused, with what would be right',
  (text) => {
    expect(() => readSettings({ REMEDIATOR_ROLE_ARN: text })).toThrow(
      `REMEDIATOR_ROLE_ARN is \`${text}\`: write the ARN of an IAM role`,
    );
  },
);
