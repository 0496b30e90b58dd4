/** Converts calls from CloudTrail's event history to the callers and the changes that the page shows. */
import type { ApiCall, RuleOrigin } from '@portcullis/cloudtrail';
import { describeCaller, ruleOriginWords } from '../who/who-words.js';
import { timeAgoWords } from '../render/time-words.js';
import type { PageChange, PageWho } from './page-model.js';

/** A call that opened, changed or removed a rule. */
export interface KnownCall {
  readonly call: ApiCall;
  /** What the call did, who made it and when, in one line. */
  readonly words: string;
  /** What the call did, in a few words, e.g. `opened SSH to the internet`. */
  readonly what: string;
}

/** Returns the known calls that opened the rules. @param whatOf returns what the rule opens, e.g. `SSH to the internet` */
export function pageCallsThatOpenedRules<R extends { readonly ruleId: string }>(
  rules: readonly R[],
  origins: ReadonlyMap<string, RuleOrigin> | undefined,
  whatOf: (rule: R) => string,
  now: Date,
): KnownCall[] {
  return rules.flatMap((rule) => {
    const origin = origins?.get(rule.ruleId);
    if (origin === undefined) return [];
    return [
      { call: origin.call, words: ruleOriginWords(origin, now), what: `${origin.certain ? 'opened' : 'perhaps opened'} ${whatOf(rule)}` },
    ];
  });
}

/** Returns each call once, newest first. */
export function pageCallers(known: readonly KnownCall[], now: Date): PageWho[] {
  const once = [...new Map(known.map((each) => [each.call.eventId, each])).values()];
  return once
    .sort((a, b) => (a.call.eventTime < b.call.eventTime ? 1 : -1))
    .map(({ call, words }) => ({ who: describeCaller(call.actor).who, ago: timeAgoWords(call.eventTime, now), words }));
}

export function pageChangesOfCalls(known: readonly KnownCall[], on: Pick<PageChange, 'group' | 'tone'>): PageChange[] {
  return known.map(({ call, what }) => {
    const { who, details } = describeCaller(call.actor);
    return { ...on, time: call.eventTime, who, what, details };
  });
}
