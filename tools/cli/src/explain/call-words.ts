/** A CloudTrail record, said in words. */
import type { Actor, ApiCall, Change, GuardCall } from '@portcullis/cloudtrail';
import { describeRules } from '@portcullis/finding';

export function callSteps(call: ApiCall): string[] {
  return [
    `the record is of ${call.eventName} at ${call.eventTime}, account ${call.accountId}, ${call.region} (event ${call.eventId})`,
    actorStep(call.actor),
    outcomeStep(call),
    `${call.outcome === 'succeeded' ? 'it did' : 'it would have done'} this: ${changeWords(call.change)}`,
    ...targetSteps(call),
    ...call.unreadable.map(
      ({ path, text, expected }) =>
        `\`${path}\` is ${text}, and should be ${expected}: the effect of the call is not known from its record`,
    ),
  ];
}

export function guardCallSteps(call: GuardCall): string[] {
  return [
    `the record is of ${call.eventName} at ${call.eventTime}, account ${call.accountId}, ${call.region} (event ${call.eventId})`,
    actorStep(call.actor),
    'it is a call on the guard itself',
  ];
}

function actorStep(actor: Actor): string {
  const { type, issuerArn, arn, userName, sessionName, sourceIp, invokedBy, mfa, fromConsole } = actor;
  const parts = [
    `the caller is ${issuerArn ?? arn ?? userName ?? 'not named'} (${type ?? 'of no known type'})`,
    sessionName === null ? null : `session ${sessionName}`,
    `from ${sourceIp ?? 'an unknown address'}`,
    invokedBy === null ? null : `through ${invokedBy}`,
    fromConsole ? 'in the console' : null,
    mfa ? 'with MFA' : 'without MFA',
  ];
  return parts.filter((part) => part !== null).join(', ');
}

function outcomeStep({ outcome, errorCode }: ApiCall): string {
  if (outcome === 'succeeded') return 'it succeeded';
  return outcome === 'dry-run'
    ? 'it was a dry run: nothing changed'
    : `it was refused with ${errorCode ?? 'an error'}: nothing changed`;
}

function targetSteps({ target }: ApiCall): string[] {
  const { groupIds, groupName, ruleIds, prefixListIds } = target;
  const named = [
    ...(groupIds.length > 0 ? [`the groups ${groupIds.join(', ')}`] : []),
    ...(groupName === null ? [] : [`the group named \`${groupName}\``]),
    ...(ruleIds.length > 0 ? [`the rules ${ruleIds.join(', ')}`] : []),
    ...(prefixListIds.length > 0 ? [`the prefix lists ${prefixListIds.join(', ')}`] : []),
  ];
  return [`it names ${named.length === 0 ? 'no group' : named.join(' and ')}`];
}

function changeWords(change: Change): string {
  switch (change.kind) {
    case 'authorize':
      return `added ${describeRules(change.rules) || 'rules that cannot be read'}`;
    case 'revoke':
      return `removed ${[describeRules(change.rules), change.undescribedRuleIds.join(', ')].filter((text) => text !== '').join(' and ') || 'nothing'}`;
    case 'modify':
      return `made rules into ${describeRules(change.rules.map((rule) => ({ ...rule, direction: 'ingress' as const })))}`;
    case 'descriptions':
      return 'changed descriptions alone';
    case 'create':
      return `made the group ${change.groupName ?? ''}`;
    case 'delete':
      return 'deleted the group';
    case 'prefix-list':
      return change.action === 'restore'
        ? 'put an older version of a prefix list in force'
        : `added ${change.added.map(({ cidr }) => cidr).join(', ') || 'nothing'} to a prefix list and removed ${change.removed.map(({ cidr }) => cidr).join(', ') || 'nothing'}`;
    case 'association':
      return `${change.action}d the group with ${change.vpcId ?? 'a VPC'}`;
    case 'tags':
      return `${change.action === 'add' ? 'set' : 'removed'} the tags ${change.tags.map(({ key, value }) => (value === null ? key : `${key}=${value}`)).join(', ') || '(all)'}`;
    case 'unknown':
      return 'nothing that is known to change rules';
  }
}
