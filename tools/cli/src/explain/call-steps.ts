/** Explains the call in a CloudTrail record. */
import type { Actor, ApiCall, Change, GuardCall } from '@portcullis/cloudtrail';
import { describeRules } from '@portcullis/finding';
import { formatSource, formatTraffic } from '@portcullis/permission-diff';
import { explainEventProblems } from './steps.js';

export function explainApiCall(call: ApiCall): string[] {
  return [
    explainRecord(call),
    explainCaller(call.actor),
    explainCallOutcome(call),
    `${VERBS[call.outcome]} ${explainCallChange(call.change)}`,
    explainCallTarget(call),
    ...explainEventProblems(call.unreadable).map((step) => `${step}: the record does not show the effect of the call`),
  ];
}

export function explainGuardCall(call: GuardCall): string[] {
  return [explainRecord(call), explainCaller(call.actor), 'the call targets the guard itself'];
}

function explainRecord({ eventName, eventTime, accountId, region, eventId }: ApiCall | GuardCall): string {
  return `the record describes ${eventName} at ${eventTime}, account ${accountId}, ${region} (event ${eventId})`;
}

function explainCaller({ type, issuerArn, arn, userName, sessionName, sourceIp, invokedBy, mfa, fromConsole }: Actor): string {
  return [
    `the caller is ${issuerArn ?? arn ?? userName ?? 'not named'} (${type ?? 'of unknown type'})`,
    sessionName !== null && `session ${sessionName}`,
    `from ${sourceIp ?? 'an unknown address'}`,
    invokedBy !== null && `through ${invokedBy}`,
    fromConsole === true && 'in the console',
    mfa ? 'with MFA' : 'without MFA',
  ]
    .filter((words) => words !== false)
    .join(', ');
}

const VERBS = {
  succeeded: 'the call',
  unknown: 'the call may have',
  refused: 'the call would have',
  'dry-run': 'the call would have',
} as const satisfies Record<ApiCall['outcome'], string>;

function explainCallOutcome({ outcome, errorCode }: ApiCall): string {
  switch (outcome) {
    case 'succeeded':
      return 'the call succeeded';
    case 'unknown':
      return `EC2 failed with ${String(errorCode)}: it is unknown whether the call took effect`;
    case 'dry-run':
      return 'the call was a dry run: nothing changed';
    case 'refused':
      return `the call was refused with ${errorCode ?? 'an error'}: nothing changed`;
  }
}

function explainCallTarget({ target: { groupIds, groupName, ruleIds, prefixListIds } }: ApiCall): string {
  const listed = (noun: string, ids: readonly string[]): string[] =>
    ids.length === 0 ? [] : [`the ${noun}${ids.length === 1 ? '' : 's'} ${ids.join(', ')}`];
  const named = [
    ...listed('group', groupIds),
    ...(groupName === null ? [] : [`the group named \`${groupName}\``]),
    ...listed('rule', ruleIds),
    ...listed('prefix list', prefixListIds),
  ];
  return `the call names ${named.length === 0 ? 'no group' : named.join(' and ')}`;
}

function explainCallChange(change: Change): string {
  const blocks = (list: readonly { readonly cidr: string }[]): string => list.map(({ cidr }) => cidr).join(', ') || 'nothing';
  switch (change.kind) {
    case 'authorize':
      return `added ${describeRules(change.rules) || 'rules that cannot be read'}`;
    case 'revoke': {
      const removed = [describeRules(change.rules), change.undescribedRuleIds.join(', ')].filter((text) => text !== '');
      const unmatched = describeRules(change.unmatched);
      return `removed ${removed.join(' and ') || 'nothing'}${unmatched === '' ? '' : `, and found no ${unmatched} to remove`}`;
    }
    case 'modify': {
      // The record does not show whether the rule is an ingress or an egress rule.
      const rules = change.rules.map(
        ({ ruleId, traffic, source }) => `${ruleId ?? 'a rule'} to ${formatTraffic(traffic)} with ${formatSource(source)}`,
      );
      return `changed ${rules.join(', ')}`;
    }
    case 'descriptions':
      return 'changed only descriptions';
    case 'create':
      return `created the group ${change.groupName ?? ''}`;
    case 'delete':
      return 'deleted the group';
    case 'prefix-list':
      return change.action === 'restore'
        ? `restored ${change.version === null ? 'an older version' : `version ${change.version}`} of a prefix list`
        : `added ${blocks(change.added)} to a prefix list and removed ${blocks(change.removed)}`;
    case 'association':
      return `${change.action}d the group ${change.action === 'associate' ? 'with' : 'from'} ${change.vpcId ?? 'a VPC'}`;
    case 'tags': {
      const tags = change.tags.map(({ key, value }) => (value === null ? key : `${key}=${value}`));
      if (tags.length === 0) return 'removed all tags';
      return `${change.action === 'add' ? 'set' : 'removed'} the tag${tags.length === 1 ? '' : 's'} ${tags.join(', ')}`;
    }
    case 'unknown':
      return 'made no known change of security group rules';
  }
}
