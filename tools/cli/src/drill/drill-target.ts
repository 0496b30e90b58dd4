/** Chooses the group that a drill changes. Refuses a group that a drill must not change. */
import { selectBaseline, type Baseline, type CompiledBaseline, type Limit } from '@portcullis/baseline';
import { readRules, type IpPermission } from '@portcullis/permission-diff';
import { isAtBaseline, prefixListReader, prefixListsToPlan, planRuleChanges, type DrillGroup } from '@portcullis/security-groups';
import { planWithoutLimits } from '../plan/plan-without-limits.js';
import type { AccountRegion } from '../aws/account-region.js';
import { groupOptionProblems } from '../command-line/group-option.js';
import { Failure, failCommandOnProblems } from '../command-line/failure.js';
import type { GuardedRegion } from '../files/load-settings.js';

/**
 * The rule of a drill is harmless. 192.0.2.0/24 is reserved for documentation, so no host has such an address:
 * https://www.rfc-editor.org/rfc/rfc5737. tcp/9 is the port of the discard service, which ignores all data:
 * https://www.rfc-editor.org/rfc/rfc863.
 */
export const DRILL_PORT = 9;
export const DRILL_CIDR = '192.0.2.0/24';

/** Returns the rule of a drill. The drill removes only a rule with this description. */
export function drillPermission(description: string): IpPermission {
  return {
    IpProtocol: 'tcp',
    FromPort: DRILL_PORT,
    ToPort: DRILL_PORT,
    IpRanges: [{ CidrIp: DRILL_CIDR, Description: description }],
  };
}

export type DrillTarget = ExistingTarget | NewTarget;

interface ExistingTarget {
  readonly kind: 'existing';
  readonly baseline: Baseline;
  readonly limits: readonly Limit[];
  readonly groupId: string;
  readonly name: string | null;
}

/** A group that the drill creates and deletes. */
export interface NewTarget {
  readonly kind: 'new';
  readonly baseline: Baseline;
  readonly group: DrillGroup;
}

export interface TargetOptions {
  readonly group?: string;
  /** The VPC of a new group. */
  readonly createIn?: string;
  /** The baseline that will guard the new group. */
  readonly baseline?: string;
  readonly findingOnly?: boolean;
}

export type GuardingBaselines = Pick<GuardedRegion, 'baselineFile' | 'compiled'>;

/**
 * @param at the start of the drill, as ISO 8601 in UTC
 * @throws {Failure} when the options name no group, or name a group that a drill must not change.
 */
export async function drillTarget(
  baselines: GuardingBaselines,
  accountRegion: AccountRegion,
  options: TargetOptions,
  at: string,
): Promise<DrillTarget> {
  const target =
    options.group === undefined
      ? newDrillTarget(baselines.compiled, options, at)
      : await existingDrillTarget(baselines, accountRegion, options.group);
  const { baseline } = target;
  const day = at.slice(0, 10);
  if (baseline.mode !== 'enforce' && options.findingOnly !== true)
    throw new Failure(
      `\`${baseline.name}\` is in mode \`${baseline.mode}\`, so ${baseline.mode === 'report' ? 'nothing would be restored' : 'the rule would stay until an approval'}; expected a group in mode \`enforce\`, or \`--finding-only\` to wait only for the finding`,
    );
  const drillRule = readRules([drillPermission(`portcullis drill ${at}`)], { direction: 'ingress' });
  if (!drillRule.ok) throw new Error('the drill rule is invalid');
  const live = [...baseline.ingress, ...drillRule.value].map((rule) => ({ ...rule, ruleId: 'sgr-0', tags: {} }));
  if (planWithoutLimits(baseline, live, day).revoke.length === 0)
    throw new Failure(
      `\`${baseline.name}\` tolerates tcp/${DRILL_PORT} from ${DRILL_CIDR}, so the drill rule would not be drift; expected a group of another baseline`,
    );
  if (target.kind === 'existing' && options.findingOnly !== true) {
    const rules = await accountRegion.groups.readRules(target.groupId);
    const declaration = { baseline, limits: target.limits.filter(({ mode }) => mode === 'enforce') };
    const { addresses } = await prefixListReader(accountRegion.groups)(prefixListsToPlan(declaration, rules));
    const plan = planRuleChanges(declaration, rules, { today: day, addresses, accountId: await accountRegion.accountId() });
    if (!isAtBaseline(plan))
      throw new Failure(
        `${target.groupId} has already drifted, so the guard would also restore other rules; expected a group without drift`,
      );
  }
  return target;
}

async function existingDrillTarget(
  { baselineFile, compiled }: GuardingBaselines,
  accountRegion: AccountRegion,
  groupId: string,
): Promise<ExistingTarget> {
  failCommandOnProblems(groupOptionProblems([groupId]));
  const facts = await accountRegion.groups.describeGroup(groupId);
  if (facts === undefined)
    throw new Failure(`${groupId} not found in ${accountRegion.region}; expected the id of a group that this account owns`);
  const selection = selectBaseline(compiled, facts);
  if (selection.kind === 'limited')
    throw new Failure(
      `no baseline of \`${baselineFile}\` selects ${groupId}, only limits do (${selection.limits.map(({ name }) => name).join(', ')}); expected a group that a baseline selects`,
    );
  if (selection.kind === 'unguarded') throw new Failure(`no baseline of \`${baselineFile}\` selects ${groupId}; expected a guarded group`);
  if (selection.kind === 'ambiguous')
    throw new Failure(
      `several baselines select ${groupId} (${selection.names.join(', ')}), so the guard ignores the group; expected a group that only one baseline selects`,
    );
  return { kind: 'existing', groupId, name: facts.name, baseline: selection.baseline, limits: selection.limits };
}

/** Returns the group that the drill creates, with the tags of its baseline. */
function newDrillTarget(compiled: CompiledBaseline, { createIn: vpcId, baseline: wanted }: TargetOptions, at: string): NewTarget {
  if (vpcId === undefined)
    throw new Failure('no group is named; expected `--group sg-…`, or `--create-in vpc-…` to create a group for the drill');
  if (!/^vpc-[0-9a-f]+$/.test(vpcId)) throw new Failure(`invalid \`--create-in ${vpcId}\`; expected the id of a VPC, \`vpc-…\``);
  const byTag = compiled.baselines.filter(({ name, groups }) => groups.tags !== undefined && (wanted === undefined || name === wanted));
  const [baseline] = byTag;
  if (baseline === undefined) {
    const who = wanted === undefined ? 'no baseline selects groups' : `\`${wanted}\` does not select groups`;
    throw new Failure(`${who} by tag, so a new group would not be guarded; expected \`--group sg-…\``);
  }
  if (byTag.length > 1) {
    const names = byTag.map(({ name }) => `\`${name}\``).join(', ');
    throw new Failure(`several baselines select groups by tag: ${names}; expected \`--baseline\` with one of them`);
  }
  const group: DrillGroup = {
    name: `portcullis-drill-${at.replace(/\D/g, '')}`,
    description: `portcullis drill ${at}: safe to delete`,
    vpcId,
    tags: { ...baseline.groups.tags, 'portcullis-drill': at },
  };
  const selection = selectBaseline(compiled, { id: 'sg-00000000', ...group });
  if (selection.kind === 'guarded') return { kind: 'new', group, baseline };
  const why =
    selection.kind === 'ambiguous'
      ? `selected by several baselines (${selection.names.join(', ')})`
      : `unguarded, because \`${baseline.name}\` does not select groups only by tag`;
  throw new Failure(`a group named \`${group.name}\` in ${vpcId} would be ${why}; expected \`--group sg-…\``);
}
