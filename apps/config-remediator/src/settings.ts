import type { EvaluationSettings } from '@portcullis/guard/restore';
import { nonEmptyVariable, readGuardSettings, type GuardSettings } from '@portcullis/guard/runtime';

export type Settings = GuardSettings & EvaluationSettings;

/** @throws {Error} The message names each invalid variable, its value and the expected value. */
export function readRemediatorSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const problems: string[] = [];
  const reportRestored = nonEmptyVariable(environment.REPORT_RESTORED) ?? 'COMPLIANT';
  const isCompliance = reportRestored === 'COMPLIANT' || reportRestored === 'NON_COMPLIANT';
  if (!isCompliance) problems.push(`REPORT_RESTORED is \`${reportRestored}\`: write \`COMPLIANT\` or \`NON_COMPLIANT\``);
  const limit = nonEmptyVariable(environment.MAX_REVOCATIONS);
  if (limit !== undefined && !/^\d{1,9}$/.test(limit))
    problems.push(`MAX_REVOCATIONS is \`${limit}\`: write a whole number of 0 or more, or unset the variable for no maximum`);
  const common = readGuardSettings(environment, problems);
  if (!isCompliance || problems.length > 0) throw new Error(problems.join('; '));
  return { ...common, reportRestored, maxRevocations: limit === undefined ? undefined : Number(limit) };
}
