import { tagEventNames, watchedEventNames } from '../event/read-change.js';

/** A condition on one value. A string matches only a value equal to the string. */
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
   * Whether every baseline selects groups only by id. If false, the pattern matches every watched call, because a baseline can select new
   * groups by tag, name or VPC.
   *
   * @default true
   */
  readonly byIdOnly?: boolean;
  /**
   * Whether a baseline uses tags to select groups or to ignore rules. If true, the pattern also matches calls that change the tags of a
   * group or a rule.
   *
   * @default false
   */
  readonly tagsMatter?: boolean;
}

/**
 * EventBridge's default maximum length of an event pattern, in characters: quota "Event pattern size". `terraform plan` accepts up to 4,096
 * characters, but the API refuses a pattern longer than the quota (https://github.com/hashicorp/terraform-provider-aws/pull/34270).
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
 */
export const MAX_EVENT_PATTERN_LENGTH = 2_048;

/**
 * Returns an event pattern that matches every watched call that could concern a guarded group. The pattern excludes a call only if
 * `requestParameters.groupId` is the id of an unguarded group. If a pattern with all ids would be longer than `MAX_EVENT_PATTERN_LENGTH`,
 * the returned pattern matches every watched call. `groupIds` can have any order and can contain duplicates.
 */
export function eventPattern(groupIds: Iterable<string>, options: EventPatternOptions = {}): EventPattern {
  const { byIdOnly = true, tagsMatter = false } = options;
  const everything = securityGroupCallPattern(tagsMatter, undefined);
  if (!byIdOnly) return everything;
  const narrowed = securityGroupCallPattern(tagsMatter, [...new Set(groupIds)].sort());
  return JSON.stringify(narrowed).length > MAX_EVENT_PATTERN_LENGTH ? everything : narrowed;
}

function securityGroupCallPattern(tagsMatter: boolean, ids: readonly string[] | undefined): EventPattern {
  // EventBridge converts an event to a list of leaf values with their paths. So `exists: false` on `groupId` matches every event that has
  // no leaf at exactly that path:
  // - calls whose parameters are in a wrapper, with a leaf such as `requestParameters.ModifySecurityGroupRulesRequest.GroupId`;
  // - calls that identify a group by name, a rule by id, or a prefix list;
  // - calls that create a group, because only the response contains the id of the new group;
  // - records whose parameters CloudTrail omitted because they were too large.
  //
  // A condition on the wrapper itself would not work, because an object is never a leaf. The condition on `resourcesSet` also needs
  // `exists: false`, because calls on rules have no `resourcesSet`.
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
