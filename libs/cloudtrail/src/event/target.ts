import type { Change } from './change.js';
import { at, isPresent, membersOf, problemAt, readText, textOf, type Located } from './located.js';
import { describedIdsIn, missingFrom, modifiedRulesIn, revokedIdsIn, type CallParameters } from './call-parameters.js';

/** The target of a call. Ids are as recorded and without repetitions. Ids from the request come first. */
export interface Target {
  /** `sg-…`, from the request and from EC2's answer. */
  readonly groupIds: readonly string[];
  /** Set if the request identifies an existing group by name instead of by id. Such a group is in the default VPC. */
  readonly groupName: string | null;
  /** The VPC of a new group. */
  readonly vpcId: string | null;
  /** `sgr-…`, from the request and from EC2's answer. */
  readonly ruleIds: readonly string[];
  /** `pl-…`: the prefix lists whose entries the call changed, not the lists that a rule refers to. */
  readonly prefixListIds: readonly string[];
}

/** Reads the target of the call. Adds a problem if the record does not name the target. */
export function readTarget(call: CallParameters, kind: Change['kind']): Target {
  switch (kind) {
    case 'tags':
      return readTagged(call);
    case 'prefix-list':
      return readPrefixList(call);
    case 'create':
      return readCreated(call);
    case 'authorize':
    case 'revoke':
    case 'modify':
    case 'descriptions':
    case 'delete':
    case 'association': {
      const target = readGroup(call);
      if (target.groupIds.length === 0 && target.groupName === null) {
        call.problems.push(missingFrom(call, at(call.request, 'groupId'), 'the id or the name of a security group'));
      }
      return target;
    }
    case 'unknown':
      // Other calls name other kinds of groups, such as placement groups. Only the prefix `sg-` is certain.
      return { ...NO_TARGET, groupIds: readGroup({ ...call, problems: [] }).groupIds.filter((id) => id.startsWith('sg-')) };
  }
}

const NO_TARGET: Target = { groupIds: [], groupName: null, vpcId: null, ruleIds: [], prefixListIds: [] };

function readGroup(call: CallParameters): Target {
  const { request, response, problems } = call;
  // The reader of the change reports problems with these lists.
  const answers = ['securityGroupRuleSet', 'revokedSecurityGroupRuleSet'].flatMap((set) => membersOf(at(response, set), []));
  const named = [revokedIdsIn(call), modifiedRulesIn(call), describedIdsIn(call)].flatMap((list) => membersOf(list, []));
  const requestedId = readText(at(request, 'groupId'), problems);
  return {
    ...NO_TARGET,
    groupIds: unique([requestedId, textOf(at(response, 'groupId')), ...answers.map((answer) => textOf(at(answer, 'groupId')))]),
    groupName: requestedId === null ? readText(at(request, 'groupName'), problems) : null,
    ruleIds: unique([...named, ...answers].map((entry) => idOf(entry, 'securityGroupRuleId'))),
  };
}

function readCreated({ request, response, outcome, problems }: CallParameters): Target {
  const groupId = at(response, 'groupId');
  if (outcome === 'succeeded' && !isPresent(groupId)) problems.push(problemAt('missing', groupId, 'the id of the new group, `sg-…`'));
  return { ...NO_TARGET, groupIds: unique([readText(groupId, problems)]), vpcId: readText(at(request, 'vpcId'), problems) };
}

function readPrefixList(call: CallParameters): Target {
  const requested = at(call.request, 'prefixListId');
  // A request without the id is incomplete, even if the answer names the list.
  if (!isPresent(requested)) call.problems.push(missingFrom(call, requested, 'the id of a prefix list, `pl-…`'));
  const answered = at(at(call.response, 'prefixList'), 'prefixListId');
  return { ...NO_TARGET, prefixListIds: unique([readText(requested, call.problems), textOf(answered)]) };
}

function readTagged(call: CallParameters): Target {
  const resources = at(call.request, 'resourcesSet', 'resourceId');
  const entries = membersOf(resources, call.problems);
  const unnamed = entries.length === 0 ? [resources] : entries.filter((entry) => idOf(entry, 'resourceId') === null);
  call.problems.push(...unnamed.map((entry) => missingFrom(call, entry, 'the id of a tagged resource')));
  const ids = entries.map((entry) => idOf(entry, 'resourceId'));
  return { ...NO_TARGET, groupIds: unique(ids, 'sg-'), ruleIds: unique(ids, 'sgr-') };
}

/** Returns the id in a field of a list member, or the member itself if it is an id. */
function idOf(entry: Located, name: string): string | null {
  return textOf(at(entry, name)) ?? textOf(entry);
}

function unique(ids: readonly (string | null)[], prefix = ''): readonly string[] {
  return [...new Set(ids.filter((id): id is string => id?.startsWith(prefix) === true))];
}
