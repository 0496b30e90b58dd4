/** Reads from a finding what a restoration changed. */
import type { Finding } from '@portcullis/finding';
import { diffRules, type Rule } from '@portcullis/permission-diff';
import { unusableFinding, readFindingRules } from './finding-rules.js';

export interface Undoable {
  readonly finding: Finding;
  readonly groupId: string;
  readonly region: string;
  readonly accountId: string;
  /** All rules before and after the restoration, ingress and egress. */
  readonly before: readonly Rule[];
  readonly after: readonly Rule[];
  /** The rules that the undo authorizes, because the restoration revoked them. */
  readonly authorize: readonly Rule[];
  /** The rules that the undo revokes, because the restoration authorized them. */
  readonly revoke: readonly Rule[];
}

/** @throws {Failure} when the finding is not a restoration, or lacks its rules, group, account or region. */
export function undoableRestoration(finding: Finding): Undoable {
  const { kind, group, rules, omitted = [] } = finding;
  if (kind !== 'restoration')
    throw unusableFinding(finding, `is of kind \`${kind}\`, which changed no group; expected one of kind \`restoration\``);
  if (rules === undefined)
    throw unusableFinding(
      finding,
      omitted.includes('rules')
        ? "was too large to include its rules; expected the finding from the remediator's log, or with `rules.before` and `rules.after` from the log lines with its id"
        : "has no `rules`, so the rules before the restoration are unknown; expected the finding from the remediator's log",
    );
  if (group.id === null || group.region === null || group.accountId === null)
    throw unusableFinding(finding, 'does not name a group with its account and region');
  const rulesOf = ({ ingress, egress }: typeof rules.before): Rule[] => [
    ...readFindingRules(finding, ingress, 'ingress'),
    ...readFindingRules(finding, egress, 'egress'),
  ];
  const [before, after] = [rulesOf(rules.before), rulesOf(rules.after)];
  const { missing: authorize } = diffRules(before, after);
  const { missing: revoke } = diffRules(after, before);
  if (authorize.length + revoke.length === 0) throw unusableFinding(finding, 'changed no rule, so there is nothing to undo');
  return { finding, groupId: group.id, region: group.region, accountId: group.accountId, before, after, authorize, revoke };
}
