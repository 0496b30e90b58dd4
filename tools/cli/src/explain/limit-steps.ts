/** Explains which limits apply to a group, and how the limits would change the group's rules. */
import { selectionNeedsGroupFacts, selectBaseline, selectBaselineById, type CompiledBaseline, type Limit } from '@portcullis/baseline';
import { describeBrokenLimits } from '@portcullis/finding';
import { formatRule, type Rule } from '@portcullis/permission-diff';
import {
  isAtBaseline,
  isReadError,
  prefixListReader,
  prefixListsToPlan,
  planRuleChanges,
  type LiveRule,
  type PlannedChange,
  type SecurityGroupReader,
} from '@portcullis/security-groups';
import { renderShortList } from '../render/listed.js';
import type { Steps } from './steps.js';

/**
 * Adds the steps that explain the limits of a group. Reads the group only if the file has limits. `accountId` is null if the account of the
 * group is unknown.
 */
export async function explainLimitsOfGroup(
  { id, accountId }: { readonly id: string; readonly accountId: string | null },
  compiled: CompiledBaseline,
  { reader, read }: { readonly reader: SecurityGroupReader; readonly read: ReadonlyMap<string, readonly LiveRule[]> },
  steps: Steps,
  today: string,
): Promise<void> {
  if (compiled.limits === undefined) return;
  try {
    const limits = await readLimitsToExplain(id, compiled, reader);
    if (limits === undefined) {
      steps.add(`which limits apply to ${id} depends on the group's tags, name and VPC`);
      return;
    }
    if (limits.length === 0) {
      steps.add(`no limit applies to ${id}`);
      return;
    }
    const names = `${limits.length === 1 ? 'limit' : 'limits'} ${renderShortList(limits.map(({ name }) => name))}`;
    steps.add(`${names} ${limits.length === 1 ? 'applies' : 'apply'} to ${id}`);
    const live = read.get(id) ?? (await reader.readRules(id));
    const lists = await prefixListReader(reader)(prefixListsToPlan({ limits }, live));
    const plan = planRuleChanges({ limits }, live, { today, addresses: lists.addresses, ...(accountId !== null && { accountId }) });
    if (isAtBaseline(plan)) steps.add(`${id} is within ${limits.length === 1 ? 'the limit' : 'the limits'}`);
    const verb = (mode: PlannedChange<Rule>['mode']): string => (mode === 'report' ? 'would only report that it should' : 'would');
    steps.add(
      ...describeBrokenLimits(plan.broken),
      ...plan.authorize.map(({ rule, mode, reason }) => `the remediator ${verb(mode)} authorize ${formatRule(rule)}: ${reason}`),
      ...plan.revoke.map(({ rule, mode, reason }) => `the remediator ${verb(mode)} revoke ${formatRule(rule)}: ${reason}`),
    );
  } catch (error) {
    if (!isReadError(error)) throw error;
    steps.add(`what the limits would do to ${id} is unknown, because the rules of the group were not read`);
  }
}

/**
 * Returns the limits that apply to the group. Returns `undefined` if a limit selects groups by tag, name or VPC, and the group could not be
 * read from EC2.
 */
async function readLimitsToExplain(
  id: string,
  compiled: CompiledBaseline,
  reader: SecurityGroupReader,
): Promise<readonly Limit[] | undefined> {
  const onlyLimits = { ...compiled, baselines: [] };
  let selection = selectBaselineById(onlyLimits, id);
  if (selectionNeedsGroupFacts(onlyLimits)) {
    try {
      const facts = await reader.describeGroup(id);
      if (facts !== undefined) selection = selectBaseline(onlyLimits, facts);
    } catch (error) {
      if (!isReadError(error)) throw error;
      return undefined;
    }
  }
  return selection.kind === 'unguarded' ? [] : selection.limits;
}
