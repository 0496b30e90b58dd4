/** Asks the user for confirmation before a command changes live groups, and checks that the user confirmed every change. */
import { formatRule, ruleKey, type Rule } from '@portcullis/permission-diff';
import { rulesOfPlannedChanges, type Plan } from '@portcullis/security-groups';
import { Failure } from './failure.js';
import type { Colours } from './colours.js';
import type { Io } from './io.js';

/**
 * Asks the question, and returns whether the user answers `yes`. Does not ask if the command line has `--yes`.
 *
 * @throws {Failure} when there is no terminal.
 */
export async function confirmWithUser(question: string, yes: boolean | undefined, { ask, stderr }: Io): Promise<boolean> {
  if (yes === true) return true;
  if (ask === undefined) throw new Failure('there is no terminal to ask for confirmation; expected `--yes`. Nothing was changed');
  const isYes = (await ask(`${question}Only \`yes\` confirms: `)).trim() === 'yes';
  if (!isYes) stderr.write('portcullis: nothing was changed\n');
  return isYes;
}

export interface ShownChanges {
  readonly authorize: readonly Rule[];
  readonly revoke: readonly Rule[];
}

/** Returns the lines that show the rules to authorize (+) and to revoke (-). */
export function confirmationRuleLines({ authorize, revoke }: ShownChanges, { green, red }: Colours): string[] {
  return [
    ...authorize.map((rule) => green(`  + ${rule.direction} ${formatRule(rule)}`)),
    ...revoke.map((rule) => red(`  - ${rule.direction} ${formatRule(rule)}`)),
  ];
}

/** Reports whether every change of the plan was shown to the user. */
export function isConfirmedByUser(plan: Plan, shown: ShownChanges): boolean {
  const areWithin = (planned: readonly Rule[], confirmed: readonly Rule[]): boolean => {
    const keys = new Set(confirmed.map(ruleKey));
    return planned.every((rule) => keys.has(ruleKey(rule)));
  };
  return areWithin(rulesOfPlannedChanges(plan.authorize), shown.authorize) && areWithin(rulesOfPlannedChanges(plan.revoke), shown.revoke);
}
