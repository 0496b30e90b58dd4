/** Checks that the groups of the baselines exist and belong to this account. */
import { EC2Client, paginateDescribeSecurityGroups, paginateDescribeVpcs } from '@aws-sdk/client-ec2';
import { guardedGroupIds, hasCriteria, selectBaseline, selectsByCriteria, type SelectableGroup } from '@portcullis/baseline';
import { chunksOf, MAX_FILTER_VALUES } from '@portcullis/security-groups';
import { counted } from '../render/counted.js';
import { allOf, type Check } from './check.js';
import type { RegionToCheck } from './region-to-check.js';

export interface FoundGroup extends SelectableGroup {
  readonly ownerId: string;
}

/** Returns the groups that a baseline selects, including those of other accounts. */
export async function guardedGroups({ accountRegion, compiled, signal }: RegionToCheck): Promise<readonly FoundGroup[]> {
  const client = accountRegion.client(EC2Client);
  const inputs = selectsByCriteria(compiled) ? [{}] : filters('group-id', guardedGroupIds(compiled));
  const groups: FoundGroup[] = [];
  for (const input of inputs) {
    const pages = paginateDescribeSecurityGroups({ client, pageSize: 1000 }, input, { abortSignal: signal });
    const found = await allOf('ec2:DescribeSecurityGroups', pages, ({ SecurityGroups }) => SecurityGroups);
    for (const { GroupId = '', GroupName = null, VpcId = null, OwnerId = '', Tags = [] } of found) {
      const tags = Object.fromEntries(Tags.map(({ Key = '', Value = '' }) => [Key, Value]));
      groups.push({ id: GroupId, name: GroupName, vpcId: VpcId, ownerId: OwnerId, tags });
    }
  }
  return groups.filter((group) => selectBaseline(compiled, group).kind !== 'unguarded');
}

/** Returns the inputs of calls that filter by the values. Many values need several calls. */
export function filters(Name: string, values: readonly string[]): { Filters: { Name: string; Values: string[] }[] }[] {
  return chunksOf([...new Set(values)], MAX_FILTER_VALUES).map((Values) => ({ Filters: [{ Name, Values }] }));
}

/** The ids and baselines that the groups of a region match. */
export interface Matches {
  readonly ids: ReadonlySet<string>;
  readonly baselines: ReadonlySet<string>;
}

export function matchesOf({ compiled }: Pick<RegionToCheck, 'compiled'>, groups: readonly FoundGroup[]): Matches {
  const baselines = groups.flatMap((group) => {
    const selection = selectBaseline(compiled, group);
    return selection.kind === 'guarded' ? [selection.baseline.name] : selection.kind === 'ambiguous' ? selection.names : [];
  });
  return { ids: new Set(groups.map(({ id }) => id)), baselines: new Set(baselines) };
}

/** @param elsewhere what other regions have, or what the check of an earlier region already covers */
export async function groupChecks(region: RegionToCheck, groups: readonly FoundGroup[], elsewhere: Matches): Promise<readonly Check[]> {
  const { compiled, accountId, settings, baselineFile } = region;
  const here = matchesOf(region, groups);
  const own = groups.filter(({ ownerId }) => ownerId === accountId);
  const foreign = groups.filter(({ ownerId }) => ownerId !== accountId);
  const hasMembers = (settings.organization?.members.length ?? 0) > 0;
  const named = new Set(guardedGroupIds(compiled));
  const risk = (what: string, why: string, fix: string): Check => ({ about: 'groups', outcome: 'risk', what, why, fix });

  const absent = [...named]
    .filter((id) => !here.ids.has(id) && !elsewhere.ids.has(id))
    .map((id) => {
      const name = compiled.baselines.find((baseline) => baseline.groups.ids.includes(id))?.name ?? '';
      const fix = hasMembers ? ', unless it is a group of a member account' : ', or remove it';
      return risk(
        `${id} does not exist${hasMembers ? ' in this account' : ''}, and \`${name}\` names it`,
        'nothing is guarded by that id',
        `correct the id in \`${baselineFile}\`${fix}`,
      );
    });
  const empty = compiled.baselines
    .filter((baseline) => hasCriteria(baseline.groups) && !here.baselines.has(baseline.name) && !elsewhere.baselines.has(baseline.name))
    .map(({ name }) =>
      risk(
        `\`${name}\` selects no group by its tags, names or VPCs`,
        'it guards nothing until a group matches',
        `correct \`groups\` of \`${name}\` in \`${baselineFile}\``,
      ),
    );
  const ambiguous = own.flatMap((group) => {
    const selection = selectBaseline(compiled, group);
    if (selection.kind !== 'ambiguous') return [];
    const what = `${group.id} is selected by several baselines: ${selection.names.join(', ')}`;
    return [risk(what, 'it is reported and left alone', `name it by id in one of them, in \`${baselineFile}\``)];
  });
  const foreignById = foreign
    .filter(({ id }) => named.has(id))
    .map(({ id, ownerId }): Check => ({
      about: 'groups',
      outcome: 'fails',
      what: `${id} belongs to account ${ownerId} and is shared with ${accountId}`,
      why: 'only its owner can change it, so its drift would never be restored here',
      fix: `remove it from \`${baselineFile}\`, and guard it from account ${ownerId}`,
    }));
  // The owner of a shared VPC sees the groups of all participants. Each participant's account gets one line.
  const others = foreign.filter(({ id }) => !named.has(id)).map(({ ownerId }) => ownerId);
  const foreignByCriteria = [...new Set(others)].map((ownerId) =>
    risk(
      `tags, names or VPCs select ${counted(others.filter((other) => other === ownerId).length, 'group')} of account ${ownerId}`,
      'a group is guarded only in the account that owns it: these are skipped here',
      `guard them from account ${ownerId}`,
    ),
  );
  const owners = await foreignVpcs(region, own);
  const inSharedVpc = own.flatMap(({ id, vpcId }) => {
    const owner = vpcId === null ? undefined : owners.get(vpcId);
    if (vpcId === null || owner === undefined) return [];
    return [
      risk(
        `${id} is in ${vpcId}, which account ${owner} shares with ${accountId}`,
        "the VPC's owner sees the group in its own lists, and a guard there may take it for one of its own",
        `guard it only from ${accountId}: leave it out of every baseline of account ${owner}`,
      ),
    ];
  });
  const problems = [...absent, ...empty, ...ambiguous, ...foreignById, ...foreignByCriteria, ...inSharedVpc];
  if (problems.length > 0) return problems;
  const belong = own.length === 1 ? 'which belongs' : 'all of which belong';
  return [{ about: 'groups', outcome: 'ok', what: `${counted(own.length, 'guarded group')} here, ${belong} to ${accountId}` }];
}

/** Returns the owners of those VPCs of the groups that do not belong to this account. */
async function foreignVpcs(
  { accountRegion, accountId, signal }: RegionToCheck,
  groups: readonly FoundGroup[],
): Promise<ReadonlyMap<string, string>> {
  const client = accountRegion.client(EC2Client);
  const owners = new Map<string, string>();
  for (const input of filters(
    'vpc-id',
    groups.flatMap(({ vpcId }) => vpcId ?? []),
  )) {
    const pages = paginateDescribeVpcs({ client }, input, { abortSignal: signal });
    for (const { VpcId = '', OwnerId = accountId } of await allOf('ec2:DescribeVpcs', pages, ({ Vpcs }) => Vpcs))
      if (OwnerId !== accountId) owners.set(VpcId, OwnerId);
  }
  return owners;
}
