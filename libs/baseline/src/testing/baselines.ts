/** Generates random baselines and limits, and random files that declare given baselines and limits. */
import * as fc from 'fast-check';
import {
  accessBeyond,
  formatTraffic,
  permissionsOf,
  readRules,
  ruleKey,
  sourceKey,
  type Bound,
  type Direction,
  type IpPermission,
  type Rule,
  type Traffic,
} from '@portcullis/permission-diff';
import { SERVICE_NAMES, servicesNamed } from '@portcullis/permission-diff/exposure';
import { oneByOne } from '@portcullis/permission-diff/testing';
import { stringify } from 'yaml';
import type { Baseline, CompiledBaseline, IgnoreClause, Limit, LimitedGroups, Permit } from '../compiled/baseline.js';
import { compileBaselineTraffic } from '../compiled/bound-notation.js';
import { canonicalBaselines } from '../compiled/canonical.js';

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
  // Texts that must be quoted, because YAML would read them as other types.
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

/**
 * Generates different permissions with one source each. A baseline declares the permissions without `terms`, and permits the remaining
 * permissions.
 */
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

const owner: fc.Arbitrary<IgnoreClause> = fc.oneof(
  description.map((descriptionPrefix) => ({ descriptionPrefix })),
  fc
    .record({ key: description, value: fc.string({ unit: 'grapheme-ascii', maxLength: 9 }) }, { requiredKeys: ['key'] })
    .map((tag) => ({ tag })),
  groupId.map((sourceGroup) => ({ sourceGroup })),
  prefixListId.map((prefixList) => ({ prefixList })),
);

/** Generates the rules of `within`. */
const within = fc.tuple(ruleSet, ruleSet).map((sets) => {
  const [ingress = [], egress = []] = sets.map((set) => set.slice(0, 2).map(({ permission }) => permission));
  return [...rulesOf(ingress, 'ingress'), ...rulesOf(egress, 'egress')];
});

const clause: fc.Arbitrary<IgnoreClause> = fc
  .tuple(owner, fc.option(within))
  .map(([each, rules]) => (rules === null || rules.length === 0 ? each : { ...each, within: rules }));

/**
 * Returns the clause without the egress rules in `within`. `readBaselineFile` refuses egress rules there if the baseline does not declare
 * egress.
 */
function withoutEgress(each: IgnoreClause): IgnoreClause {
  const { within: rules = [], ...rest } = each;
  const ingress = rules.filter(({ direction }) => direction === 'ingress');
  return ingress.length === 0 ? rest : { ...rest, within: ingress };
}

const boundedTraffic: fc.Arbitrary<readonly Traffic[]> = fc.oneof(
  fc.constantFrom(...SERVICE_NAMES).map((named) => servicesNamed(named) ?? []),
  traffic.map((fields) => rulesOf([{ ...fields, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }]).map((rule) => rule.traffic)),
);

const bound: fc.Arbitrary<Bound> = fc
  .record({
    services: fc.array(boundedTraffic, { minLength: 1, maxLength: 3 }).map((lists) => lists.flat()),
    senders: fc
      .array(source, { maxLength: 4 })
      .map((all) => rulesOf(all.map((each) => ({ IpProtocol: '-1', ...each }))).map((rule) => rule.source)),
    // Never generates `any`, because `readBaselineFile` refuses a bound that allows any group and all addresses.
    groups: fc.constantFrom('none' as const, 'ownAccount' as const),
    notWiderThan: fc.option(
      fc
        .record({ ipv4: fc.integer({ min: 0, max: 32 }), ipv6: fc.integer({ min: 0, max: 128 }) }, { requiredKeys: [] })
        .filter((lengths) => Object.keys(lengths).length > 0),
    ),
  })
  .map(({ notWiderThan, senders, groups, ...rest }) => ({
    ...rest,
    senders: senders.filter(({ kind }) => groups === 'none' || kind !== 'group'),
    groups,
    ...(notWiderThan !== null && { notWiderThan }),
  }));

const limitBody = fc.record({
  mode: fc.constantFrom('enforce' as const, 'report' as const),
  repair: fc.constantFrom('revoke' as const, 'narrow' as const),
  otherwise: fc.constantFrom('revoke' as const, 'report' as const),
  ingress: fc.array(bound, { minLength: 1, maxLength: 2 }),
  egress: fc.option(fc.array(bound, { maxLength: 2 })),
  permit: ruleSet.map((set) => set.slice(0, 3)),
  groups: fc.constantFrom('all', 'ids', 'vpc'),
  isExcepting: fc.boolean(),
});

const body = fc.record({
  mode: fc.constantFrom('enforce' as const, 'approve' as const, 'report' as const),
  approveWithin: fc.constantFrom(1, 60, 1440),
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
  ignore: fc.uniqueArray(clause, { maxLength: 3, selector: ({ within: _, ...each }) => JSON.stringify(each) }),
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

/** Returns permits for traffic that the bounds forbid. `readBaselineFile` refuses a permit for allowed traffic. */
function permittedBeyond(rules: RuleSet, bounds: readonly Bound[], direction: Direction): Permit[] {
  return rules.flatMap(({ permission, terms }) => {
    const permitted = rulesOf([permission], direction);
    return accessBeyond(permitted, bounds).rules.length === 0 ? [] : [{ rules: permitted, ...terms }];
  });
}

const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,9}$/);

/**
 * Generates valid baselines and limits in canonical form. No name, group or rule occurs twice, and no limit certainly applies to a group
 * that has a baseline.
 */
export const compiledBaselines: fc.Arbitrary<CompiledBaseline> = fc
  .tuple(fc.array(body, { minLength: 1, maxLength: 3 }), fc.array(limitBody, { maxLength: 2 }))
  .chain(([bodies, limitBodies]) => {
    const { length } = bodies;
    const count = length + limitBodies.length;
    return fc.tuple(
      fc.constant(bodies),
      fc.constant(limitBodies),
      fc.uniqueArray(name, { minLength: count, maxLength: count }),
      fc.uniqueArray(groupId, { minLength: length + 2, maxLength: 3 * length + 2 }),
      // Each baseline and each limit has its own VPC, so that no group meets the criteria of several.
      fc.uniqueArray(vpcId, { minLength: count, maxLength: count }),
    );
  })
  .map(([bodies, limitBodies, names, allIds, vpcs]) => {
    const [limitedId = '', exceptedId = '', ...ids] = allIds;
    const baselines = bodies.map(({ mode, approveWithin, compare, criteria, ingress, egress, ignore }, i): Baseline => ({
      name: String(names[i]),
      groups: {
        // A baseline with criteria needs no ids.
        ids: ids.filter((_, n) => n % bodies.length === i && (criteria === null || n >= bodies.length)),
        ...(criteria === null ? {} : { ...criteria, vpcs: [String(vpcs[i])] }),
      },
      mode,
      ...(mode === 'approve' && { approveWithin }),
      compare,
      ingress: declaredIn(ingress, 'ingress'),
      ...(egress === null ? {} : { egress: declaredIn(egress, 'egress') }),
      permit: [...permittedIn(ingress, 'ingress'), ...permittedIn(egress ?? [], 'egress')],
      ignore: egress === null ? ignore.map(withoutEgress) : ignore,
    }));
    const limits = limitBodies.map(({ permit, groups, isExcepting, ingress, egress, otherwise, ...rest }, i): Limit => {
      const except = { ids: [exceptedId], tags: { Excepted: 'yes' } };
      const selections: Readonly<Record<string, LimitedGroups>> = {
        all: { all: true, ids: [], except: { ids: [], vpcs: vpcs.slice(0, bodies.length) } },
        ids: { ids: [limitedId], ...(isExcepting && { except }) },
        vpc: { ids: [], vpcs: [String(vpcs[bodies.length + i])], ...(isExcepting && { except }) },
      };
      return {
        name: String(names[bodies.length + i]),
        groups: selections[groups] ?? { ids: [limitedId] },
        ...rest,
        otherwise: rest.repair === 'narrow' ? otherwise : 'revoke',
        ingress,
        ...(egress === null ? {} : { egress }),
        permit: [...permittedBeyond(permit, ingress, 'ingress'), ...permittedBeyond(permit, egress ?? [], 'egress')],
      };
    });
    return canonicalBaselines(baselines, limits);
  });

/** Returns a whole number that is at least 0 and less than its argument. */
export type Choose = (below: number) => number;

/** Generates a function that returns the next random choice at each call. */
export const choices: fc.Arbitrary<Choose> = fc.infiniteStream(fc.nat()).map((numbers) => (below) => Number(numbers.next().value) % below);

const PROTOCOLS: Readonly<Record<string, readonly string[]>> = {
  tcp: ['tcp', 'TCP', '6'],
  udp: ['udp', '17'],
  icmp: ['icmp', '1'],
  icmpv6: ['icmpv6', '58'],
  '-1': ['-1', 'all'],
};

/** Returns one of the many possible files that declare the baselines. */
export function spelt({ baselines, limits }: CompiledBaseline, choose: Choose): string {
  const oneOf = <T>(items: readonly [T, ...T[]]): T => items[choose(items.length)] ?? items[0];
  const respelt = (permission: IpPermission): IpPermission => {
    const protocol = String(permission.IpProtocol);
    const names = PROTOCOLS[protocol] ?? [protocol];
    return { ...permission, IpProtocol: names[choose(names.length)] };
  };
  const permissions = (rules: readonly Rule[]): IpPermission[] =>
    permissionsOf(rules)
      .flatMap((permission) => (choose(2) === 0 ? [permission] : oneByOne(permission)))
      .map(respelt);
  /** Leaves out the key at random if its value is the default. */
  const unlessDefault = (key: string, value: unknown, byDefault: string): object =>
    JSON.stringify(value) === byDefault && choose(2) === 0 ? {} : { [key]: value };

  const permits = (permit: readonly Permit[]): object[] =>
    permit.flatMap(({ rules, ...terms }) =>
      (['ingress', 'egress'] as const).flatMap((direction) =>
        permissions(rules.filter((rule) => rule.direction === direction)).map((permission) => ({
          ...unlessDefault('direction', direction, '"ingress"'),
          permission,
          ...terms,
        })),
      ),
    );
  const clauses = (ignore: readonly IgnoreClause[]): object[] =>
    ignore.map(({ within: rules = [], ...each }) => {
      const [ingress = [], egress = []] = (['ingress', 'egress'] as const).map((direction) =>
        permissions(rules.filter((rule) => rule.direction === direction)),
      );
      return { ...each, ...(ingress.length > 0 && { within: ingress }), ...(egress.length > 0 && { withinEgress: egress }) };
    });
  const service = (each: Traffic): unknown => {
    const named = SERVICE_NAMES.find((one) => {
      const [first, ...others] = servicesNamed(one) ?? [];
      return first !== undefined && others.length === 0 && formatTraffic(first) === formatTraffic(each);
    });
    return named !== undefined && choose(2) === 0 ? named : respelt(compileBaselineTraffic(each));
  };
  const bounds = (all: readonly Bound[], peers: string): object[] =>
    all.map(({ services, senders, groups, notWiderThan }) => {
      const [permission = {}] = permissionsOf(
        senders.map((sender) => ({ direction: 'ingress', traffic: { kind: 'all' }, source: sender })),
      );
      const { IpProtocol, UserIdGroupPairs, ...lists } = permission;
      const ids = senders.filter(({ kind }) => kind === 'group').map(sourceKey);
      return {
        services: services[0]?.kind === 'all' && choose(2) === 0 ? 'all' : services.map(service),
        [peers]: {
          ...lists,
          ...(ids.length > 0 ? { securityGroups: ids } : unlessDefault('securityGroups', groups, '"none"')),
          ...(notWiderThan && { notWiderThan }),
        },
      };
    });
  const file = {
    version: 1,
    ...(limits && {
      limits: limits.map(({ name: called, groups, mode, repair, otherwise, ingress, egress, permit }) => ({
        name: called,
        groups: {
          ...groups,
          ids: idsOf(groups),
          ...(groups.except && { except: { ...groups.except, ids: idsOf(groups.except) } }),
        },
        ...unlessDefault('mode', mode, '"report"'),
        ...unlessDefault('repair', repair, '"revoke"'),
        ...(repair === 'narrow' && unlessDefault('otherwise', otherwise, '"revoke"')),
        ingress: bounds(ingress, 'onlyFrom'),
        ...(egress === undefined ? {} : { egress: bounds(egress, 'onlyTo') }),
        ...unlessDefault('permit', permits(permit), '[]'),
      })),
    }),
    baselines: baselines.map(({ name: called, groups, mode, approveWithin, compare, ingress, egress, permit, ignore }) => ({
      name: called,
      groups: { ...groups, ids: idsOf(groups) },
      ...unlessDefault('mode', mode, '"enforce"'),
      ...(approveWithin === undefined ? {} : unlessDefault('approveWithin', approveWithin, '60')),
      ...unlessDefault('compare', compare, '"rules"'),
      ingress: permissions(ingress),
      ...(egress === undefined ? {} : { egress: permissions(egress) }),
      ...unlessDefault('permit', permits(permit), '[]'),
      ...unlessDefault('ignore', clauses(ignore), '[]'),
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

/** Returns `undefined` for an empty list, because `readBaselineFile` refuses an empty list of ids. */
function idsOf({ ids }: { readonly ids: readonly string[] }): readonly string[] | undefined {
  return ids.length === 0 ? undefined : ids;
}

/** Shuffles lists and keys, because their order has no meaning in a file. */
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
