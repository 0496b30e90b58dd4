/** One exposure of one group, with what is behind the group and who opened it. */
import type { RuleOrigin } from '@portcullis/cloudtrail';
import type { Control, Exposure, Severity } from '@portcullis/finding';
import type { GroupAttachments, LiveRule, Reachability } from '@portcullis/security-groups';
import type { GroupNames } from '../plan/group-state.js';
import type { Scope } from '../aws/account-region.js';

export interface SurveyEntry {
  readonly scope: SurveyScope;
  readonly group: GroupNames;
  readonly tags: Readonly<Record<string, string>>;
  readonly exposure: Exposure<LiveRule>;
  /** What is behind the group; null if it could not be read. */
  readonly behind: GroupAttachments | null;
  readonly severity: Severity;
  /** The name of the baseline that selects the group; null if none does. Undefined if no baseline file was read. */
  readonly baseline?: string | null;
  /** Who opened the rules, by rule id. A rule of unknown origin has no entry. Undefined if CloudTrail was not asked. */
  readonly origins?: ReadonlyMap<string, RuleOrigin>;
  /** The controls of security standards that the rules break. Absent if there are none. */
  readonly controls?: readonly Control[];
  /** Why and until when the exposure is accepted. Absent if it is not. */
  readonly ignored?: { readonly reason: string; readonly until: string };
}

export interface SurveyScope extends Scope {
  /** As the user named it. */
  readonly profile: string | undefined;
  /** The name of the account in its organization. */
  readonly account?: string;
}

/** Identifies the group. Two profiles may have read the same one. */
export function surveyedGroupKey({ scope, group }: Pick<SurveyEntry, 'scope' | 'group'>): string {
  return `${scope.accountId} ${scope.region} ${group.id}`;
}

const WEB_TRAFFIC: readonly string[] = ['tcp/80', 'tcp/443', 'udp/443'];

/** Reports whether the exposure is a web server, which is usually open to the internet on purpose. */
export function isWebExposure({ traffic }: Exposure): boolean {
  return WEB_TRAFFIC.includes(traffic);
}

const SEVERITIES_BY_REACHABILITY = {
  sensitive: { public: 'critical', internal: 'high', unattached: 'medium' },
  other: { public: 'high', internal: 'medium', unattached: 'low' },
  web: { public: 'low', internal: 'info', unattached: 'info' },
} as const satisfies Record<string, Record<Reachability, Severity>>;

/** An exposure to a wide range is one step less severe than one to the internet. */
const ONE_LESS = { critical: 'high', high: 'medium', medium: 'low', low: 'info', info: 'info' } as const satisfies Record<
  Severity,
  Severity
>;

/** Returns the severity of an exposure, regardless of baselines. */
export function severityOfExposure(exposure: Exposure, reachability: Reachability): Severity {
  const kind = exposure.sensitive.length > 0 ? 'sensitive' : isWebExposure(exposure) ? 'web' : 'other';
  const severity = SEVERITIES_BY_REACHABILITY[kind][reachability];
  return exposure.reach === 'world' ? severity : ONE_LESS[severity];
}
