import type { IpPermission } from '../rules/ec2-permission.js';
import { InvalidPermissionError } from '../rules/problem.js';
import type { Rule } from '../rules/rule.js';
import { ALL_TRAFFIC } from '../rules/traffic.js';
import { oneByOne } from '../testing/arbitraries.js';
import { perms, words } from '../testing/notation.js';
import { compareAccess } from './compare-access.js';
import { diffRulesByAccess, planAccess } from './plan-access.js';

const said = (permissions: readonly IpPermission[]) =>
  permissions.flatMap(oneByOne).flatMap((rule) => words(compareAccess([rule], []).missing));

const stray: Rule = { direction: 'ingress', traffic: ALL_TRAFFIC, source: { kind: 'group', groupId: 'sg-1' } };

const plan = (required: string[], actual: string[], permit: string[] = []) => {
  const { authorize, revoke, unchanged } = planAccess(perms(...required), perms(...actual), {
    permit: perms(...permit),
  });
  return { authorize: said(authorize), revoke: said(revoke), unchanged: said(unchanged) };
};

describe('planAccess', () => {
  it('planAccess changes no rule if the actual rules let in the declared traffic, but have other blocks', () => {
    expect(plan(['tcp 22 from 10.0.0.0/8'], ['tcp 22 from 10.0.0.0/9', 'tcp 22 from 10.128.0.0/9'])).toEqual({
      authorize: [],
      revoke: [],
      unchanged: ['tcp 22 from 10.0.0.0/9', 'tcp 22 from 10.128.0.0/9'],
    });
  });

  it('planAccess revokes a rule that is wider than the declared rule, and authorizes the declared rule instead', () => {
    expect(plan(['tcp 80-443 from 10.0.0.0/8'], ['tcp 80-444 from 10.0.0.0/8'])).toEqual({
      authorize: ['tcp 80-443 from 10.0.0.0/8'],
      revoke: ['tcp 80-444 from 10.0.0.0/8'],
      unchanged: [],
    });
  });

  it('planAccess keeps a rule that lets in the same traffic as two declared rules together', () => {
    expect(plan(['tcp 1-5 from 10.0.0.0/8', 'tcp 6-9 from 10.0.0.0/8'], ['tcp 1-9 from 10.0.0.0/8'])).toEqual({
      authorize: [],
      revoke: [],
      unchanged: ['tcp 1-9 from 10.0.0.0/8'],
    });
  });

  it('planAccess authorizes the whole declared rule, never a fragment', () => {
    expect(plan(['tcp 80-443 from 10.0.0.0/8'], ['tcp 80-100 from 10.0.0.0/8'])).toEqual({
      authorize: ['tcp 80-443 from 10.0.0.0/8'],
      revoke: [],
      unchanged: ['tcp 80-100 from 10.0.0.0/8'],
    });
  });

  it('planAccess authorizes no rule that other authorized rules make redundant', () => {
    const required = ['tcp 1-10 from 10.0.0.0/8', 'tcp 5-15 from 10.0.0.0/8', 'tcp 10-20 from 10.0.0.0/8', 'tcp 12 from 10.0.0.0/8'];

    expect(plan(required, []).authorize).toEqual(['tcp 1-10 from 10.0.0.0/8', 'tcp 10-20 from 10.0.0.0/8']);
  });

  it.each([
    ['ports', ['tcp 1-6 from 10.0.0.0/8', 'tcp 5-10 from 10.0.0.0/8', 'tcp 1-10 from 10.0.0.0/8'], ['tcp 1-10 from 10.0.0.0/8']],
    ['addresses', ['tcp 1 from 10.0.0.0/9', 'tcp 1 from 10.128.0.0/9', 'tcp 1 from 10.0.0.0/8'], ['tcp 1 from 10.0.0.0/8']],
    ['the address of a single host', ['tcp 1 from 0.0.0.0/0', 'tcp 1 from 10.0.0.1/32'], ['tcp 1 from 0.0.0.0/0']],
    [
      'a group beside addresses',
      ['tcp 1-9 from sg-1', 'tcp 1 from sg-1', 'tcp 1 from 10.0.0.0/8'],
      ['tcp 1 from 10.0.0.0/8', 'tcp 1-9 from sg-1'],
    ],
  ])('planAccess authorizes the wide rule instead of the narrow rules inside it, for %s', (_, required, expected) => {
    expect(plan(required, []).authorize).toEqual(expected);
    expect(plan([...required].reverse(), []).authorize).toEqual(expected);
  });

  it('planAccess revokes a rule that differs from the declared rule only in its block, protocol or port', () => {
    expect(plan(['tcp 22 from 10.0.0.0/8'], ['tcp 22 from 11.0.0.0/8', 'udp 22 from 10.0.0.0/8', 'tcp 23 from 10.0.0.0/8'])).toMatchObject({
      authorize: ['tcp 22 from 10.0.0.0/8'],
      unchanged: [],
    });
  });

  it('planAccess keeps permitted rules, but never authorizes permitted rules', () => {
    expect(plan(['tcp 443 from sg-1'], ['tcp 22 from 10.1.0.0/16'], ['tcp 22-23 from 10.0.0.0/8'])).toEqual({
      authorize: ['tcp 443 from sg-1'],
      revoke: [],
      unchanged: ['tcp 22 from 10.1.0.0/16'],
    });
  });

  it('planAccess keeps a rule if half of its traffic is declared and the other half is permitted', () => {
    expect(plan(['tcp 22 from 10.0.0.0/8'], ['tcp 22-23 from 10.0.0.0/8'], ['tcp 23 from 10.0.0.0/8'])).toEqual({
      authorize: [],
      revoke: [],
      unchanged: ['tcp 22-23 from 10.0.0.0/8'],
    });
  });

  it('planAccess permits nothing by default', () => {
    expect(planAccess([], perms('tcp 22 from sg-1')).revoke).toHaveLength(1);
    expect(diffRulesByAccess([], [stray])).toEqual({ missing: [], excess: [stray], kept: [] });
  });

  it('planAccess authorizes or revokes a repeated rule once', () => {
    expect(plan(['tcp 22 from sg-1', 'tcp 22 from sg-1'], ['udp 1 from sg-1', 'udp 1 from sg-1'])).toEqual({
      authorize: ['tcp 22 from sg-1'],
      revoke: ['udp 1 from sg-1'],
      unchanged: [],
    });
  });

  it('planAccess treats a source group with an account and without the account as the same source', () => {
    expect(plan(['tcp 22 from sg-1'], ['tcp 22 from sg-1@111122223333']).revoke).toEqual([]);
  });

  it('planAccess compares the address of a group if the address is known', () => {
    const options = { addresses: { 'sg-1': ['10.0.0.5/32'] } };

    const { authorize, revoke } = planAccess(perms('tcp 22 from 10.0.0.5/32'), perms('tcp 22 from sg-1'), options);

    expect({ authorize, revoke }).toEqual({ authorize: [], revoke: [] });
  });

  it('planAccess compares the addresses of a prefix list if the addresses are known', () => {
    const options = { addresses: { 'pl-1': ['10.0.0.0/8', '11.0.0.0/8', '2001:db8::/32'] } };
    const list = perms('tcp 22 from pl-1');
    const [ipv4, ipv6] = [perms('tcp 22 from 10.0.0.0/8', 'tcp 22 from 11.0.0.0/8'), perms('tcp 22 from 2001:db8::/32')];

    expect(planAccess(list, [...ipv4, ...ipv6], options)).toMatchObject({ authorize: [], revoke: [] });
    expect(planAccess([...ipv4, ...ipv6], list, options)).toMatchObject({ authorize: [], revoke: [] });
    expect(planAccess(list, ipv4, options)).toMatchObject({ authorize: list, revoke: [] });
    expect(planAccess(ipv4, list, options)).toMatchObject({ authorize: [{ IpRanges: [{}, {}] }], revoke: list });
  });

  it('planAccess keeps the descriptions of the rules in the plan', () => {
    const described = (Description: string): IpPermission[] => [
      { IpProtocol: 'tcp', FromPort: 1, ToPort: 1, IpRanges: [{ CidrIp: '10.0.0.0/8', Description }] },
    ];

    expect(planAccess(described('declared'), [])).toMatchObject({ authorize: described('declared') });
    expect(planAccess([], described('found'))).toMatchObject({ revoke: described('found') });
  });

  it('planAccess refuses the invalid permissions of all three lists at once', () => {
    const bad = [{ IpProtocol: 'tcp' }];
    const act = () => planAccess(bad, bad, { permit: bad });

    expect(act).toThrow(InvalidPermissionError);
    for (const list of ['required', 'actual', 'permit']) expect(act).toThrow(`\`${list}[0].FromPort\``);
  });

  it('planAccess refuses an invalid description in required permissions, but not in actual permissions', () => {
    const described = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '10.0.0.0/8', Description: 'a % b' }] }];

    expect(() => planAccess(described, [])).toThrow('Description');
    expect(planAccess([], described).revoke).toEqual(described);
  });
});
