import { at, isPresent, membersOf, readText, textOf, type Located } from './located.js';
import { describedIdsIn, missingFrom, modifiedRulesIn, revokedIdsIn, type CallRecord } from './call-record.js';
import type { Change } from './change.js';
import type { RecordProblem } from './problem.js';

/** What a call was made on, as its record names it. Ids are as recorded, without repetitions, those of the request first. */
export interface Target {
  /** `sg-…`, from the request and from EC2's answer. */
  readonly groupIds: readonly string[];
  /** Set when the request names an existing group by its name and not by its id: it then means a group of the default VPC. */
  readonly groupName: string | null;
  /** The group's VPC: known of a group being created. */
  readonly vpcId: string | null;
  /** `sgr-…`, from the request and from EC2's answer. */
  readonly ruleIds: readonly string[];
  /** `pl-…`: the lists whose entries the call changed. Not those that a rule refers to. */
  readonly prefixListIds: readonly string[];
}

/** Reads what the call was made on. Adds a problem when the record does not say. */
export function readTarget(call: CallRecord, kind: Change['kind'], problems: RecordProblem[]): Target {
  switch (kind) {
    case 'tags':
      return readTagged(call, problems);
    case 'prefix-list':
      return readPrefixList(call, problems);
    case 'create':
      return readCreated(call, problems);
    case 'authorize':
    case 'revoke':
    case 'modify':
    case 'descriptions':
    case 'delete':
    case 'association': {
      const target = readGroup(call, problems);
      if (target.groupIds.length === 0 && target.groupName === null) {
        problems.push(missingFrom(call, at(call.request, 'groupId'), 'the id or the name of a security group'));
      }
      return target;
    }
    case 'unknown':
      // Other calls have groups of other kinds, such as placement groups: only ids that can be nothing else are taken.
      return { ...NOTHING, groupIds: readGroup(call, []).groupIds.filter((id) => id.startsWith('sg-')) };
  }
}

const NOTHING: Target = { groupIds: [], groupName: null, vpcId: null, ruleIds: [], prefixListIds: [] };

function readGroup(call: CallRecord, problems: RecordProblem[]): Target {
  const { request, response } = call;
  // What is wrong with these lists is said where the change is read.
  const answers = ['securityGroupRuleSet', 'revokedSecurityGroupRuleSet'].flatMap((set) => membersOf(at(response, set), []));
  const named = [revokedIdsIn(call), modifiedRulesIn(call), describedIdsIn(call)].flatMap((list) => membersOf(list, []));
  const requestedId = readText(at(request, 'groupId'), problems);
  return {
    ...NOTHING,
    groupIds: unique([requestedId, textOf(at(response, 'groupId')), ...answers.map((answer) => textOf(at(answer, 'groupId')))]),
    groupName: requestedId === null ? readText(at(request, 'groupName'), problems) : null,
    ruleIds: unique([...named, ...answers].map((entry) => idOf(entry, 'securityGroupRuleId'))),
  };
}

function readCreated(call: CallRecord, problems: RecordProblem[]): Target {
  const groupId = at(call.response, 'groupId');
  if (call.outcome === 'succeeded' && !isPresent(groupId)) {
    problems.push({ code: 'missing', path: groupId.path, text: 'absent', expected: 'the id of the new group, `sg-…`' });
  }
  return {
    ...NOTHING,
    groupIds: unique([readText(groupId, problems)]),
    vpcId: readText(at(call.request, 'vpcId'), problems),
  };
}

function readPrefixList(call: CallRecord, problems: RecordProblem[]): Target {
  const requested = at(call.request, 'prefixListId');
  // Even where the answer names the list: a request that does not is not the request that was made.
  if (!isPresent(requested)) problems.push(missingFrom(call, requested, 'the id of a prefix list, `pl-…`'));
  const answered = at(at(call.response, 'prefixList'), 'prefixListId');
  return { ...NOTHING, prefixListIds: unique([readText(requested, problems), textOf(answered)]) };
}

function readTagged(call: CallRecord, problems: RecordProblem[]): Target {
  const resources = at(call.request, 'resourcesSet', 'resourceId');
  const entries = membersOf(resources, problems);
  const unnamed = entries.length === 0 ? [resources] : entries.filter((entry) => idOf(entry, 'resourceId') === null);
  problems.push(...unnamed.map((entry) => missingFrom(call, entry, 'the id of a tagged resource')));
  const ids = entries.map((entry) => idOf(entry, 'resourceId'));
  return { ...NOTHING, groupIds: unique(ids, 'sg-'), ruleIds: unique(ids, 'sgr-') };
}

/** Returns the id that a member of a list holds, or is. */
function idOf(entry: Located, name: string): string | null {
  return textOf(at(entry, name)) ?? textOf(entry);
}

function unique(ids: readonly (string | null)[], prefix = ''): readonly string[] {
  return [...new Set(ids.filter((id): id is string => id?.startsWith(prefix) === true))];
}
