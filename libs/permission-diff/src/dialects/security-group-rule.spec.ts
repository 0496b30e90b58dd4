import { formatRule } from '../rule.js';
import { readSecurityGroupRule } from './security-group-rule.js';

const tcp443 = { IsEgress: false, IpProtocol: 'tcp', FromPort: 443, ToPort: 443 };

describe('an item of DescribeSecurityGroupRules', () => {
  it.each<[item: unknown, said: string]>([
    [{ ...tcp443, CidrIpv4: '10.0.0.0/8' }, 'tcp/443 from 10.0.0.0/8'],
    [{ ...tcp443, CidrIpv6: '::/0' }, 'tcp/443 from ::/0'],
    [{ ...tcp443, PrefixListId: 'pl-1' }, 'tcp/443 from pl-1'],
    [
      { ...tcp443, ReferencedGroupInfo: { GroupId: 'sg-2', UserId: '111122223333' } },
      'tcp/443 from sg-2 (account 111122223333)',
    ],
    [{ ...tcp443, ReferencedGroupInfo: { GroupId: 'sg-2' } }, 'tcp/443 from sg-2'], // a stale rule: the group is gone
    [{ IsEgress: true, IpProtocol: '-1', FromPort: -1, ToPort: -1, CidrIpv4: '0.0.0.0/0' }, 'all traffic to 0.0.0.0/0'],
  ])('%j is %s', (item, expected) => {
    const read = readSecurityGroupRule(item, 'rule');

    expect(read.ok && formatRule(read.value)).toBe(expected);
  });

  it('keeps the description that EC2 returned, whatever characters it has', () => {
    const read = readSecurityGroupRule({ ...tcp443, CidrIpv4: '10.0.0.0/8', Description: 'a & b' }, 'rule');

    expect(read).toMatchObject({ ok: true, value: { description: 'a & b' } });
  });

  it.each<[item: unknown, said: string]>([
    [{ ...tcp443 }, 'no-source'], // a kind of source we do not know
    [{ ...tcp443, CidrIpv4: '10.0.0.0/8', CidrIpv6: '::/0' }, 'several-sources'],
    [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, CidrIpv4: '10.0.0.0/8' }, 'wrong-type'], // which direction?
  ])('%j is refused as %s', (item, code) => {
    const read = readSecurityGroupRule(item, 'rule');

    expect(read).toMatchObject({ ok: false, problems: [{ code }] });
  });
});
