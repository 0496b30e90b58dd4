import type { AccessRange, IpPermission } from '@portcullis/permission-diff';

/**
 * - `drift`: the group is not at its baseline now.
 * - `change`: a call concerned a guarded group, and the group is at its baseline.
 * - `attempt`: the call was refused.
 * - `restoration`: the group was brought back to its baseline.
 * - `undetermined`: something could not be read, so nothing is said about the group.
 */
export type FindingKind = 'drift' | 'change' | 'attempt' | 'restoration' | 'undetermined';

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

/** Who made the call, as CloudTrail tells it. `userAgent` and `userName` are what the caller chose to say: evidence, not proof. */
export interface FindingActor {
  readonly type: string | null;
  readonly arn: string | null;
  readonly issuerArn: string | null;
  readonly userName: string | null;
  readonly sourceIp: string | null;
  readonly userAgent: string | null;
  readonly invokedBy: string | null;
  readonly mfa: boolean;
}

export interface FindingEvent {
  readonly source: 'cloudtrail' | 'config';
  readonly id: string | null;
  readonly name: string | null;
  /** ISO 8601, UTC. */
  readonly time: string | null;
  readonly errorCode: string | null;
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

/** One thing reported: one JSON object, the same from both functions. `authorize` and `revoke` are ingress. */
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
  /** Present when there is something to authorize or revoke in egress. */
  readonly egress?: PermissionChanges;
  /** The group's rules before and after what was done to it, whole: what is needed to undo it. Present when something was to be done. */
  readonly rules?: { readonly before: GroupRules; readonly after: GroupRules };
  /** Traffic let in that the baseline does not declare, and declared and not let in: disjoint ranges in canonical order. */
  readonly access: { readonly gained: readonly AccessRange[]; readonly lost: readonly AccessRange[] };
  /** Null where the source does not tell: AWS Config never does. */
  readonly actor: FindingActor | null;
  readonly event: FindingEvent;
  /** Judged by the live rules, or by the event alone. */
  readonly basis: 'live' | 'event';
}
