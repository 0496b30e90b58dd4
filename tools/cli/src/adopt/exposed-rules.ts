/**
 * Finds the exposed rules: rules that open a group to the internet, except for web servers (tcp/80, tcp/443, udp/443). By default, `adopt`
 * does not declare exposed rules, because the guard would authorize a declared rule again after somebody revoked the rule.
 */
import { exposuresOf, type Exposure } from '@portcullis/finding';
import { formatRule, ruleKey, type Addresses, type Rule } from '@portcullis/permission-diff';
import { formatServices } from '@portcullis/permission-diff/exposure';
import { isReadError, prefixListReader, prefixListsInIngress, type SurveyedGroup } from '@portcullis/security-groups';
import type { AccountRegion } from '../aws/account-region.js';
import { awsErrorWords } from '../aws/error-words.js';
import type { Io } from '../command-line/io.js';
import { isSurveyedWebServer } from '../survey/entry.js';
import { rulesOfAdoptedGroup } from './adopted-file.js';
import { askWhoOpenedRules, type AskedRule } from '../who/find-origins.js';

export interface ExposedRule {
  readonly rule: Rule;
  /**
   * One line that says what the rule opens and, if CloudTrail was asked, who added the rule. Every run must write the same line, because
   * the line becomes a comment in the file.
   */
  readonly words: string;
}

/** Exposed rules by group id. A group without exposed rules has no entry. */
export type ExposedRules = ReadonlyMap<string, readonly ExposedRule[]>;

export interface FoundExposedRules {
  readonly exposed: ExposedRules;
  /** One line for each prefix list that could not be read, and one line for a failed lookup in CloudTrail. */
  readonly problems: readonly string[];
}

/**
 * Finds the exposed rules of groups, and who added these rules. Treats an unreadable prefix list as empty, and reports the list as a
 * problem.
 *
 * @param who whether to ask CloudTrail who added the rules.
 */
export async function findExposedRulesNotToAdopt(
  groups: readonly SurveyedGroup[],
  accountRegion: AccountRegion,
  who: boolean,
  io: Pick<Io, 'progress' | 'signal'>,
): Promise<FoundExposedRules> {
  const lists = await prefixListReader(accountRegion.groups)(prefixListsInIngress(groups.flatMap(rulesOfAdoptedGroup)));
  const problems = Object.entries(lists.unread).map(
    ([id, error]) => `prefix list ${id} could not be read, so rules that use it are declared: ${awsErrorWords(error, accountRegion)}`,
  );
  const found = exposedRulesNotToAdopt(groups, lists.addresses);
  if (!who || found.size === 0) return { exposed: found, problems };
  io.signal.throwIfAborted();
  const asked = await readExposedRulesNotToAdopt(found, accountRegion);
  const { words: wordsById, problem } = await askWhoOpenedRules(asked, 'the exposed rules', accountRegion, io);
  io.signal.throwIfAborted();
  if (problem !== undefined) problems.push(problem);
  const opened = new Map(asked.map((rule) => [adoptedGroupRuleKey(rule.groupId, rule), wordsById.get(rule.ruleId)]));
  const unknown = problem === undefined ? "CloudTrail's event history, at most 90 days, does not show who opened this rule" : undefined;
  const exposed = [...found].map(([groupId, rules]): [string, readonly ExposedRule[]] => [
    groupId,
    rules.map(({ rule, words }) => {
      const origin = opened.get(adoptedGroupRuleKey(groupId, rule)) ?? unknown;
      return { rule, words: origin === undefined ? words : `${words}; ${origin}` };
    }),
  ]);
  return { exposed: new Map(exposed), problems };
}

/** Returns the exposed rules of groups. Does not ask CloudTrail who added the rules. */
export function exposedRulesNotToAdopt(groups: readonly SurveyedGroup[], addresses: Addresses): ExposedRules {
  return new Map(
    groups.flatMap((group) => {
      const found = exposedRulesOfAdoptedGroup(rulesOfAdoptedGroup(group), addresses);
      return found.length === 0 ? [] : [[group.id, found]];
    }),
  );
}

function exposedRulesOfAdoptedGroup(rules: readonly Rule[], addresses: Addresses): ExposedRule[] {
  const found = new Map<Rule, ExposedRule>();
  // Each pass searches only the rules that no earlier pass found. Several of the remaining rules can still
  // open the group to the internet together, such as one rule for each half of the internet.
  for (;;) {
    const rest = rules.filter((rule) => !found.has(rule));
    const exposures = exposuresOf(rest, addresses).filter((exposure) => exposure.reach === 'world' && !isSurveyedWebServer(exposure));
    if (exposures.length === 0) return rules.flatMap((rule) => found.get(rule) ?? []);
    for (const exposure of exposures)
      for (const rule of exposure.rules) {
        const words = `${formatRule(rule)} opens ${adoptExposureWords(exposure)} to the internet`;
        if (!found.has(rule)) found.set(rule, { rule, words });
      }
  }
}

function adoptExposureWords({ sensitive, service, traffic }: Exposure): string {
  return sensitive.length === 0 || traffic === 'all traffic' ? service : formatServices(sensitive);
}

/** Reads the ids of the exposed rules from EC2, because a survey has no rule ids. Omits a group whose rules cannot be read. */
async function readExposedRulesNotToAdopt(exposed: ExposedRules, accountRegion: AccountRegion): Promise<AskedRule[]> {
  const read = await accountRegion.groups.readRulesOf([...exposed.keys()]);
  return [...read].flatMap(([groupId, rules]) => {
    const wanted = new Set(exposed.get(groupId)?.map(({ rule }) => ruleKey(rule)));
    return isReadError(rules) ? [] : rules.filter((rule) => wanted.has(ruleKey(rule))).map((rule) => ({ ...rule, groupId }));
  });
}

function adoptedGroupRuleKey(groupId: string, rule: Rule): string {
  return `${groupId} ${ruleKey(rule)}`;
}
