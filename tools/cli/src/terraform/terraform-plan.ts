/** Renders the changes in a Terraform plan that the guard would revert, and the limits that the plan would break. */
import { formatRule, permissionsOf, type Rule } from '@portcullis/permission-diff';
import type { Style } from '../command-line/io.js';
import { safeTerminalLine } from '../command-line/printable.js';
import type { JudgedGroup, PlanVerdict, Reversal } from './plan-verdict.js';
import { countWithNoun } from '../render/counted.js';
import { renderChangeReason, renderRestoreMode } from '../render/state-words.js';

/** Returns the changes that the guard would revert. Omits changes that the guard would only report. */
export function changesThatGuardReverts({ groups }: PlanVerdict): readonly Reversal[] {
  return groups.flatMap(({ reversals }) => reversals.filter(({ mode }) => mode !== 'report'));
}

/** Returns the names of the limits that the plan would break, including limits in mode `report`. */
export function limitsBrokenByTerraformPlan({ groups }: PlanVerdict): readonly string[] {
  return [...new Set(groups.flatMap(({ broken }) => broken.map(({ limit }) => limit)))].sort();
}

/** Returns a paragraph for each group, a line for each unknown fact and each note, and a last line with the result. */
export function terraformVerdictText(verdict: PlanVerdict, planName: string, { colours }: Style): string {
  const { bold, green, red, yellow, dim } = colours;
  const blocks = verdict.groups.map((group) => {
    const lines = group.reversals.map((reversal) => {
      const mark =
        reversal.action === 'authorize'
          ? green(`+ ${terraformRuleWords(reversal.rule, verdict)}`)
          : red(`- ${terraformRuleWords(reversal.rule, verdict)}`);
      return `  ${mark}\n      ${dim(`# ${terraformReversalWords(reversal, group)}`)}\n`;
    });
    const broken = group.broken.map(({ words }) => `    ${red(withNewGroupAddresses(words, verdict))}\n`);
    return `${bold(terraformGroupTitle(group, verdict))}\n${[...lines, ...broken].join('')}\n`;
  });
  const notes = [
    ...verdict.unknown.map(({ address, text }) => `${yellow('unknown')}: ${safeTerminalLine(address)}: ${text}\n`),
    ...verdict.notes.map(({ address, text }) => `note: ${safeTerminalLine(address)}: ${text}\n`),
  ];
  const reverted = changesThatGuardReverts(verdict);
  const reported = verdict.groups.flatMap(({ reversals }) => reversals).length - reverted.length;
  const rest = [
    reported > 0 && `${countWithNoun(reported, 'change')} would only be reported`,
    verdict.unknown.length > 0 && `${verdict.unknown.length} unknown until apply`,
  ].filter((text) => text !== false);
  const broken = limitsBrokenByTerraformPlan(verdict);
  const answers = [
    broken.length > 0 && red(`the plan would break ${broken.length === 1 ? 'limit' : 'limits'} ${broken.join(', ')}`),
    reverted.length > 0 && `${red(`the guard would revert ${countWithNoun(reverted.length, 'rule change')}`)} of this plan`,
    broken.length + reverted.length === 0 && `${green('the guard would revert nothing')} of this plan`,
    ...rest,
  ].filter((text) => text !== false);
  return `\n${[...blocks, ...notes].join('')}${planName}: ${answers.join('; ')}.\n`;
}

function terraformGroupTitle({ address, id, baseline, mode, broken }: JudgedGroup, { newGroups }: PlanVerdict): string {
  const isNew = [...newGroups.values()].includes(address);
  const name =
    id === null ? `${address}${isNew ? ' (new)' : ' (its group is known only after apply)'}` : id === address ? id : `${address} (${id})`;
  const guarding =
    baseline !== null
      ? `baseline ${baseline}`
      : `${broken.length === 1 ? 'limit' : 'limits'} ${broken.map(({ limit }) => limit).join(', ')}`;
  return `${safeTerminalLine(name)}  ${guarding}${renderRestoreMode(mode)}`;
}

function terraformReversalWords({ action, reason, addresses, ...reversal }: Reversal, { mode }: JudgedGroup): string {
  const from = addresses.map(safeTerminalLine).join(', ');
  const what = renderChangeReason({ reason, mode: reversal.mode }, { mode });
  if (action === 'revoke') return `${what}; planned by ${from}`;
  return addresses.length === 0 ? `${what}; not in the plan` : `${what}; the plan removes it from ${from}`;
}

/** Replaces the placeholder ids of new groups by their addresses. */
function withNewGroupAddresses(words: string, { newGroups }: PlanVerdict): string {
  return [...newGroups].reduce((text, [id, address]) => text.replaceAll(id, () => safeTerminalLine(address)), words);
}

/** Describes the rule, with the address of a new group instead of its placeholder id. */
function terraformRuleWords(rule: Rule, { newGroups }: PlanVerdict): string {
  const words = `${rule.direction} ${formatRule(rule)}`;
  const { source } = rule;
  const address = source.kind === 'group' ? newGroups.get(source.groupId) : undefined;
  return source.kind === 'group' && address !== undefined ? words.replace(source.groupId, () => safeTerminalLine(address)) : words;
}

/** Returns the JSON, in which a new group has its Terraform address instead of an id. */
export function terraformVerdictJson(verdict: PlanVerdict): object {
  return {
    schemaVersion: 1,
    reverted: changesThatGuardReverts(verdict).length,
    brokenLimits: limitsBrokenByTerraformPlan(verdict),
    groups: verdict.groups.map(({ reversals, broken, ...group }) => ({
      ...group,
      ...(broken.length > 0 && { limits: broken.map((each) => ({ ...each, words: withNewGroupAddresses(each.words, verdict) })) }),
      changes: reversals.map(({ action, mode, rule, reason, addresses }) => ({
        action,
        mode,
        direction: rule.direction,
        rule: terraformRuleWords(rule, verdict),
        permission: permissionsOf([withNewGroupAddress(rule, verdict)])[0],
        reason,
        addresses,
      })),
    })),
    unknown: verdict.unknown,
    notes: verdict.notes,
  };
}

function withNewGroupAddress(rule: Rule, { newGroups }: PlanVerdict): Rule {
  if (rule.source.kind !== 'group') return rule;
  return { ...rule, source: { ...rule.source, groupId: newGroups.get(rule.source.groupId) ?? rule.source.groupId } };
}
