import * as fc from 'fast-check';
import { diffPermissions } from '../diff/diff-permissions.js';
import type { IpPermission } from '../rules/ec2-permission.js';
import { blockPermissions, oneByOne, permissions, respelled } from '../testing/arbitraries.js';
import { permissionsOfRanges as allowing } from '../testing/notation.js';
import { runs } from '../testing/runs.js';
import { bitmapOf, bitmapOfRanges, RULES } from '../testing/small-universe.js';
import { compareAccess } from './compare-access.js';
import { covers, overlaps } from './covers.js';
import { planAccess } from './plan-access.js';

type Perms = readonly IpPermission[];

const minus = (a: Perms, b: Perms): Perms => allowing(compareAccess(a, b).missing);
const and = (a: Perms, b: Perms): Perms => minus(a, minus(a, b));
const or = (a: Perms, b: Perms): Perms => [...a, ...b];
const isEqual = (a: Perms, b: Perms): boolean => compareAccess(a, b).equal;

/**
 * All traffic from all IPv4 and IPv6 addresses. The complement of a list is this traffic without the traffic of the list.
 */
const EVERYTHING: Perms = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }], Ipv6Ranges: [{ CidrIpv6: '::/0' }] }];
const not = (a: Perms): Perms => minus(EVERYTHING, a);

/** Tests that a law holds for any three lists of permissions. */
const law = (name: string, lists: fc.Arbitrary<IpPermission[]>, holds: (a: Perms, b: Perms, c: Perms) => boolean, numRuns = 50) => {
  it(name, () => {
    fc.assert(fc.property(lists, lists, lists, holds), { numRuns: runs(numRuns) });
  });
};

const smallLists = fc.subarray([...RULES], { maxLength: 6 });

describe.each([
  ['any permissions', permissions],
  ['permissions with 30 possible rules, which often overlap', smallLists],
])('union, intersection and difference of traffic follow the laws of sets, for %s', (_name, lists) => {
  law('union commutes', lists, (a, b) => isEqual(or(a, b), or(b, a)));
  law('intersection commutes', lists, (a, b) => isEqual(and(a, b), and(b, a)));
  law('union is associative', lists, (a, b, c) => isEqual(or(or(a, b), c), or(a, or(b, c))));
  law('intersection is associative', lists, (a, b, c) => isEqual(and(and(a, b), c), and(a, and(b, c))));
  law('union and intersection are idempotent', lists, (a) => isEqual(or(a, a), a) && isEqual(and(a, a), a));
  law('union and intersection absorb each other', lists, (a, b) => isEqual(or(a, and(a, b)), a) && isEqual(and(a, or(a, b)), a));
  law('intersection distributes over union', lists, (a, b, c) => isEqual(and(a, or(b, c)), or(and(a, b), and(a, c))));
  law(
    'the empty list is neutral for union and difference, and absorbing for intersection',
    lists,
    (a) => isEqual(or(a, []), a) && isEqual(and(a, []), []) && isEqual(minus(a, []), a),
  );
  law('the difference of two sets does not overlap the second set', lists, (a, b) => !overlaps(minus(a, b), b));
  law('the difference and the intersection together make up the first set', lists, (a, b) => isEqual(or(minus(a, b), and(a, b)), a));
  law('one set covers another exactly if nothing is missing', lists, (a, b) => covers(a, b) === (minus(b, a).length === 0));
  law('two sets overlap exactly if their intersection is not empty', lists, (a, b) => overlaps(a, b) === and(a, b).length > 0);
  law('swapping the sets swaps the missing and the excess traffic', lists, (a, b) => {
    const there = compareAccess(a, b);
    const back = compareAccess(b, a);
    return JSON.stringify([there.missing, there.excess]) === JSON.stringify([back.excess, back.missing]);
  });
  law('removing the excess and adding the missing traffic gives the required traffic', lists, (required, actual) => {
    const { missing, excess } = compareAccess(required, actual);
    return isEqual(or(minus(actual, allowing(excess)), allowing(missing)), required);
  });
  law('comparing the ranges of an answer gives the same ranges', lists, (a) => {
    const { missing } = compareAccess(a, []);
    return JSON.stringify(compareAccess(allowing(missing), []).missing) === JSON.stringify(missing);
  });
  law('equal rules let in equal traffic', lists, (a, b) => {
    const { authorize, revoke } = diffPermissions(a, b);
    return authorize.length + revoke.length > 0 || isEqual(a, b);
  });
});

law(
  'compareAccess and bitmaps of all packets give the same missing traffic, and the ranges do not overlap',
  smallLists,
  (a, b) => bitmapOfRanges(compareAccess(a, b).missing) === (bitmapOf(a) & ~bitmapOf(b)),
  500,
);

describe('the complement of traffic follows the laws of sets', () => {
  // A complement has thousands of ranges, so each of these laws is tested with only eight cases.
  const complement = (name: string, holds: (a: Perms, b: Perms) => boolean) => {
    law(name, blockPermissions, holds, 8);
  };

  complement('the complement of the complement is the original set', (a) => isEqual(not(not(a)), a));
  complement('a set and its complement together are everything', (a) => isEqual(or(a, not(a)), EVERYTHING));
  complement('the complement of a union is the intersection of the complements (De Morgan)', (a, b) =>
    isEqual(not(or(a, b)), and(not(a), not(b))),
  );
  complement('the complement of an intersection is the union of the complements (De Morgan)', (a, b) =>
    isEqual(not(and(a, b)), or(not(a), not(b))),
  );
  complement('the difference is the intersection with the complement', (a, b) => isEqual(minus(a, b), and(a, not(b))));
});

describe('another spelling of the same permissions gives the same result', () => {
  it('compareAccess returns the same result if permissions are shuffled, split or repeated', () => {
    const pairs = permissions.chain((a) => fc.tuple(fc.constant(a), respelled(a)));
    fc.assert(
      fc.property(pairs, permissions, ([a, again], b) => {
        expect(compareAccess(again, b)).toEqual(compareAccess(a, b));
        expect(compareAccess(b, again)).toEqual(compareAccess(b, a));
      }),
      { numRuns: runs(200) },
    );
  });
});

describe.each([
  ['any permissions', permissions],
  ['permissions with 30 possible rules', smallLists],
])('a plan of planAccess leads to the required access, for %s', (_name, lists) => {
  const plans = (name: string, holds: (required: Perms, actual: Perms, permit: Perms, after: Perms) => boolean) => {
    law(name, lists, (required, actual, permit) => {
      const { authorize, unchanged } = planAccess(required, actual, { permit });
      return holds(required, actual, permit, or(unchanged, authorize));
    });
  };

  plans('after the plan, the group lets in all required traffic', (required, _actual, _permit, after) => covers(after, required));
  plans('after the plan, the group lets in only required and permitted traffic', (required, _actual, permit, after) =>
    covers(or(required, permit), after),
  );
  plans('after the plan, the group lets in only required traffic and traffic from before the plan', (required, actual, _permit, after) =>
    covers(or(required, actual), after),
  );
  plans('after the plan is applied, the next plan is empty', (required, _actual, permit, after) => {
    const { authorize, revoke } = planAccess(required, after, { permit });
    return authorize.length === 0 && revoke.length === 0;
  });
  plans('if nothing is permitted, the group lets in exactly the required traffic after the plan', (required, actual) => {
    const { authorize, unchanged } = planAccess(required, actual);
    return isEqual(or(unchanged, authorize), required);
  });
  plans('the plan authorizes no redundant rule', (required, actual, permit) => {
    const { authorize, unchanged } = planAccess(required, actual, { permit });
    const rules = diffPermissions(authorize, []).authorize.flatMap(oneByOne);
    return rules.every(
      (rule) =>
        !covers(
          or(
            unchanged,
            rules.filter((other) => other !== rule),
          ),
          [rule],
        ),
    );
  });
});
