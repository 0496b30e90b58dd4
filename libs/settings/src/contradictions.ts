/** Finds contradictions in a settings file: values that are valid alone but not together. */
import { formatPath, isObject, type DataProblem, type Fields, type Path } from '@portcullis/yaml-file';
import { DEFAULT_RUNTIME } from './settings.js';

type Contradiction = DataProblem<'missing-key' | 'bad-value'>;

export function settingsContradictions(data: unknown): Contradiction[] {
  if (!isObject(data)) return [];
  return [
    ...repeatedRegions(data),
    ...missingBaselineSettings(data),
    ...missingCentralAccount(data),
    ...contradictoryStateKeySetting(data),
    ...contradictoryRuntimeSetting(data),
    ...organizationContradictions(data),
  ];
}

/** Returns each region with the settings that the region overrides. Accepts invalid data. */
export function regionsOfSettings(regions: unknown): readonly (readonly [region: string, own: Fields])[] {
  if (Array.isArray(regions)) return regions.map((region) => [String(region), {}]);
  return Object.entries(isObject(regions) ? regions : {}).map(([region, own]) => [region, isObject(own) ? own : {}]);
}

function settingAsList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function contradictorySetting(path: Path, message: string, expected: string): Contradiction {
  return { code: 'bad-value', path, message, expected };
}

function missingSetting(path: Path, expected: string): Contradiction {
  return { code: 'missing-key', path, message: `\`${formatPath(path)}\` is missing`, expected };
}

function repeatedRegions({ regions }: Fields): Contradiction[] {
  const names = regionsOfSettings(regions).map(([region]) => region);
  return names.flatMap((region, i) =>
    names.indexOf(region) < i ? [contradictorySetting(['regions', i], `\`${region}\` is named twice`, 'each region once')] : [],
  );
}

function missingBaselineSettings({ baseline, regions }: Fields): Contradiction[] {
  if (baseline !== undefined) return [];
  const expected = 'the path of the baseline file, relative to the settings file';
  const all = regionsOfSettings(regions);
  const without = all.filter(([, own]) => own.baseline === undefined);
  if (without.length === all.length) return [missingSetting(['baseline'], expected)];
  return without.map(([region]) => missingSetting(['regions', region, 'baseline'], expected));
}

function missingCentralAccount({ organization, accountId }: Fields): Contradiction[] {
  if (organization === undefined || accountId !== undefined) return [];
  return [missingSetting(['accountId'], 'the id of the central account, in which both functions run')];
}

/** Finds stacks with the same state key, because such stacks would overwrite each other's Terraform state. */
function contradictoryStateKeySetting({ state, regions, organization }: Fields): Contradiction[] {
  const key = isObject(state) ? state.key : undefined;
  if (typeof key !== 'string') return [];
  const keyWithout = (part: string, sharing: string, example: string): Contradiction[] => {
    if (key.includes(part)) return [];
    const message = `\`state.key\` is the same for ${sharing}, so stacks would overwrite each other's Terraform state`;
    return [contradictorySetting(['state', 'key'], message, `a key that contains \`${part}\`, such as \`${example}\``)];
  };
  const regionCount = regionsOfSettings(regions).length;
  const ofRegions = regionCount > 1 ? keyWithout('{region}', `${regionCount} regions`, 'portcullis/{region}.tfstate') : [];
  if (!isObject(organization)) return ofRegions;
  const stackCount = settingAsList(organization.members).length + 2;
  return [...ofRegions, ...keyWithout('{account}', `the organization's ${stackCount} stacks`, 'portcullis/{account}/{region}.tfstate')];
}

/**
 * Finds a Lambda runtime that the chosen version of the AWS provider does not know. Provider versions before 6.19.0 refuse every Node.js
 * runtime after `nodejs22.x`. Source: https://github.com/hashicorp/terraform-provider-aws/issues/44986
 */
function contradictoryRuntimeSetting({ provider, runtime = DEFAULT_RUNTIME, regions }: Fields): Contradiction[] {
  const version = isObject(provider) ? String(provider.version) : '';
  if (!/^(5\.\d{3,}|6\.(\d|1[0-8]))\./.test(version)) return [];
  const runtimes = regionsOfSettings(regions).map(([, own]) => String(own.runtime ?? runtime));
  const unknown = runtimes.find((each) => /^nodejs(2[3-9]|[3-9]\d)\.x$/.test(each));
  if (unknown === undefined) return [];
  const message = `version ${version} of the AWS provider does not know the runtime \`${unknown}\``;
  return [contradictorySetting(['provider', 'version'], message, '`runtime: nodejs22.x`, or version `6.40.0` or later')];
}

/** Finds accounts that the file lists twice or in conflicting roles, for example as a member and as the central account. */
function organizationContradictions({ organization, accountId, regions }: Fields): Contradiction[] {
  if (!isObject(organization)) return [];
  const [members, excluded] = [settingAsList(organization.members), settingAsList(organization.excludedAccounts)];
  const ofMembers = members.flatMap((member, i) => {
    const path = ['organization', 'members', i];
    if (members.indexOf(member) < i) return [contradictorySetting(path, `\`${String(member)}\` is named twice`, 'each account once')];
    if (member !== accountId) return [];
    const expected = 'only accounts other than `accountId`, because `accountId` has its own stack';
    return [contradictorySetting(path, `\`${String(member)}\` is the central account (\`accountId\`)`, expected)];
  });
  const ofExcluded = excluded.flatMap((account, i) => {
    if (!members.includes(account)) return [];
    const expected = 'each account in only one of `members` and `excludedAccounts`';
    return [
      contradictorySetting(
        ['organization', 'excludedAccounts', i],
        `\`${String(account)}\` is in \`members\` and in \`excludedAccounts\``,
        expected,
      ),
    ];
  });
  return [
    ...ofMembers,
    ...ofExcluded,
    ...stackSetContradictions(organization, regions),
    ...managementAccountContradictions(organization, accountId),
  ];
}

function stackSetContradictions({ stackSet }: Fields, regions: unknown): Contradiction[] {
  if (!isObject(stackSet)) return [];
  const path = ['organization', 'stackSet'];
  const units = settingAsList(stackSet.organizationalUnits).map(String);
  const root = units.find((unit) => unit.startsWith('r-'));
  const ofUnits = units.flatMap((unit, i) => {
    const at = [...path, 'organizationalUnits', i];
    if (units.indexOf(unit) < i) return [contradictorySetting(at, `\`${unit}\` is named twice`, 'each unit once')];
    if (root === undefined || unit === root) return [];
    return [
      contradictorySetting(
        at,
        `\`${unit}\` belongs to the root \`${root}\`, which is listed too`,
        'only the root, or only organizational units',
      ),
    ];
  });
  // Source: https://docs.amazonaws.cn/en_us/AWSCloudFormation/latest/UserGuide/stacksets-orgs-enable-trusted-access.html
  const inChina = regionsOfSettings(regions).find(([region]) => region.startsWith('cn-'));
  if (inChina === undefined) return ofUnits;
  const message = `StackSets cannot deploy to an organization in \`${inChina[0]}\``;
  return [...ofUnits, contradictorySetting(path, message, 'no `stackSet` in the regions of China: list the accounts in `members`')];
}

/**
 * Checks that a stack is deployed to the management account. The organization's AWS Config rule also evaluates the management account, but
 * a StackSet does not deploy to the management account. Source:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-orgs-associate-stackset-with-org.html
 */
function managementAccountContradictions(
  { managementAccountId, deployRoleArn, members, excludedAccounts, stackSet }: Fields,
  accountId: unknown,
): Contradiction[] {
  if (typeof managementAccountId !== 'string' || managementAccountId === accountId) return [];
  if (members === 'all' && stackSet === undefined) return [];
  if (settingAsList(excludedAccounts).includes(managementAccountId)) return [];
  if (!settingAsList(members).includes(managementAccountId)) {
    const message = `the organization rule covers the management account \`${managementAccountId}\`, but no stack is deployed in this account`;
    const expected = 'the management account in `excludedAccounts`, or in `members` with a `deployRoleArn` that exists in the account';
    return [contradictorySetting(['organization', 'managementAccountId'], message, expected)];
  }
  if (deployRoleArn !== undefined) return [];
  const expected =
    'the ARN of a role that you created in every member account, because AWS Organizations creates no role in the management account';
  return [missingSetting(['organization', 'deployRoleArn'], expected)];
}
