import { diffPermissions, type IpPermission } from '@portcullis/permission-diff';
import { benchNaiveDiff } from './naive-diff.js';

function ssh(...cidrs: string[]): IpPermission {
  return { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: cidrs.map((CidrIp) => ({ CidrIp })) };
}

it('`benchNaiveDiff` gives the same result as `diffPermissions` if each permission has one source', () => {
  const required = [ssh('10.0.0.0/8'), ssh('192.0.2.0/24')];
  const actual = [ssh('10.0.0.0/8'), ssh('0.0.0.0/0')];
  const { authorize, revoke } = diffPermissions(required, actual);

  expect(benchNaiveDiff(required, actual)).toEqual({ authorize, revoke });
});

it('`benchNaiveDiff` revokes and authorizes unchanged sources of a permission if another source of the permission differs', () => {
  const required = [ssh('10.0.0.0/8', '192.0.2.0/24')];
  const actual = [ssh('10.0.0.0/8', '0.0.0.0/0')];

  expect(benchNaiveDiff(required, actual)).toEqual({ authorize: required, revoke: actual });
});
