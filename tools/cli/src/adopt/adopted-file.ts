/** A baseline file that declares exactly the rules that groups have. */
import type { Baseline, CompiledBaseline } from '@portcullis/baseline';
import { MAX_FILE_LENGTH, readBaselineFile, writeBaselineFile, type WrittenBaseline } from '@portcullis/baseline/file';
import { permissionsOf, readRules, type Direction, type Rule } from '@portcullis/permission-diff';
import { isReadError, type SurveyedGroup } from '@portcullis/security-groups';
import { stateOf, surveyedRules } from '../audit/group-state.js';
import { Failure, refuseProblems } from '../program/failure.js';
import { counted } from '../render/counted.js';
import { baselineNames } from './baseline-names.js';

export interface AdoptedFile {
  readonly text: string;
  readonly compiled: CompiledBaseline;
}

export interface AdoptedFrom {
  readonly accountId: string;
  readonly region: string;
  readonly now: Date;
  /** Whether to declare egress, too. */
  readonly egress: boolean;
  readonly mode: Baseline['mode'];
}

/** @throws {Failure} when a group cannot be read, or there are more groups than a file may hold. */
export function adoptedFile(groups: readonly SurveyedGroup[], from: AdoptedFrom): AdoptedFile {
  refuseProblems(groups.map(({ rules }) => isReadError(rules) && rules.message));
  const names = baselineNames(groups);
  const heading = [
    `The rules of ${counted(groups.length, 'security group')} of account ${from.accountId} in ${from.region}, as they were at ${from.now.toISOString()}.`,
    'Written by `portcullis adopt`: every rule here is declared, so remove those that should not be.',
  ];
  const baselines = groups.map((group) => baselineOf(group, names.get(group.id) ?? group.id, from));
  const text = writeBaselineFile(heading, baselines);
  if (text.length > MAX_FILE_LENGTH)
    throw new Failure(
      `the baseline would have ${text.length} characters, more than the ${MAX_FILE_LENGTH} that a file may have; expected fewer groups at once (\`--vpc\`, \`--tag\`)`,
    );
  return { text, compiled: verified(text, groups, from.now.toISOString().slice(0, 10)) };
}

function baselineOf(group: SurveyedGroup, name: string, { egress, mode }: AdoptedFrom): WrittenBaseline {
  const rules = isReadError(group.rules) ? [] : group.rules.map((rule) => declarable(rule, group.ownerId));
  const inDirection = (direction: Direction) => rules.filter((rule) => rule.direction === direction);
  const vpc = group.vpcId === null ? '' : ` (${group.vpcId})`;
  return {
    comment: [`${group.name ?? group.id}${vpc}${group.description === null ? '' : `: ${group.description}`}`],
    baseline: {
      name,
      groups: { ids: [group.id] },
      mode,
      compare: 'rules',
      ingress: inDirection('ingress'),
      ...(egress && { egress: inDirection('egress') }),
      permit: [],
      ignore: [],
    },
  };
}

/** Returns the rule without a source group's owner if the owner is this account, and without a description that EC2 would now refuse. */
function declarable({ direction, traffic, source: found, description }: Rule, ownerId: string | null): Rule {
  const source = found.kind === 'group' && found.userId === ownerId ? { kind: 'group' as const, groupId: found.groupId } : found;
  const rule = { direction, traffic, source };
  if (description === undefined) return rule;
  const described = { ...rule, description };
  return readRules(permissionsOf([described]), { direction }).ok ? described : rule;
}

/** Reads the text back and compares it with the groups, because a bug in writing the file must not change anybody's firewall. */
function verified(text: string, groups: readonly SurveyedGroup[], day: string): CompiledBaseline {
  const read = readBaselineFile(text);
  if (!read.ok) throw new Error(`the adopted baseline cannot be read: ${JSON.stringify(read.problems.slice(0, 3))}`);
  const byId = new Map(read.value.baselines.map((baseline) => [baseline.groups.ids[0], baseline]));
  for (const group of groups) {
    const baseline = byId.get(group.id);
    const live = isReadError(group.rules) ? [] : surveyedRules(group.rules);
    if (baseline === undefined || stateOf(group, baseline, live, day).kind !== 'at-baseline')
      throw new Error(`the adopted baseline of ${group.id} does not match the group`);
  }
  return read.value;
}
