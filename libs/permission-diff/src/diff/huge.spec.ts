import { compareAccess } from '../access/compare-access.js';
import { sortedByRuleSource } from '../access/cell-trees.js';
import { readSecurityGroupRules } from '../rules/security-group-rule.js';
import { readSecurityGroup } from '../rules/security-group.js';
import { diffPermissions } from './diff-permissions.js';
import { InvalidPermissionError, type ReadResult } from '../rules/problem.js';

jest.setTimeout(60_000);

/** More rules than JavaScript allows as arguments of one call, and far more than EC2 allows in a group. */
const MANY = 130_000;
const many = <T>(make: (index: number) => T): T[] => Array.from({ length: MANY }, (_, i) => make(i));

describe('huge input', () => {
  const bad = { IpProtocol: 'gre', IpRanges: [{ CidrIp: '10.0.0.0/8' }] };

  it.each<[reader: string, read: () => ReadResult<unknown>]>([
    ['DescribeSecurityGroups', () => readSecurityGroup({ GroupId: 'sg-1', IpPermissions: many(() => bad), IpPermissionsEgress: [] })],
    ['DescribeSecurityGroupRules', () => readSecurityGroupRules(many(() => ({ ...bad, IsEgress: false, CidrIpv4: '10.0.0.0/8' })))],
  ])('a reader refuses a huge document in the format of %s, and reports every problem', (_reader, read) => {
    const answer = read();

    expect(answer.ok ? 0 : answer.problems.length).toBe(MANY);
  });

  it('diffPermissions and compareAccess refuse huge input, and report every problem', () => {
    const refused = (call: () => unknown): number => {
      try {
        call();
      } catch (error) {
        if (error instanceof InvalidPermissionError) return error.problems.length;
        throw error;
      }
      return 0;
    };
    const permissions = many(() => bad);

    expect(refused(() => diffPermissions(permissions, []))).toBe(MANY);
    expect(refused(() => compareAccess([], permissions))).toBe(MANY);
  });

  it('diffPermissions and compareAccess accept huge lists of valid rules', () => {
    const IpRanges = many((i) => ({ CidrIp: `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}/32` }));
    const permissions = [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges }];

    expect(diffPermissions(permissions, []).authorize).toEqual(permissions);
    expect(compareAccess(permissions, permissions).equal).toBe(true);
    // Adjacent blocks are joined: the addresses from 10.0.0.0 to 10.1.251.207 need only a few blocks.
    expect(compareAccess(permissions, []).missing.length).toBeLessThan(32);
  });

  it('sortedByRuleSource returns all items, even if the list is too long for sorting by numbers', () => {
    const items = Array.from({ length: 2 ** 20 + 1 }, (_, id) => ({ id, source: { kind: 'group', groupId: 'sg-1' } as const }));

    expect(sortedByRuleSource(items).every(({ id }, i) => id === i)).toBe(true);
    expect(sortedByRuleSource(items)).toHaveLength(items.length);
  });
});
