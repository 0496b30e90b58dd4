import { compareAccess } from './access/compare-access.js';
import { diffPermissions } from './diff-permissions.js';
import { formatAccess, formatDiff } from './format-diff.js';
import { InvalidPermissionError } from './problem.js';
import { perms } from './testing/notation.js';

const described = [
  {
    IpProtocol: 'tcp',
    FromPort: 443,
    ToPort: 443,
    IpRanges: [{ CidrIp: '203.0.113.0/24', Description: 'the office' }],
  },
];
const required = [...perms('tcp 22 from 10.0.0.0/8', 'icmp 8/-1 from 10.0.0.0/8'), ...described];
const actual = perms('tcp 22 from 10.0.0.0/8 0.0.0.0/0', '50 from sg-2@111122223333');

describe('a difference of rules in text', () => {
  it('has a line per rule, in canonical order and aligned, and counts them', () => {
    expect(formatDiff(diffPermissions(required, actual)).split('\n')).toEqual([
      '+ icmp type 8 from 10.0.0.0/8',
      '- tcp/22      from 0.0.0.0/0',
      '+ tcp/443     from 203.0.113.0/24              "the office"',
      '- protocol 50 from sg-2 (account 111122223333)',
      '',
      'Plan: 2 to authorize, 2 to revoke, 1 unchanged.',
    ]);
  });

  it('lists what stays, too, for who asks', () => {
    expect(formatDiff(diffPermissions(actual, actual), { unchanged: true }).split('\n')).toEqual([
      '  tcp/22      from 0.0.0.0/0',
      '  tcp/22      from 10.0.0.0/8',
      '  protocol 50 from sg-2 (account 111122223333)',
      '',
      'No changes: 0 to authorize, 0 to revoke, 3 unchanged.',
    ]);
  });

  it('is one line when nothing is to be done', () => {
    expect(formatDiff(diffPermissions([], []))).toBe('No changes: 0 to authorize, 0 to revoke, 0 unchanged.');
  });

  it('says where egress goes', () => {
    expect(formatDiff(diffPermissions(perms('-1 from ::/0'), []), { direction: 'egress' })).toBe(
      '+ all traffic to ::/0\n\nPlan: 1 to authorize, 0 to revoke, 0 unchanged.',
    );
  });

  it('is refused for what is no difference of permissions', () => {
    expect(() => formatDiff({ authorize: [{}], revoke: [], unchanged: [] })).toThrow(InvalidPermissionError);
  });
});

describe('a difference of access in text', () => {
  it('has a line per range, in canonical order and aligned, and counts them', () => {
    const comparison = compareAccess(
      perms('tcp 80-443 from 10.0.0.0/8', 'icmp 3/4 from 10.0.0.0/8', '-1 from pl-1'),
      perms('tcp 100-200 from 10.0.0.0/9', '7 from sg-2', '8 from sg-2', 'icmp 3/-1 from 10.0.0.0/8'),
    );

    expect(formatAccess(comparison).split('\n')).toEqual([
      '- all traffic            from pl-1',
      '- tcp/80-99              from 10.0.0.0/8',
      '- tcp/100-200            from 10.128.0.0/9',
      '- tcp/201-443            from 10.0.0.0/8',
      '+ icmp type 3 code 0-3   from 10.0.0.0/8',
      '+ icmp type 3 code 5-255 from 10.0.0.0/8',
      '+ protocols 7-8          from sg-2',
      '',
      'Access differs: 4 missing, 3 in excess.',
    ]);
  });

  it('is one line when there is none', () => {
    expect(formatAccess(compareAccess([], []))).toBe('Equal access.');
  });

  it('says where egress goes', () => {
    expect(formatAccess(compareAccess(perms('-1 from ::/0'), []), { direction: 'egress' })).toBe(
      '- all traffic to ::/0\n\nAccess differs: 1 missing, 0 in excess.',
    );
  });
});

it('differences are plain data: JSON gives them back as they are', () => {
  for (const difference of [diffPermissions(required, actual), compareAccess(required, actual)]) {
    expect(JSON.parse(JSON.stringify(difference))).toEqual(difference);
  }
});
