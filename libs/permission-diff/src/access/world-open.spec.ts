import { InvalidPermissionError } from '../problem.js';
import { perms } from '../testing/notation.js';
import { isWorldOpen } from './world-open.js';

describe('open to the world', () => {
  it.each<[string, string[]]>([
    ['the plain spelling', ['tcp 22 from 0.0.0.0/0']],
    ['of IPv6', ['tcp 22 from ::/0']],
    ['with host bits', ['tcp 22 from 203.0.113.9/0']],
    ['as two halves', ['tcp 22 from 0.0.0.0/1', 'tcp 22 from 128.0.0.0/1']],
    ['one half alone', ['tcp 22 from 0.0.0.0/1']],
    ['all IPv6 addresses that are routed', ['tcp 22 from 2000::/3']],
    ['half of those', ['tcp 22 from 3000::/4']],
    ['for a protocol without ports', ['47 from 0.0.0.0/0']],
    ['as all traffic', ['-1 from ::/0']],
    ['for one port among many that are not', ['tcp 1-9 from 10.0.0.0/8', 'tcp 5 from 0.0.0.0/2']],
    ['in sixteenths of a sixteenth', Array.from({ length: 16 }, (_, i) => `tcp 22 from ${16 + i}.0.0.0/8`)],
    ['in rules that meet at one port only', ['tcp 1-22 from 64.0.0.0/5', 'tcp 22-99 from 72.0.0.0/5']],
    ['a sixteenth of the routed IPv6 addresses', ['tcp 22 from 2000::/8', 'tcp 22 from 2100::/8']],
  ])('%s', (_why, permissions) => {
    expect(isWorldOpen(perms(...permissions))).toBe(true);
  });

  it.each<[string, string[]]>([
    ['nothing at all', []],
    ['the largest private network', ['-1 from 10.0.0.0/8']],
    ['the private IPv6 addresses', ['-1 from fc00::/7']],
    ['IPv6 addresses that are not routed', ['-1 from ::/3', '-1 from 4000::/2', '-1 from 8000::/1']],
    ['a group', ['-1 from sg-1']],
    ['a prefix list that nobody opened', ['-1 from pl-1']],
    ['less than a sixteenth', Array.from({ length: 15 }, (_, i) => `tcp 22 from ${16 + i}.0.0.0/8`)],
    ['the same block over and over', Array.from({ length: 16 }, (_, i) => `tcp 1-${99 + i} from 16.0.0.0/8`)],
    ['two large blocks at ports that never meet', ['tcp 1-21 from 64.0.0.0/5', 'tcp 22-99 from 72.0.0.0/5']],
    ['two large blocks of two families', ['tcp 22 from 64.0.0.0/5', 'tcp 22 from 2000::/8']],
  ])('is not %s', (_why, permissions) => {
    expect(isWorldOpen(perms(...permissions))).toBe(false);
  });

  it('is a prefix list that holds the world', () => {
    const addresses = { 'pl-1': ['0.0.0.0/1', '128.0.0.0/1'] };

    expect(isWorldOpen(perms('tcp 22 from pl-1'), { addresses })).toBe(true);
  });

  it('is as much as the caller says', () => {
    const half = perms('tcp 22 from 0.0.0.0/1');

    expect(isWorldOpen(half, { share: 0.5 })).toBe(true);
    expect(isWorldOpen(half, { share: 0.51 })).toBe(false);
    expect(isWorldOpen(perms('tcp 22 from 10.0.0.0/8'), { share: 1 / 256 })).toBe(true);
  });

  it('is all of it, for who wants to know that', () => {
    expect(isWorldOpen(perms('tcp 22 from 0.0.0.0/0'), { share: 1 })).toBe(true);
    expect(isWorldOpen(perms('tcp 22 from 0.0.0.0/1', 'tcp 22 from 128.0.0.0/2'), { share: 1 })).toBe(false);
  });

  it('is not what ends at a port and what begins at the next together, in whatever order they are given', () => {
    const [below, above] = ['tcp 1-21 from 64.0.0.0/5', 'tcp 22-99 from 64.0.0.0/5'];
    const apart = ['tcp 100-200 from 72.0.0.0/5', 'tcp 1-99 from 200.0.0.0/6'];

    for (const order of [
      [below, above, ...apart],
      [...apart, above, below],
    ])
      expect(isWorldOpen(perms(...order))).toBe(false);
  });

  it.each([0, -1, 1.01, NaN])('refuses %d as a share', (share) => {
    expect(() => isWorldOpen([], { share })).toThrow(
      new RangeError(`\`share\` must be over 0 and up to 1, not ${share}`),
    );
  });

  it('refuses bad permissions', () => {
    expect(() => isWorldOpen([{ IpProtocol: 'tcp' }])).toThrow(InvalidPermissionError);
    expect(() => isWorldOpen([{ IpProtocol: 'tcp' }])).toThrow('`permissions[0].FromPort`');
  });
});
