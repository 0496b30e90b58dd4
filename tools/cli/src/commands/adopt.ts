/** `portcullis adopt`: writes a baseline of the live groups, without the rules that open them to the internet. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Baseline } from '@portcullis/baseline';
import { baselineWarnings } from '@portcullis/baseline/file';
import type { SurveyedGroup, SurveyFilter } from '@portcullis/security-groups';
import { adoptedFile } from '../adopt/adopted-file.js';
import { findExposedRules, type ExposedRules, type FoundExposedRules } from '../adopt/exposed-rules.js';
import type { AccountRegion, AccountRegionOptions } from '../aws/account-region.js';
import { invalidGroupIds } from '../aws/group-ids.js';
import { inAccountRegion } from '../aws/in-account-region.js';
import { writeResult } from '../files/write-result.js';
import { DEFAULT_BASELINE_FILE } from '../program/default-files.js';
import { Failure, Interrupted, refuseProblems } from '../program/failure.js';
import { today, type ExitCode, type Io } from '../program/io.js';
import { baselineSize, counted } from '../render/counted.js';
import { oneLine } from '../terminal/printable.js';

export interface AdoptOptions extends AccountRegionOptions {
  /** Selects groups by id. */
  readonly group?: readonly string[];
  /** Selects groups with all of these tags, each written as `Key=value`. */
  readonly tag?: readonly string[];
  /** Selects groups in any of these VPCs, by VPC id. */
  readonly vpc?: readonly string[];
  readonly all?: boolean;
  readonly egress?: boolean;
  readonly mode: Baseline['mode'];
  /** Whether to declare the rules that open groups to the internet, too. */
  readonly acceptExposed?: boolean;
  /** Whether to ask CloudTrail who opened the exposed rules. @default true */
  readonly who?: boolean;
  readonly out?: string;
  readonly force?: boolean;
}

const NO_EXPOSED_RULES: FoundExposedRules = { exposed: new Map(), problems: [] };

/** @throws {Failure | Interrupted} */
export async function adopt(options: AdoptOptions, io: Io): Promise<ExitCode> {
  const { out = DEFAULT_BASELINE_FILE, force = false, egress = true, who = true, mode, acceptExposed = false } = options;
  const filter = filterOf(options);
  const refusal = `\`${out}\` exists; expected another \`--out\`, or \`--force\` to replace it`;
  if (out !== '-' && !force && existsSync(resolve(io.cwd, out))) throw new Failure(refusal);
  const { groups, accountId, region, found } = await inAccountRegion(options, io, async (accountRegion) => {
    const read = await groupsIn(accountRegion, filter, io);
    return {
      groups: read,
      found: acceptExposed ? NO_EXPOSED_RULES : await findExposedRules(read, accountRegion, who, io),
      accountId: await accountRegion.accountId(),
      region: accountRegion.region,
    };
  }).catch((error: unknown) => {
    throw error instanceof Interrupted ? new Interrupted('interrupted; nothing was written', { cause: error }) : error;
  });
  const { exposed, problems } = found;
  const heading = [
    `The rules of security groups of account ${accountId} in ${region}.`,
    'Written by `portcullis adopt`: every rule here is declared, so remove those that should not be.',
  ];
  const { text, compiled } = adoptedFile(groups, { heading, today: today(io), egress, mode, exposed });
  const isFile = writeResult(text, out, io, { overwrite: force, refusal });
  const warnings = baselineWarnings(text, today(io)).length;
  const warned = warnings === 0 ? '' : `; \`portcullis check ${isFile ? out : 'FILE'}\` has ${counted(warnings, 'warning')}`;
  for (const problem of problems) io.stderr.write(`portcullis: ${problem}\n`);
  io.stderr.write(
    `adopted ${baselineSize(compiled)} of ${region}${isFile ? ` into ${out}` : ''}${exposedWords(exposed, groups)}${warned}\n`,
  );
  return 0;
}

/** The number of groups that the last line names. */
const MAX_NAMED_GROUPS = 5;

function exposedWords(exposed: ExposedRules, groups: readonly SurveyedGroup[]): string {
  const rules = [...exposed.values()].flat().length;
  if (rules === 0) return '';
  const names = groups.filter(({ id }) => exposed.has(id)).map(({ id, name }) => (name === null ? id : `${oneLine(name)} (${id})`));
  const more = names.length - MAX_NAMED_GROUPS;
  const named = `${names.slice(0, MAX_NAMED_GROUPS).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  return `; left out ${counted(rules, 'rule')} open to the internet, for you to accept or drop: ${named}`;
}

function filterOf({ group, tag, vpc, all = false }: AdoptOptions): SurveyFilter {
  const tags = (tag ?? []).map((text) => /^([^=]+)=(.*)$/.exec(text)?.slice(1) ?? []);
  const ways = [group !== undefined, tag !== undefined || vpc !== undefined, all].filter(Boolean).length;
  refuseProblems([
    ways === 0 && 'no groups are selected; expected `--group`, `--tag`, `--vpc` or `--all`',
    ways > 1 && '`--group`, `--all`, and `--tag` with `--vpc` exclude each other; expected one of them',
    ...invalidGroupIds(group),
    ...(vpc ?? []).map((id) => !/^vpc-[0-9a-f]+$/.test(id) && `invalid \`--vpc ${id}\`; expected the id of a VPC, \`vpc-…\``),
    ...(tag ?? []).map((text, i) => tags[i]?.length === 0 && `invalid \`--tag ${text}\`; expected \`Key=value\``),
  ]);
  return {
    ...(group !== undefined && { ids: [...new Set(group)] }),
    ...(tags.length > 0 && { tags: Object.fromEntries(tags) as Record<string, string> }),
    ...(vpc !== undefined && { vpcs: vpc }),
  };
}

async function groupsIn(accountRegion: AccountRegion, filter: SurveyFilter, io: Io): Promise<SurveyedGroup[]> {
  const { region } = accountRegion;
  const groups: SurveyedGroup[] = [];
  for await (const page of accountRegion.survey(filter)) {
    groups.push(...page);
    io.progress.show(`reading ${region}: ${counted(groups.length, 'group')} …`);
  }
  io.signal.throwIfAborted();
  const unknown = (filter.ids ?? []).filter((id) => !groups.some((group) => group.id === id));
  if (unknown.length > 0) throw new Failure(`${unknown.join(', ')} not found in ${region}; expected ids of groups that this account owns`);
  if (groups.length === 0) throw new Failure(`no security group of ${region} is selected; expected at least one`);
  // Sorts by VPC and name, because people look for groups by these.
  const key = ({ vpcId, name, id }: SurveyedGroup): string => JSON.stringify([vpcId ?? '', name ?? '', id]);
  return groups.sort((a, b) => (key(a) < key(b) ? -1 : 1));
}
