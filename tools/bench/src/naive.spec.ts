import { diffPermissions, type IpPermission } from '@portcullis/permission-diff';
import { naiveDiff, naiveDiffByHand } from './naive.js';

const ssh = (...cidrs: string[]): IpPermission => ({
  IpProtocol: 'tcp',
  FromPort: 22,
  ToPort: 22,
  IpRanges: cidrs.map((CidrIp) => ({ CidrIp })),
});

describe.each([
  ['with the comparison of Node', naiveDiff],
  ['with a comparison by hand', naiveDiffByHand],
])('the list comprehension %s', (_how, naive) => {
  it('is right where permissions are the same or have nothing in common', () => {
    const [required, actual] = [
      [ssh('10.0.0.0/8'), ssh('192.0.2.0/24')],
      [ssh('10.0.0.0/8'), ssh('0.0.0.0/0')],
    ];
    const { authorize, revoke } = diffPermissions(required, actual);

    expect(naive(required, actual)).toEqual({ authorize, revoke });
  });

  it('revokes what it then authorizes again where one source of several differs', () => {
    const required = [ssh('10.0.0.0/8', '192.0.2.0/24')];
    const actual = [ssh('10.0.0.0/8', '0.0.0.0/0')];

    expect(naive(required, actual)).toEqual({ authorize: required, revoke: actual });
  });
});
