import { z } from 'zod';
import { parseLocatedYaml, type LocatedYaml, type Place } from './located-yaml.js';
import { common, guardedRegion, regional, settings, type Settings } from './settings.js';
import { mapping } from './words.js';

/** One reason why a settings file cannot be used. */
export interface SettingsProblem {
  readonly code: 'syntax' | 'unknown-key' | 'missing-key' | 'bad-value';
  /** Which setting, e.g. `provider.version`; empty for the whole file. */
  readonly path: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based. */
  readonly column: number;
  /** The offending text; `absent` for what is not there. */
  readonly text: string;
  /** What is wrong. */
  readonly message: string;
  /** What would be right. */
  readonly expected: string;
}

export type SettingsResult =
  | { readonly ok: true; /** One of each region, in the order they are written. */ readonly value: readonly Settings[] }
  | { readonly ok: false; readonly problems: readonly SettingsProblem[] };

/** Reads a settings file. A file that cannot be used is refused with all its problems, in the order they are written. */
export const readSettings = (fileText: string): SettingsResult => {
  const yaml = parseLocatedYaml(fileText);
  if (!yaml.ok) {
    const problems = yaml.faults.map((fault) => ({ ...fault, code: 'syntax' as const, path: '', expected: 'YAML' }));
    return { ok: false, problems };
  }
  const file = yaml.value.value;
  const parsed = fileSchema(file).safeParse(file);
  const problems = [...(parsed.error?.issues.flatMap((issue) => problemsOf(issue, yaml.value)) ?? []), ...clashesIn(file, yaml.value)];
  if (problems.length > 0 || !isMapping(file))
    return { ok: false, problems: problems.sort((a, b) => a.line - b.line || a.column - b.column) };
  const { regions, ...rest } = file;
  const value = entriesOf(regions).map(([region, different], index) =>
    settings.parse({
      ...rest,
      ...different,
      region,
      // A trail covers every region, and has the first for its home.
      trail: index === 0 ? rest.trail : 'existing',
    }),
  );
  return { ok: true, value };
};

/** What a file may hold. What a region says of itself outweighs, key by key, what the file says of all. */
const fileSchema = (file: unknown): z.ZodType => {
  const expected = 'a list of regions, or a mapping of regions to what is different there';
  const different = mapping({ ...regional, baseline: regional.baseline.optional() }, true).nullable();
  const regions =
    isMapping(file) && Array.isArray(file.regions)
      ? z.array(guardedRegion, { error: expected }).min(1, { error: expected })
      : z.record(guardedRegion, different, { error: expected }).refine((named) => Object.keys(named).length > 0, { error: expected });
  return mapping({ ...common, regions, ...regional, baseline: regional.baseline.optional() });
};

type Mapping = Readonly<Record<string, unknown>>;

const isMapping = (value: unknown): value is Mapping => typeof value === 'object' && value !== null && !Array.isArray(value);

const entriesOf = (regions: unknown): readonly (readonly [string, Mapping])[] =>
  Array.isArray(regions)
    ? regions.map((region) => [String(region), {}])
    : Object.entries(isMapping(regions) ? regions : {}).map(([region, own]) => [region, isMapping(own) ? own : {}]);

/** What is wrong with the file as a whole, though each of its parts may be right. */
const clashesIn = (file: unknown, yaml: LocatedYaml): readonly SettingsProblem[] => {
  if (!isMapping(file)) return [];
  const regions = entriesOf(file.regions);
  const twice = regions
    .map(([region], index) => ({ region, index }))
    .filter(({ region, index }) => regions.findIndex(([other]) => other === region) < index)
    .map(({ region, index }) => ({
      ...(yaml.valueAt(['regions', index]) ?? startOfFile),
      code: 'bad-value' as const,
      path: `regions.${index}`,
      message: `\`${region}\` is named twice`,
      expected: 'each region once',
    }));
  const expected = 'the path of the baseline file, relative to this file';
  const unguarded = regions.filter(([, own]) => file.baseline === undefined && own.baseline === undefined);
  const missing =
    unguarded.length === regions.length && file.baseline === undefined
      ? [missingKey('baseline', yaml.valueAt([]), expected)]
      : unguarded.map(([region]) => missingKey(`regions.${region}.baseline`, yaml.keyAt(['regions'], region), expected));
  const foreign =
    file.organization !== undefined && file.accountId === undefined
      ? [missingKey('accountId', yaml.keyAt([], 'organization'), 'the account of the organization that both guards run in')]
      : [];
  const key = isMapping(file.state) ? file.state.key : undefined;
  const { organization } = file;
  const stateKeyWithout = (part: string, places: string, example: string): readonly SettingsProblem[] =>
    typeof key !== 'string' || key.includes(part)
      ? []
      : [
          {
            ...(yaml.valueAt(['state', 'key']) ?? startOfFile),
            code: 'bad-value',
            path: 'state.key',
            message: `\`state.key\` is the same for ${places}: each would overwrite the state of the others`,
            expected: `a key with \`${part}\` in it, such as \`${example}\``,
          },
        ];
  const shared = [
    ...(regions.length > 1 ? stateKeyWithout('{region}', `${regions.length} regions`, 'portcullis/{region}.tfstate') : []),
    ...(isMapping(organization)
      ? stateKeyWithout(
          '{account}',
          `the organization's ${listOf(organization.members).length + 2} stacks`,
          'portcullis/{account}/{region}.tfstate',
        )
      : []),
  ];
  return [...twice, ...missing, ...foreign, ...shared, ...organizationClashesIn(file, yaml)];
};

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Accounts of an organization that cannot be what the file says they are. */
const organizationClashesIn = ({ organization, accountId }: Mapping, yaml: LocatedYaml): readonly SettingsProblem[] => {
  if (!isMapping(organization)) return [];
  const { managementAccountId: management, deployRoleArn } = organization;
  const [members, excluded] = [listOf(organization.members), listOf(organization.excludedAccounts)];
  const clash = (keys: readonly (string | number)[], message: string, expected: string): SettingsProblem => ({
    ...(yaml.valueAt(['organization', ...keys]) ?? startOfFile),
    code: 'bad-value',
    path: ['organization', ...keys].join('.'),
    message,
    expected,
  });
  const ofMembers = members.flatMap((member, i) => {
    const at = ['members', i] as const;
    if (members.indexOf(member) < i) return [clash(at, `\`${String(member)}\` is named twice`, 'each account once')];
    if (member !== accountId) return [];
    const expected = 'accounts other than `accountId`, which has a stack of its own';
    return [clash(at, `\`${String(member)}\` is the account that the guards run in`, expected)];
  });
  const ofExcluded = excluded.flatMap((account, i) =>
    members.includes(account)
      ? [
          clash(
            ['excludedAccounts', i],
            `\`${String(account)}\` is a member and excluded`,
            'an account in `members` or in `excludedAccounts`, not in both',
          ),
        ]
      : [],
  );
  if (typeof management !== 'string' || management === accountId || excluded.includes(management)) return [...ofMembers, ...ofExcluded];
  const ofManagement = members.includes(management)
    ? deployRoleArn === undefined
      ? [
          missingKey(
            'organization.deployRoleArn',
            yaml.keyAt([], 'organization'),
            'a role that you made in every member: AWS Organizations makes none in the management account',
          ),
        ]
      : []
    : [
        clash(
          ['managementAccountId'],
          `nothing prepares the management account \`${management}\` for the rule`,
          'it in `excludedAccounts`, or in `members` with a `deployRoleArn` that exists there: an organization rule covers the management account, too',
        ),
      ];
  return [...ofMembers, ...ofExcluded, ...ofManagement];
};

const startOfFile: Place = { line: 1, column: 1, text: 'absent' };

const missingKey = (path: string, around: Place | undefined, expected: string): SettingsProblem => ({
  ...(around ?? startOfFile),
  text: 'absent',
  code: 'missing-key',
  path,
  message: `\`${path}\` is missing`,
  expected,
});

const problemsOf = (issue: z.core.$ZodIssue, yaml: LocatedYaml): readonly SettingsProblem[] => {
  const keys = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      ...(yaml.keyAt(issue.path, key) ?? startOfFile),
      code: 'unknown-key',
      path: [...keys, key].join('.'),
      message: `\`${[...keys, key].join('.')}\` is no setting`,
      expected: issue.message,
    }));
  }
  const path = keys.join('.');
  const around = yaml.valueAt(issue.path.slice(0, -1)) ?? startOfFile;
  if (issue.code === 'invalid_key') {
    // The key of a tag or of a region: what is wrong with it is said inside the issue.
    const place = yaml.keyAt(issue.path.slice(0, -1), keys.at(-1) ?? '') ?? around;
    const expected = issue.issues[0]?.message ?? issue.message;
    return [{ ...place, code: 'bad-value', path, message: `a key cannot be \`${place.text}\``, expected }];
  }
  const place = yaml.valueAt(issue.path) ?? (path === '' ? startOfFile : undefined);
  const expected = issue.message;
  // Named where it should stand: at the mapping it is missing from.
  if (place === undefined) return [missingKey(path, around, expected)];
  const subject = path === '' ? 'the file' : `\`${path}\``;
  return [{ ...place, code: 'bad-value', path, message: `${subject} cannot be \`${place.text}\``, expected }];
};
