/** `portcullis adopt`: a baseline of what is there. */
import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Baseline } from '@portcullis/baseline';
import {
  baselineWarnings,
  MAX_FILE_LENGTH,
  readBaselineFile,
  writeBaselineFile,
  type WrittenBaseline,
} from '@portcullis/baseline/file';
import { permissionsOf, readRules, type Direction, type Rule } from '@portcullis/permission-diff';
import { isReadError, type SurveyedGroup, type SurveyFilter } from '@portcullis/security-groups';
import type { Place, PlaceOptions } from '../aws/place.js';
import { inWords } from '../aws/why.js';
import { stateOf } from '../audit/group-state.js';
import { counted } from '../counted.js';
import { extentOf } from '../extent.js';
import { Failure, Interrupted } from '../failure.js';
import { today, type ExitCode, type Io } from '../io.js';
import { DEFAULT_FILE } from '../load-baseline.js';
import { baselineNames } from '../baseline-names.js';
import { progressOn } from '../progress.js';
import { untilInterrupted } from '../until-interrupted.js';
import { writeResult } from '../write-result.js';

export interface AdoptOptions extends PlaceOptions {
  /** Ids. */
  readonly group?: readonly string[];
  /** `Key=value`: groups with every one of these tags. */
  readonly tag?: readonly string[];
  /** Ids: groups in one of these VPCs. */
  readonly vpc?: readonly string[];
  readonly all?: boolean;
  /** Whether to declare egress, too. @default true */
  readonly egress?: boolean;
  readonly mode?: Baseline['mode'];
  /** The file to write; stdout if it is `-`. @default baseline.yaml */
  readonly out?: string;
  /** Whether a file that is there may be replaced. @default false */
  readonly force?: boolean;
}

/**
 * Writes a baseline for each of the groups that declares exactly what they have: it plans to nothing on the spot.
 *
 * @throws {Failure | Interrupted}
 */
export async function adopt(options: AdoptOptions, io: Io): Promise<ExitCode> {
  const { out = DEFAULT_FILE, force = false } = options;
  const filter = filterOf(options);
  if (out !== '-' && !force && (await exists(resolve(io.cwd, out)))) throw new Failure(alreadyThere(out));
  const place = await io.openPlace(options, io.signal);
  const groups = await groupsIn(place, filter, io);
  if (groups.length === 0) throw new Failure(`no security group of ${place.region} is selected; expected at least one`);
  const text = fileOf(groups, await inWords(place, () => place.accountId()), place.region, options, io);
  const compiled = verified(text, groups, io);
  const isFile = await writeResult(text, out, io, { overwrite: force, refusal: alreadyThere(out) });
  const warnings = baselineWarnings(text, today(io)).length;
  io.stderr.write(
    `adopted ${extentOf(compiled)} of ${place.region}${isFile ? ` into ${out}` : ''}` +
      `${warnings === 0 ? '' : `; \`portcullis check ${isFile ? out : 'FILE'}\` has ${counted(warnings, 'warning')}`}\n`,
  );
  return 0;
}

function alreadyThere(out: string): string {
  return `\`${out}\` exists; expected another \`--out\`, or \`--force\` to replace it`;
}

function filterOf({ group, tag, vpc, all = false }: AdoptOptions): SurveyFilter {
  const problems: string[] = [];
  const ways = [group !== undefined, tag !== undefined || vpc !== undefined, all].filter(Boolean).length;
  if (ways === 0) problems.push('nothing says which groups; expected `--group`, `--tag`, `--vpc` or `--all`');
  if (ways > 1) problems.push('expected `--group`, or `--tag` and `--vpc`, or `--all`: not several of them');
  for (const id of group ?? [])
    if (!/^sg-[0-9a-f]+$/.test(id))
      problems.push(`\`--group ${id}\` is not the id of a security group; expected \`sg-…\``);
  for (const id of vpc ?? [])
    if (!/^vpc-[0-9a-f]+$/.test(id)) problems.push(`\`--vpc ${id}\` is not the id of a VPC; expected \`vpc-…\``);
  const tags = (tag ?? []).map((text): [string, string] => {
    const [, key, value] = /^([^=]+)=(.*)$/.exec(text) ?? [];
    if (key === undefined || value === undefined)
      problems.push(`\`--tag ${text}\` is not a tag; expected \`Key=value\``);
    return [key ?? '', value ?? ''];
  });
  if (problems.length > 0) throw new Failure(problems.join('\nportcullis: '));
  return {
    ...(group !== undefined && { ids: [...new Set(group)] }),
    ...(tags.length > 0 && { tags: Object.fromEntries(tags) }),
    ...(vpc !== undefined && { vpcs: vpc }),
  };
}

async function groupsIn(place: Place, filter: SurveyFilter, io: Io): Promise<SurveyedGroup[]> {
  const progress = progressOn(io.stderr);
  const groups: SurveyedGroup[] = [];
  try {
    await inWords(place, async () => {
      for await (const page of untilInterrupted(place.survey(filter), io.signal)) {
        groups.push(...page);
        progress.show(`reading ${place.region}: ${counted(groups.length, 'group')} …`);
      }
    });
  } catch (error) {
    throw error instanceof Interrupted ? new Interrupted('interrupted; nothing was written', { cause: error }) : error;
  } finally {
    progress.clear();
  }
  const unknown = (filter.ids ?? []).filter((id) => !groups.some((group) => group.id === id));
  if (unknown.length > 0)
    throw new Failure(
      `there is no ${unknown.join(', ')} in ${place.region}; expected the ids of groups of this account`,
    );
  return groups.sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

/** By VPC and name, as people look for them. */
function key({ vpcId, name, id }: SurveyedGroup): string {
  return JSON.stringify([vpcId ?? '', name ?? '', id]);
}

function fileOf(
  groups: readonly SurveyedGroup[],
  accountId: string,
  region: string,
  { egress = true, mode = 'enforce' }: AdoptOptions,
  io: Io,
): string {
  const names = baselineNames(groups);
  const unreadable = groups.flatMap(({ rules }) => (isReadError(rules) ? [rules.message] : []));
  if (unreadable.length > 0) throw new Failure(unreadable.join('\nportcullis: '));
  const written = groups.map((group): WrittenBaseline => {
    const rules = isReadError(group.rules) ? [] : group.rules.map((rule) => writable(ofOwner(rule, group.ownerId)));
    const inDirection = (direction: Direction) => permissionsOf(rules.filter((rule) => rule.direction === direction));
    return {
      comment: [
        `${group.name ?? group.id}${group.vpcId === null ? '' : ` (${group.vpcId})`}${group.description === null ? '' : `: ${group.description}`}`,
      ],
      baseline: {
        name: names.get(group.id) ?? group.id,
        groups: { ids: [group.id] },
        mode,
        compare: 'rules',
        ingress: inDirection('ingress'),
        ...(egress && { egress: inDirection('egress') }),
        permit: [],
        ignore: [],
      },
    };
  });
  const heading = [
    `The rules of ${counted(groups.length, 'security group')} of account ${accountId} in ${region}, as they were at ${io.now().toISOString()}.`,
    'Written by `portcullis adopt`: whatever is here is declared, so take out what should not be.',
  ];
  return writeBaselineFile(heading, written);
}

/** A group of the same account need not say whose it is. */
function ofOwner(rule: Rule, ownerId: string | null): Rule {
  const { source } = rule;
  if (source.kind !== 'group' || source.userId !== ownerId) return rule;
  return { ...rule, source: { kind: 'group', groupId: source.groupId } };
}

/** A description that EC2 would not take again cannot be declared; it is no part of the rule. */
function writable(rule: Rule): Rule {
  const { direction, traffic, source, description } = rule;
  if (description === undefined || readRules(permissionsOf([rule]), { direction }).ok) return rule;
  return { direction, traffic, source };
}

/** What was written must be read as what was there: a slip of ours is not to become somebody's firewall. */
function verified(text: string, groups: readonly SurveyedGroup[], io: Io) {
  if (text.length > MAX_FILE_LENGTH)
    throw new Failure(
      `the baseline would have ${text.length} characters, more than the ${MAX_FILE_LENGTH} that a file may have; expected fewer groups at once (\`--vpc\`, \`--tag\`)`,
    );
  const read = readBaselineFile(text);
  if (!read.ok) throw new Error(`the adopted baseline cannot be read: ${JSON.stringify(read.problems.slice(0, 3))}`);
  const byId = new Map(read.value.baselines.map((baseline) => [baseline.groups.ids[0], baseline]));
  for (const group of groups) {
    const baseline = byId.get(group.id);
    const live = isReadError(group.rules) ? [] : group.rules.map((rule) => ({ ...rule, ruleId: '', tags: {} }));
    if (baseline === undefined || stateOf(group, baseline, live, today(io)).kind !== 'at-baseline')
      throw new Error(`the adopted baseline of ${group.id} is not what the group has`);
  }
  return read.value;
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    // Whatever keeps it from being seen is told when it is written.
    return false;
  }
}
