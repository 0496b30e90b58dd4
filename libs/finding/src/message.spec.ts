import { execFileSync } from 'node:child_process';
import * as fc from 'fast-check';
import { commandsFor, consoleLink } from './actions.js';
import { messageFor } from './message.js';
import type { FindingActor } from './finding.js';
import { bare, example, large, operator } from './testing/example.js';

it('says who, from where, what became reachable, what will restore it, and what to do about it now', () => {
  const { subject, body } = messageFor(example());

  expect(subject).toBe('CRITICAL drift: web: tcp/445 from 0.0.0.0/0 must be revoked; tcp/443 from 0.0.0.0/0 must be autho...');
  expect(body).toBe(
    `tcp/445 from 0.0.0.0/0 must be revoked; tcp/443 from 0.0.0.0/0 must be authorized

Group             sg-1 (web), vpc-1, account 111122223333, eu-west-1
Baseline          public-web
Call              AuthorizeSecurityGroupIngress
Time              2026-11-23T10:00:00Z
Who               arn:aws:iam::111122223333:role/people/Operator (AssumedRole), session mallory, source identity mallory@example.com, without MFA
From              203.0.113.50, by its own word aws-cli/2.22.0
Let in            tcp/445 from 0.0.0.0/0
Not let in        tcp/443 from 0.0.0.0/0
Known from        the group as it is now
Outlook           the remediator restores it once AWS Config has recorded the change, within minutes as a rule
By hand           aws ec2 authorize-security-group-ingress --region eu-west-1 --group-id sg-1 --ip-permissions '[{"IpProtocol":"tcp","FromPort":443,"ToPort":443,"IpRanges":[{"CidrIp":"0.0.0.0/0"}]}]'
                  aws ec2 revoke-security-group-ingress --region eu-west-1 --group-id sg-1 --ip-permissions '[{"IpProtocol":"tcp","FromPort":445,"ToPort":445,"IpRanges":[{"CidrIp":"0.0.0.0/0"}]}]'
Console           https://eu-west-1.console.aws.amazon.com/ec2/home?region=eu-west-1#SecurityGroup:groupId=sg-1
Finding           event-1:sg-1`,
  );
});

it('does not call a call refused that AWS failed: it may have taken effect', () => {
  const { event } = example();

  expect(messageFor(example({ event: { ...event, errorCode: 'Server.InternalError' } })).body).toContain(
    '\nCall              AuthorizeSecurityGroupIngress, failed with Server.InternalError\n',
  );
});

it('leaves out what is not known', () => {
  expect(messageFor(bare).body).toBe(`a CloudTrail record could not be read

Group             not known
Known from        the record of the call alone
Finding           unreadable:-`);
});

it('names the service that made a call for its caller, MFA and the console', () => {
  const actor: FindingActor = {
    ...operator,
    issuerArn: null,
    sessionName: null,
    sourceIdentity: null,
    userAgent: null,
  };
  const { body } = messageFor(
    example({
      actor: {
        ...actor,
        invokedBy: 'cloudformation.amazonaws.com',
        mfa: true,
        console: true,
      },
    }),
  );

  expect(body).toContain(
    'Who               arn:aws:sts::111122223333:assumed-role/Operator/mallory (AssumedRole), through cloudformation.amazonaws.com, with MFA\n',
  );
  expect(body).toContain('From              203.0.113.50, in the AWS console\n');
});

it.each<[string, Partial<FindingActor>, string]>([
  [
    'a caller of another account',
    { type: 'AWSAccount', arn: null, issuerArn: null, userName: null, accountId: '444455556666' },
    'AROAEXAMPLE:mallory (AWSAccount), of account 444455556666, session mallory',
  ],
  [
    'a user of IAM Identity Center',
    { type: 'IdentityCenterUser', arn: null, issuerArn: null, onBehalfOf: 'user-1' },
    'user-1 (IdentityCenterUser), session mallory',
  ],
  ['nobody', { type: null, arn: null, issuerArn: null, userName: null, principalId: null }, 'not known (not known), session mallory'],
])('names %s by what there is', (_, known, who) => {
  expect(messageFor(example({ actor: { ...operator, sourceIdentity: null, ...known } })).body).toContain(
    `Who               ${who}, without MFA\n`,
  );
});

it('of a restoration says what was let in and is no longer, and asks for nothing', () => {
  const { body } = messageFor(example({ kind: 'restoration', atBaseline: true }));

  expect(body).toContain('No longer let in  tcp/445 from 0.0.0.0/0');
  expect(body).toContain('Let in again      tcp/443 from 0.0.0.0/0');
  expect(body).not.toContain('aws ec2');
});

it('names twenty ranges and counts the rest', () => {
  const gained = Array.from({ length: 23 }, (_, i) => ({
    protocol: 'tcp' as const,
    source: { cidr: '0.0.0.0/0' },
    fromPort: i,
    toPort: i,
  }));
  const { body } = messageFor(example({ access: { gained, lost: [] } }));

  expect(body).toContain('tcp/19 from 0.0.0.0/0\n                  and 3 more\n');
  expect(body).not.toContain('tcp/20 ');
});

it('that would be too long loses its commands first, and says where they are', () => {
  const { body } = messageFor(large(500), { maxBytes: 2_000 });

  expect(body).toContain('By hand           too long for a message: see the log\n');
  expect(body).toContain('Finding           event-1:sg-1');
  expect(Buffer.byteLength(messageFor(large(500), { maxBytes: 100 }).body)).toBeLessThanOrEqual(100);
});

it('keeps every text of a caller on its own line and the subject in what SNS takes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (userAgent, name) => {
      const { subject, body } = messageFor(
        example({
          actor: { ...operator, userAgent, sessionName: name },
          group: { ...example().group, name },
        }),
      );

      expect(body.split('\n')).toHaveLength(messageFor(example()).body.split('\n').length);
      expect(subject).toMatch(/^[\u0020-\u007e]{1,100}$/);
    }),
  );
});

describe('the commands', () => {
  it('are words that a shell takes as they are, whatever a description holds', () => {
    const description = `it's "quoted" $(touch /tmp/x) \`id\` \\ ; & |`;
    const permission = {
      IpProtocol: 'tcp',
      FromPort: 1,
      ToPort: 1,
      IpRanges: [{ CidrIp: '10.0.0.0/8', Description: description }],
    };
    const [command = ''] = commandsFor(example({ authorize: [], revoke: [permission] }));

    const printed = execFileSync('sh', ['-c', command.replace(/^aws /, 'printf "%s\\n" ')], { encoding: 'utf8' });

    expect(printed.trimEnd().split('\n').slice(-1)).toEqual([JSON.stringify([permission])]);
  });

  it('authorize in both directions before they revoke in either', () => {
    const { authorize, revoke } = example();

    expect(commandsFor(example({ egress: { authorize, revoke } })).map((command) => command.split(' ')[2])).toEqual([
      'authorize-security-group-ingress',
      'authorize-security-group-egress',
      'revoke-security-group-ingress',
      'revoke-security-group-egress',
    ]);
  });

  it('are none for a group that is not known, or whose restoration is done', () => {
    expect(commandsFor(bare)).toEqual([]);
    expect(commandsFor(example({ kind: 'restoration', atBaseline: true }))).toEqual([]);
  });
});

it.each([
  ['eu-west-1', 'https://eu-west-1.console.aws.amazon.com/ec2/home?region=eu-west-1#SecurityGroup:groupId=sg-1'],
  ['cn-north-1', 'https://cn-north-1.console.amazonaws.cn/ec2/home?region=cn-north-1#SecurityGroup:groupId=sg-1'],
  ['us-gov-west-1', 'https://us-gov-west-1.console.amazonaws-us-gov.com/ec2/home?region=us-gov-west-1#SecurityGroup:groupId=sg-1'],
  ['eusc-de-east-1', 'https://eusc-de-east-1.console.amazonaws-eusc.eu/ec2/home?region=eusc-de-east-1#SecurityGroup:groupId=sg-1'],
])('links to the console of the partition that %s is in', (region, link) => {
  expect(consoleLink(example({ group: { ...example().group, region } }))).toBe(link);
});
