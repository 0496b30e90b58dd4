import type { Change } from './change.js';
import {
  cloudTrailField,
  isCloudTrailFieldPresent,
  cloudTrailListMembers,
  cloudTrailProblem,
  readOptionalCloudTrailText,
  cloudTrailText,
  type Located,
} from './located.js';
import {
  cloudTrailRuleDescriptionItems,
  missingCloudTrailParameterProblem,
  modifiedRuleItems,
  revokedRuleIds,
  type CallParameters,
} from './call-parameters.js';

/** The resources that a call changes. Each list contains every recorded id once. The ids from the request come first. */
export interface Target {
  /** Ids of security groups, `sg-…`, from the request and from EC2's response. */
  readonly groupIds: readonly string[];
  /**
   * The name of the group, if the request identifies an existing group of the default VPC by name. Null if the request contains the group's
   * id.
   */
  readonly groupName: string | null;
  /** The VPC of a new group. */
  readonly vpcId: string | null;
  /** Ids of rules, `sgr-…`, from the request and from EC2's response. */
  readonly ruleIds: readonly string[];
  /**
   * Ids of the prefix lists whose entries the call changed, `pl-…`. If a prefix list is only the source of a rule, its id is not included.
   */
  readonly prefixListIds: readonly string[];
}

/** Returns the target of a call. If the record does not name the target, adds a problem to `call.problems`. */
export function readCallTarget(call: CallParameters, kind: Change['kind']): Target {
  switch (kind) {
    case 'tags':
      return readTaggedTarget(call);
    case 'prefix-list':
      return readPrefixListTarget(call);
    case 'create':
      return readNewGroupTarget(call);
    case 'authorize':
    case 'revoke':
    case 'modify':
    case 'descriptions':
    case 'delete':
    case 'association': {
      const target = readGroupTarget(call);
      if (target.groupIds.length === 0 && target.groupName === null) {
        call.problems.push(
          missingCloudTrailParameterProblem(call, cloudTrailField(call.request, 'groupId'), 'the id or the name of a security group'),
        );
      }
      return target;
    }
    case 'unknown':
      // Other calls can name other kinds of groups, such as placement groups. Only ids of security groups start with `sg-`.
      return { ...NO_TARGET, groupIds: readGroupTarget({ ...call, problems: [] }).groupIds.filter((id) => id.startsWith('sg-')) };
  }
}

const NO_TARGET: Target = { groupIds: [], groupName: null, vpcId: null, ruleIds: [], prefixListIds: [] };

function readGroupTarget(call: CallParameters): Target {
  const { request, response, problems } = call;
  // Ignore problems in these lists, because `readCloudTrailChange` reports them.
  const answers = ['securityGroupRuleSet', 'revokedSecurityGroupRuleSet'].flatMap((set) =>
    cloudTrailListMembers(cloudTrailField(response, set), []),
  );
  const named = [revokedRuleIds(call), modifiedRuleItems(call), cloudTrailRuleDescriptionItems(call)].flatMap((list) =>
    cloudTrailListMembers(list, []),
  );
  const requestedId = readOptionalCloudTrailText(cloudTrailField(request, 'groupId'), problems);
  return {
    ...NO_TARGET,
    groupIds: distinctTargetIds([
      requestedId,
      cloudTrailText(cloudTrailField(response, 'groupId')),
      ...answers.map((answer) => cloudTrailText(cloudTrailField(answer, 'groupId'))),
    ]),
    groupName: requestedId === null ? readOptionalCloudTrailText(cloudTrailField(request, 'groupName'), problems) : null,
    ruleIds: distinctTargetIds([...named, ...answers].map((entry) => cloudTrailTargetId(entry, 'securityGroupRuleId'))),
  };
}

function readNewGroupTarget({ request, response, outcome, problems }: CallParameters): Target {
  const groupId = cloudTrailField(response, 'groupId');
  if (outcome === 'succeeded' && !isCloudTrailFieldPresent(groupId))
    problems.push(cloudTrailProblem('missing', groupId, 'the id of the new group, `sg-…`'));
  return {
    ...NO_TARGET,
    groupIds: distinctTargetIds([readOptionalCloudTrailText(groupId, problems)]),
    vpcId: readOptionalCloudTrailText(cloudTrailField(request, 'vpcId'), problems),
  };
}

function readPrefixListTarget(call: CallParameters): Target {
  const requested = cloudTrailField(call.request, 'prefixListId');
  // A request without the id of the prefix list is incomplete, even if the response contains the id.
  if (!isCloudTrailFieldPresent(requested))
    call.problems.push(missingCloudTrailParameterProblem(call, requested, 'the id of a prefix list, `pl-…`'));
  const answered = cloudTrailField(cloudTrailField(call.response, 'prefixList'), 'prefixListId');
  return {
    ...NO_TARGET,
    prefixListIds: distinctTargetIds([readOptionalCloudTrailText(requested, call.problems), cloudTrailText(answered)]),
  };
}

function readTaggedTarget(call: CallParameters): Target {
  const resources = cloudTrailField(call.request, 'resourcesSet', 'resourceId');
  const entries = cloudTrailListMembers(resources, call.problems);
  const unnamed = entries.length === 0 ? [resources] : entries.filter((entry) => cloudTrailTargetId(entry, 'resourceId') === null);
  call.problems.push(...unnamed.map((entry) => missingCloudTrailParameterProblem(call, entry, 'the id of a tagged resource')));
  const ids = entries.map((entry) => cloudTrailTargetId(entry, 'resourceId'));
  return { ...NO_TARGET, groupIds: distinctTargetIds(ids, 'sg-'), ruleIds: distinctTargetIds(ids, 'sgr-') };
}

/**
 * Returns the id in the named field of a list member. If the member is a text, the text is the id. Returns null if the member contains no
 * id.
 */
function cloudTrailTargetId(entry: Located, name: string): string | null {
  return cloudTrailText(cloudTrailField(entry, name)) ?? cloudTrailText(entry);
}

function distinctTargetIds(ids: readonly (string | null)[], prefix = ''): readonly string[] {
  return [...new Set(ids.filter((id): id is string => id?.startsWith(prefix) === true))];
}
