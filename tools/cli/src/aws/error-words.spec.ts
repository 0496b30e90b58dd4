import { SecurityGroupCallError, UnreadableRuleError } from '@portcullis/security-groups';
import { Failure, Interrupted } from '../command-line/failure.js';
import { accessDenied, noCredentials, openerOf, region } from '../testing/account-region.js';
import { awsErrorWords } from './error-words.js';
import { inAccountRegion } from './in-account-region.js';

const withoutProfile = { region: 'eu-west-1', profile: undefined };
const prod = { region: 'eu-west-1', profile: 'prod' };
const refused = (code: string): SecurityGroupCallError =>
  new SecurityGroupCallError('DescribeSecurityGroups', code, 'refused', `DescribeSecurityGroups: ${code}: EC2 says no`);
const credentials = (message: string): Error => Object.assign(new Error(message), { name: noCredentials.name, tryNextLink: false });

it.each<[string, unknown, string]>([
  [
    'missing credentials',
    noCredentials,
    'no AWS credentials of profile `prod` found; run `aws configure` or `aws sso login --profile prod`',
  ],
  [
    'an expired SSO session',
    credentials('The SSO session associated with this profile has expired.'),
    'the SSO session of profile `prod` has expired; sign in again with `aws sso login --profile prod`',
  ],
  [
    'an unknown profile',
    credentials('Could not resolve credentials using profile: [prod] in configuration/credentials file(s).'),
    'the profile `prod` has no credentials; expected a profile that `aws configure list-profiles` lists',
  ],
  ['expired keys', refused('ExpiredToken'), 'the AWS credentials of profile `prod` have expired; sign in again'],
  ['unknown keys', refused('AuthFailure'), 'AWS rejected the credentials of profile `prod` in eu-west-1 (AuthFailure)'],
  [
    'a missing permission',
    refused('UnauthorizedOperation'),
    'the credentials of profile `prod` are not allowed to call DescribeSecurityGroups in eu-west-1 (UnauthorizedOperation); expected a policy that allows it',
  ],
  [
    'a missing permission that the message names',
    Object.assign(new Error('User: x is not authorized to perform: logs:FilterLogEvents on resource: y'), {
      name: accessDenied.name,
      $metadata: {},
    }),
    'the credentials of profile `prod` are not allowed to call logs:FilterLogEvents in eu-west-1 (AccessDeniedException)',
  ],
  ['no network', refused('ENOTFOUND'), 'AWS could not be reached in eu-west-1 (DescribeSecurityGroups: ENOTFOUND); check the region'],
  ['any other error', refused('InternalError'), 'DescribeSecurityGroups: InternalError: EC2 says no'],
  ['an unreadable rule', new UnreadableRuleError('sg-1', []), 'the live rules of `sg-1` cannot be read:'],
])('`awsErrorWords` explains %s in one line', (_what, error, words) => {
  expect(awsErrorWords(error, prod)).toContain(words);
  expect(awsErrorWords(error, prod)).not.toContain('\n');
});

it('the explanation of an AWS error names no profile if the user named none', () => {
  expect(awsErrorWords(refused('ExpiredToken'), withoutProfile)).toBe(
    'the AWS credentials have expired; sign in again with `aws sso login`',
  );
});

it.each([new TypeError('a bug of ours'), new Failure('explained already'), new Interrupted('interrupted')])(
  '`inAccountRegion` rethrows %s unchanged',
  async (error) => {
    const io = { openAccountRegion: openerOf(region({})), signal: new AbortController().signal };

    await expect(inAccountRegion({}, io, () => Promise.reject(error))).rejects.toBe(error);
  },
);
