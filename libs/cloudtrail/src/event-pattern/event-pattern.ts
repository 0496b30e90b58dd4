import { tagEventNames, watchedEventNames } from '../event/read-change.js';

/** A condition on one value. A text is matched as a whole. */
export type ValueMatcher = string | { readonly exists: false } | { readonly prefix: string };

/** The `EventPattern` of an EventBridge rule, as JSON. */
export interface EventPattern {
  readonly source: readonly string[];
  readonly 'detail-type': readonly string[];
  readonly detail: {
    readonly eventSource: readonly string[];
    readonly eventName: readonly string[];
    readonly requestParameters?: {
      readonly groupId?: readonly ValueMatcher[];
      readonly resourcesSet?: { readonly items: { readonly resourceId: readonly ValueMatcher[] } };
    };
  };
}

export interface EventPatternOptions {
  /**
   * Whether every baseline selects groups by id only. If a baseline selects by tag, name or VPC, the guarded groups are not known in
   * advance, and the pattern matches every watched call.
   *
   * @default true
   */
  readonly byIdOnly?: boolean;
  /**
   * Whether a baseline selects groups, or ignores rules, by tag. If true, the pattern also matches the calls that tag a group or a rule.
   *
   * @default false
   */
  readonly tagsMatter?: boolean;
}

/**
 * The longest event pattern that EventBridge accepts by default, in characters: quota "Event pattern size". Terraform plans a pattern of up
 * to 4,096 characters, which the API then refuses (https://github.com/hashicorp/terraform-provider-aws/pull/34270).
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
 */
export const MAX_EVENT_PATTERN_LENGTH = 2_048;

/**
 * Returns the pattern that matches every call that may concern a guarded group. It drops only calls with the id of another group in
 * `requestParameters.groupId`, because these certainly concern another group. If the ids do not fit into the longest pattern, it matches
 * every watched call. The order and repetition of the ids do not matter.
 */
export function eventPattern(groupIds: Iterable<string>, options: EventPatternOptions = {}): EventPattern {
  const { byIdOnly = true, tagsMatter = false } = options;
  const everything = securityGroupCallPattern(tagsMatter, undefined);
  if (!byIdOnly) return everything;
  const narrowed = securityGroupCallPattern(tagsMatter, [...new Set(groupIds)].sort());
  return JSON.stringify(narrowed).length > MAX_EVENT_PATTERN_LENGTH ? everything : narrowed;
}

function securityGroupCallPattern(tagsMatter: boolean, ids: readonly string[] | undefined): EventPattern {
  // EventBridge flattens an event into the paths of its leaves. So `exists: false` matches every event without a leaf at exactly this path:
  // - calls in a wrapper, whose leaf is `requestParameters.ModifySecurityGroupRulesRequest.GroupId`;
  // - calls that identify a group by name, a rule by id, or a prefix list;
  // - the creation of a group, whose id is in the answer;
  // - records whose parameters were too large.
  // A condition on the wrapper itself would not work, because an object is never a leaf. The same is true of the resources of a tag call:
  // no other watched call has `resourcesSet`.
  const requestParameters = {
    ...(ids && { groupId: [...ids, { exists: false } as const] }),
    ...(tagsMatter && {
      resourcesSet: { items: { resourceId: [{ prefix: 'sg-' }, { prefix: 'sgr-' }, { exists: false } as const] } },
    }),
  };
  return {
    source: ['aws.ec2'],
    'detail-type': ['AWS API Call via CloudTrail'],
    detail: {
      eventSource: ['ec2.amazonaws.com'],
      eventName: tagsMatter ? [...watchedEventNames, ...tagEventNames] : watchedEventNames,
      ...(Object.keys(requestParameters).length > 0 && { requestParameters }),
    },
  };
}
