import type { AccessRange, IpPermission } from '@portcullis/permission-diff';

/**
 * - `drift`: the group is not at its baseline now.
 * - `change`: a call concerned a guarded group, and the group is at its baseline.
 * - `attempt`: the call was refused.
 * - `restoration`: the group was brought back to its baseline.
 * - `undetermined`: something could not be read, so nothing is said about the group.
 * - `tampering`: a call concerned the guard itself: the recorder, the trail, its rules, functions, roles, logs or alarms.
 */
export type FindingKind = 'drift' | 'change' | 'attempt' | 'restoration' | 'undetermined' | 'tampering';

export const SEVERITIES = ['info', 'low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** The group a finding is about; what is not known is null. */
export interface FindingGroup {
  readonly id: string | null;
  readonly name: string | null;
  readonly vpcId: string | null;
  readonly accountId: string | null;
  readonly region: string | null;
}

/**
 * Who made the call, as CloudTrail tells it. `userAgent`, `sessionName` and, of a session, `userName` are what the caller or whoever gave out
 * the session chose to say: evidence, not proof.
 */
export interface FindingActor {
  readonly type: string | null;
  readonly arn: string | null;
  /** The ARN, with its path, of the role or user whose session it was. */
  readonly issuerArn: string | null;
  /** The account of the identity, which is not always the account of the group. */
  readonly accountId: string | null;
  /** What names the identity where it has no ARN. */
  readonly principalId: string | null;
  /** The IAM Identity Center user that the call was made for. */
  readonly onBehalfOf: string | null;
  readonly userName: string | null;
  readonly sessionName: string | null;
  /** Set when the session began and kept by every role it went on to assume. */
  readonly sourceIdentity: string | null;
  /** An address, or the name of a service. */
  readonly sourceIp: string | null;
  readonly userAgent: string | null;
  /** The service that made the call for the actor. */
  readonly invokedBy: string | null;
  readonly mfa: boolean;
  /** Whether the session was begun in the AWS console; null where the record does not say. */
  readonly console: boolean | null;
}

export interface FindingEvent {
  readonly source: 'cloudtrail' | 'config';
  readonly id: string | null;
  readonly name: string | null;
  /** ISO 8601, UTC. */
  readonly time: string | null;
  readonly errorCode: string | null;
  /** Equal in the findings of all accounts that recorded this one call. Present where there may be several. */
  readonly sharedId?: string;
}

/** What came of asking the remediator to restore the group at once. */
export interface FindingWake {
  /**
   * `joined`: an earlier request, which is not due yet, restores this drift, too. `withheld`: the group was restored again and again, and
   * is left to AWS Config's pace; never for drift of severity `high` or `critical`.
   */
  readonly outcome: 'sent' | 'joined' | 'withheld' | 'failed';
  /** Who changes back what is restored: the caller's ARN. Null unless that is why the restoration is slowed down or left to AWS Config. */
  readonly otherOwner: string | null;
}

/** What to authorize and revoke in one direction. */
export interface PermissionChanges {
  readonly authorize: readonly IpPermission[];
  readonly revoke: readonly IpPermission[];
}

/** All rules of a group, in EC2's notation. */
export interface GroupRules {
  readonly ingress: readonly IpPermission[];
  readonly egress: readonly IpPermission[];
}

/** The parts of a finding that grow with the number of rules, those that are left out first in front. */
export const OMITTABLE_PARTS = ['rules', 'access', 'egress', 'authorize', 'revoke'] as const;
export type OmittablePart = (typeof OMITTABLE_PARTS)[number];

/**
 * One thing reported: one JSON object, the same from both functions. `authorize` and `revoke` are ingress: what is to be done, or, of a
 * restoration after which the group is at its baseline, what was done.
 */
export interface Finding extends PermissionChanges {
  readonly schemaVersion: 1;
  /** `<event id>:<group id>`: the same for the same event delivered again. */
  readonly id: string;
  readonly kind: FindingKind;
  readonly severity: Severity;
  /** One sentence for a person, without a final stop. */
  readonly summary: string;
  readonly group: FindingGroup;
  /** The baseline's name. */
  readonly baseline: string | null;
  /** Whether the group's rules are those of its baseline now; null where that is not known. */
  readonly atBaseline: boolean | null;
  /** Present when there is something to authorize or revoke in egress. */
  readonly egress?: PermissionChanges;
  /** The group's rules before and after what was done to it, whole: what is needed to undo it. Present when something was to be done. */
  readonly rules?: { readonly before: GroupRules; readonly after: GroupRules };
  /** Traffic let in that the baseline does not declare, and declared and not let in: disjoint ranges in canonical order. */
  readonly access: { readonly gained: readonly AccessRange[]; readonly lost: readonly AccessRange[] };
  /** Null where the source does not tell: AWS Config never does. */
  readonly actor: FindingActor | null;
  readonly event: FindingEvent;
  /** What is going to restore the group, or that nothing is: one sentence without a final stop. Present where there is something to restore. */
  readonly outlook?: string;
  /** Present when the remediator was to be woken. */
  readonly wake?: FindingWake;
  /** What was left out, since the finding was too large for where it was sent. The log has all of it. */
  readonly omitted?: readonly OmittablePart[];
  /** Judged by the live rules, or by the event alone. */
  readonly basis: 'live' | 'event';
}
