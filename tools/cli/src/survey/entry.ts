/** One exposure of one group, with what stands behind the group and who opened it. */
import type { RuleOrigin } from '@portcullis/cloudtrail';
import type { Exposure, Severity } from '@portcullis/finding';
import type { Behind, LiveRule, Reachability } from '@portcullis/security-groups';
import type { GroupNames } from '../audit/group-state.js';
import type { Scope } from '../aws/account-region.js';

export interface SurveyEntry {
  readonly scope: SurveyScope;
  readonly group: GroupNames;
  readonly tags: Readonly<Record<string, string>>;
  readonly exposure: Exposure<LiveRule>;
  /** What is in the group; null if it could not be read. */
  readonly behind: Behind | null;
  readonly severity: Severity;
  /** The name of the baseline that selects the group; null if none does. Undefined if no baseline file was read. */
  readonly baseline?: string | null;
  /** Who opened the rules, by rule id. Undefined if CloudTrail was not asked. A rule without an entry has no known origin. */
  readonly origins?: ReadonlyMap<string, RuleOrigin>;
  /** Why a person accepted the exposure. Absent if nobody did. */
  readonly ignored?: { readonly reason: string; readonly until: string };
}

export interface SurveyScope extends Scope {
  /** As the user named it. */
  readonly profile: string | undefined;
}

const WEB_TRAFFIC: readonly string[] = ['tcp/80', 'tcp/443', 'udp/443'];

/** Reports whether the exposure is of a web server. Web servers are offered to the world on purpose more often than not. */
export function isWeb({ traffic }: Exposure): boolean {
  return WEB_TRAFFIC.includes(traffic);
}

const SEVERITIES_BY_REACHABILITY = {
  sensitive: { public: 'critical', internal: 'high', unattached: 'medium' },
  other: { public: 'high', internal: 'medium', unattached: 'low' },
  web: { public: 'low', internal: 'info', unattached: 'info' },
} as const satisfies Record<string, Record<Reachability, Severity>>;

/** A wide range is one step better than the world. */
const ONE_LESS = { critical: 'high', high: 'medium', medium: 'low', low: 'info', info: 'info' } as const satisfies Record<
  Severity,
  Severity
>;

/** Returns the severity of an exposure that no baseline was asked about. */
export function severityOfExposure(exposure: Exposure, reachability: Reachability): Severity {
  const kind = exposure.sensitive.length > 0 ? 'sensitive' : isWeb(exposure) ? 'web' : 'other';
  const severity = SEVERITIES_BY_REACHABILITY[kind][reachability];
  return exposure.reach === 'world' ? severity : ONE_LESS[severity];
}
