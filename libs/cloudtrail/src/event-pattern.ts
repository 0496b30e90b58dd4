/** The EventBridge pattern that lets through every call which could concern a guarded group. */

/**
 * The calls that can change the rules of a group, what its rules mean, or whether the group is there: each is read by
 * `parseCloudTrailEvent`. Not among them are the calls that attach groups to instances and network interfaces: they change who is behind a
 * group, not what the group lets in.
 */
export const watchedEventNames: readonly string[] = [
  'AuthorizeSecurityGroupIngress',
  'AuthorizeSecurityGroupEgress',
  'RevokeSecurityGroupIngress',
  'RevokeSecurityGroupEgress',
  'ModifySecurityGroupRules',
  'UpdateSecurityGroupRuleDescriptionsIngress',
  'UpdateSecurityGroupRuleDescriptionsEgress',
  'CreateSecurityGroup',
  'DeleteSecurityGroup',
  'AssociateSecurityGroupVpc',
  'DisassociateSecurityGroupVpc',
  'ModifyManagedPrefixList',
  'RestoreManagedPrefixListVersion',
];

/** The calls that change tags: watched only where a tag decides whether a group is guarded, or whether one of its rules is ignored. */
export const tagEventNames: readonly string[] = ['CreateTags', 'DeleteTags'];

type Alternative = string | { readonly exists: false } | { readonly prefix: string };

/** The `EventPattern` of an EventBridge rule, as JSON. */
export interface EventPattern {
  readonly source: readonly string[];
  readonly 'detail-type': readonly string[];
  readonly detail: {
    readonly eventSource: readonly string[];
    readonly eventName: readonly string[];
    readonly requestParameters?: {
      readonly groupId?: readonly Alternative[];
      readonly resourcesSet?: { readonly items: { readonly resourceId: readonly Alternative[] } };
    };
  };
}

export interface EventPatternOptions {
  /**
   * Whether every baseline selects its groups by id alone. When one selects by tag, name or VPC, which groups are guarded is not known
   * beforehand, and the pattern lets every watched call through.
   *
   * @default true
   */
  readonly byIdOnly?: boolean;
  /**
   * Whether a tag decides anything: some baseline selects by tag, or ignores rules by their tags. The pattern then lets through the calls
   * that tag a group or a rule.
   *
   * @default false
   */
  readonly tagsMatter?: boolean;
}

/**
 * The longest event pattern that EventBridge accepts in an account whose quota was not raised, in characters: quota "Event pattern size". The
 * provider plans up to 4,096, and the API then refuses (https://github.com/hashicorp/terraform-provider-aws/pull/34270).
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
 */
export const MAX_EVENT_PATTERN_LENGTH = 2_048;

/**
 * Returns the pattern for the guarded groups. It drops only calls that certainly concern another group: those that name another group's
 * id in `requestParameters.groupId`. When there are so many groups that the pattern would be longer than EventBridge accepts, it lets
 * every watched call through. The order of the ids and their repetitions make no difference.
 */
export function eventPattern(groupIds: Iterable<string>, options: EventPatternOptions = {}): EventPattern {
  const { byIdOnly = true, tagsMatter = false } = options;
  const everything = patternOf(tagsMatter, undefined);
  if (!byIdOnly) return everything;
  const narrowed = patternOf(tagsMatter, [...new Set(groupIds)].sort());
  return JSON.stringify(narrowed).length > MAX_EVENT_PATTERN_LENGTH ? everything : narrowed;
}

function patternOf(tagsMatter: boolean, ids: readonly string[] | undefined): EventPattern {
  // EventBridge flattens an event into the paths of its leaves before it matches, so `exists: false` on `requestParameters.groupId`
  // holds for every event without a leaf of exactly that path. That is what lets through the calls recorded in a wrapper, whose leaf is
  // `requestParameters.ModifySecurityGroupRulesRequest.GroupId`; those that name a group by name, a rule by id or a prefix list; the
  // creation of a group, whose id is in the answer; and records whose parameters were too large to be kept. On the wrapper itself,
  // which is an object and never a leaf, `exists` would say nothing. What is tagged is told in the same way: of the calls that are
  // watched only those that tag have `resourcesSet`.
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
