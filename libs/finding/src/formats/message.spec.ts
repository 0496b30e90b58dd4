import { execFileSync } from 'node:child_process';
import * as fc from 'fast-check';
import type { Finding, FindingActor } from '../finding/finding.js';
import { bare, example, large, operator } from '../testing/example.js';
import { fixCommandsFor, consoleLink, findingFix } from './fix-commands.js';
import { findingMessage } from './message.js';

const restored = example({ kind: 'restoration', atBaseline: true });

it('`findingMessage` says who made the change and from where, what became reachable, what will restore the group, and what to do now', () => {
  const controls = [
    { standard: 'AWS Security Hub', id: 'EC2.19' },
    { standard: 'NIST.800-53.r5', id: 'SC-7' },
  ];
  const { subject, body } = findingMessage(example({ controls }));

  expect(subject).toBe('CRITICAL drift: web: tcp/445 from 0.0.0.0/0 must be revoked; tcp/443 from 0.0.0.0/0 must be autho...');
  expect(body).toBe(
    `tcp/445 from 0.0.0.0/0 must be revoked; tcp/443 from 0.0.0.0/0 must be authorized

Group             sg-1 (web), vpc-1, account 111122223333, eu-west-1
Baseline          public-web
Broken controls   EC2.19
Call              AuthorizeSecurityGroupIngress
Time              2026-11-23T10:00:00Z
Caller            arn:aws:iam::111122223333:role/people/Operator (AssumedRole), session mallory, source identity mallory@example.com, without MFA
From              203.0.113.50, user agent aws-cli/2.22.0
Excess access     tcp/445 from 0.0.0.0/0
Missing access    tcp/443 from 0.0.0.0/0
Based on          the live rules
Outlook           the remediator restores the group after AWS Config has recorded the change, usually within minutes
Fix by hand       aws ec2 authorize-security-group-ingress --region eu-west-1 --group-id sg-1 --ip-permissions '[{"IpProtocol":"tcp","FromPort":443,"ToPort":443,"IpRanges":[{"CidrIp":"0.0.0.0/0"}]}]'
                  aws ec2 revoke-security-group-ingress --region eu-west-1 --group-id sg-1 --ip-permissions '[{"IpProtocol":"tcp","FromPort":445,"ToPort":445,"IpRanges":[{"CidrIp":"0.0.0.0/0"}]}]'
Console           https://eu-west-1.console.aws.amazon.com/ec2/home?region=eu-west-1#SecurityGroup:groupId=sg-1
Finding           event-1:sg-1`,
  );
});

it('`findingMessage` omits the line of each unknown value', () => {
  expect(findingMessage(bare).body).toBe(`a CloudTrail record could not be read

Group             unknown
Based on          the CloudTrail record only
Finding           unreadable:-`);
});

it('`findingMessage` names the account and region of a call on the guard, but no security group', () => {
  const group = { ...bare.group, accountId: '111122223333', region: 'eu-west-1' };
  const { subject, body } = findingMessage({ ...bare, kind: 'tampering', severity: 'critical', summary: 'the trail was stopped', group });

  expect(subject).toBe('CRITICAL tampering: the guard: the trail was stopped');
  expect(body).toBe(`the trail was stopped

Where             account 111122223333, eu-west-1
Finding           unreadable:-`);
});

const tcp = { protocol: 'tcp', source: { cidr: '0.0.0.0/0' } } as const;
const gained = Array.from({ length: 23 }, (_, i) => ({ ...tcp, fromPort: i, toPort: i }));
const { event } = example();
const failed = example({ event: { ...event, errorCode: 'Server.InternalError' } });
const inConsole = example({ actor: { ...operator, userAgent: null, console: true } });

it.each<[string, Finding, string]>([
  [
    'a call that failed inside AWS as failed, not as refused',
    failed,
    'Call              AuthorizeSecurityGroupIngress, failed with Server.InternalError',
  ],
  ['an AWS Config event', { ...bare, event: { ...event, source: 'config' } }, 'Based on          the AWS Config event only'],
  ['the access that a restoration removed', restored, 'Access removed    tcp/445 from 0.0.0.0/0'],
  ['the access that a restoration authorized again', restored, 'Access restored   tcp/443 from 0.0.0.0/0'],
  [
    'twenty ranges and the number of others',
    example({ access: { gained, lost: [] } }),
    'tcp/19 from 0.0.0.0/0\n                  and 3 more\n',
  ],
  ['the console if the session was started there', inConsole, 'From              203.0.113.50, in the AWS console\n'],
])('`findingMessage` names %s', (_, finding, line) => {
  expect(findingMessage(finding).body).toContain(line);
});

const UNNAMED = { arn: null, issuerArn: null, userName: null };
const NOBODY = { ...UNNAMED, type: null, principalId: null, accountId: null, sessionName: null };
const SERVICE = 'cloudformation.amazonaws.com';
it.each<[string, Partial<FindingActor>, string]>([
  [
    'the service that made the call on behalf of the caller, and MFA',
    { issuerArn: null, sessionName: null, invokedBy: SERVICE, mfa: true },
    `arn:aws:sts::111122223333:assumed-role/Operator/mallory (AssumedRole), through ${SERVICE}, with MFA`,
  ],
  [
    'a caller in another account',
    { ...UNNAMED, type: 'AWSAccount', accountId: '444455556666' },
    'AROAEXAMPLE:mallory (AWSAccount), in account 444455556666, session mallory, without MFA',
  ],
  [
    'a user of IAM Identity Center',
    { ...UNNAMED, type: 'IdentityCenterUser', onBehalfOf: 'user-1' },
    'user-1 (IdentityCenterUser), session mallory, without MFA',
  ],
  ['a caller without any name', NOBODY, 'unknown (unknown), without MFA'],
])('`findingMessage` describes the caller: %s', (_, known, who) => {
  expect(findingMessage(example({ actor: { ...operator, sourceIdentity: null, ...known } })).body).toContain(
    `\nCaller            ${who}\n`,
  );
});

it('if the message is too long, `findingMessage` first removes the commands and refers to the log', () => {
  const { body } = findingMessage(large(500), { maxBytes: 2_000 });

  expect(body).toContain('Fix by hand       the commands are too long for a message: see the log\n');
  expect(body).toContain('Finding           event-1:sg-1');
  expect(Buffer.byteLength(findingMessage(large(500), { maxBytes: 100 }).body)).toBeLessThanOrEqual(100);
});

it('`findingMessage` writes each text that a caller chose on one line, and writes a subject of characters that SNS accepts', () => {
  const lines = findingMessage(example()).body.split('\n').length;
  const text = fc.string({ unit: 'binary' });
  fc.assert(
    fc.property(text, text, (userAgent, name) => {
      const group = { ...example().group, name };
      const { subject, body } = findingMessage(example({ actor: { ...operator, userAgent, sessionName: name }, group }));

      expect(body.split('\n')).toHaveLength(lines);
      expect(body.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
      expect(subject).toMatch(/^[\u0020-\u007e]{1,100}$/);
    }),
  );
});

it('`fixCommandsFor` quotes the permissions in a command, so that a shell does not change any description', () => {
  const Description = `it's "quoted" $(touch /tmp/x) \`id\` \\ ; & |`;
  const permission = { IpProtocol: 'tcp', FromPort: 1, ToPort: 1, IpRanges: [{ CidrIp: '10.0.0.0/8', Description }] };
  const [command = ''] = fixCommandsFor(example({ authorize: [], revoke: [permission] }));

  const printed = execFileSync('sh', ['-c', command.replace(/^aws /, 'printf "%s\\n" ')], { encoding: 'utf8' });

  expect(printed.trimEnd().split('\n').at(-1)).toBe(JSON.stringify([permission]));
});

it('`fixCommandsFor` puts the commands that authorize ingress and egress before the commands that revoke', () => {
  const { authorize, revoke } = example();

  expect(fixCommandsFor(example({ egress: { authorize, revoke } })).map((command) => command.split(' ')[2])).toEqual([
    'authorize-security-group-ingress',
    'authorize-security-group-egress',
    'revoke-security-group-ingress',
    'revoke-security-group-egress',
  ]);
});

it('`fixCommandsFor` returns no commands for an unknown group or a restored group', () => {
  expect([fixCommandsFor(bare), fixCommandsFor(restored)]).toEqual([[], []]);
});

it.each([
  ['eu-west-1', 'console.aws.amazon.com'],
  ['cn-north-1', 'console.amazonaws.cn'],
  ['us-gov-west-1', 'console.amazonaws-us-gov.com'],
  ['eusc-de-east-1', 'console.amazonaws-eusc.eu'],
])('`consoleLink` returns a URL in the console of the partition that contains the region %s', (region, domain) => {
  const link = `https://${region}.${domain}/ec2/home?region=${region}#SecurityGroup:groupId=sg-1`;

  expect(consoleLink({ ...example().group, region })).toBe(link);
});

it('`findingFix` returns the link of `consoleLink`, and the commands of `fixCommandsFor` if these commands are short enough', () => {
  const fix = { commands: fixCommandsFor(example()), console: consoleLink(example().group) };

  expect(findingFix(example())).toEqual(fix);
  expect(findingFix(large(100))).toEqual({ ...fix, commands: [] });
  expect([findingFix(bare), findingFix(restored), findingFix(example({ kind: 'change' }))]).toEqual([undefined, undefined, undefined]);
});

it.each(['eu-west-1.example.com/', '\ud800', 'a b'])('`consoleLink` returns no link if a forged record names the region %j', (region) => {
  expect(consoleLink({ ...example().group, region })).toBeNull();
});
