import { diffRules, offendingText, readCidr, type Block, type Direction } from '@portcullis/permission-diff';
import {
  describedIdsIn,
  missingFrom,
  modifiedRulesIn,
  readRequired,
  requestProblems,
  responseProblems,
  revokedIdsIn,
  type CallParameters,
} from './call-parameters.js';
import { at, isPresent, membersOf, readText, scalarOf, type Located } from './located.js';
import type { Change, ModifiedRule, RuleDescription, Tag } from './change.js';
import {
  combined,
  mostReliable,
  readFlatPermission,
  readPermissions,
  readRuleItem,
  readRuleSet,
  type RulesRead,
} from './recorded-rules.js';

const RULE_ID = 'the id of a rule, `sgr-…`';

type ReadChange = (call: CallParameters) => Change;

const READERS: ReadonlyMap<string, ReadChange> = new Map<string, ReadChange>([
  ['AuthorizeSecurityGroupIngress', readAuthorize('ingress')],
  ['AuthorizeSecurityGroupEgress', readAuthorize('egress')],
  ['RevokeSecurityGroupIngress', readRevoke('ingress')],
  ['RevokeSecurityGroupEgress', readRevoke('egress')],
  ['ModifySecurityGroupRules', readModify],
  ['UpdateSecurityGroupRuleDescriptionsIngress', readDescriptions('ingress')],
  ['UpdateSecurityGroupRuleDescriptionsEgress', readDescriptions('egress')],
  ['CreateSecurityGroup', readCreate],
  ['DeleteSecurityGroup', () => ({ kind: 'delete' })],
  ['AssociateSecurityGroupVpc', readAssociation('associate')],
  ['DisassociateSecurityGroupVpc', readAssociation('disassociate')],
  ['ModifyManagedPrefixList', readPrefixListEntries],
  ['RestoreManagedPrefixListVersion', readPrefixListVersion],
]);

const TAG_READERS: ReadonlyMap<string, ReadChange> = new Map<string, ReadChange>([
  ['CreateTags', readTags('add')],
  ['DeleteTags', readTags('remove')],
]);

/**
 * The calls that can change the rules of a group, the meaning of its rules, or whether the group exists. Calls that attach groups to
 * instances and network interfaces are not included: they change who is in a group, not what the group allows.
 */
export const watchedEventNames: readonly string[] = [...READERS.keys()];

/** The calls that change tags. They matter only if a tag decides whether a group is guarded or a rule is ignored. */
export const tagEventNames: readonly string[] = [...TAG_READERS.keys()];

/** Returns the change that the call made, as far as the record describes it. */
export function readChange(call: CallParameters): Change {
  const read = READERS.get(call.eventName) ?? TAG_READERS.get(call.eventName);
  return read?.(call) ?? { kind: 'unknown' };
}

function readAuthorize(direction: Direction): ReadChange {
  return (call) => {
    const added = readRuleSet(at(call.response, 'securityGroupRuleSet'), direction);
    const { rules, problems } = mostReliable(added, requestedRules(call, direction));
    call.problems.push(...problems);
    return { kind: 'authorize', direction, rules };
  };
}

function readRevoke(direction: Direction): ReadChange {
  return (call) => {
    const ruleIds = membersOf(revokedIdsIn(call), call.problems).flatMap((entry) => {
      const field = at(entry, 'securityGroupRuleId');
      return readRequired(call, isPresent(field) ? field : entry, RULE_ID) ?? [];
    });
    const byIds = ruleIds.length > 0;
    if (byIds) call.problems.push(...requestProblems(call));
    const removed = readRuleSet(at(call.response, 'revokedSecurityGroupRuleSet'), direction);
    const unmatched = readPermissions(at(call.response, 'unknownIpPermissionSet'), direction);
    const requested = byIds ? namedRules(call, direction) : requestedRules(call, direction);
    const matched = { ...requested, rules: diffRules(unmatched.rules, requested.rules).excess };
    // A request by ids does not have the content of the rules, so it never replaces the answer.
    const { rules, problems } = byIds ? combined(removed, matched) : mostReliable(removed, matched);
    // Without the answer, it is unknown which rules were not found.
    call.problems.push(...problems, ...unmatched.problems, ...responseProblems(call));
    const describedIds = new Set(rules.map((rule) => rule.ruleId));
    return {
      kind: 'revoke',
      direction,
      rules,
      undescribedRuleIds: ruleIds.filter((ruleId) => !describedIds.has(ruleId)),
      unmatched: unmatched.rules,
    };
  };
}

function readModify(call: CallParameters): Change {
  call.problems.push(...requestProblems(call));
  const list = modifiedRulesIn(call);
  const updates = membersOf(list, call.problems);
  if (updates.length === 0) call.problems.push(missingFrom(call, list, 'at least one rule with its new content'));
  const rules = updates.flatMap((update): readonly ModifiedRule[] => {
    const ruleId = readRequired(call, at(update, 'securityGroupRuleId'), RULE_ID);
    // The content is in a field with the same name as the list. The record has no direction, and either direction is fine for reading.
    const content = readRuleItem(at(update, 'securityGroupRule'), ruleId, 'ingress');
    call.problems.push(...content.problems);
    return content.rules.map(({ traffic, source, description }) => ({
      ruleId,
      traffic,
      source,
      ...(description !== undefined && { description }),
    }));
  });
  return { kind: 'modify', rules };
}

function readDescriptions(direction: Direction): ReadChange {
  return (call) => {
    call.problems.push(...requestProblems(call));
    const entries = membersOf(describedIdsIn(call), call.problems);
    const byRuleId = entries.flatMap((entry): readonly RuleDescription[] => {
      const ruleId = readRequired(call, at(entry, 'securityGroupRuleId'), RULE_ID);
      return ruleId === null ? [] : [{ ruleId, description: readText(at(entry, 'description'), call.problems) }];
    });
    const named = namedRules(call, direction);
    call.problems.push(...named.problems);
    if (entries.length === 0 && isEmpty(named)) {
      call.problems.push(missingFrom(call, at(call.request, 'ipPermissions'), 'permissions or rule ids with their new descriptions'));
    }
    return { kind: 'descriptions', direction, rules: named.rules, byRuleId };
  };
}

function readCreate(call: CallParameters): Change {
  const given = tagsIn(call, at(call.response, 'tagSet'));
  const asked = membersOf(at(call.request, 'tagSpecificationSet', 'tagSpecification'), call.problems).flatMap((specification) =>
    tagsIn(call, at(specification, 'tags', 'tag')),
  );
  return {
    kind: 'create',
    groupName: readRequired(call, at(call.request, 'groupName'), 'the name of the new group'),
    tags: given.length > 0 ? given : asked,
  };
}

function readAssociation(action: 'associate' | 'disassociate'): ReadChange {
  return (call) => ({
    kind: 'association',
    action,
    vpcId: readRequired(call, at(call.request, 'vpcId'), 'the id of a VPC, `vpc-…`'),
  });
}

function readPrefixListEntries({ request, problems }: CallParameters): Change {
  const blocksOf = (list: Located): readonly Block[] =>
    membersOf(list, problems).flatMap((entry) => readBlock(at(entry, 'cidr'), problems));
  return {
    kind: 'prefix-list',
    action: 'modify',
    fromVersion: readText(at(request, 'currentVersion'), problems),
    added: blocksOf(at(request, 'addEntry', 'addEntries')),
    removed: blocksOf(at(request, 'removeEntry', 'removeEntries')),
  };
}

function readPrefixListVersion(call: CallParameters): Change {
  const version = readRequired(call, at(call.request, 'previousVersion'), 'the version to restore');
  const fromVersion = readText(at(call.request, 'currentVersion'), call.problems);
  return { kind: 'prefix-list', action: 'restore', fromVersion, version };
}

function readTags(action: 'add' | 'remove'): ReadChange {
  return (call) => ({ kind: 'tags', action, tags: tagsIn(call, at(call.request, 'tagSet', 'tag')) });
}

/** Reads the rules that a request names by their values. EC2 requires at least one rule, so an empty list is a problem. */
function requestedRules(call: CallParameters, direction: Direction): RulesRead {
  const named = namedRules(call, direction);
  const absent = isEmpty(named) ? [missingFrom(call, at(call.request, 'ipPermissions'), 'at least one permission')] : [];
  return { rules: named.rules, problems: [...requestProblems(call), ...named.problems, ...absent] };
}

/**
 * Reads the rules that a request names by their values. The rules can be in the list of permissions, or in the flat form next to an empty
 * list.
 */
function namedRules({ request }: CallParameters, direction: Direction): RulesRead {
  const listed = readPermissions(at(request, 'ipPermissions'), direction);
  const flat = readFlatPermission(request, direction);
  return { rules: [...listed.rules, ...flat.rules], problems: [...listed.problems, ...flat.problems] };
}

function isEmpty({ rules, problems }: RulesRead): boolean {
  return rules.length === 0 && problems.length === 0;
}

function tagsIn(call: CallParameters, list: Located): readonly Tag[] {
  return membersOf(list, call.problems).flatMap((tag): Tag[] => {
    const key = readRequired(call, at(tag, 'key'), 'the key of a tag');
    return key === null ? [] : [{ key, value: readText(at(tag, 'value'), call.problems) }];
  });
}

function readBlock(cidr: Located, problems: CallParameters['problems']): readonly Block[] {
  const read = readCidr(scalarOf(cidr), cidr.path);
  if (read.ok) return [read.value];
  problems.push(...read.problems.map((problem) => ({ ...problem, text: offendingText(cidr.value) })));
  return [];
}
