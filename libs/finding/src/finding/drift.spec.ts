import { rules, tcp } from '../testing/rules.js';
import { driftOf } from './drift.js';

it('lists the rules to authorize and to revoke, and the access that these rules open and close', () => {
  const icmp = { IpProtocol: 'icmp', FromPort: 8, ToPort: -1, UserIdGroupPairs: [{ GroupId: 'sg-2' }] };

  expect(driftOf(rules([tcp(80, '0.0.0.0/0')]), rules([icmp]))).toEqual({
    authorize: [{ IpProtocol: 'tcp', FromPort: 80, ToPort: 80, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
    revoke: [icmp],
    access: {
      gained: [{ protocol: 'icmp', source: { groupId: 'sg-2' }, fromType: 8, toType: 8, fromCode: 0, toCode: 255 }],
      lost: [{ protocol: 'tcp', source: { cidr: '0.0.0.0/0' }, fromPort: 80, toPort: 80 }],
    },
  });
});

it('lists egress rules separately from the access', () => {
  const all = { IpProtocol: '-1', PrefixListIds: [{ PrefixListId: 'pl-1' }] };

  expect(driftOf([], [...rules([all]), ...rules([tcp(25, '0.0.0.0/0')], 'egress')])).toEqual({
    authorize: [],
    revoke: [all],
    egress: { authorize: [], revoke: [{ IpProtocol: 'tcp', FromPort: 25, ToPort: 25, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }] },
    access: { gained: [{ protocol: '-1', source: { prefixListId: 'pl-1' } }], lost: [] },
  });
});

it('compares access, not the spelling of the rules', () => {
  const missing = rules([tcp(80, '10.0.0.0/8'), tcp(443, '10.0.0.0/8')]);
  const excess = rules([tcp(80, '10.0.0.0/9', '10.128.0.0/9'), tcp(443, '10.0.0.0/9')]);

  expect(driftOf(missing, excess).access).toEqual({
    gained: [],
    lost: [{ protocol: 'tcp', source: { cidr: '10.128.0.0/9' }, fromPort: 443, toPort: 443 }],
  });
});
