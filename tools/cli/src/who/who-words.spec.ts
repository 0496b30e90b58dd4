import { parseCloudTrailEvent, type ApiCall } from '@portcullis/cloudtrail';
import { cloudTrailEvent, userIdentities } from '@portcullis/cloudtrail/testing';
import { describeCaller, ruleOriginWords } from './who-words.js';

const NOW = new Date('2026-01-18T10:00:00Z');

function call(fields: Readonly<Record<string, unknown>> = {}): ApiCall {
  const parsed = parseCloudTrailEvent(cloudTrailEvent({ eventName: 'AuthorizeSecurityGroupIngress', ...fields }));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.value;
}

const SSO = {
  type: 'AssumedRole',
  arn: 'arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/ana@example.com',
  sessionContext: {
    sessionIssuer: {
      arn: 'arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Admin_0123456789abcdef',
      userName: 'AWSReservedSSO_Admin_0123456789abcdef',
    },
  },
};
const LOOKALIKE = structuredClone(SSO);
LOOKALIKE.sessionContext.sessionIssuer.arn = 'arn:aws:iam::111122223333:role/AWSReservedSSO_Admin_0123456789abcdef';

it.each<[string, object, string]>([
  ['an assumed role', {}, 'role Operator, session ana (unverified)'],
  ['a user of IAM Identity Center', { userIdentity: SSO }, 'ana@example.com (Admin, IAM Identity Center)'],
  [
    'a role that only has a name like those of IAM Identity Center',
    { userIdentity: LOOKALIKE },
    'role AWSReservedSSO_Admin_0123456789abcdef, session ana@example.com (unverified)',
  ],
  ['an IAM user', { userIdentity: { type: 'IAMUser', userName: 'ben' } }, 'user ben'],
  ['the root user', { userIdentity: { type: 'Root', arn: 'arn:aws:iam::111122223333:root' } }, 'the root user'],
  ['a service', { userIdentity: { type: 'AWSService', invokedBy: 'fms.amazonaws.com' } }, 'fms.amazonaws.com'],
  ['nobody known', { userIdentity: {} }, 'an unknown caller'],
  ['a name with control characters', { userIdentity: { type: 'IAMUser', userName: 'be\u001b[31mn' } }, 'user be\ufffd[31mn'],
])('describeCaller names %s', (_, fields, who) => {
  expect(describeCaller(call(fields as Record<string, unknown>).actor).who).toBe(who);
});

it('describeCaller names the caller for every type of identity that CloudTrail records', () => {
  for (const userIdentity of Object.values(userIdentities))
    expect(describeCaller(call({ userIdentity }).actor).who).not.toMatch(/unknown|null|undefined/);
});

it.each<[object, string]>([
  [{ userAgent: 'aws-cli/2.22.0' }, '203.0.113.10 with the AWS CLI (unverified)'],
  [{ userAgent: 'APN/1.0 HashiCorp/1.0 Terraform/1.5.0 (+https://www.terraform.io)' }, '203.0.113.10 with Terraform (unverified)'],
  [{ userAgent: 'Boto3/1.34 md/Botocore#1.34' }, '203.0.113.10 with boto3 (unverified)'],
  [{ userAgent: 'aws-sdk-go/1.44.0' }, '203.0.113.10 with aws-sdk-go (unverified)'],
  [{ userAgent: 'Mozilla/5.0', sessionCredentialFromConsole: 'true' }, '203.0.113.10 with the console'],
  [{ userAgent: 'x', userIdentity: { type: 'AWSService', invokedBy: 'fms.amazonaws.com' } }, 'fms.amazonaws.com'],
])('describeCaller names the address and the tool of a call with the fields %j: %s', (fields, from) => {
  expect(describeCaller(call(fields as Record<string, unknown>).actor).details).toContain(`from ${from}, with`);
});

it('ruleOriginWords says in one line who opened a rule, and adds `perhaps` if the caller is uncertain', () => {
  const opened = call();
  const line =
    '3 days ago (2026-01-15 09:30:00 UTC) by role Operator, session ana (unverified) from 203.0.113.10 with the AWS CLI (unverified), with MFA';

  expect(ruleOriginWords({ call: opened, certain: true }, NOW)).toBe(`opened ${line}`);
  expect(ruleOriginWords({ call: opened, certain: false }, NOW)).toBe(`changed, perhaps opened, ${line}`);
});
