/** One exposure of one group, the resources behind the group, and the callers who opened the exposed rules. */
import type { RuleOrigin } from '@portcullis/cloudtrail';
import type { Control, Exposure, Severity } from '@portcullis/finding';
import type { GroupAttachments, LiveRule, Reachability } from '@portcullis/security-groups';
import type { GroupNames } from '../plan/group-state.js';
import type { NamedScope } from '../aws/account-region.js';

export interface SurveyEntry {
  readonly scope: NamedScope;
  readonly group: GroupNames;
  readonly tags: Readonly<Record<string, string>>;
  readonly exposure: Exposure<LiveRule>;
  /** The resources behind the group. Null if the network interfaces could not be read. */
  readonly behind: GroupAttachments | null;
  readonly severity: Severity;
  /** The name of the baseline that selects the group. Null if no baseline selects the group. Absent if no baseline file was read. */
  readonly baseline?: string | null;
  /** The calls that opened the rules, by rule id, if CloudTrail's history shows them. Absent if the history was not read. */
  readonly origins?: ReadonlyMap<string, RuleOrigin>;
  /** The controls of security standards that the rules break. Absent if there are none. */
  readonly controls?: readonly Control[];
  /** Why and until which day the exposure is accepted. Absent if the exposure is not accepted. */
  readonly ignored?: { readonly reason: string; readonly until: string };
}

/** Returns the key of a group. The key is the same for every profile that has read the group. */
export function surveyedGroupKey({ scope, group }: Pick<SurveyEntry, 'scope' | 'group'>): string {
  return `${scope.accountId} ${scope.region} ${group.id}`;
}

const WEB_TRAFFIC: readonly string[] = ['tcp/80', 'tcp/443', 'udp/443'];

/** Reports whether the exposure is a web server, which is usually open to the internet on purpose. */
export function isSurveyedWebServer({ traffic }: Exposure): boolean {
  return WEB_TRAFFIC.includes(traffic);
}

const SEVERITIES_BY_REACHABILITY = {
  sensitive: { public: 'critical', internal: 'high', unattached: 'medium' },
  other: { public: 'high', internal: 'medium', unattached: 'low' },
  web: { public: 'low', internal: 'info', unattached: 'info' },
} as const satisfies Record<string, Record<Reachability, Severity>>;

/** An exposure to a wide range of addresses is one step less severe than an exposure to the internet. */
const ONE_LESS = { critical: 'high', high: 'medium', medium: 'low', low: 'info', info: 'info' } as const satisfies Record<
  Severity,
  Severity
>;

/** Returns the severity of an exposure, even if a baseline declares the exposure. */
export function surveyExposureSeverity(exposure: Exposure, reachability: Reachability): Severity {
  const kind = exposure.sensitive.length > 0 ? 'sensitive' : isSurveyedWebServer(exposure) ? 'web' : 'other';
  const severity = SEVERITIES_BY_REACHABILITY[kind][reachability];
  return exposure.reach === 'world' ? severity : ONE_LESS[severity];
}
