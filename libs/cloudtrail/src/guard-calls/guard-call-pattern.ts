import { EVENTBRIDGE_RULE, GUARD_PARTS, type GuardIdentity, type Matcher, type WatchedCalls } from './guard-parts.js';
import { guardCallEventSource, type GuardService } from './guard-services.js';

/** The `EventPattern` of an EventBridge rule, as JSON. */
export interface GuardCallPattern {
  readonly source: readonly string[];
  readonly 'detail-type': readonly string[];
  readonly detail?: Readonly<Record<string, unknown>>;
}

export interface GuardCallPatternOptions {
  /**
   * The AWS services whose calls the pattern matches. EventBridge limits the length of a pattern, so only a few services fit into one
   * pattern.
   */
  readonly services: readonly GuardService[];
  /**
   * The names of the EventBridge rules on which the pattern matches calls. A rule cannot forward calls on itself, because a disabled rule
   * forwards no event.
   * @default none
   */
  readonly ruleNames?: readonly string[];
}

/**
 * Returns an event pattern that matches the calls to these services on the parts of a deployment. The pattern matches calls on every
 * recorder and every trail of the account, because the guard does not know the names of its recorder and its trail.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
export function guardCallPattern(guard: GuardIdentity, { services, ruleNames = [] }: GuardCallPatternOptions): GuardCallPattern {
  const watched = GUARD_PARTS.filter(({ part, service }) => part === EVENTBRIDGE_RULE || services.includes(service)).flatMap((part) => {
    const own = part.part === EVENTBRIDGE_RULE ? ruleNames : part.own(guard);
    return part.calls
      .filter(({ nameAt }) => nameAt === null || own.length > 0)
      .map((calls) => ({ service: part.service, branch: guardCallBranch(part.service, calls, own) }));
  });
  const [first, ...others] = watched.map(({ branch }) => branch);
  const watchedServices = [...new Set(watched.map(({ service }) => service))];
  return {
    ...anyCallPattern(watchedServices),
    detail: {
      eventSource: watchedServices.map(guardCallEventSource),
      // EventBridge would read an `$or` with only one branch as a field named `$or`.
      ...(others.length === 0 ? first : { $or: [first, ...others] }),
    },
  };
}

/**
 * Returns an event pattern that matches every call to these services. The pattern is for an event bus that receives only events selected by
 * another pattern.
 */
export function anyCallPattern(services: readonly GuardService[]): GuardCallPattern {
  return {
    source: [...new Set(services)].map((service) => `aws.${service}`),
    'detail-type': ['AWS API Call via CloudTrail'],
  };
}

function guardCallBranch(
  service: GuardService,
  { nameAt, mayBeUnnamed, stops = [], changes = [] }: WatchedCalls,
  own: readonly Matcher[],
): object {
  const names = [...stops, ...changes];
  // Lambda adds a date to the names of its calls, so the pattern matches prefixes of names. If one name is a prefix of another name, the
  // pattern needs only the shorter name.
  const eventName: readonly Matcher[] =
    service === 'lambda'
      ? names.filter((name) => !names.some((other) => other !== name && name.startsWith(other))).map((prefix) => ({ prefix }))
      : names;
  if (nameAt === null) return { eventName };
  const matchers = mayBeUnnamed === true ? [...own, { exists: false }] : own;
  return { eventName, ...nameAt.split('.').reduceRight<object>((inner, key) => ({ [key]: inner }), matchers) };
}
