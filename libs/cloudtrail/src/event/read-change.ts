import { diffRules, permissionProblemText, readCidr, type Block, type Direction } from '@portcullis/permission-diff';
import {
  cloudTrailRuleDescriptionItems,
  missingCloudTrailParameterProblem,
  modifiedRuleItems,
  readRequiredParameter,
  cloudTrailRequestProblems,
  cloudTrailResponseProblems,
  revokedRuleIds,
  type CallParameters,
} from './call-parameters.js';
import {
  cloudTrailField,
  isCloudTrailFieldPresent,
  cloudTrailListMembers,
  readOptionalCloudTrailText,
  cloudTrailScalar,
  type Located,
} from './located.js';
import type { Change, ModifiedRule, RuleDescription, Tag } from './change.js';
import {
  combineCloudTrailRules,
  mostReliableCloudTrailRules,
  readFlatCloudTrailPermission,
  readCloudTrailPermissions,
  readCloudTrailRuleItem,
  readCloudTrailRuleSet,
  type RulesRead,
} from './recorded-rules.js';

const RULE_ID = 'the id of a rule, `sgr-…`';

type ReadChange = (call: CallParameters) => Change;

const READERS: ReadonlyMap<string, ReadChange> = new Map<string, ReadChange>([
  ['AuthorizeSecurityGroupIngress', readAuthorizeChange('ingress')],
  ['AuthorizeSecurityGroupEgress', readAuthorizeChange('egress')],
  ['RevokeSecurityGroupIngress', readRevokeChange('ingress')],
  ['RevokeSecurityGroupEgress', readRevokeChange('egress')],
  ['ModifySecurityGroupRules', readModifyChange],
  ['UpdateSecurityGroupRuleDescriptionsIngress', readDescriptionsChange('ingress')],
  ['UpdateSecurityGroupRuleDescriptionsEgress', readDescriptionsChange('egress')],
  ['CreateSecurityGroup', readCreateGroupChange],
  ['DeleteSecurityGroup', () => ({ kind: 'delete' })],
  ['AssociateSecurityGroupVpc', readAssociationChange('associate')],
  ['DisassociateSecurityGroupVpc', readAssociationChange('disassociate')],
  ['ModifyManagedPrefixList', readPrefixListModifyChange],
  ['RestoreManagedPrefixListVersion', readPrefixListRestoreChange],
]);

const TAG_READERS: ReadonlyMap<string, ReadChange> = new Map<string, ReadChange>([
  ['CreateTags', readTagsChange('add')],
  ['DeleteTags', readTagsChange('remove')],
]);

/**
 * The names of the watched calls. A watched call changes the rules of a group, changes the traffic that the rules allow, creates a group,
 * or deletes a group. Portcullis does not watch calls that attach groups to instances or network interfaces, because such a call changes no
 * rule.
 */
export const watchedEventNames: readonly string[] = [...READERS.keys()];

/**
 * The names of the calls that change tags. Portcullis watches these calls only if a baseline uses tags to select groups or to ignore rules.
 */
export const tagEventNames: readonly string[] = [...TAG_READERS.keys()];

/** Returns the change that the record describes. Adds a problem to the call for every part of the change that cannot be read. */
export function readCloudTrailChange(call: CallParameters): Change {
  const read = READERS.get(call.eventName) ?? TAG_READERS.get(call.eventName);
  return read?.(call) ?? { kind: 'unknown' };
}

function readAuthorizeChange(direction: Direction): ReadChange {
  return (call) => {
    const added = readCloudTrailRuleSet(cloudTrailField(call.response, 'securityGroupRuleSet'), direction);
    const { rules, problems } = mostReliableCloudTrailRules(added, readRequiredCloudTrailRules(call, direction));
    call.problems.push(...problems);
    return { kind: 'authorize', direction, rules };
  };
}

function readRevokeChange(direction: Direction): ReadChange {
  return (call) => {
    const ruleIds = cloudTrailListMembers(revokedRuleIds(call), call.problems).flatMap((entry) => {
      const field = cloudTrailField(entry, 'securityGroupRuleId');
      return readRequiredParameter(call, isCloudTrailFieldPresent(field) ? field : entry, RULE_ID) ?? [];
    });
    const byIds = ruleIds.length > 0;
    if (byIds) call.problems.push(...cloudTrailRequestProblems(call));
    const removed = readCloudTrailRuleSet(cloudTrailField(call.response, 'revokedSecurityGroupRuleSet'), direction);
    const unmatched = readCloudTrailPermissions(cloudTrailField(call.response, 'unknownIpPermissionSet'), direction);
    const requested = byIds ? readRequestedCloudTrailRules(call, direction) : readRequiredCloudTrailRules(call, direction);
    const matched = { ...requested, rules: diffRules(unmatched.rules, requested.rules).excess };
    // If the request names rules by id, only the response contains the content of these rules.
    const { rules, problems } = byIds ? combineCloudTrailRules(removed, matched) : mostReliableCloudTrailRules(removed, matched);
    // The response names the rules that EC2 did not find. If the response is unreadable, these rules are unknown.
    call.problems.push(...problems, ...unmatched.problems, ...cloudTrailResponseProblems(call));
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

function readModifyChange(call: CallParameters): Change {
  call.problems.push(...cloudTrailRequestProblems(call));
  const list = modifiedRuleItems(call);
  const updates = cloudTrailListMembers(list, call.problems);
  if (updates.length === 0) call.problems.push(missingCloudTrailParameterProblem(call, list, 'at least one rule with its new content'));
  const rules = updates.flatMap((update): readonly ModifiedRule[] => {
    const ruleId = readRequiredParameter(call, cloudTrailField(update, 'securityGroupRuleId'), RULE_ID);
    // The field with the content of a rule has the same name as the list of rules. The record lacks the direction of the rule, so pass any
    // direction: the result does not contain the direction.
    const content = readCloudTrailRuleItem(cloudTrailField(update, 'securityGroupRule'), ruleId, 'ingress');
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

function readDescriptionsChange(direction: Direction): ReadChange {
  return (call) => {
    call.problems.push(...cloudTrailRequestProblems(call));
    const entries = cloudTrailListMembers(cloudTrailRuleDescriptionItems(call), call.problems);
    const byRuleId = entries.flatMap((entry): readonly RuleDescription[] => {
      const ruleId = readRequiredParameter(call, cloudTrailField(entry, 'securityGroupRuleId'), RULE_ID);
      return ruleId === null
        ? []
        : [{ ruleId, description: readOptionalCloudTrailText(cloudTrailField(entry, 'description'), call.problems) }];
    });
    const named = readRequestedCloudTrailRules(call, direction);
    call.problems.push(...named.problems);
    if (entries.length === 0 && hasNoCloudTrailRules(named)) {
      call.problems.push(
        missingCloudTrailParameterProblem(
          call,
          cloudTrailField(call.request, 'ipPermissions'),
          'permissions or rule ids with their new descriptions',
        ),
      );
    }
    return { kind: 'descriptions', direction, rules: named.rules, byRuleId };
  };
}

function readCreateGroupChange(call: CallParameters): Change {
  const given = readCloudTrailTags(call, cloudTrailField(call.response, 'tagSet'));
  const asked = cloudTrailListMembers(cloudTrailField(call.request, 'tagSpecificationSet', 'tagSpecification'), call.problems).flatMap(
    (specification) => readCloudTrailTags(call, cloudTrailField(specification, 'tags', 'tag')),
  );
  return {
    kind: 'create',
    groupName: readRequiredParameter(call, cloudTrailField(call.request, 'groupName'), 'the name of the new group'),
    tags: given.length > 0 ? given : asked,
  };
}

function readAssociationChange(action: 'associate' | 'disassociate'): ReadChange {
  return (call) => ({
    kind: 'association',
    action,
    vpcId: readRequiredParameter(call, cloudTrailField(call.request, 'vpcId'), 'the id of a VPC, `vpc-…`'),
  });
}

function readPrefixListModifyChange({ request, problems }: CallParameters): Change {
  const blocksOf = (list: Located): readonly Block[] =>
    cloudTrailListMembers(list, problems).flatMap((entry) => readPrefixListEntry(cloudTrailField(entry, 'cidr'), problems));
  return {
    kind: 'prefix-list',
    action: 'modify',
    fromVersion: readOptionalCloudTrailText(cloudTrailField(request, 'currentVersion'), problems),
    added: blocksOf(cloudTrailField(request, 'addEntry', 'addEntries')),
    removed: blocksOf(cloudTrailField(request, 'removeEntry', 'removeEntries')),
  };
}

function readPrefixListRestoreChange(call: CallParameters): Change {
  const version = readRequiredParameter(call, cloudTrailField(call.request, 'previousVersion'), 'the version to restore');
  const fromVersion = readOptionalCloudTrailText(cloudTrailField(call.request, 'currentVersion'), call.problems);
  return { kind: 'prefix-list', action: 'restore', fromVersion, version };
}

function readTagsChange(action: 'add' | 'remove'): ReadChange {
  return (call) => ({ kind: 'tags', action, tags: readCloudTrailTags(call, cloudTrailField(call.request, 'tagSet', 'tag')) });
}

/**
 * Reads the rules that a request names by their content, not by id. A request without rules is a problem, because EC2 requires at least
 * one.
 */
function readRequiredCloudTrailRules(call: CallParameters, direction: Direction): RulesRead {
  const named = readRequestedCloudTrailRules(call, direction);
  const absent = hasNoCloudTrailRules(named)
    ? [missingCloudTrailParameterProblem(call, cloudTrailField(call.request, 'ipPermissions'), 'at least one permission')]
    : [];
  return { rules: named.rules, problems: [...cloudTrailRequestProblems(call), ...named.problems, ...absent] };
}

/**
 * Reads the rules that a request names by their content, not by id. A request contains a list of permissions. If the list is empty, the
 * request contains one permission in the flat form.
 */
function readRequestedCloudTrailRules({ request }: CallParameters, direction: Direction): RulesRead {
  const listed = readCloudTrailPermissions(cloudTrailField(request, 'ipPermissions'), direction);
  const flat = readFlatCloudTrailPermission(request, direction);
  return { rules: [...listed.rules, ...flat.rules], problems: [...listed.problems, ...flat.problems] };
}

function hasNoCloudTrailRules({ rules, problems }: RulesRead): boolean {
  return rules.length === 0 && problems.length === 0;
}

function readCloudTrailTags(call: CallParameters, list: Located): readonly Tag[] {
  return cloudTrailListMembers(list, call.problems).flatMap((tag): Tag[] => {
    const key = readRequiredParameter(call, cloudTrailField(tag, 'key'), 'the key of a tag');
    return key === null ? [] : [{ key, value: readOptionalCloudTrailText(cloudTrailField(tag, 'value'), call.problems) }];
  });
}

function readPrefixListEntry(cidr: Located, problems: CallParameters['problems']): readonly Block[] {
  const read = readCidr(cloudTrailScalar(cidr), cidr.path);
  if (read.ok) return [read.value];
  problems.push(...read.problems.map((problem) => ({ ...problem, text: permissionProblemText(cidr.value) })));
  return [];
}
