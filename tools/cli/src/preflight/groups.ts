/** Whether the groups of the baseline are there, are this account's, and have room for what is declared. */
import { EC2Client, paginateDescribeManagedPrefixLists, paginateDescribeSecurityGroups, paginateDescribeVpcs } from '@aws-sdk/client-ec2';
import { guardedGroupIds, hasCriteria, selectBaseline, selectsByCriteria, type Baseline, type SelectableGroup } from '@portcullis/baseline';
import type { Direction } from '@portcullis/permission-diff';
import { counted } from '../render/counted.js';
import { answered, type Check } from './check.js';
import type { RegionToCheck } from './region-to-check.js';

export interface FoundGroup extends SelectableGroup {
  readonly ownerId: string;
}

/** Values that a filter may have. Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html */
const MAX_VALUES = 200;

/** Returns the groups that a baseline selects, of other accounts, too. */
export async function guardedGroups({ place, compiled, signal }: RegionToCheck): Promise<readonly FoundGroup[]> {
  const client = place.client(EC2Client);
  const ids = guardedGroupIds(compiled);
  const filters = selectsByCriteria(compiled) ? [{}] : chunks(ids).map((Values) => ({ Filters: [{ Name: 'group-id', Values }] }));
  const found: FoundGroup[] = [];
  const read = async (): Promise<void> => {
    for (const filter of filters)
      for await (const { SecurityGroups = [] } of paginateDescribeSecurityGroups({ client, pageSize: 1000 }, filter, {
        abortSignal: signal,
      }))
        for (const { GroupId, GroupName, VpcId, OwnerId, Tags = [] } of SecurityGroups)
          found.push({
            id: GroupId ?? '',
            name: GroupName ?? null,
            vpcId: VpcId ?? null,
            ownerId: OwnerId ?? '',
            tags: Object.fromEntries(Tags.map(({ Key = '', Value = '' }) => [Key, Value])),
          });
  };
  await answered('ec2:DescribeSecurityGroups', read());
  return found.filter((group) => selectBaseline(compiled, group).kind !== 'unguarded');
}

/** @param elsewhere ids and baselines that another region has: what is missing here is not missing. */
export async function groupChecks(ground: RegionToCheck, groups: readonly FoundGroup[], elsewhere: Found): Promise<readonly Check[]> {
  const { compiled, accountId, settings } = ground;
  const here = foundIn(ground, groups);
  const ours = groups.filter(({ ownerId }) => ownerId === accountId);
  const hasMembers = (settings.organization?.members.length ?? 0) > 0;
  const check = (outcome: Check['outcome'], what: string, why: string, fix: string): Check => ({
    about: 'groups',
    outcome,
    what,
    why,
    fix,
  });
  const absent = guardedGroupIds(compiled)
    .filter((id) => !here.ids.has(id) && !elsewhere.ids.has(id))
    .map((id) =>
      check(
        'risk',
        `${id} does not exist${hasMembers ? ' in this account' : ''}, and \`${baselineNaming(ground, id) ?? ''}\` names it`,
        'nothing is guarded by that id',
        `correct the id in \`${ground.baselineFile}\`${hasMembers ? ', unless it is a group of a member account' : ', or take it out'}`,
      ),
    );
  const empty = compiled.baselines
    .filter(({ name, groups: selection }) => hasCriteria(selection) && !here.baselines.has(name) && !elsewhere.baselines.has(name))
    .map(({ name }) =>
      check(
        'risk',
        `\`${name}\` selects no group by its tags, names or VPCs`,
        'it guards nothing until a group meets them',
        `correct \`groups\` of \`${name}\` in \`${ground.baselineFile}\``,
      ),
    );
  const ambiguous = ours.flatMap((group) => {
    const selection = selectBaseline(compiled, group);
    return selection.kind !== 'ambiguous'
      ? []
      : [
          check(
            'risk',
            `${group.id} is selected by several baselines: ${selection.names.join(', ')}`,
            'it is reported and left alone',
            `name it by id in one of them, in \`${ground.baselineFile}\``,
          ),
        ];
  });
  const foreign = groups.filter(({ ownerId }) => ownerId !== accountId);
  const isNamed = ({ id }: FoundGroup): boolean => baselineNaming(ground, id) !== undefined;
  const foreignByName = foreign
    .filter(isNamed)
    .map(({ id, ownerId }) =>
      check(
        'fails',
        `${id} belongs to the account ${ownerId} and is shared with ${accountId}`,
        'only its owner can change it: a drift of it would never be restored here',
        `take it out of \`${ground.baselineFile}\`, and guard it from the account ${ownerId}`,
      ),
    );
  // The owner of a shared VPC sees the groups of all its participants: one line for each of these accounts.
  const others = foreign.filter((group) => !isNamed(group)).map(({ ownerId }) => ownerId);
  const foreignByCriteria = [...new Set(others)].map((ownerId) =>
    check(
      'risk',
      `tags, names or VPCs select ${counted(others.filter((other) => other === ownerId).length, 'group')} of the account ${ownerId}`,
      'a group is guarded only in the account that owns it: these are passed over here',
      `guard them from the account ${ownerId}`,
    ),
  );
  const shared = await sharedVpcs(ground, ours);
  const inShared = ours
    .filter(({ vpcId }) => vpcId !== null && shared.has(vpcId))
    .map(({ id, vpcId }) =>
      check(
        'risk',
        `${id} sits in ${vpcId ?? ''}, which the account ${shared.get(vpcId ?? '') ?? ''} shares with ${accountId}`,
        "the VPC's owner sees the group in its own lists, and a guard there may take it for one of its own",
        `guard it from ${accountId} alone: leave it out of a baseline of the account ${shared.get(vpcId ?? '') ?? ''}`,
      ),
    );
  const problems = [...absent, ...empty, ...ambiguous, ...foreignByName, ...foreignByCriteria, ...inShared];
  if (problems.length > 0) return problems;
  return [
    {
      about: 'groups',
      outcome: 'ok',
      what: `${counted(ours.length, 'guarded group')} here, ${ours.length === 1 ? 'which belongs' : 'all of which belong'} to ${accountId}`,
    },
  ];
}

/** What a region has of what the baselines select. */
export interface Found {
  readonly ids: ReadonlySet<string>;
  readonly baselines: ReadonlySet<string>;
}

export function foundIn({ compiled }: Pick<RegionToCheck, 'compiled'>, groups: readonly FoundGroup[]): Found {
  const baselines = groups.flatMap((group) => {
    const selection = selectBaseline(compiled, group);
    return selection.kind === 'guarded' ? [selection.baseline.name] : selection.kind === 'ambiguous' ? selection.names : [];
  });
  return { ids: new Set(groups.map(({ id }) => id)), baselines: new Set(baselines) };
}

function baselineNaming({ compiled }: RegionToCheck, id: string): string | undefined {
  return compiled.baselines.find(({ groups }) => groups.ids.includes(id))?.name;
}

/** Returns the owner of each VPC that is not this account's. */
async function sharedVpcs(
  { place, accountId, signal }: RegionToCheck,
  groups: readonly FoundGroup[],
): Promise<ReadonlyMap<string, string>> {
  const ids = [...new Set(groups.flatMap(({ vpcId }) => (vpcId === null ? [] : [vpcId])))];
  const owners = new Map<string, string>();
  const client = place.client(EC2Client);
  const read = async (): Promise<void> => {
    for (const Values of chunks(ids))
      for await (const { Vpcs = [] } of paginateDescribeVpcs(
        { client },
        { Filters: [{ Name: 'vpc-id', Values }] },
        { abortSignal: signal },
      ))
        for (const { VpcId, OwnerId } of Vpcs)
          if (VpcId !== undefined && OwnerId !== undefined && OwnerId !== accountId) owners.set(VpcId, OwnerId);
  };
  await answered('ec2:DescribeVpcs', read());
  return owners;
}

/** For each direction and for IPv4 and IPv6 apart. Source: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html */
const RULES_QUOTA = 60;
/** What the quota of rules times that of groups of a network interface may be at most. Source: the same page. */
const RULES_OF_AN_INTERFACE = 1000;
const GROUPS_OF_AN_INTERFACE = 5;

export async function ruleChecks(ground: RegionToCheck): Promise<readonly Check[]> {
  const { compiled, place } = ground;
  const weights = await prefixListWeights(ground);
  const counts = compiled.baselines.flatMap((baseline) => countsOf(baseline, weights));
  const most = counts.reduce((highest, { count }) => Math.max(highest, count), 0);
  const over = counts.filter(({ count }) => count > RULES_QUOTA);
  if (over.length === 0)
    return [
      {
        about: 'rules',
        outcome: 'ok',
        what: `at most ${counted(most, 'rule')} declared in one direction and address family, within the default quota of ${RULES_QUOTA}`,
      },
    ];
  return over.map(({ name, direction, family, count }) => ({
    about: 'rules',
    outcome: count > RULES_OF_AN_INTERFACE ? 'fails' : 'risk',
    what: `\`${name}\` declares ${count} ${family} rules of ${direction} for each group, more than the default quota of ${RULES_QUOTA}`,
    why: 'unless the quota was raised, EC2 refuses what is above it (RulesPerSecurityGroupLimitExceeded) and the group never comes to its baseline',
    fix: fixFor(count, place.region),
  }));
}

function fixFor(count: number, region: string): string {
  const quota = (verb: string, code: string): string =>
    `\`aws service-quotas ${verb} --service-code vpc --quota-code ${code} --region ${region}\``;
  if (count > RULES_OF_AN_INTERFACE) return `declare less: the quota cannot be above ${RULES_OF_AN_INTERFACE.toLocaleString('en')}`;
  const highest = RULES_OF_AN_INTERFACE / GROUPS_OF_AN_INTERFACE;
  const lower =
    count <= highest
      ? ''
      : `; above ${highest} only with fewer groups of a network interface than ${GROUPS_OF_AN_INTERFACE} (L-2AFB9258), since the product is at most ${RULES_OF_AN_INTERFACE.toLocaleString('en')}`;
  return `see the account's quota by ${quota('get-service-quota', 'L-0EA8095F')}, and raise it to ${count} or declare less${lower}`;
}

function countsOf(
  { name, ingress, egress = [] }: Baseline,
  weights: ReadonlyMap<string, number>,
): readonly { name: string; direction: Direction; family: 'IPv4' | 'IPv6'; count: number }[] {
  return (['ingress', 'egress'] as const).flatMap((direction) => {
    const rules = direction === 'ingress' ? ingress : egress;
    return (['IPv4', 'IPv6'] as const).map((family) => {
      const other = family === 'IPv4' ? 'ipv6' : 'ipv4';
      const count = rules
        .filter(({ source }) => source.kind !== other)
        .reduce((sum, { source }) => sum + (source.kind === 'prefixList' ? (weights.get(source.prefixListId) ?? 1) : 1), 0);
      return { name, direction, family, count };
    });
  });
}

/** Returns how many rules each declared list counts for: the most entries that it may have. Source: the page of the quotas. */
async function prefixListWeights({ compiled, place, signal }: RegionToCheck): Promise<ReadonlyMap<string, number>> {
  const ids = compiled.baselines.flatMap(({ ingress, egress = [] }) =>
    [...ingress, ...egress].flatMap(({ source }) => (source.kind === 'prefixList' ? source.prefixListId : [])),
  );
  const weights = new Map<string, number>();
  const client = place.client(EC2Client);
  const read = async (): Promise<void> => {
    for (const Values of chunks([...new Set(ids)]))
      for await (const { PrefixLists = [] } of paginateDescribeManagedPrefixLists(
        { client },
        { Filters: [{ Name: 'prefix-list-id', Values }] },
        { abortSignal: signal },
      ))
        for (const { PrefixListId, MaxEntries } of PrefixLists)
          if (PrefixListId !== undefined && MaxEntries !== undefined) weights.set(PrefixListId, MaxEntries);
  };
  await answered('ec2:DescribeManagedPrefixLists', read());
  return weights;
}

function chunks(ids: readonly string[]): string[][] {
  return Array.from({ length: Math.ceil(ids.length / MAX_VALUES) }, (_, i) => ids.slice(i * MAX_VALUES, (i + 1) * MAX_VALUES));
}
