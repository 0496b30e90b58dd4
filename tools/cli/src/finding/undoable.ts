/** What a restoration changed, read from its finding. */
import type { Finding } from '@portcullis/finding';
import { diffRules, formatProblem, readRules, type Direction, type IpPermission, type Rule } from '@portcullis/permission-diff';
import { Failure } from '../program/failure.js';

export interface Undoable {
  readonly finding: Finding;
  readonly groupId: string;
  readonly region: string;
  readonly accountId: string;
  /** All rules before and after the restoration, of both directions. */
  readonly before: readonly Rule[];
  readonly after: readonly Rule[];
  /** What to authorize to be as before: the rules that were revoked. */
  readonly authorize: readonly Rule[];
  /** What to revoke to be as before: the rules that were authorized. */
  readonly revoke: readonly Rule[];
}

/** @throws {Failure} when the finding is not of a restoration, or does not say what it changed and where. */
export function undoableOf(finding: Finding): Undoable {
  const { id, kind, group, rules, omitted = [] } = finding;
  const refuse = (reason: string): Failure => new Failure(`finding \`${id}\` ${reason}`);
  if (kind !== 'restoration') throw refuse(`is of kind \`${kind}\`, which changed no group; expected one of kind \`restoration\``);
  if (rules === undefined)
    throw refuse(
      omitted.includes('rules')
        ? 'is without its rules, because it was too large; expected it from the log of the remediator, or `rules.before` and `rules.after` put together from the lines of the log with its id'
        : 'has no `rules`, which say how the group was; expected it from the log of the remediator',
    );
  if (group.id === null || group.region === null || group.accountId === null)
    throw refuse('does not say which group of which account and region it is about');
  const read = (permissions: readonly IpPermission[], direction: Direction): readonly Rule[] => {
    const result = readRules(permissions, { direction, descriptions: 'trusted' });
    if (!result.ok) throw refuse(`has a rule that cannot be read: ${result.problems.map(formatProblem).join('; ')}`);
    return result.value;
  };
  const before = [...read(rules.before.ingress, 'ingress'), ...read(rules.before.egress, 'egress')];
  const after = [...read(rules.after.ingress, 'ingress'), ...read(rules.after.egress, 'egress')];
  const { missing: authorize } = diffRules(before, after);
  const { missing: revoke } = diffRules(after, before);
  if (authorize.length + revoke.length === 0) throw refuse('changed no rule, so there is nothing to undo');
  return { finding, groupId: group.id, region: group.region, accountId: group.accountId, before, after, authorize, revoke };
}
