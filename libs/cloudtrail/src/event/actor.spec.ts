import * as fc from 'fast-check';
import { deleteGroup } from '../testing/call-forms.js';
import { cloudTrailEvent } from '../testing/cloudtrail-event.js';
import { callOf } from '../testing/summary.js';
import * as userIdentities from '../testing/user-identities.js';
import { isActorRole, type Actor } from './actor.js';

function actorOf(userIdentity: unknown, rest: object = {}): Actor {
  return callOf(cloudTrailEvent({ ...deleteGroup.detail, userIdentity, ...rest })).actor;
}

const REMEDIATOR = 'arn:aws:iam::111122223333:role/portcullis/Remediator';
const nobody: Actor = {
  ...{ type: null, arn: null, issuerArn: null, accountId: null, principalId: null, accessKeyId: null, userName: null, sessionName: null },
  ...{ sourceIdentity: null, onBehalfOf: null, invokedBy: null, fromConsole: null, mfa: false },
  sourceIp: '203.0.113.10',
  userAgent: 'aws-cli/2.22.0',
};

/** The fields that `readActor` copies unchanged from `userIdentity`. */
function copied(identity: object): Partial<Actor> {
  const names = ['type', 'arn', 'accountId', 'principalId', 'accessKeyId', 'userName', 'invokedBy'];
  return Object.fromEntries(Object.entries(identity).filter(([name]) => names.includes(name)));
}

const SSO = 'AWSReservedSSO_NetworkAdmin_0123456789abcdef';
const ELB = 'AWSServiceRoleForElasticLoadBalancing';
const derived: Readonly<Record<keyof typeof userIdentities, Partial<Actor>>> = {
  iamUser: {},
  consoleUser: { mfa: true },
  functionRole: { issuerArn: REMEDIATOR, userName: 'Remediator', sessionName: 'config-remediator', sourceIdentity: 'pipeline' },
  permissionSet: {
    issuerArn: `arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/eu-west-1/${SSO}`,
    userName: SSO,
    sessionName: 'ana@example.com',
  },
  serviceLinkedRole: {
    issuerArn: `arn:aws:iam::111122223333:role/aws-service-role/elasticloadbalancing.amazonaws.com/${ELB}`,
    userName: ELB,
    sessionName: 'LoadBalancing',
  },
  throughService: {},
  root: {},
  federatedUser: { issuerArn: 'arn:aws:iam::111122223333:user/broker', userName: 'broker', sessionName: 'carol' },
  service: {},
  otherAccount: {},
  identityCenterUser: { onBehalfOf: '544894e8-80c1-707f-60e3-3ba6510dfac1' },
  webIdentityUser: {},
};

it.each(Object.entries(userIdentities))('`readActor` reads the actor from the identity %s', (name, identity) => {
  expect(actorOf(identity)).toEqual({ ...nobody, ...copied(identity), ...derived[name as keyof typeof userIdentities] });
});

it.each([undefined, null, '', {}, 'bob', ['bob']])(
  '`readActor` returns null for every identity field if the identity is %j',
  (identity) => {
    expect(actorOf(identity)).toEqual(nobody);
  },
);

it('`sourceIp` is the name of an AWS service if CloudTrail recorded a service name instead of an address', () => {
  const sourceIPAddress = 'cloudformation.amazonaws.com';

  expect(actorOf(userIdentities.throughService, { sourceIPAddress })).toMatchObject({ sourceIp: sourceIPAddress });
});

it.each([
  ['true', true],
  ['false', false],
  [undefined, null],
])(
  '`readActor` reads the record value `sessionCredentialFromConsole` %j as `fromConsole` %j',
  (sessionCredentialFromConsole, fromConsole) => {
    expect(actorOf(userIdentities.consoleUser, { sessionCredentialFromConsole }).fromConsole).toBe(fromConsole);
  },
);

it('without an ARN, `sessionName` comes from the principal id; without an ARN and a principal id, `sessionName` is null', () => {
  expect(actorOf({ ...userIdentities.functionRole, arn: undefined }).sessionName).toBe('config-remediator');
  expect(actorOf({ ...userIdentities.functionRole, arn: undefined, principalId: undefined }).sessionName).toBeNull();
});

it.each([
  ['the role itself', REMEDIATOR, true],
  ['a role of the same name under another path', 'arn:aws:iam::111122223333:role/evil/Remediator', false],
  ['a role of the same name in another account', 'arn:aws:iam::444455556666:role/portcullis/Remediator', false],
  ['a role whose name starts with the same text', `${REMEDIATOR}2`, false],
  ['a role whose name differs only in case', REMEDIATOR.toLowerCase(), false],
])('`isActorRole` compares the issuer of the session with %s', (_, roleArn, isSame) => {
  expect(isActorRole(actorOf(userIdentities.functionRole), roleArn)).toBe(isSame);
});

it('`isActorRole` ignores a session name and a user agent that a caller copied from the function', () => {
  const impostor = {
    ...userIdentities.permissionSet,
    arn: 'arn:aws:sts::111122223333:assumed-role/Operator/config-remediator',
    principalId: 'AROAEXAMPLEEXAMPLE003:config-remediator',
  };

  expect(isActorRole(actorOf(impostor, { userAgent: 'aws-sdk-js/3 exec-env/AWS_Lambda_nodejs24.x' }), REMEDIATOR)).toBe(false);
});

it('`isActorRole` returns false for every role if the session has no issuer', () => {
  const actor = actorOf(userIdentities.consoleUser);

  fc.assert(fc.property(fc.string(), (roleArn) => !isActorRole(actor, roleArn)));
});
