import * as fc from 'fast-check';
import type { IpPermission } from './ec2-permission.js';
import { permissionsOf } from '../diff/permissions-of.js';
import type { PermissionProblem, ReadResult } from './problem.js';
import { readRules } from './read-rules.js';
import { formatRule, type Direction, type Rule } from './rule.js';
import { describedPermissions } from '../testing/arbitraries.js';
import { configuration } from '../testing/documents.js';
import { pathsIn, replacedAt } from '../testing/replace.js';
import { runs } from '../testing/runs.js';
import { readConfigItemRules } from './config-item.js';
import { readSecurityGroupRules, securityGroupRuleOf } from './security-group-rule.js';
import { readSecurityGroup } from './security-group.js';

const OWNER = '111122223333';

/** Returns each distinct rule as text with its description, sorted. */
const said = (rules: readonly Rule[]): readonly string[] =>
  [...new Set(rules.map((rule) => `${formatRule(rule)} ${rule.description ?? ''}`))].sort();

function valueOf<T>(read: ReadResult<T>): T {
  if (read.ok) return read.value;
  throw new Error(`not readable: ${JSON.stringify(read.problems)}`);
}

const rulesOf = (list: readonly IpPermission[], direction: Direction = 'ingress'): readonly Rule[] =>
  valueOf(readRules(list, { direction, accountId: OWNER }));

/**
 * Permissions without equal rules. If equal rules had different descriptions, the readers could keep different descriptions.
 */
const canonical = describedPermissions.map((list) => permissionsOf(rulesOf(list)));

const asIngress = (IpPermissions: readonly IpPermission[]) => ({
  GroupId: 'sg-1',
  OwnerId: OWNER,
  IpPermissions,
  IpPermissionsEgress: [],
});

const inHistory = (list: readonly IpPermission[]) => ({ configuration: JSON.stringify(configuration(list)) });

const dialects: readonly [
  name: string,
  render: (list: readonly IpPermission[]) => unknown,
  read: (document: unknown) => ReadResult<readonly Rule[]>,
][] = [
  ['DescribeSecurityGroups', asIngress, (group) => rulesIn(readSecurityGroup(group))],
  ['DescribeSecurityGroupRules', (list) => rulesOf(list).map(securityGroupRuleOf), (items) => readSecurityGroupRules(items)],
  ['an item of AWS Config', (list) => ({ configuration: configuration(list) }), (item) => rulesIn(readConfigItemRules(item))],
  ['an item of the history in AWS Config', inHistory, (item) => rulesIn(readConfigItemRules(item))],
];

function rulesIn(read: ReadResult<{ readonly rules: readonly Rule[] }>): ReadResult<readonly Rule[]> {
  return read.ok ? { ok: true, value: read.value.rules } : read;
}

describe.each(dialects)('a reader supports the format of %s', (_name, render, read) => {
  it('the reader returns the same rules and descriptions as `readRules` does from `IpPermission[]`', () => {
    fc.assert(
      fc.property(canonical, (list) => {
        expect(said(valueOf(read(render(list))))).toEqual(said(rulesOf(list)));
      }),
    );
  });

  it('the reader never throws if any value of the document is replaced, and each problem has a path', () => {
    const document = canonical.filter((list) => list.length > 0).map(render);
    const mutated = document.chain((value) =>
      fc
        .tuple(fc.constantFrom(...pathsIn(value)), fc.anything({ withBigInt: true, withSparseArray: true }))
        .map(([path, replacement]) => replacedAt(value, path, replacement)),
    );
    fc.assert(
      fc.property(fc.oneof(mutated, fc.anything()), (value) => {
        const answer = read(value);

        expect(answer.ok || isExplained(answer.problems)).toBe(true);
      }),
      { numRuns: runs(500) },
    );
  });
});

function isExplained(problems: readonly PermissionProblem[]): boolean {
  return problems.length > 0 && problems.every(({ path, text, expected }) => path + text !== '' && expected !== '');
}

it('readSecurityGroup, readConfigItemRules and readSecurityGroupRules return egress rules as egress rules', () => {
  fc.assert(
    fc.property(canonical, (list) => {
      const expected = said(rulesOf(list, 'egress'));

      expect([
        said(valueOf(readSecurityGroup({ ...asIngress([]), IpPermissionsEgress: list })).rules),
        said(valueOf(readConfigItemRules(configuration([], list))).rules),
        said(valueOf(readSecurityGroupRules(rulesOf(list, 'egress').map(securityGroupRuleOf)))),
      ]).toEqual([expected, expected, expected]);
    }),
  );
});
