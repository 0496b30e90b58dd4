/** A CloudTrail record, said in words. */
import type { Actor, ApiCall, Change, GuardCall } from '@portcullis/cloudtrail';
import { describeRules } from '@portcullis/finding';
import { formatSource, formatTraffic } from '@portcullis/permission-diff';
import { problemSteps } from './problem-steps.js';

export function callSteps(call: ApiCall): string[] {
  return [
    `the record is of ${call.eventName} at ${call.eventTime}, account ${call.accountId}, ${call.region} (event ${call.eventId})`,
    actorStep(call.actor),
    outcomeStep(call),
    `${DID[call.outcome]} this: ${changeWords(call.change)}`,
    ...targetSteps(call),
    ...problemSteps(call.unreadable).map((step) => `${step}: the effect of the call is not known from its record`),
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
    fromConsole === true ? 'in the console' : null,
    mfa ? 'with MFA' : 'without MFA',
  ];
  return parts.filter((part) => part !== null).join(', ');
}

const DID = {
  succeeded: 'it did',
  unknown: 'it may have done',
  refused: 'it would have done',
  'dry-run': 'it would have done',
} as const satisfies Record<ApiCall['outcome'], string>;

function outcomeStep({ outcome, errorCode }: ApiCall): string {
  if (outcome === 'succeeded') return 'it succeeded';
  if (outcome === 'unknown') return `EC2 failed with ${String(errorCode)}: whether the call took effect is not known`;
  return outcome === 'dry-run' ? 'it was a dry run: nothing changed' : `it was refused with ${errorCode ?? 'an error'}: nothing changed`;
}

function targetSteps({ target }: ApiCall): string[] {
  const { groupIds, groupName, ruleIds, prefixListIds } = target;
  const named = [
    ...listed('group', groupIds),
    ...(groupName === null ? [] : [`the group named \`${groupName}\``]),
    ...listed('rule', ruleIds),
    ...listed('prefix list', prefixListIds),
  ];
  return [`it names ${named.length === 0 ? 'no group' : named.join(' and ')}`];
}

function listed(noun: string, ids: readonly string[]): string[] {
  return ids.length === 0 ? [] : [`the ${noun}${ids.length === 1 ? '' : 's'} ${ids.join(', ')}`];
}

function changeWords(change: Change): string {
  switch (change.kind) {
    case 'authorize':
      return `added ${describeRules(change.rules) || 'rules that cannot be read'}`;
    case 'revoke': {
      const removed = [describeRules(change.rules), change.undescribedRuleIds.join(', ')].filter((text) => text !== '');
      const unmatched = describeRules(change.unmatched);
      return `removed ${removed.join(' and ') || 'nothing'}${unmatched === '' ? '' : `, and found no ${unmatched} to remove`}`;
    }
    case 'modify':
      // The record does not say which way.
      return `made ${change.rules.map(({ ruleId, traffic, source }) => `${ruleId ?? 'a rule'} into ${formatTraffic(traffic)} with ${formatSource(source)}`).join(', ')}`;
    case 'descriptions':
      return 'changed descriptions alone';
    case 'create':
      return `made the group ${change.groupName ?? ''}`;
    case 'delete':
      return 'deleted the group';
    case 'prefix-list':
      return change.action === 'restore'
        ? `put ${change.version === null ? 'an older version' : `version ${change.version}`} of a prefix list in force again`
        : `added ${blocks(change.added)} to a prefix list and removed ${blocks(change.removed)}`;
    case 'association':
      return `${change.action}d the group ${change.action === 'associate' ? 'with' : 'from'} ${change.vpcId ?? 'a VPC'}`;
    case 'tags': {
      const tags = change.tags.map(({ key, value }) => (value === null ? key : `${key}=${value}`));
      if (tags.length === 0) return 'removed all tags';
      return `${change.action === 'add' ? 'set' : 'removed'} the tag${tags.length === 1 ? '' : 's'} ${tags.join(', ')}`;
    }
    case 'unknown':
      return 'nothing that is known to change rules';
  }
}

function blocks(list: readonly { readonly cidr: string }[]): string {
  return list.map(({ cidr }) => cidr).join(', ') || 'nothing';
}
