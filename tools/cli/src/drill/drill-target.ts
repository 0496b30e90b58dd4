/** Which group a drill changes, and whether it may: everything that can be refused before anything is changed. */
import { selectBaseline, type Baseline, type CompiledBaseline } from '@portcullis/baseline';
import { readRules, type IpPermission } from '@portcullis/permission-diff';
import { isAtBaseline, planFor, type DrillGroup, type LiveRule } from '@portcullis/security-groups';
import type { AccountRegion } from '../aws/account-region.js';
import { withAwsErrorWords } from '../aws/error-words.js';
import { Failure } from '../program/failure.js';

/**
 * What a drill lets in: nothing. 192.0.2.0/24 is for documentation and nobody's (https://www.rfc-editor.org/rfc/rfc5737), and tcp/9 discards
 * what it is sent (https://www.rfc-editor.org/rfc/rfc863).
 */
export const DRILL_PORT = 9;
export const DRILL_CIDR = '192.0.2.0/24';

/** The description tells the rule from any other: the drill takes away what has it, and nothing else. */
export function drillPermission(description: string): IpPermission {
  return {
    IpProtocol: 'tcp',
    FromPort: DRILL_PORT,
    ToPort: DRILL_PORT,
    IpRanges: [{ CidrIp: DRILL_CIDR, Description: description }],
  };
}

export type DrillTarget = {
  readonly baseline: Baseline;
} & (
  | { readonly kind: 'existing'; readonly groupId: string; readonly name: string | null }
  /** A group that the drill makes and deletes. */
  | { readonly kind: 'new'; readonly group: DrillGroup }
);

export interface TargetOptions {
  readonly group?: string;
  /** The VPC of a group that is made. */
  readonly createIn?: string;
  /** The baseline that is to guard a group that is made. */
  readonly baseline?: string;
  readonly findingOnly?: boolean;
}

export interface GuardingBaselines {
  /** As the user would call it. */
  readonly baselineFile: string;
  readonly compiled: CompiledBaseline;
}

/** @throws {Failure} with why there is no group to drill, or why it may not be touched. */
export async function drillTarget(
  baselines: GuardingBaselines,
  place: AccountRegion,
  options: TargetOptions,
  when: { readonly day: string; readonly at: string },
): Promise<DrillTarget> {
  const target =
    options.group === undefined ? newTarget(baselines.compiled, options, when.at) : await existingTarget(baselines, place, options.group);
  const { baseline } = target;
  if (baseline.mode === 'report' && options.findingOnly !== true)
    throw new Failure(
      `\`${baseline.name}\` is in mode \`report\`, in which nothing is restored; expected a group that is enforced, or \`--finding-only\`, which waits for the finding alone`,
    );
  if (!revokesDrill(baseline, when))
    throw new Failure(
      `\`${baseline.name}\` tolerates tcp/${DRILL_PORT} from ${DRILL_CIDR}, so that opening it is no drift; expected a group of another baseline`,
    );
  if (target.kind === 'existing' && options.findingOnly !== true) {
    const { groupId } = target;
    const live = await withAwsErrorWords(place, () => place.groups.readRules(groupId));
    if (!isAtBaseline(planFor(baseline, live, when.day)))
      throw new Failure(
        `${groupId} has drifted already, and the drill would not know what the guard restores; expected a group at its baseline (\`portcullis plan\`)`,
      );
  }
  return target;
}

async function existingTarget({ baselineFile, compiled }: GuardingBaselines, place: AccountRegion, groupId: string): Promise<DrillTarget> {
  if (!/^sg-[0-9a-f]+$/.test(groupId)) throw new Failure(`\`--group ${groupId}\` is not the id of a security group; expected \`sg-…\``);
  const facts = await withAwsErrorWords(place, () => place.groups.describeGroup(groupId));
  if (facts === undefined) throw new Failure(`there is no ${groupId} in ${place.region}; expected the id of a group of this account`);
  const selection = selectBaseline(compiled, facts);
  if (selection.kind === 'unguarded') throw new Failure(`no baseline of \`${baselineFile}\` selects ${groupId}; expected a guarded group`);
  if (selection.kind === 'ambiguous')
    throw new Failure(
      `${groupId} is selected by several baselines (${selection.names.join(', ')}) and left alone; expected a group that one of them selects`,
    );
  const { baseline } = selection;
  return { kind: 'existing', groupId, name: facts.name, baseline };
}

/** A group with the tags that a baseline selects by. */
function newTarget(compiled: CompiledBaseline, { createIn: vpcId, baseline: wanted }: TargetOptions, at: string): DrillTarget {
  if (vpcId === undefined)
    throw new Failure('nothing says which group to change; expected `--group sg-…`, or `--create-in vpc-…`, which makes one for the drill');
  if (!/^vpc-[0-9a-f]+$/.test(vpcId)) throw new Failure(`\`--create-in ${vpcId}\` is not the id of a VPC; expected \`vpc-…\``);
  const byTag = compiled.baselines.filter(({ name, groups }) => groups.tags !== undefined && (wanted === undefined || name === wanted));
  const [baseline] = byTag;
  if (baseline === undefined || byTag.length > 1) {
    const found = byTag.map(({ name }) => `\`${name}\``).join(', ');
    throw new Failure(
      baseline === undefined
        ? `${wanted === undefined ? 'no baseline selects' : `\`${wanted}\` does not select`} by tag, so that no new group would be guarded; expected \`--group sg-…\``
        : `several baselines select by tag: ${found}; expected \`--baseline\` with one of them`,
    );
  }
  const group: DrillGroup = {
    name: `portcullis-drill-${at.replace(/\D/g, '')}`,
    description: `portcullis drill ${at}: may be deleted`,
    vpcId,
    tags: { ...baseline.groups.tags, 'portcullis-drill': at },
  };
  const selection = selectBaseline(compiled, { id: 'sg-00000000', ...group });
  if (selection.kind !== 'guarded')
    throw new Failure(
      `a group called \`${group.name}\` in ${vpcId} would be ${selection.kind === 'ambiguous' ? `selected by several baselines (${selection.names.join(', ')})` : `unguarded: \`${baseline.name}\` selects by more than its tags`}; expected \`--group sg-…\``,
    );
  return { kind: 'new', group, baseline };
}

/** Whether the guard takes the drill's rule for drift and revokes it, or would in report mode. */
function revokesDrill(baseline: Baseline, { day, at }: { readonly day: string; readonly at: string }): boolean {
  const read = readRules([drillPermission(`portcullis drill ${at}`)], { direction: 'ingress' });
  if (!read.ok) throw new Error('the rule of a drill cannot be read');
  const live = [...baseline.ingress, ...read.value].map((rule): LiveRule => ({
    ...rule,
    ruleId: 'sgr-0',
    tags: {},
  }));
  return planFor(baseline, live, day).revoke.length > 0;
}
