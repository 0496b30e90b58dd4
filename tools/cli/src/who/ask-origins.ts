import type { RuleOrigin } from '@portcullis/cloudtrail';
import type { AccountRegion } from '../aws/account-region.js';
import { awsErrorWords } from '../aws/error-words.js';
import type { Io } from '../command-line/io.js';
import { findRuleOrigins, type AskedRule } from './find-origins.js';

export interface AskedOrigins {
  readonly byRuleId: ReadonlyMap<string, RuleOrigin>;
  /** Why CloudTrail failed, in one line. Undefined if it did not. */
  readonly problem: string | undefined;
}

/**
 * Finds who opened the rules, and shows progress.
 *
 * @param what the rules in words: `the rules`.
 */
export async function askWhoOpenedRules(
  rules: readonly AskedRule[],
  what: string,
  accountRegion: AccountRegion,
  { progress }: Pick<Io, 'progress'>,
): Promise<AskedOrigins> {
  const { byRuleId, failure } = await findRuleOrigins(rules, accountRegion.callsNamed, (explained) => {
    progress.bar(explained, rules.length, `asking CloudTrail who opened ${what}`);
  });
  if (failure === undefined) return { byRuleId, problem: undefined };
  return { byRuleId, problem: `cannot tell who opened ${what}: ${awsErrorWords(failure, accountRegion, 'cloudtrail:LookupEvents')}` };
}
