/** Checks that each group in a baseline exists and belongs to this account. */
import { EC2Client, paginateDescribeVpcs } from '@aws-sdk/client-ec2';
import {
  baselineGroupIds,
  hasGroupCriteria,
  limitsEveryGroup,
  selectionNeedsGroupFacts,
  selectBaseline,
  type SelectableGroup,
  type Selection,
} from '@portcullis/baseline';
import { chunksOf, MAX_FILTER_VALUES, surveyGroups } from '@portcullis/security-groups';
import { guardsWholeOrganization, listedMemberAccounts } from '@portcullis/settings';
import { countWithNoun } from '../render/counted.js';
import {
  readAllPreflightPages,
  preflightFails,
  preflightOk,
  preflightRisk,
  CheckCallError,
  type CheckResult,
  type RegionToCheck,
} from './check.js';

export interface FoundGroup extends SelectableGroup {
  readonly ownerId: string;
  /** The kind is `limited` if no baseline selects the group, but a limit does. */
  readonly selection: Exclude<Selection, { readonly kind: 'unguarded' }>;
}

/** Returns the groups that a baseline or a limit selects, including groups of other accounts. If a call fails, returns the error. */
export async function readPreflightGroups({
  accountRegion,
  compiled,
  signal,
}: Pick<RegionToCheck, 'accountRegion' | 'compiled' | 'signal'>): Promise<FoundGroup[] | CheckCallError> {
  const isAllRead = selectionNeedsGroupFacts(compiled) || limitsEveryGroup(compiled);
  const pages = surveyGroups(accountRegion.client(EC2Client), isAllRead ? {} : { ids: baselineGroupIds(compiled) }, signal);
  try {
    return await readAllPreflightPages('ec2:DescribeSecurityGroups', pages, (page) =>
      page.flatMap(({ id, name, vpcId, ownerId, tags }): FoundGroup[] => {
        const selection = selectBaseline(compiled, { id, name, vpcId, tags });
        return selection.kind === 'unguarded' ? [] : [{ id, name, vpcId, tags, ownerId: ownerId ?? '', selection }];
      }),
    );
  } catch (error) {
    if (error instanceof CheckCallError) return error;
    throw error;
  }
}

/**
 * Returns all items that match the filter. Makes several calls if the filter has more values than one call accepts.
 *
 * @throws {CheckCallError}
 */
export async function readFilteredPreflightPages<Page, Item>(
  action: string,
  Name: string,
  values: readonly string[],
  pagesOf: (input: { Filters: { Name: string; Values: string[] }[] }) => AsyncIterable<Page>,
  itemsOf: (page: Page) => readonly Item[] | undefined,
): Promise<Item[]> {
  const items: Item[] = [];
  for (const Values of chunksOf([...new Set(values)], MAX_FILTER_VALUES))
    items.push(...(await readAllPreflightPages(action, pagesOf({ Filters: [{ Name, Values }] }), itemsOf)));
  return items;
}

/** @throws {CheckCallError} if the groups of this region could not be read. */
export async function checkSelectedGroups(
  region: RegionToCheck,
  regions: readonly RegionToCheck[],
): Promise<CheckResult | readonly CheckResult[]> {
  const { compiled, accountId, settings, baselineFile, groups } = region;
  if (groups instanceof CheckCallError) throw groups;
  const own = groups.filter(({ ownerId, selection }) => ownerId === accountId && selection.kind !== 'limited');
  const foreign = groups.filter(({ ownerId, selection }) => ownerId !== accountId && selection.kind !== 'limited');
  const hasMembers = guardsWholeOrganization(settings.organization) || listedMemberAccounts(settings.organization).length > 0;
  const named = new Set(baselineGroupIds(compiled));
  const earlier = regions.slice(0, regions.indexOf(region));

  // Reports a declared group that exists in no region, and a baseline without a group in any region. Reports each problem once, in the
  // first region that declares the group or baseline.
  const existing = new Set(regions.flatMap((each) => preflightGroupsIn(each).map(({ id }) => id)));
  const absent = [...named]
    .filter((id) => !existing.has(id) && !earlier.some((each) => baselineGroupIds(each.compiled).includes(id)))
    .map((id) => {
      const declared = [...compiled.baselines, ...(compiled.limits ?? [])];
      const name = declared.find((each) => each.groups.ids.includes(id))?.name ?? '';
      const fix = hasMembers ? ', unless the id belongs to a group of a member account' : ', or remove the id';
      return preflightRisk(
        `${id} does not exist${hasMembers ? ' in this account' : ''}, but \`${name}\` declares this id`,
        'the id has no effect',
        `correct the id in \`${baselineFile}\`${fix}`,
      );
    });
  const selecting = new Set(regions.flatMap(preflightBaselinesWithGroups));
  const empty = compiled.baselines
    .filter((baseline) => hasGroupCriteria(baseline.groups) && !selecting.has(baseline.name))
    .filter(({ name }) => !earlier.some((each) => each.compiled.baselines.some((baseline) => baseline.name === name)))
    .map(({ name }) =>
      preflightRisk(
        `no group matches the tags, names or VPCs of \`${name}\``,
        'the baseline guards nothing until its criteria match a group',
        `correct \`groups\` of \`${name}\` in \`${baselineFile}\``,
      ),
    );
  const ambiguous = own.flatMap(({ id, selection }) => {
    if (selection.kind !== 'ambiguous') return [];
    const what = `${id} is selected by several baselines: ${selection.names.join(', ')}`;
    return [
      preflightRisk(
        what,
        'the guard reports the group, but does not restore it',
        `add the id of the group to one of these baselines, in \`${baselineFile}\``,
      ),
    ];
  });
  const foreignById = foreign
    .filter(({ id }) => named.has(id))
    .map(({ id, ownerId }) =>
      preflightFails(
        `${id} belongs to account ${ownerId} and is shared with ${accountId}`,
        'only the owner account can change the group, so the guard in this account could never restore the group',
        `remove the id from \`${baselineFile}\`, and guard the group from account ${ownerId}`,
      ),
    );
  // The owner of a shared VPC sees the groups of all participant accounts. Returns one result for each participant account.
  const others = foreign.filter(({ id }) => !named.has(id)).map(({ ownerId }) => ownerId);
  const foreignByCriteria = [...new Set(others)].map((ownerId) =>
    preflightRisk(
      `tags, names or VPCs select ${countWithNoun(others.filter((other) => other === ownerId).length, 'group')} of account ${ownerId}`,
      'the guard in this account ignores these groups, because only the guard in the owner account can restore them',
      `guard these groups from account ${ownerId}`,
    ),
  );
  const owners = await ownersOfSharedVpcs(region, own);
  const inSharedVpc = own.flatMap(({ id, vpcId }) => {
    const owner = owners.get(vpcId ?? '');
    if (owner === undefined) return [];
    return [
      preflightRisk(
        `${id} is in ${vpcId ?? ''}, which account ${owner} shares with ${accountId}`,
        'the owner of the VPC also sees the group, so a guard in that account might select the group',
        `guard the group only from ${accountId}: select it in no baseline of account ${owner}`,
      ),
    ];
  });
  const problems = [...absent, ...empty, ...ambiguous, ...foreignById, ...foreignByCriteria, ...inSharedVpc];
  if (problems.length > 0) return problems;
  const belong = own.length === 1 ? 'which belongs' : 'all of which belong';
  return preflightOk(`${countWithNoun(own.length, 'guarded group')} here, ${belong} to ${accountId}`);
}

function preflightGroupsIn({ groups }: RegionToCheck): readonly FoundGroup[] {
  return groups instanceof CheckCallError ? [] : groups;
}

/** Returns the names of the baselines that select a group of the region. */
function preflightBaselinesWithGroups(region: RegionToCheck): string[] {
  return preflightGroupsIn(region).flatMap(({ selection }) =>
    selection.kind === 'guarded' ? [selection.baseline.name] : selection.kind === 'ambiguous' ? selection.names : [],
  );
}

/** Returns the owner of each VPC that belongs to another account, by VPC id. */
async function ownersOfSharedVpcs(
  { accountRegion, accountId, signal }: RegionToCheck,
  groups: readonly FoundGroup[],
): Promise<ReadonlyMap<string, string>> {
  const client = accountRegion.client(EC2Client);
  const vpcs = await readFilteredPreflightPages(
    'ec2:DescribeVpcs',
    'vpc-id',
    groups.flatMap(({ vpcId }) => vpcId ?? []),
    (input) => paginateDescribeVpcs({ client }, input, { abortSignal: signal }),
    ({ Vpcs }) => Vpcs,
  );
  const owners = vpcs.map(({ VpcId = '', OwnerId = accountId }) => [VpcId, OwnerId] as const);
  return new Map(owners.filter(([, ownerId]) => ownerId !== accountId));
}
