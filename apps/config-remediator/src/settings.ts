/** The environment, read once at the start. */
import { given, readSinkSettings, type SinkSettings } from '@portcullis/finding';
import { readGuardedAccounts, type GuardedAccounts } from '@portcullis/security-groups';

export interface Settings {
  /** Where the compiled baseline is; by default beside the function's code. */
  readonly baselinePath: string | undefined;
  /** What a restored group is reported as. */
  readonly reportRestored: 'COMPLIANT' | 'NON_COMPLIANT';
  /** How many rules one run may revoke; where more would have to be, it changes nothing. `undefined`: any number. */
  readonly maxRevocations: number | undefined;
  /** The accounts that are guarded from here. */
  readonly accounts: GuardedAccounts;
  readonly sinks: SinkSettings;
}

/** @throws {Error} naming each variable that is wrong, what it holds and what would be right. */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const problems: string[] = [];
  const reportRestored = given(environment.REPORT_RESTORED) ?? 'COMPLIANT';
  const isCompliance = reportRestored === 'COMPLIANT' || reportRestored === 'NON_COMPLIANT';
  if (!isCompliance) problems.push(`REPORT_RESTORED is \`${reportRestored}\`: write \`COMPLIANT\` or \`NON_COMPLIANT\``);
  const limit = given(environment.MAX_REVOCATIONS);
  if (limit !== undefined && !/^\d{1,9}$/.test(limit))
    problems.push(`MAX_REVOCATIONS is \`${limit}\`: write a whole number of 0 or more, or leave it out for no limit`);
  const accounts = readGuardedAccounts(environment, problems);
  const sinks = readSinkSettings(environment, problems);
  if (!isCompliance || problems.length > 0) throw new Error(problems.join('; '));
  return {
    baselinePath: given(environment.BASELINE_PATH),
    reportRestored,
    maxRevocations: limit === undefined ? undefined : Number(limit),
    accounts,
    sinks,
  };
}
