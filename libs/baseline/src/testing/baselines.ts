/** Generates random baselines, and different texts that declare the same baselines. */
import * as fc from 'fast-check';
import { permissionsOf, readRules, ruleKey, type Direction, type IpPermission, type Rule } from '@portcullis/permission-diff';
import { stringify } from 'yaml';
import type { Baseline, CompiledBaseline, IgnoreClause, Permit } from '../baseline.js';
import { canonicalBaselines } from '../canonical.js';

const groupId = fc.stringMatching(/^sg-([0-9a-f]{8}|[0-9a-f]{17})$/);
const prefixListId = fc.stringMatching(/^pl-([0-9a-f]{8}|[0-9a-f]{17})$/);
const vpcId = fc.stringMatching(/^vpc-([0-9a-f]{8}|[0-9a-f]{17})$/);

const port = fc.integer({ min: 0, max: 65535 });
const traffic: fc.Arbitrary<IpPermission> = fc.oneof(
  fc.tuple(fc.constantFrom('tcp', 'udp'), port, port).map(([IpProtocol, a, b]) => ({
    IpProtocol,
    FromPort: Math.min(a, b),
    ToPort: Math.max(a, b),
  })),
  fc.constantFrom<IpPermission>(
    { IpProtocol: '-1' },
    { IpProtocol: '50' },
    { IpProtocol: 'icmp', FromPort: 8, ToPort: -1 },
    { IpProtocol: 'icmpv6', FromPort: -1, ToPort: -1 },
  ),
);

const description = fc.oneof(
  fc.stringMatching(/^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]{1,20}$/),
  // Texts that YAML would not read as text without quotes.
  fc.constantFrom('null', '1', 'true', '# none', 'a: b', '*x', '!x', ' ', '2027-01-31'),
);

const source: fc.Arbitrary<IpPermission> = fc.record({ Description: description }, { requiredKeys: [] }).chain((described) =>
  fc.oneof(
    fc
      .tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 }))
      .map(([address, length]) => ({ IpRanges: [{ CidrIp: `${address}/${length}`, ...described }] })),
    fc
      .tuple(fc.ipV6(), fc.integer({ min: 0, max: 128 }))
      .map(([address, length]) => ({ Ipv6Ranges: [{ CidrIpv6: `${address}/${length}`, ...described }] })),
    groupId.map((GroupId) => ({ UserIdGroupPairs: [{ GroupId, ...described }] })),
    prefixListId.map((PrefixListId) => ({ PrefixListIds: [{ PrefixListId, ...described }] })),
  ),
);

const date = fc
  .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
  .map((day) => day.toISOString().slice(0, 10));

/** Permissions with one source each. No two are the same rule. Some are declared and some are permitted. */
const ruleSet = fc.uniqueArray(
  fc.record({
    permission: fc.tuple(traffic, source).map(([numbers, sources]) => ({ ...numbers, ...sources })),
    terms: fc.option(fc.record({ until: date, reason: description.filter((text) => text !== '') }, { requiredKeys: [] })),
  }),
  { maxLength: 6, selector: ({ permission }) => rulesOf([permission]).map(ruleKey).join() },
);

function rulesOf(permissions: readonly IpPermission[], direction?: Direction): readonly Rule[] {
  const read = readRules(permissions, { direction });
  if (!read.ok) throw new Error(`not a permission: ${JSON.stringify(read.problems)}`);
  return read.value;
}

const clause: fc.Arbitrary<IgnoreClause> = fc.oneof(
  description.map((descriptionPrefix) => ({ descriptionPrefix })),
  fc
    .record({ key: description, value: fc.string({ unit: 'grapheme-ascii', maxLength: 9 }) }, { requiredKeys: ['key'] })
    .map((tag) => ({ tag })),
  groupId.map((sourceGroup) => ({ sourceGroup })),
  prefixListId.map((prefixList) => ({ prefixList })),
);

const body = fc.record({
  mode: fc.constantFrom('enforce' as const, 'report' as const),
  compare: fc.constantFrom('rules' as const, 'access' as const),
  criteria: fc.option(
    fc.record(
      {
        tags: fc.dictionary(description, fc.string({ unit: 'grapheme-ascii', maxLength: 9 }), {
          minKeys: 1,
          maxKeys: 3,
        }),
        names: fc.uniqueArray(fc.stringMatching(/^[a-z*-]{1,5}$/), { minLength: 1, maxLength: 3 }),
      },
      { requiredKeys: [] },
    ),
  ),
  ingress: ruleSet,
  egress: fc.option(ruleSet),
  ignore: fc.uniqueArray(clause, { maxLength: 3, selector: (each) => JSON.stringify(each) }),
});

type RuleSet = readonly { permission: IpPermission; terms: { until?: string; reason?: string } | null }[];

function declaredIn(rules: RuleSet, direction: Direction): readonly Rule[] {
  return rulesOf(
    rules.flatMap(({ permission, terms }) => (terms === null ? permission : [])),
    direction,
  );
}

function permittedIn(rules: RuleSet, direction: Direction): Permit[] {
  return rules.flatMap(({ permission, terms }) => (terms === null ? [] : [{ rules: rulesOf([permission], direction), ...terms }]));
}

const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,9}$/);

/** Valid baselines in canonical form: no name, group or rule occurs twice. */
export const compiledBaselines: fc.Arbitrary<CompiledBaseline> = fc
  .array(body, { minLength: 1, maxLength: 3 })
  .chain((bodies) => {
    const { length } = bodies;
    return fc.tuple(
      fc.constant(bodies),
      fc.uniqueArray(name, { minLength: length, maxLength: length }),
      fc.uniqueArray(groupId, { minLength: length, maxLength: 3 * length }),
      // Each baseline has its own VPC, so that no group meets the criteria of two baselines.
      fc.uniqueArray(vpcId, { minLength: length, maxLength: length }),
    );
  })
  .map(([bodies, names, ids, vpcs]) =>
    canonicalBaselines(
      bodies.map(({ mode, compare, criteria, ingress, egress, ignore }, i): Baseline => ({
        name: String(names[i]),
        groups: {
          // If a baseline has criteria, its ids may be absent.
          ids: ids.filter((_, n) => n % bodies.length === i && (criteria === null || n >= bodies.length)),
          ...(criteria === null ? {} : { ...criteria, vpcs: [String(vpcs[i])] }),
        },
        mode,
        compare,
        ingress: declaredIn(ingress, 'ingress'),
        ...(egress === null ? {} : { egress: declaredIn(egress, 'egress') }),
        permit: [...permittedIn(ingress, 'ingress'), ...permittedIn(egress ?? [], 'egress')],
        ignore,
      })),
    ),
  );

/** Returns a whole number that is at least 0 and less than its argument. */
export type Choose = (below: number) => number;

/** An endless supply of random choices. */
export const choices: fc.Arbitrary<Choose> = fc.infiniteStream(fc.nat()).map((numbers) => (below) => Number(numbers.next().value) % below);

const PROTOCOLS: Readonly<Record<string, readonly string[]>> = {
  tcp: ['tcp', 'TCP', '6'],
  udp: ['udp', '17'],
  icmp: ['icmp', '1'],
  icmpv6: ['icmpv6', '58'],
  '-1': ['-1', 'all'],
};

/** Returns one of the many possible texts of a file that declares the baselines. */
export function spelt({ baselines }: CompiledBaseline, choose: Choose): string {
  const oneOf = <T>(items: readonly [T, ...T[]]): T => items[choose(items.length)] ?? items[0];
  const respelt = (permission: IpPermission): IpPermission => {
    const protocol = String(permission.IpProtocol);
    const names = PROTOCOLS[protocol] ?? [protocol];
    return { ...permission, IpProtocol: names[choose(names.length)] };
  };
  const permissions = (rules: readonly Rule[]): IpPermission[] =>
    permissionsOf(rules)
      .flatMap((permission) => (choose(2) === 0 ? [permission] : splitUp(permission)))
      .map(respelt);
  /** Randomly leaves out the key if its value is the default. */
  const unlessDefault = (key: string, value: unknown, byDefault: string): object =>
    JSON.stringify(value) === byDefault && choose(2) === 0 ? {} : { [key]: value };

  const file = {
    version: 1,
    baselines: baselines.map(({ name: called, groups, mode, compare, ingress, egress, permit, ignore }) => ({
      name: called,
      groups: groups.ids.length === 0 ? { ...groups, ids: undefined } : groups,
      ...unlessDefault('mode', mode, '"enforce"'),
      ...unlessDefault('compare', compare, '"rules"'),
      ingress: permissions(ingress),
      ...(egress === undefined ? {} : { egress: permissions(egress) }),
      ...unlessDefault(
        'permit',
        permit.flatMap(({ rules, ...terms }) =>
          (['ingress', 'egress'] as const).flatMap((direction) =>
            permissions(rules.filter((rule) => rule.direction === direction)).map((permission) => ({
              ...unlessDefault('direction', direction, '"ingress"'),
              permission,
              ...terms,
            })),
          ),
        ),
        '[]',
      ),
      ...unlessDefault('ignore', ignore, '[]'),
    })),
  };
  const data = inAnyOrder(file, choose);
  return oneOf([
    () => JSON.stringify(data),
    () => JSON.stringify(data, null, '\t'),
    () => `# a comment\n${stringify(data)}`,
    () => stringify(data, { collectionStyle: 'flow' }),
    () => stringify(data, { indentSeq: false, defaultStringType: 'QUOTE_SINGLE' }).replaceAll('\n', '\r\n'),
    () => `\uFEFF---\n${stringify(data, { lineWidth: 20, defaultKeyType: 'QUOTE_DOUBLE' })}...\n`,
  ])();
}

/** Returns one permission for each source. */
function splitUp({ IpProtocol, FromPort, ToPort, ...sources }: IpPermission): IpPermission[] {
  return Object.entries(sources).flatMap(([key, all]) =>
    (all as readonly object[]).map((each): IpPermission => ({ IpProtocol, FromPort, ToPort, [key]: [each] })),
  );
}

/** Lists in a baseline are sets, and keys have no order. */
function inAnyOrder(value: unknown, choose: Choose): unknown {
  if (Array.isArray(value)) {
    return shuffled(
      value.map((each: unknown) => inAnyOrder(each, choose)),
      choose,
    );
  }
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).map(([key, each]) => [key, inAnyOrder(each, choose)] as const);
  return Object.fromEntries(shuffled(fields, choose));
}

function shuffled<T>(items: readonly T[], choose: Choose): T[] {
  const rest = [...items];
  return items.flatMap(() => rest.splice(choose(rest.length), 1));
}
