import type { DirectedAccess } from '../plan/group-state.js';
import { renderAccess } from './access-words.js';

const tcp = (port: number, source: DirectedAccess['source'], to = port): DirectedAccess => ({
  direction: 'ingress',
  protocol: 'tcp',
  fromPort: port,
  toPort: to,
  source,
});

it.each<[DirectedAccess, string]>([
  [tcp(22, { cidr: '0.0.0.0/0' }), 'SSH (tcp/22) from anybody on IPv4 (0.0.0.0/0)'],
  [tcp(443, { cidr: '::/0' }), 'HTTPS (tcp/443) from anybody on IPv6 (::/0)'],
  [{ ...tcp(22, { cidr: '::/0' }), protocol: 'udp' }, 'udp/22 from anybody on IPv6 (::/0)'],
  [{ direction: 'ingress', protocol: '50', source: { cidr: '10.0.0.0/8' } }, 'IPsec ESP (protocol 50) from 10.0.0.0/8'],
  [
    {
      direction: 'ingress',
      protocol: 'icmp',
      fromType: 8,
      toType: 8,
      fromCode: 0,
      toCode: 255,
      source: { cidr: '10.0.0.0/8' },
    },
    'ping (icmp type 8) from 10.0.0.0/8',
  ],
  [tcp(4000, { cidr: '203.0.113.7/32' }), 'tcp/4000 from 203.0.113.7 alone'],
  [tcp(4000, { cidr: '2001:db8::1/128' }), 'tcp/4000 from 2001:db8::1 alone'],
  [tcp(4000, { cidr: '2001:db8::/32' }), 'tcp/4000 from 2001:db8::/32'],
  [tcp(1, { groupId: 'sg-1', userId: '111122223333' }, 9), 'tcp/1-9 from the security group sg-1 (account 111122223333)'],
  [tcp(1, { prefixListId: 'pl-1' }), 'tcp/1 from the prefix list pl-1'],
  [{ direction: 'egress', protocol: '-1', source: { cidr: '0.0.0.0/0' } }, 'all traffic to anywhere on IPv4 (0.0.0.0/0)'],
])('renderAccess describes %j as %s', (range, words) => {
  expect(renderAccess(range)).toBe(words);
});
