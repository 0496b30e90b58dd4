import { driftOf } from './drift.js';
import { rules, tcp } from './testing/rules.js';

describe('the lists of a finding', () => {
  it('say what to authorize and revoke, and what that lets in', () => {
    const drift = driftOf(
      rules([tcp(80, '0.0.0.0/0')]),
      rules([{ IpProtocol: 'icmp', FromPort: 8, ToPort: -1, UserIdGroupPairs: [{ GroupId: 'sg-2' }] }]),
    );

    expect(drift).toEqual({
      authorize: [{ IpProtocol: 'tcp', FromPort: 80, ToPort: 80, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
      revoke: [{ IpProtocol: 'icmp', FromPort: 8, ToPort: -1, UserIdGroupPairs: [{ GroupId: 'sg-2' }] }],
      access: {
        gained: [{ protocol: 'icmp', source: { groupId: 'sg-2' }, fromType: 8, toType: 8, fromCode: 0, toCode: 255 }],
        lost: [{ protocol: 'tcp', source: { cidr: '0.0.0.0/0' }, fromPort: 80, toPort: 80 }],
      },
    });
  });

  it('keep egress apart, and only where there is any', () => {
    const drift = driftOf(
      [],
      [...rules([{ IpProtocol: '-1', PrefixListIds: [{ PrefixListId: 'pl-1' }] }]), ...rules([tcp(25, '0.0.0.0/0')], 'egress')],
    );

    expect(drift.revoke).toEqual([{ IpProtocol: '-1', PrefixListIds: [{ PrefixListId: 'pl-1' }] }]);
    expect(drift.egress).toEqual({
      authorize: [],
      revoke: [{ IpProtocol: 'tcp', FromPort: 25, ToPort: 25, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
    });
    expect(drift.access.gained).toEqual([{ protocol: '-1', source: { prefixListId: 'pl-1' } }]);
  });

  it('tell the access that differs, not the words', () => {
    const drift = driftOf(
      rules([tcp(80, '10.0.0.0/8'), tcp(443, '10.0.0.0/8')]),
      rules([tcp(80, '10.0.0.0/9', '10.128.0.0/9'), tcp(443, '10.0.0.0/9')]),
    );

    expect(drift.access).toEqual({
      gained: [],
      lost: [{ protocol: 'tcp', source: { cidr: '10.128.0.0/9' }, fromPort: 443, toPort: 443 }],
    });
  });
});
