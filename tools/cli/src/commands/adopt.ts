/** `portcullis adopt`: a baseline of what is there. */
import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Baseline } from '@portcullis/baseline';
import { baselineWarnings } from '@portcullis/baseline/file';
import type { SurveyedGroup, SurveyFilter } from '@portcullis/security-groups';
import { adoptedFile } from '../adopt/adopted-file.js';
import type { AccountRegion, AccountRegionOptions } from '../aws/account-region.js';
import { withAwsErrorWords } from '../aws/error-words.js';
import { counted } from '../render/counted.js';
import { extentOf } from '../render/baseline-extent.js';
import { Failure, Interrupted } from '../program/failure.js';
import { today, type ExitCode, type Io } from '../program/io.js';
import { DEFAULT_FILE } from '../files/load-baseline.js';
import { progressOn } from '../terminal/progress.js';
import { untilInterrupted } from '../terminal/until-interrupted.js';
import { writeResult } from '../files/write-result.js';

export interface AdoptOptions extends AccountRegionOptions {
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
  const { out = DEFAULT_FILE, force = false, egress = true, mode = 'enforce' } = options;
  const filter = filterOf(options);
  if (out !== '-' && !force && (await exists(resolve(io.cwd, out)))) throw new Failure(alreadyThere(out));
  const place = await io.openAccountRegion(options, io.signal);
  const groups = await groupsIn(place, filter, io);
  if (groups.length === 0) throw new Failure(`no security group of ${place.region} is selected; expected at least one`);
  const { text, compiled } = adoptedFile(groups, {
    accountId: await withAwsErrorWords(place, () => place.accountId()),
    region: place.region,
    now: io.now(),
    egress,
    mode,
  });
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
    if (!/^sg-[0-9a-f]+$/.test(id)) problems.push(`\`--group ${id}\` is not the id of a security group; expected \`sg-…\``);
  for (const id of vpc ?? []) if (!/^vpc-[0-9a-f]+$/.test(id)) problems.push(`\`--vpc ${id}\` is not the id of a VPC; expected \`vpc-…\``);
  const tags = (tag ?? []).map((text): [string, string] => {
    const [, key, value] = /^([^=]+)=(.*)$/.exec(text) ?? [];
    if (key === undefined || value === undefined) problems.push(`\`--tag ${text}\` is not a tag; expected \`Key=value\``);
    return [key ?? '', value ?? ''];
  });
  if (problems.length > 0) throw new Failure(problems.join('\nportcullis: '));
  return {
    ...(group !== undefined && { ids: [...new Set(group)] }),
    ...(tags.length > 0 && { tags: Object.fromEntries(tags) }),
    ...(vpc !== undefined && { vpcs: vpc }),
  };
}

async function groupsIn(place: AccountRegion, filter: SurveyFilter, io: Io): Promise<SurveyedGroup[]> {
  const progress = progressOn(io.stderr);
  const groups: SurveyedGroup[] = [];
  try {
    await withAwsErrorWords(place, async () => {
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
    throw new Failure(`there is no ${unknown.join(', ')} in ${place.region}; expected the ids of groups of this account`);
  return groups.sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

/** By VPC and name, as people look for them. */
function key({ vpcId, name, id }: SurveyedGroup): string {
  return JSON.stringify([vpcId ?? '', name ?? '', id]);
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
