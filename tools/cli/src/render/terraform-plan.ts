/** Shows which changes of a Terraform plan the guard would revert. */
import { formatRule, permissionsOf, type Rule } from '@portcullis/permission-diff';
import type { Style } from '../program/io.js';
import { oneLine } from '../terminal/printable.js';
import type { JudgedGroup, PlanVerdict, Reversal } from '../terraform/plan-verdict.js';
import { counted } from './counted.js';

/** Returns the changes that the guard would revert, in the groups that it restores. */
export function revertedBy({ groups }: PlanVerdict): readonly Reversal[] {
  return groups.filter(({ mode }) => mode === 'enforce').flatMap(({ reversals }) => reversals);
}

/** Returns a block for each group, the unknowns and notes, and a last line with the verdict. */
export function verdictText(verdict: PlanVerdict, planName: string, { colours }: Style): string {
  const { bold, green, red, yellow, dim } = colours;
  const blocks = verdict.groups.map((group) => {
    const lines = group.reversals.map((reversal) => {
      const mark =
        reversal.action === 'authorize' ? green(`+ ${ruleWords(reversal.rule, verdict)}`) : red(`- ${ruleWords(reversal.rule, verdict)}`);
      return `  ${mark}\n      ${dim(`# ${reversalWords(reversal)}`)}\n`;
    });
    return `${bold(titleOf(group))}\n${lines.join('')}\n`;
  });
  const notes = [
    ...verdict.unknown.map(({ address, text }) => `${yellow('unknown')}: ${oneLine(address)}: ${text}\n`),
    ...verdict.notes.map(({ address, text }) => `note: ${oneLine(address)}: ${text}\n`),
  ];
  const reverted = revertedBy(verdict);
  const reported = verdict.groups.flatMap(({ reversals }) => reversals).length - reverted.length;
  const rest = [
    reported > 0 && `${counted(reported, 'change')} would only be reported`,
    verdict.unknown.length > 0 && `${verdict.unknown.length} unknown until apply`,
  ].filter((text) => text !== false);
  const answer =
    reverted.length === 0
      ? `${green('the guard would revert nothing')} of this plan`
      : `${red(`the guard would revert ${counted(reverted.length, 'rule change')}`)} of this plan`;
  return `\n${[...blocks, ...notes].join('')}${planName}: ${[answer, ...rest].join('; ')}.\n`;
}

function titleOf({ address, id, baseline, mode }: JudgedGroup): string {
  const name = id === null ? `${address} (new)` : id === address ? id : `${address} (${id})`;
  return `${oneLine(name)}  baseline ${baseline}${mode === 'report' ? ' (report only)' : ''}`;
}

function reversalWords({ action, reason, addresses }: Reversal): string {
  const from = addresses.map(oneLine).join(', ');
  if (action === 'revoke') return `${reason}; planned by ${from}`;
  return addresses.length === 0 ? `${reason}; not in the plan` : `${reason}; the plan removes it from ${from}`;
}

/** Describes the rule, with the address of a new group instead of its placeholder id. */
function ruleWords(rule: Rule, { newGroups }: PlanVerdict): string {
  const words = `${rule.direction} ${formatRule(rule)}`;
  const { source } = rule;
  const address = source.kind === 'group' ? newGroups.get(source.groupId) : undefined;
  return source.kind === 'group' && address !== undefined ? words.replace(source.groupId, () => oneLine(address)) : words;
}

/** Returns the JSON. A new group has its address instead of an id. */
export function verdictJson(verdict: PlanVerdict): object {
  return {
    schemaVersion: 1,
    reverted: revertedBy(verdict).length,
    groups: verdict.groups.map(({ reversals, ...group }) => ({
      ...group,
      changes: reversals.map(({ action, rule, reason, addresses }) => ({
        action,
        direction: rule.direction,
        rule: ruleWords(rule, verdict),
        permission: permissionsOf([withAddress(rule, verdict)])[0],
        reason,
        addresses,
      })),
    })),
    unknown: verdict.unknown,
    notes: verdict.notes,
  };
}

function withAddress(rule: Rule, { newGroups }: PlanVerdict): Rule {
  if (rule.source.kind !== 'group') return rule;
  return { ...rule, source: { ...rule.source, groupId: newGroups.get(rule.source.groupId) ?? rule.source.groupId } };
}
