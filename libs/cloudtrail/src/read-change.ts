/** Reads what a call did, by the name of the call. Each reader adds to `problems` what it cannot read, and returns what it can. */
import { diffRules, offendingText, readCidr, type Direction } from '@portcullis/permission-diff';
import {
  describedIdsIn,
  missingFrom,
  modifiedRulesIn,
  requestProblems,
  responseProblems,
  revokedIdsIn,
  type CallRecord,
} from './call-record.js';
import type { AddressBlock, Change, ModifiedRule, RuleDescription, Tag } from './change.js';
import { at, isPresent, membersOf, readText, scalarOf, type Located } from './located.js';
import type { RecordProblem } from './problem.js';
import { readFlatPermission, readPermissions, readRuleItem, readRuleSet, type Telling } from './recorded-rules.js';
import { combined, mostReliable } from './tellings.js';

const RULE_ID = 'the id of a rule, `sgr-…`';

type ReadChange = (call: CallRecord, problems: RecordProblem[]) => Change;

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
  ['CreateTags', readTags('add')],
  ['DeleteTags', readTags('remove')],
]);

/** Returns what the call did, as far as the record tells, and adds to `problems` why it tells no more. */
export function readChange(call: CallRecord, problems: RecordProblem[]): Change {
  return READERS.get(call.eventName)?.(call, problems) ?? { kind: 'unknown' };
}

function readAuthorize(direction: Direction): ReadChange {
  return (call, problems) => {
    const added = readRuleSet(at(call.response, 'securityGroupRuleSet'), direction);
    const { rules, problems: found } = mostReliable(added, readRequestedRules(call, direction));
    problems.push(...found);
    return { kind: 'authorize', direction, rules };
  };
}

function readRevoke(direction: Direction): ReadChange {
  return (call, problems) => {
    const ruleIds = readRevokedIds(call, problems);
    if (ruleIds.length > 0) problems.push(...requestProblems(call));
    const removed = readRuleSet(at(call.response, 'revokedSecurityGroupRuleSet'), direction);
    const unmatched = readPermissions(at(call.response, 'unknownIpPermissionSet'), direction);
    // A request by ids does not say what the rules let in: it is never all there is to know, as a request by values is.
    const told =
      ruleIds.length > 0
        ? combined(removed, readMatchedRules(readNamedRules(call, direction), unmatched))
        : mostReliable(removed, readMatchedRules(readRequestedRules(call, direction), unmatched));
    // Without the answer it is not known which rules were not found.
    problems.push(...told.problems, ...unmatched.problems, ...responseProblems(call));
    const describedIds = new Set(told.rules.map((rule) => rule.ruleId));
    return {
      kind: 'revoke',
      direction,
      rules: told.rules,
      undescribedRuleIds: ruleIds.filter((ruleId) => !describedIds.has(ruleId)),
      unmatched: unmatched.rules,
    };
  };
}

function readModify(call: CallRecord, problems: RecordProblem[]): Change {
  problems.push(...requestProblems(call));
  const list = modifiedRulesIn(call);
  const updates = membersOf(list, problems);
  if (updates.length === 0) problems.push(missingFrom(call, list, 'at least one rule with its new content'));
  const rules = updates.flatMap((update): readonly ModifiedRule[] => {
    const ruleId = requiredText(call, at(update, 'securityGroupRuleId'), RULE_ID, problems);
    // The content stands in a field named like the list it is in. Its direction is not told: either will do to read it.
    const content = readRuleItem(at(update, 'securityGroupRule'), ruleId, 'ingress');
    problems.push(...content.problems);
    return content.rules.map(({ traffic, source, description }) =>
      description === undefined ? { ruleId, traffic, source } : { ruleId, traffic, source, description },
    );
  });
  return { kind: 'modify', rules };
}

function readDescriptions(direction: Direction): ReadChange {
  return (call, problems) => {
    problems.push(...requestProblems(call));
    const entries = membersOf(describedIdsIn(call), problems);
    const byRuleId = entries.flatMap((entry): readonly RuleDescription[] => {
      const ruleId = requiredText(call, at(entry, 'securityGroupRuleId'), RULE_ID, problems);
      return ruleId === null ? [] : [{ ruleId, description: readText(at(entry, 'description'), problems) }];
    });
    const named = readNamedRules(call, direction);
    problems.push(...named.problems);
    if (entries.length === 0 && isNothing(named)) {
      const expected = 'permissions or rule ids with their new descriptions';
      problems.push(missingFrom(call, at(call.request, 'ipPermissions'), expected));
    }
    return { kind: 'descriptions', direction, rules: named.rules, byRuleId };
  };
}

function readCreate(call: CallRecord, problems: RecordProblem[]): Change {
  const given = tagsOf(call, at(call.response, 'tagSet'), problems);
  const asked = membersOf(at(call.request, 'tagSpecificationSet', 'tagSpecification'), problems).flatMap((specification) =>
    tagsOf(call, at(specification, 'tags', 'tag'), problems),
  );
  return {
    kind: 'create',
    groupName: requiredText(call, at(call.request, 'groupName'), 'the name of the new group', problems),
    tags: given.length > 0 ? given : asked,
  };
}

function readAssociation(action: 'associate' | 'disassociate'): ReadChange {
  return (call, problems) => ({
    kind: 'association',
    action,
    vpcId: requiredText(call, at(call.request, 'vpcId'), 'the id of a VPC, `vpc-…`', problems),
  });
}

function readPrefixListEntries(call: CallRecord, problems: RecordProblem[]): Change {
  const blocksOf = (list: Located): readonly AddressBlock[] =>
    membersOf(list, problems).flatMap((entry) => readBlock(at(entry, 'cidr'), problems));
  return {
    kind: 'prefix-list',
    action: 'modify',
    fromVersion: readText(at(call.request, 'currentVersion'), problems),
    added: blocksOf(at(call.request, 'addEntry', 'addEntries')),
    removed: blocksOf(at(call.request, 'removeEntry', 'removeEntries')),
  };
}

function readPrefixListVersion(call: CallRecord, problems: RecordProblem[]): Change {
  const version = requiredText(call, at(call.request, 'previousVersion'), 'the version to restore', problems);
  const fromVersion = readText(at(call.request, 'currentVersion'), problems);
  return { kind: 'prefix-list', action: 'restore', fromVersion, version };
}

function readTags(action: 'add' | 'remove'): ReadChange {
  return (call, problems) => ({
    kind: 'tags',
    action,
    tags: tagsOf(call, at(call.request, 'tagSet', 'tag'), problems),
  });
}

/** Reads the rules that a request names by their values. EC2 takes no call without any, so none is a problem. */
function readRequestedRules(call: CallRecord, direction: Direction): Telling {
  const named = readNamedRules(call, direction);
  const absent = isNothing(named) ? [missingFrom(call, at(call.request, 'ipPermissions'), 'at least one permission')] : [];
  return { rules: named.rules, problems: [...requestProblems(call), ...named.problems, ...absent] };
}

/** Reads the rules that a request names by their values, in its list of permissions and in the flat form beside an empty list. */
function readNamedRules({ request }: CallRecord, direction: Direction): Telling {
  const listed = readPermissions(at(request, 'ipPermissions'), direction);
  const flat = readFlatPermission(request, direction);
  return { rules: [...listed.rules, ...flat.rules], problems: [...listed.problems, ...flat.problems] };
}

/** Takes out of the rules that were to be revoked those that EC2 reports as not found. */
function readMatchedRules(requested: Telling, unmatched: Telling): Telling {
  return { rules: diffRules(unmatched.rules, requested.rules).excess, problems: requested.problems };
}

function readRevokedIds(call: CallRecord, problems: RecordProblem[]): readonly string[] {
  return membersOf(revokedIdsIn(call), problems).flatMap((entry) => {
    const field = at(entry, 'securityGroupRuleId');
    return requiredText(call, isPresent(field) ? field : entry, RULE_ID, problems) ?? [];
  });
}

function isNothing({ rules, problems }: Telling): boolean {
  return rules.length === 0 && problems.length === 0;
}

function tagsOf(call: CallRecord, list: Located, problems: RecordProblem[]): readonly Tag[] {
  return membersOf(list, problems).flatMap((tag): Tag[] => {
    const key = requiredText(call, at(tag, 'key'), 'the key of a tag', problems);
    return key === null ? [] : [{ key, value: readText(at(tag, 'value'), problems) }];
  });
}

/** Reads the block of a prefix list's entry. */
function readBlock(cidr: Located, problems: RecordProblem[]): readonly AddressBlock[] {
  const read = readCidr(scalarOf(cidr), cidr.path);
  if (read.ok) return [read.value];
  problems.push(...read.problems.map((problem) => ({ ...problem, text: offendingText(cidr.value) })));
  return [];
}

function requiredText(call: CallRecord, located: Located, expected: string, problems: RecordProblem[]): string | null {
  if (!isPresent(located)) problems.push(missingFrom(call, located, expected));
  return readText(located, problems);
}
