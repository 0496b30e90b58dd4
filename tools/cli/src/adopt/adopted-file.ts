/** The baseline file that declares what groups have. */
import type { Baseline, CompiledBaseline } from '@portcullis/baseline';
import { MAX_FILE_LENGTH, readBaselineFile, writeBaselineFile, type WrittenBaseline } from '@portcullis/baseline/file';
import { permissionsOf, readRules, type Direction, type Rule } from '@portcullis/permission-diff';
import { isReadError, type SurveyedGroup } from '@portcullis/security-groups';
import { stateOf } from '../audit/group-state.js';
import { baselineNames } from './baseline-names.js';
import { counted } from '../render/counted.js';
import { Failure } from '../program/failure.js';

export interface AdoptedFile {
  readonly text: string;
  /** What the text is read as. */
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

/**
 * Returns the file: read again, it declares of each group exactly what that has.
 *
 * @throws {Failure} when a group cannot be read, or there are more than a file may hold.
 */
export function adoptedFile(groups: readonly SurveyedGroup[], from: AdoptedFrom): AdoptedFile {
  const text = fileOf(groups, from);
  return { text, compiled: verified(text, groups, from.now.toISOString().slice(0, 10)) };
}

function fileOf(groups: readonly SurveyedGroup[], { accountId, region, now, egress, mode }: AdoptedFrom): string {
  const names = baselineNames(groups);
  const unreadable = groups.flatMap(({ rules }) => (isReadError(rules) ? [rules.message] : []));
  if (unreadable.length > 0) throw new Failure(unreadable.join('\nportcullis: '));
  const written = groups.map((group): WrittenBaseline => {
    const rules = isReadError(group.rules) ? [] : group.rules.map((rule) => writable(ofOwner(rule, group.ownerId)));
    const inDirection = (direction: Direction) => rules.filter((rule) => rule.direction === direction);
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
    `The rules of ${counted(groups.length, 'security group')} of account ${accountId} in ${region}, as they were at ${now.toISOString()}.`,
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
function verified(text: string, groups: readonly SurveyedGroup[], day: string): CompiledBaseline {
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
    if (baseline === undefined || stateOf(group, baseline, live, day).kind !== 'at-baseline')
      throw new Error(`the adopted baseline of ${group.id} is not what the group has`);
  }
  return read.value;
}
