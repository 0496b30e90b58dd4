/** Finds in CloudTrail's event history who opened rules. */
import { ruleOrigins, type RuleOrigin } from '@portcullis/cloudtrail';
import type { Rule } from '@portcullis/permission-diff';
import type { AccountRegion } from '../aws/account-region.js';
import { awsErrorWords } from '../aws/error-words.js';
import type { Io } from '../command-line/io.js';
import { HistoryReader, type LookUpCalls } from './history-reader.js';
import { datedRuleOriginWords } from './who-words.js';

/** A live rule. `findWhoOpenedRules` looks for the call that opened the rule. */
export interface AskedRule extends Rule {
  readonly groupId: string;
  readonly ruleId: string;
}

export interface Origins {
  readonly byRuleId: ReadonlyMap<string, RuleOrigin>;
  /** How far back the history was read: ISO 8601, UTC. Null if the maximum number of requests was not reached. */
  readonly since: string | null;
  /**
   * The error of a request to CloudTrail. `undefined` if no request failed. After an error, `byRuleId` contains the origins that were found
   * before the error.
   */
  readonly failure: unknown;
}

/** CloudTrail answers two requests a second, so 200 requests take less than two minutes. */
const MAX_LOOKUPS = 200;

/**
 * Finds the origins of all rules together, because a lookup by event name returns the calls on all groups of the region. Reads the Modify
 * calls, then the calls that add rules, from newest to oldest. Stops when the origin of each rule is found. Never rejects.
 *
 * @param onProgress called after each request with the number of rules whose origin is found.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
 */
export async function findWhoOpenedRules(
  rules: readonly AskedRule[],
  lookUp: LookUpCalls,
  onProgress: (explained: number) => void = () => undefined,
): Promise<Origins> {
  const history = new HistoryReader(lookUp);
  let byRuleId: ReadonlyMap<string, RuleOrigin> = new Map();
  const explainAll = (): void => {
    byRuleId = ruleOrigins(rules, history.calls);
    onProgress(byRuleId.size);
  };
  let failure: unknown;
  try {
    await history.read(MODIFY, MAX_LOOKUPS / 2, () => {
      onProgress(0);
      return false;
    });
    for (const [eventName, direction] of ADDING) {
      const isExplained = (): boolean => rules.every((rule) => rule.direction !== direction || byRuleId.has(rule.ruleId));
      if (!isExplained())
        await history.read(eventName, MAX_LOOKUPS - history.requests, () => {
          explainAll();
          return isExplained();
        });
    }
  } catch (error) {
    failure = error;
  }
  return { byRuleId, since: history.since, failure };
}

const MODIFY = 'ModifySecurityGroupRules';

/** The calls that add rules. `CreateSecurityGroup` adds a rule for all egress. */
const ADDING = [
  ['AuthorizeSecurityGroupIngress', 'ingress'],
  ['AuthorizeSecurityGroupEgress', 'egress'],
  ['CreateSecurityGroup', 'egress'],
] as const;

/** Returns the entries of `byRuleId` for the given rules. */
export function whoOpenedTheseRules(rules: readonly { readonly ruleId: string }[], byRuleId: Origins['byRuleId']): Origins['byRuleId'] {
  return new Map(
    rules.flatMap(({ ruleId }) => {
      const origin = byRuleId.get(ruleId);
      return origin === undefined ? [] : [[ruleId, origin]];
    }),
  );
}

/** @param what the question that CloudTrail did not answer, e.g. `who opened the rules` */
export function historyErrorWords(what: string, failure: unknown, accountRegion: AccountRegion): string {
  return `cannot tell ${what}: ${awsErrorWords(failure, accountRegion, 'cloudtrail:LookupEvents')}`;
}

export interface AskedOrigins {
  /** One line about the call that opened each rule, by rule id. A rule whose call is not found has no entry. */
  readonly words: ReadonlyMap<string, string>;
  /** The reason why a request to CloudTrail failed, in one line. Undefined if no request failed. */
  readonly problem: string | undefined;
}

/**
 * Finds who opened the rules, and shows progress.
 *
 * @param what describes the rules in the progress and in the error: `the rules`.
 */
export async function askWhoOpenedRules(
  rules: readonly AskedRule[],
  what: string,
  accountRegion: AccountRegion,
  { progress }: Pick<Io, 'progress'>,
): Promise<AskedOrigins> {
  const { byRuleId, failure } = await findWhoOpenedRules(rules, accountRegion.callsNamed, (explained) => {
    progress.bar(explained, rules.length, `asking CloudTrail who opened ${what}`);
  });
  const words = new Map([...byRuleId].map(([ruleId, origin]) => [ruleId, datedRuleOriginWords(origin)]));
  return { words, problem: failure === undefined ? undefined : historyErrorWords(`who opened ${what}`, failure, accountRegion) };
}
