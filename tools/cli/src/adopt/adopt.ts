/** `portcullis adopt`: writes a baseline of the live groups. Rules that open a group to the internet are commented out. */
import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { baselineGroupIds, selectBaseline, type Baseline, type CompiledBaseline } from '@portcullis/baseline';
import { BASELINE_SCHEMA_URL, baselineWarnings } from '@portcullis/baseline/file';
import {
  isReadError,
  prefixListReader,
  prefixListsInIngress,
  prefixListsToPlan,
  type LiveRule,
  type SurveyedGroup,
  type SurveyFilter,
} from '@portcullis/security-groups';
import { adoptedBaselineFile, rulesOfAdoptedGroup, type AdoptedFrom } from './adopted-file.js';
import { exposedRulesNotToAdopt, findExposedRulesNotToAdopt, type ExposedRules, type FoundExposedRules } from './exposed-rules.js';
import { mergedBaselineFile, type LiveGroups } from './merged-file.js';
import { splitGroupsIntoFiles, type SplitBy } from './split-files.js';
import { terraformGroupsToAdopt } from './terraform-groups.js';
import type { AccountRegion, AccountRegionOptions, Scope } from '../aws/account-region.js';
import { groupOptionProblems } from '../command-line/group-option.js';
import { inAccountRegion } from '../aws/in-account-region.js';
import { fileErrorWords } from '../files/file-error.js';
import { loadBaselineFile, type LoadedBaseline } from '../files/load-baseline.js';
import { readFileOrStdin } from '../files/read-text-file.js';
import { writeFileOrStdout } from '../files/write-file.js';
import { DEFAULT_BASELINE_FILE } from '../command-line/default-files.js';
import { Failure, Interrupted, failCommandOnProblems } from '../command-line/failure.js';
import { currentUtcDay, type ExitCode, type Io } from '../command-line/io.js';
import { cannotCombineOptions } from '../command-line/output-format.js';
import { renderBaselineSize, countWithNoun } from '../render/counted.js';
import { renderShortList } from '../render/listed.js';
import { groupNameAndId } from '../render/state-words.js';

export interface AdoptOptions extends AccountRegionOptions {
  /** Selects groups by id. */
  readonly group?: readonly string[];
  /** Selects groups that have all of these tags, each written as `Key=value`. */
  readonly tag?: readonly string[];
  /** Selects groups that are in any of these VPCs, by VPC id. */
  readonly vpc?: readonly string[];
  readonly all?: boolean;
  /** A file with the output of `terraform show -json`, to read instead of calling AWS. */
  readonly fromTerraformState?: string;
  readonly egress?: boolean;
  readonly mode: Baseline['mode'];
  /** Whether to also declare the rules that open groups to the internet. */
  readonly acceptExposed?: boolean;
  /** Whether to ask CloudTrail who opened the exposed rules. @default true */
  readonly who?: boolean;
  /** The file to write, or the folder to write into with `splitBy`. */
  readonly out?: string;
  readonly force?: boolean;
  /** Whether to update an existing file. */
  readonly merge?: boolean;
  /** `vpc`, `account` or `tag:<key>`. */
  readonly splitBy?: string;
}

/** The folder for `--split-by`. */
const DEFAULT_FOLDER = 'baselines';

const NO_EXPOSED_RULES: FoundExposedRules = { exposed: new Map(), problems: [] };

/** The groups to adopt, and their accounts and regions. */
interface Source extends LiveGroups, FoundExposedRules {
  readonly scopeOf: (group: SurveyedGroup) => Scope;
  readonly isTerraformState: boolean;
}

/** @throws {Failure | Interrupted} */
export async function adoptGroups(options: AdoptOptions, io: Io): Promise<ExitCode> {
  const { force = false, egress = true, mode, merge = false } = options;
  const splitBy = parseSplitByOption(options.splitBy);
  const out = options.out ?? (splitBy === undefined ? DEFAULT_BASELINE_FILE : DEFAULT_FOLDER);
  failCommandOnProblems([
    merge && force && cannotCombineOptions('--merge', '--force'),
    merge && splitBy !== undefined && '`--merge` updates one file; expected no `--split-by`',
    (merge || splitBy !== undefined) &&
      out === '-' &&
      '`--out -` can only print a new file; expected `--out FILE` with `--merge`, or `--out FOLDER` with `--split-by`',
  ]);
  const filter = adoptedGroupsFilter(options);
  const exists = out !== '-' && existsSync(resolve(io.cwd, out));
  const refusal = adoptFileRefusal(out);
  if (exists && !force && !merge && splitBy === undefined) throw new Failure(refusal);
  const existing = exists && merge ? await loadBaselineFile(out, io) : undefined;
  const source = await readGroupsToAdopt(options, filter, existing?.compiled, io);
  for (const problem of source.problems) io.stderr.write(`portcullis: ${problem}\n`);
  const from = { heading: adoptedFileHeading(source), today: currentUtcDay(io), egress, mode, exposed: source.exposed };
  if (existing !== undefined) return adoptIntoBaselineFile(existing, source, from, io);
  if (splitBy !== undefined) return writeSplitBaselineFiles(splitBy, { source, out, force }, from, io);
  const { text, compiled } = adoptedBaselineFile(source.groups, from);
  const isFile = writeFileOrStdout(text, out, io, force ? undefined : refusal);
  const warnings = adoptedFileWarnings(text, isFile ? out : 'FILE', io);
  io.stderr.write(
    `adopted ${renderBaselineSize(compiled)} of ${source.label}${isFile ? ` into ${out}` : ''}${leftOutRulesWords(source)}${warnings}\n`,
  );
  return 0;
}

function adoptIntoBaselineFile(existing: LoadedBaseline, source: Source, from: AdoptedFrom, io: Io): ExitCode {
  const { text, compiled, added, changed, proposed, notes } = mergedBaselineFile(existing, source, from);
  const out = existing.fileName;
  if (text !== existing.text) writeFileOrStdout(text, out, io);
  for (const note of notes) io.stderr.write(`portcullis: ${note}\n`);
  const what = text === existing.text ? 'nothing changed' : `${countWithNoun(added, 'baseline')} added, ${changed} changed`;
  io.stderr.write(
    `merged ${source.label} into ${out}: ${what}; now ${renderBaselineSize(compiled)}${leftOutRulesWords({ ...source, exposed: proposed })}${adoptedFileWarnings(text, out, io)}\n`,
  );
  return 0;
}

function writeSplitBaselineFiles(
  splitBy: SplitBy,
  { source, out, force }: { readonly source: Source; readonly out: string; readonly force: boolean },
  from: AdoptedFrom,
  io: Io,
): ExitCode {
  const parts = [...splitGroupsIntoFiles(source.groups, splitBy, source.scopeOf)].map(([name, groups]) => {
    const path = join(out, name);
    return { path, name, file: adoptedBaselineFile(groups, { ...from, heading: adoptedFileHeading({ ...source, groups }) }) };
  });
  if (!force) failCommandOnProblems(parts.map(({ path }) => existsSync(resolve(io.cwd, path)) && adoptFileRefusal(path)));
  try {
    mkdirSync(resolve(io.cwd, out), { recursive: true });
  } catch (error) {
    throw new Failure(`cannot write \`${out}\`: ${fileErrorWords(error)}`);
  }
  for (const { path, file } of parts) writeFileOrStdout(file.text, path, io, force ? undefined : adoptFileRefusal(path));
  const compiled = { baselines: parts.flatMap(({ file }) => file.compiled.baselines) };
  io.stderr.write(
    `adopted ${renderBaselineSize(compiled)} of ${source.label} into ${countWithNoun(parts.length, 'file')} in ${out}: ${parts.map(({ name }) => name).join(', ')}${leftOutRulesWords(source)}\n`,
  );
  return 0;
}

function adoptFileRefusal(out: string): string {
  return `\`${out}\` exists; expected another \`--out\`, \`--merge\` to update it, or \`--force\` to replace it`;
}

/**
 * Returns the comment lines at the start of the file. The lines contain no time and no count, so that the lines stay true after a merge.
 */
function adoptedFileHeading({ groups, scopeOf, isTerraformState }: Pick<Source, 'groups' | 'scopeOf' | 'isTerraformState'>): string[] {
  const scopes = new Set(groups.map(scopeOf).map(({ accountId, region }) => `account ${accountId} in ${region}`));
  return [
    `yaml-language-server: $schema=${BASELINE_SCHEMA_URL}`,
    `The rules of security groups of ${[...scopes].join(', ')}${isTerraformState ? ', as Terraform declares them' : ''}.`,
    'Written by `portcullis adopt`. Remove the rules that nobody needs.',
  ];
}

function adoptedFileWarnings(text: string, file: string, io: Io): string {
  const warnings = baselineWarnings(text, currentUtcDay(io)).length;
  return warnings === 0 ? '' : `; \`${io.command} check ${file}\` has ${countWithNoun(warnings, 'warning')}`;
}

/** The maximum number of groups to name in the last line of the output. */
const MAX_NAMED_GROUPS = 5;

function leftOutRulesWords({ exposed, groups }: { readonly exposed: ExposedRules; readonly groups: readonly SurveyedGroup[] }): string {
  const rules = [...exposed.values()].flat().length;
  if (rules === 0) return '';
  const names = groups.filter(({ id }) => exposed.has(id)).map(groupNameAndId);
  return `; commented out ${countWithNoun(rules, 'rule')} open to the internet, in ${renderShortList(names, MAX_NAMED_GROUPS)}`;
}

function parseSplitByOption(text: string | undefined): SplitBy | undefined {
  if (text === undefined || text === 'vpc' || text === 'account') return text;
  const tag = /^tag:(.+)$/.exec(text)?.[1];
  if (tag === undefined) throw new Failure(`invalid \`--split-by ${text}\`; expected \`vpc\`, \`account\` or \`tag:<key>\``);
  return { tag };
}

function adoptedGroupsFilter({ group, tag, vpc, all = false, fromTerraformState }: AdoptOptions): SurveyFilter {
  const tags = (tag ?? []).map((text) => /^([^=]+)=(.*)$/.exec(text)?.slice(1) ?? []);
  const ways = [group !== undefined, tag !== undefined || vpc !== undefined, all].filter(Boolean).length;
  const isState = fromTerraformState !== undefined;
  failCommandOnProblems([
    ways === 0 && !isState && 'no groups are selected; expected `--group`, `--tag`, `--vpc` or `--all`',
    ways > 0 && isState && '`--from-terraform-state` adopts every group of the state; expected no `--group`, `--tag`, `--vpc` or `--all`',
    ways > 1 && 'too many options select groups; expected only `--group`, only `--all`, or only `--tag` and `--vpc`',
    ...groupOptionProblems(group),
    ...(vpc ?? []).map((id) => !/^vpc-[0-9a-f]+$/.test(id) && `invalid \`--vpc ${id}\`; expected the id of a VPC, \`vpc-…\``),
    ...(tag ?? []).map((text, i) => tags[i]?.length === 0 && `invalid \`--tag ${text}\`; expected \`Key=value\``),
  ]);
  return {
    ...(group !== undefined && { ids: [...new Set(group)] }),
    ...(tags.length > 0 && { tags: Object.fromEntries(tags) as Record<string, string> }),
    ...(vpc !== undefined && { vpcs: vpc }),
  };
}

function readGroupsToAdopt(options: AdoptOptions, filter: SurveyFilter, existing: CompiledBaseline | undefined, io: Io): Promise<Source> {
  const { fromTerraformState, acceptExposed = false, who = true } = options;
  if (fromTerraformState !== undefined) return readTerraformStateToAdopt(fromTerraformState, options, io);
  return inAccountRegion(options, io, async (accountRegion) => {
    const groups = await surveyGroupsToAdopt(accountRegion, filter, io);
    const scope = { accountId: await accountRegion.accountId(), region: accountRegion.region };
    return {
      groups,
      label: accountRegion.region,
      scopeOf: () => scope,
      isTerraformState: false,
      ...(acceptExposed ? NO_EXPOSED_RULES : await findExposedRulesNotToAdopt(groups, accountRegion, who, io)),
      ...(existing === undefined ? NOTHING_TO_MERGE : await readLiveGroupsToMerge(existing, groups, accountRegion)),
    };
  }).catch((error: unknown) => {
    throw error instanceof Interrupted ? new Interrupted('interrupted; nothing was written', { cause: error }) : error;
  });
}

const NOTHING_TO_MERGE: Pick<LiveGroups, 'live' | 'gone' | 'addresses'> = { live: new Map(), gone: [], addresses: new Map() };

async function readLiveGroupsToMerge(
  existing: CompiledBaseline,
  groups: readonly SurveyedGroup[],
  { groups: securityGroups }: AccountRegion,
): Promise<typeof NOTHING_TO_MERGE> {
  const guarded = groups.filter((group) => selectBaseline(existing, group).kind === 'guarded');
  const read = await securityGroups.readRulesOf(guarded.map(({ id }) => id));
  const live = [...read].map(([id, rules]): [string, readonly LiveRule[]] => {
    // A baseline can ignore rules by tag. Without the tags, the merge would declare the ignored rules.
    if (isReadError(rules)) throw rules;
    return [id, rules];
  });
  const others = baselineGroupIds(existing).filter((id) => !groups.some((group) => group.id === id));
  const found = others.length === 0 ? [] : await securityGroups.listGroups(others);
  const { limits = [] } = existing;
  const { addresses } = await prefixListReader(securityGroups)(prefixListsToPlan({ limits }, groups.flatMap(rulesOfAdoptedGroup)));
  return { live: new Map(live), addresses, gone: others.filter((id) => !found.some((group) => group.id === id)) };
}

/** A Terraform state contains all attributes of every resource, so the file can be large. */
const MAX_STATE_BYTES = 200_000_000;

async function readTerraformStateToAdopt(
  fileName: string,
  { region, acceptExposed = false, splitBy }: AdoptOptions,
  io: Io,
): Promise<Source> {
  const { groups, scopes, notes } = terraformGroupsToAdopt(await readFileOrStdin(fileName, MAX_STATE_BYTES, io), fileName, region);
  const scopeOf = ({ id }: SurveyedGroup): Scope => scopes.get(id) ?? { accountId: 'unknown', region: 'unknown' };
  const found = new Set(groups.map(scopeOf).map(({ accountId, region: each }) => `${accountId}/${each}`));
  if (found.size > 1 && splitBy !== 'account')
    throw new Failure(
      `\`${fileName}\` has groups of ${[...found].sort().join(', ')}, and a baseline file is for one account and region; expected \`--region\` or \`--split-by account\``,
    );
  const lists = acceptExposed ? [] : prefixListsInIngress(groups.flatMap(rulesOfAdoptedGroup));
  return {
    groups: sortAdoptedGroups(groups),
    label: fileName,
    scopeOf,
    isTerraformState: true,
    exposed: acceptExposed ? new Map() : exposedRulesNotToAdopt(groups, new Map()),
    problems: [
      ...notes,
      ...lists.map(
        (id) => `prefix list ${id} is not in the state, so rules that use it are declared even if they open a group to the internet`,
      ),
    ],
    ...NOTHING_TO_MERGE,
  };
}

async function surveyGroupsToAdopt(accountRegion: AccountRegion, filter: SurveyFilter, io: Io): Promise<SurveyedGroup[]> {
  const { region } = accountRegion;
  const groups: SurveyedGroup[] = [];
  for await (const page of accountRegion.survey(filter)) {
    groups.push(...page);
    io.progress.show(`reading ${region}: ${countWithNoun(groups.length, 'group')} …`);
  }
  io.signal.throwIfAborted();
  const unknown = (filter.ids ?? []).filter((id) => !groups.some((group) => group.id === id));
  if (unknown.length > 0) throw new Failure(`${unknown.join(', ')} not found in ${region}; expected ids of groups that this account owns`);
  if (groups.length === 0) throw new Failure(`the options select no security group in ${region}`);
  return sortAdoptedGroups(groups);
}

/** Sorts the groups by VPC and name, so that people can find a group in the file. */
function sortAdoptedGroups(groups: readonly SurveyedGroup[]): SurveyedGroup[] {
  const key = ({ vpcId, name, id }: SurveyedGroup): string => JSON.stringify([vpcId ?? '', name ?? '', id]);
  return [...groups].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}
