import * as fc from 'fast-check';
import { isActorRole, type Actor } from './actor.js';
import { deleteGroup } from '../testing/call-forms.js';
import { cloudTrailEvent } from '../testing/cloudtrail-event.js';
import { callOf } from '../testing/summary.js';
import * as userIdentities from '../testing/user-identities.js';

function actorOf(userIdentity: unknown, rest: object = {}): Actor {
  return callOf(cloudTrailEvent({ ...deleteGroup.detail, userIdentity, ...rest })).actor;
}

const REMEDIATOR = 'arn:aws:iam::111122223333:role/portcullis/Remediator';

describe('an actor', () => {
  const nobody: Actor = {
    type: null,
    arn: null,
    issuerArn: null,
    accountId: null,
    principalId: null,
    accessKeyId: null,
    userName: null,
    sessionName: null,
    sourceIdentity: null,
    onBehalfOf: null,
    invokedBy: null,
    sourceIp: '203.0.113.10',
    userAgent: 'aws-cli/2.22.0',
    fromConsole: null,
    mfa: false,
  };
  const own = { accountId: '111122223333' };
  const bob = {
    ...own,
    type: 'IAMUser',
    arn: 'arn:aws:iam::111122223333:user/staff/bob',
    principalId: 'AIDAEXAMPLEEXAMPLE001',
    accessKeyId: 'AKIAEXAMPLEEXAMPLE01',
    userName: 'bob',
  };
  const expected: Readonly<Record<keyof typeof userIdentities, Partial<Actor>>> = {
    iamUser: bob,
    consoleUser: { ...bob, accessKeyId: 'ASIAEXAMPLEEXAMPLE02', mfa: true },
    functionRole: {
      ...own,
      type: 'AssumedRole',
      arn: 'arn:aws:sts::111122223333:assumed-role/Remediator/config-remediator',
      issuerArn: REMEDIATOR,
      principalId: 'AROAEXAMPLEEXAMPLE002:config-remediator',
      accessKeyId: 'ASIAEXAMPLEEXAMPLE03',
      userName: 'Remediator',
      sessionName: 'config-remediator',
      sourceIdentity: 'pipeline',
    },
    permissionSet: {
      ...own,
      type: 'AssumedRole',
      arn: 'arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_NetworkAdmin_0123456789abcdef/ana@example.com',
      issuerArn: 'arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_NetworkAdmin_0123456789abcdef',
      principalId: 'AROAEXAMPLEEXAMPLE003:ana@example.com',
      accessKeyId: 'ASIAEXAMPLEEXAMPLE04',
      userName: 'AWSReservedSSO_NetworkAdmin_0123456789abcdef',
      sessionName: 'ana@example.com',
    },
    serviceLinkedRole: {
      ...own,
      type: 'AssumedRole',
      arn: 'arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForElasticLoadBalancing/LoadBalancing',
      issuerArn: 'arn:aws:iam::111122223333:role/aws-service-role/elasticloadbalancing.amazonaws.com/AWSServiceRoleForElasticLoadBalancing',
      principalId: 'AROAEXAMPLEEXAMPLE004:LoadBalancing',
      userName: 'AWSServiceRoleForElasticLoadBalancing',
      sessionName: 'LoadBalancing',
      invokedBy: 'elasticloadbalancing.amazonaws.com',
    },
    throughService: { ...bob, invokedBy: 'cloudformation.amazonaws.com' },
    root: { ...own, type: 'Root', arn: 'arn:aws:iam::111122223333:root', principalId: '111122223333' },
    federatedUser: {
      ...own,
      type: 'FederatedUser',
      arn: 'arn:aws:sts::111122223333:federated-user/carol',
      issuerArn: 'arn:aws:iam::111122223333:user/broker',
      principalId: '111122223333:carol',
      accessKeyId: 'ASIAEXAMPLEEXAMPLE05',
      userName: 'broker',
      sessionName: 'carol',
    },
    service: { type: 'AWSService', invokedBy: 'autoscaling.amazonaws.com' },
    otherAccount: { type: 'AWSAccount', principalId: 'AIDAEXAMPLEEXAMPLE003', accountId: '444455556666' },
    identityCenterUser: { ...own, type: 'IdentityCenterUser', onBehalfOf: '544894e8-80c1-707f-60e3-3ba6510dfac1' },
    webIdentityUser: {
      type: 'WebIdentityUser',
      principalId: 'accounts.example.com:client-id:dave',
      userName: 'dave',
    },
  };

  it.each(Object.entries(userIdentities))('is read from the identity of %s', (name, identity) => {
    expect(actorOf(identity)).toEqual({ ...nobody, ...expected[name as keyof typeof userIdentities] });
  });

  it.each([undefined, null, '', {}, 'bob', ['bob']])('is nobody in particular when the identity is %j', (identity) => {
    expect(actorOf(identity)).toEqual(nobody);
  });

  it('keeps the source as text: it may be the name of a service', () => {
    const rest = { sourceIPAddress: 'cloudformation.amazonaws.com', userAgent: 'cloudformation.amazonaws.com' };

    expect(actorOf(userIdentities.throughService, rest)).toMatchObject({ sourceIp: 'cloudformation.amazonaws.com' });
  });

  it.each([
    ['true', true],
    ['false', false],
    [undefined, null],
  ])('is in the console as the record says, which it does with %j', (sessionCredentialFromConsole, fromConsole) => {
    expect(actorOf(userIdentities.consoleUser, { sessionCredentialFromConsole }).fromConsole).toBe(fromConsole);
  });

  it('has a session name even where only the principal tells it', () => {
    expect(actorOf({ ...userIdentities.functionRole, arn: undefined }).sessionName).toBe('config-remediator');
  });
});

describe('isActorRole', () => {
  it('knows the role by the ARN of the session’s issuer', () => {
    expect(isActorRole(actorOf(userIdentities.functionRole), REMEDIATOR)).toBe(true);
  });

  it.each([
    ['a role of the same name under another path', 'arn:aws:iam::111122223333:role/evil/Remediator'],
    ['a role of the same name in another account', 'arn:aws:iam::444455556666:role/portcullis/Remediator'],
    ['a role whose name begins alike', `${REMEDIATOR}2`],
    ['the same letters in other case', REMEDIATOR.toLowerCase()],
  ])('does not take it for %s', (_name, roleArn) => {
    expect(isActorRole(actorOf(userIdentities.functionRole), roleArn)).toBe(false);
  });

  it('is not misled by a session named like the function, nor by its user agent', () => {
    const impostor = {
      ...userIdentities.permissionSet,
      arn: 'arn:aws:sts::111122223333:assumed-role/Operator/config-remediator',
      principalId: 'AROAEXAMPLEEXAMPLE003:config-remediator',
    };

    const actor = actorOf(impostor, { userAgent: 'aws-sdk-js/3 exec-env/AWS_Lambda_nodejs24.x' });

    expect(isActorRole(actor, REMEDIATOR)).toBe(false);
  });

  it('holds for no role when nobody issued the session', () => {
    const actor = actorOf(userIdentities.consoleUser);

    fc.assert(fc.property(fc.string(), (roleArn) => !isActorRole(actor, roleArn)));
  });
});
