import { SecurityGroupCallError, UnreadableRuleError } from '@portcullis/security-groups';
import { Failure, Interrupted } from '../program/failure.js';
import { withAwsErrorWords, awsErrorWords } from './error-words.js';

const here = { region: 'eu-west-1', profile: undefined };
const prod = { region: 'eu-west-1', profile: 'prod' };
const refused = (code: string): SecurityGroupCallError =>
  new SecurityGroupCallError('DescribeSecurityGroups', code, 'refused', `DescribeSecurityGroups: ${code}: EC2 says no`);
const credentials = (message: string): Error => Object.assign(new Error(message), { name: 'CredentialsProviderError', tryNextLink: false });

it.each<[string, unknown, string]>([
  [
    'no credentials',
    credentials('Could not load credentials from any providers'),
    'no AWS credentials were found of the profile `prod`; expected them',
  ],
  [
    'an SSO session that is over',
    credentials('The SSO session associated with this profile has expired.'),
    'the SSO session of the profile `prod` is over; expected `aws sso login --profile prod` first',
  ],
  [
    'an unknown profile',
    credentials('Could not resolve credentials using profile: [prod] in configuration/credentials file(s).'),
    'there are no credentials for the profile `prod`; expected a profile of `aws configure list-profiles`',
  ],
  [
    'keys that have expired',
    refused('ExpiredToken'),
    'the AWS credentials of the profile `prod` have expired; expected you to sign in again',
  ],
  [
    'keys that AWS does not know',
    refused('AuthFailure'),
    'AWS does not know the credentials of the profile `prod`, or not in eu-west-1 (AuthFailure)',
  ],
  [
    'no permission',
    refused('UnauthorizedOperation'),
    'the credentials of the profile `prod` may not call DescribeSecurityGroups in eu-west-1 (UnauthorizedOperation); expected a policy that allows it',
  ],
  [
    'no permission, of a service that names the call in its message',
    Object.assign(new Error('User: arn:aws:iam::1:user/x is not authorized to perform: logs:FilterLogEvents on resource: y'), {
      name: 'AccessDeniedException',
      $metadata: {},
    }),
    'the credentials of the profile `prod` may not call logs:FilterLogEvents in eu-west-1 (AccessDeniedException)',
  ],
  [
    'no network',
    refused('ENOTFOUND'),
    'AWS could not be reached in eu-west-1 (DescribeSecurityGroups: ENOTFOUND); expected a region that exists',
  ],
  ['anything else', refused('InternalError'), 'DescribeSecurityGroups: InternalError: EC2 says no'],
  ['a rule that cannot be read', new UnreadableRuleError('sg-1', []), 'the live rules of `sg-1` cannot be read: '.trim()],
])('says of %s what is wrong and what would be right', (_what, error, words) => {
  expect(awsErrorWords(error, prod)).toContain(words);
  expect(awsErrorWords(error, prod)).not.toContain('\n');
});

it('does not speak of a profile where none was named', () => {
  expect(awsErrorWords(refused('ExpiredToken'), here)).toBe(
    'the AWS credentials have expired; expected you to sign in again (`aws sso login`)',
  );
});

it('does not hide a mistake of ours', async () => {
  const mistake = new TypeError('x is not a function');

  expect(() => awsErrorWords(mistake, here)).toThrow(mistake);
  await expect(withAwsErrorWords(here, () => Promise.reject(mistake))).rejects.toBe(mistake);
});

it('passes on what is in words already', async () => {
  for (const error of [new Failure('told'), new Interrupted('interrupted')])
    await expect(withAwsErrorWords(here, () => Promise.reject(error))).rejects.toBe(error);
});
