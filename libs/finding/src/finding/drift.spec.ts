import { perms, rulesFromWords as rules } from '@portcullis/permission-diff/testing';
import { findingDrift } from './drift.js';

it('`findingDrift` returns the rules to authorize and to revoke, and the access that the group gained and lost', () => {
  expect(findingDrift(rules(['tcp 80 from 0.0.0.0/0']), rules(['icmp 8/-1 from sg-2']))).toEqual({
    authorize: perms('tcp 80 from 0.0.0.0/0'),
    revoke: perms('icmp 8/-1 from sg-2'),
    access: {
      gained: [{ protocol: 'icmp', source: { groupId: 'sg-2' }, fromType: 8, toType: 8, fromCode: 0, toCode: 255 }],
      lost: [{ protocol: 'tcp', source: { cidr: '0.0.0.0/0' }, fromPort: 80, toPort: 80 }],
    },
  });
});

it('`findingDrift` returns egress rules in `egress`, and only ingress traffic in `access`', () => {
  expect(findingDrift([], [...rules(['-1 from pl-1']), ...rules(['tcp 25 from 0.0.0.0/0'], 'egress')])).toEqual({
    authorize: [],
    revoke: perms('-1 from pl-1'),
    egress: { authorize: [], revoke: perms('tcp 25 from 0.0.0.0/0') },
    access: { gained: [{ protocol: '-1', source: { prefixListId: 'pl-1' } }], lost: [] },
  });
});
