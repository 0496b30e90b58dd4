import { createIdentities, type IdentitySource } from './identities.js';

const accountId = '123456789012';
const place = { accountId, region: 'eu-west-1' };

const source = (known: Partial<IdentitySource> = {}): IdentitySource => ({
  callerOf: () => Promise.resolve(undefined),
  role: () => Promise.resolve(undefined),
  ...known,
});

describe('identities', () => {
  it('give a person the same lasting keys each time', () => {
    const identities = createIdentities(place, source());

    expect(identities.person('mallory')).toEqual(identities.person('mallory'));
    expect(identities.person('mallory').accessKeyId).toMatch(/^AKIA[0-9A-Z]{16}$/);
    expect(identities.person('mallory').accessKeyId).not.toBe(identities.person('alice').accessKeyId);
  });

  it('know a person as an IAM user', async () => {
    const identities = createIdentities(place, source());
    const { accessKeyId } = identities.person('mallory');

    expect(await identities.identify(accessKeyId)).toMatchObject({
      caller: { kind: 'person', name: 'mallory' },
      userIdentity: {
        type: 'IAMUser',
        principalId: expect.stringMatching(/^AIDA/) as string,
        arn: 'arn:aws:iam::123456789012:user/mallory',
        accountId,
        accessKeyId,
        userName: 'mallory',
      },
    });
  });

  it('know a function as a session of its role, named after the function', async () => {
    const arn = 'arn:aws:iam::123456789012:role/portcullis/guard-role';
    const identities = createIdentities(place, source({ role: () => Promise.resolve({ arn, roleId: 'AROAEXAMPLE' }) }));
    const { accessKeyId, sessionToken } = await identities.executionRole('guard', arn);

    expect(accessKeyId).toMatch(/^ASIA/);
    expect(sessionToken).not.toBe('');
    expect(await identities.identify(accessKeyId)).toMatchObject({
      caller: { kind: 'function', name: 'guard' },
      userIdentity: {
        type: 'AssumedRole',
        principalId: 'AROAEXAMPLE:guard',
        arn: 'arn:aws:sts::123456789012:assumed-role/guard-role/guard',
        accountId,
        sessionContext: {
          sessionIssuer: { type: 'Role', principalId: 'AROAEXAMPLE', arn, accountId, userName: 'guard-role' },
          attributes: { mfaAuthenticated: 'false' },
        },
      },
    });
  });

  it('ask the local IAM about a session that somebody assumed', async () => {
    const identities = createIdentities(
      place,
      source({
        callerOf: () =>
          Promise.resolve({ arn: 'arn:aws:sts::123456789012:assumed-role/ops/eve', userId: 'AROAOPS:eve' }),
        role: () => Promise.resolve({ arn: 'arn:aws:iam::123456789012:role/team/ops', roleId: 'AROAOPS' }),
      }),
    );

    expect(await identities.identify('ASIASOMEBODY')).toMatchObject({
      caller: { kind: 'role', name: 'ops/eve' },
      userIdentity: { sessionContext: { sessionIssuer: { arn: 'arn:aws:iam::123456789012:role/team/ops' } } },
    });
  });

  it('call somebody unknown by the access key', async () => {
    const identities = createIdentities(place, source());

    expect((await identities.identify('AKIASTRANGER')).caller).toEqual({ kind: 'unknown', name: 'AKIASTRANGER' });
  });
});
