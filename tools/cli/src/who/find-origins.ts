/** Finds out in CloudTrail's event history who opened rules. */
import { ruleOrigins, type ApiCall, type RuleOrigin } from '@portcullis/cloudtrail';
import type { Rule } from '@portcullis/permission-diff';

/** A live rule whose origin is wanted. */
export interface AskedRule extends Rule {
  readonly groupId: string;
  readonly ruleId: string;
}

/** One answer of LookupEvents. */
export interface HistoryPage {
  /** The readable calls. */
  readonly calls: readonly ApiCall[];
  /** The time of the oldest event in the page: ISO 8601, UTC. Null if the page is empty. */
  readonly oldest: string | null;
}

/** Yields pages of the calls with this name in the account and region, newest first. */
export type LookUpCalls = (eventName: string) => AsyncIterable<HistoryPage>;

export interface Origins {
  readonly byRuleId: ReadonlyMap<string, RuleOrigin>;
  /** How far back the history was read: ISO 8601, UTC. Null if it was read as far back as needed, or to its end, 90 days back. */
  readonly since: string | null;
  /** Why CloudTrail did not answer to the end. The origins are those found before. Undefined if it did. */
  readonly failure: unknown;
}

/** CloudTrail answers two requests a second, so this many requests take less than two minutes. */
const MAX_LOOKUPS = 200;

/**
 * Finds the origins of all the rules together, because CloudTrail is asked by the name of a call, and one answer is about all groups. Reads
 * every Modify call, and then the calls that add rules from the newest back, until each rule is explained. Never rejects.
 *
 * @param onProgress called with the number of explained rules and the number of requests so far.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html 90 days, two requests a second
 */
export async function findOrigins(
  rules: readonly AskedRule[],
  lookUp: LookUpCalls,
  onProgress: (explained: number, requests: number) => void = () => undefined,
): Promise<Origins> {
  const calls: ApiCall[] = [];
  let byRuleId: ReadonlyMap<string, RuleOrigin> = new Map();
  let requests = 0;
  let since = '';
  /** Reads the calls until they are enough, or until the next page would be one too many or too old. */
  const read = async (eventName: string, maxRequests: number, isEnough: () => boolean): Promise<void> => {
    for await (const { calls: found, oldest } of lookUp(eventName)) {
      requests += 1;
      // A rule may have been modified by an older call that was not read, so nothing older proves anything.
      calls.push(...found.filter(({ eventTime }) => eventTime >= since));
      if (eventName !== MODIFY) byRuleId = ruleOrigins(rules, calls);
      onProgress(byRuleId.size, requests);
      if (isEnough() || (oldest ?? since) < since) return;
      if (requests >= maxRequests) {
        since = oldest ?? since;
        return;
      }
    }
  };
  let failure: unknown;
  try {
    await read(MODIFY, MAX_LOOKUPS / 2, () => false);
    for (const [eventName, direction] of ADDING) {
      const isExplained = (): boolean => rules.every((rule) => rule.direction !== direction || byRuleId.has(rule.ruleId));
      if (!isExplained()) await read(eventName, MAX_LOOKUPS, isExplained);
    }
  } catch (error) {
    failure = error;
  }
  return { byRuleId, since: since === '' ? null : since, failure };
}

const MODIFY = 'ModifySecurityGroupRules';

/** The calls that add rules. `CreateSecurityGroup` adds egress to anywhere. */
const ADDING = [
  ['AuthorizeSecurityGroupIngress', 'ingress'],
  ['AuthorizeSecurityGroupEgress', 'egress'],
  ['CreateSecurityGroup', 'egress'],
] as const;
