/**
 * Converts findings and checks to events of the Open Cybersecurity Schema Framework (OCSF), version 1.8.0, which SIEMs and data lakes read.
 *
 * The events use only attributes and values that also exist in version 1.3.0, because custom sources of Security Lake support only versions
 * up to 1.3. Security Hub supports version 1.6. Sources: https://docs.aws.amazon.com/security-lake/latest/userguide/custom-sources.html and
 * https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-ocsf.html
 */
import { partitionOf } from '@portcullis/cloudtrail';
import { readCidr } from '@portcullis/permission-diff';
import { controlRequirements } from '../finding/controls.js';
import { findingCallerText } from '../finding/finding-exposure.js';
import type { Control, Finding, FindingActor, FindingGroup, Severity } from '../finding/finding.js';
import { findingGroupArn } from '../finding/group-arn.js';
import { ownerFromTags } from '../finding/owner-tags.js';
import { findingAccessRangeWords } from './describe-rules.js';
import { fixCommandsFor, consoleLink } from './fix-commands.js';
import { isFindingOfDriftRecord, findingTitle, findingClosesDrift } from './finding-record.js';

/** An event of the class Detection Finding: https://schema.ocsf.io/1.8.0/classes/detection_finding */
export interface OcsfFinding extends OcsfEvent {
  readonly class_uid: 2004;
  readonly type_uid: 200401 | 200403;
  /** The time of the call or of the configuration item, in milliseconds since 1970. */
  readonly start_time?: number;
  readonly end_time?: number;
  readonly status_detail?: string;
  readonly evidences: readonly OcsfEvidence[];
}

/** An event of the class Compliance Finding: https://schema.ocsf.io/1.8.0/classes/compliance_finding */
export interface OcsfCheck extends OcsfEvent {
  readonly class_uid: 2003;
  readonly type_uid: 200301 | 200303;
  readonly compliance: {
    readonly control: string;
    readonly status_id: 1 | 2 | 3;
    readonly status: string;
    readonly standards: readonly string[];
    readonly requirements?: readonly string[];
  };
}

export interface OcsfEvent {
  readonly class_name: string;
  readonly type_name: string;
  /** 1: create. 3: close. */
  readonly activity_id: 1 | 3;
  readonly activity_name: string;
  readonly category_uid: 2;
  readonly category_name: string;
  readonly severity_id: 1 | 2 | 3 | 4 | 5;
  readonly severity: string;
  /** 1: new. 4: resolved. */
  readonly status_id: 1 | 4;
  readonly status: string;
  /** The time at which Portcullis wrote the event, in milliseconds since 1970. */
  readonly time: number;
  readonly message: string;
  readonly cloud: { readonly provider: 'AWS'; readonly account?: OcsfAccount; readonly region?: string };
  readonly metadata: {
    readonly version: '1.8.0';
    readonly product: { readonly name: 'Portcullis'; readonly vendor_name: 'Portcullis' };
    readonly profiles: readonly ['cloud'];
    readonly uid?: string;
    readonly correlation_uid?: string;
    readonly labels?: readonly string[];
  };
  readonly finding_info: {
    readonly uid: string;
    readonly title: string;
    readonly desc: string;
    readonly types: readonly string[];
    readonly analytic?: { readonly name: string; readonly type_id: 1; readonly type: string };
    readonly data_sources?: readonly string[];
    readonly src_url?: string;
  };
  readonly remediation?: { readonly desc: string; readonly references?: readonly string[] };
  readonly resources?: readonly OcsfResource[];
}

export interface OcsfAccount {
  readonly uid: string;
  readonly type_id: 10;
  readonly type: string;
}

export interface OcsfResource {
  readonly uid: string;
  readonly type: string;
  readonly name?: string;
  readonly cloud_partition?: string;
  readonly region?: string;
  readonly labels?: readonly string[];
  readonly owner?: { readonly name: string };
}

export interface OcsfEvidence {
  readonly actor?: {
    readonly app_name?: string;
    readonly user?: {
      readonly name?: string;
      readonly uid?: string;
      readonly account?: OcsfAccount;
      readonly type_id: 99;
      readonly type: string;
    };
    readonly session?: { readonly uid: string; readonly issuer?: string; readonly is_mfa: boolean };
  };
  readonly api?: { readonly operation: string; readonly response?: { readonly error: string } };
  readonly src_endpoint?: { readonly ip: string } | { readonly svc_name: string };
  readonly data: Readonly<Record<string, unknown>>;
}

/** The result of one check of a group, which no event caused. */
export interface GroupCheck {
  /**
   * The name of the check, such as `state` or `exposure tcp/22`. Each check of a group has a different name. Later runs of a check use the
   * same name.
   */
  readonly name: string;
  readonly result: 'pass' | 'warning' | 'fail';
  readonly severity: Severity;
  /** The result in one sentence. */
  readonly summary: string;
  readonly group: FindingGroup;
  /** The names of the baseline, or of the limits, with which the group was compared. */
  readonly declaredBy?: readonly string[];
  readonly controls?: readonly Control[];
  /** AWS CLI commands that make the check pass. */
  readonly commands?: readonly string[];
}

const OCSF_SEVERITIES = {
  info: { severity_id: 1, severity: 'Informational' },
  low: { severity_id: 2, severity: 'Low' },
  medium: { severity_id: 3, severity: 'Medium' },
  high: { severity_id: 4, severity: 'High' },
  critical: { severity_id: 5, severity: 'Critical' },
} as const satisfies Record<Severity, object>;

/**
 * The maximum length of a text in characters, and the maximum number of access ranges. OCSF has no maximum, but EventBridge accepts only
 * events of limited size.
 */
const MAX_TEXT = 4_000;
const MAX_RANGES = 20;

/**
 * Returns the finding as a Detection Finding. All findings about the drift of a group have the same `finding_info.uid`. A drift creates the
 * OCSF finding with this `uid`, and a restoration closes the OCSF finding. Every other finding has its own `uid`.
 */
export function ocsfFor(finding: Finding, now: Date): OcsfFinding {
  const { id, kind, severity, summary, group, baseline, limits = [], controls = [], event, outlook } = finding;
  const isClosed = findingClosesDrift(finding);
  const time = event.time === null ? NaN : Date.parse(event.time);
  return {
    class_uid: 2004,
    class_name: 'Detection Finding',
    ...(isClosed
      ? { type_uid: 200403, type_name: 'Detection Finding: Close' }
      : { type_uid: 200401, type_name: 'Detection Finding: Create' }),
    ...ocsfCommonFields({ isClosed, severity, summary, group, now }),
    ...(time >= 0 && { start_time: time, end_time: time }),
    ...(outlook !== undefined && { status_detail: ocsfText(outlook) }),
    metadata: {
      ...METADATA,
      uid: ocsfText(id),
      ...(event.id !== null && { correlation_uid: ocsfText(event.id) }),
      ...(controls.length > 0 && { labels: controlRequirements(controls) }),
    },
    finding_info: {
      uid: ocsfText(isFindingOfDriftRecord(finding) ? ocsfFindingUid(group, 'drift') : id),
      title: ocsfText(findingTitle(finding)),
      desc: ocsfText(summary),
      types: [kind],
      ...ocsfAnalytic(baseline === null ? limits : [baseline]),
      data_sources: [event.source === 'config' ? 'AWS Config' : 'AWS CloudTrail'],
      ...ocsfConsoleLink(group),
    },
    ...ocsfRemediation(group, fixCommandsFor(finding)),
    evidences: [ocsfEvidence(finding)],
  };
}

/**
 * Returns the check as a Compliance Finding. Every run of a check writes the same `finding_info.uid`, so that a passed check closes the
 * finding of an earlier failed run.
 */
export function ocsfCheckFor(check: GroupCheck, now: Date): OcsfCheck {
  const { name, result, severity, summary, group, declaredBy = [], controls = [], commands = [] } = check;
  const isClosed = result === 'pass';
  const standards = [...new Set(controls.map(({ standard }) => standard))];
  return {
    class_uid: 2003,
    class_name: 'Compliance Finding',
    ...(isClosed
      ? { type_uid: 200303, type_name: 'Compliance Finding: Close' }
      : { type_uid: 200301, type_name: 'Compliance Finding: Create' }),
    ...ocsfCommonFields({ isClosed, severity, summary, group, now }),
    metadata: METADATA,
    finding_info: {
      uid: ocsfText(ocsfFindingUid(group, name)),
      title: ocsfText(`Security group ${group.name ?? group.id ?? 'unknown'}: ${name}`),
      desc: ocsfText(summary),
      types: [ocsfText(name)],
      ...ocsfAnalytic(declaredBy),
      ...ocsfConsoleLink(group),
    },
    compliance: {
      control: ocsfText(name),
      ...OCSF_RESULTS[result],
      // OCSF 1.3 requires at least one standard.
      standards: standards.length > 0 ? standards : ['Portcullis'],
      ...(controls.length > 0 && { requirements: controlRequirements(controls) }),
    },
    ...ocsfRemediation(group, commands),
  };
}

const OCSF_RESULTS = {
  pass: { status_id: 1, status: 'Pass' },
  warning: { status_id: 2, status: 'Warning' },
  fail: { status_id: 3, status: 'Fail' },
} as const satisfies Record<GroupCheck['result'], object>;

const METADATA = {
  version: '1.8.0',
  product: { name: 'Portcullis', vendor_name: 'Portcullis' },
  profiles: ['cloud'],
} as const satisfies OcsfCheck['metadata'];

function ocsfCommonFields({ isClosed, severity, summary, group, now }: Common) {
  return {
    ...(isClosed ? ({ activity_id: 3, activity_name: 'Close' } as const) : ({ activity_id: 1, activity_name: 'Create' } as const)),
    ...(isClosed ? ({ status_id: 4, status: 'Resolved' } as const) : ({ status_id: 1, status: 'New' } as const)),
    category_uid: 2,
    category_name: 'Findings',
    ...OCSF_SEVERITIES[severity],
    time: now.getTime(),
    message: ocsfText(summary),
    cloud: {
      provider: 'AWS',
      ...(group.accountId !== null && { account: ocsfAccount(group.accountId) }),
      ...(group.region !== null && { region: ocsfText(group.region) }),
    },
    ...ocsfResources(group),
  } as const;
}

interface Common {
  readonly isClosed: boolean;
  readonly severity: Severity;
  readonly summary: string;
  readonly group: FindingGroup;
  readonly now: Date;
}

/** Returns the text with spaces instead of control characters and line breaks, because a caller may have chosen the text. */
function ocsfText(text: string): string {
  return findingCallerText(text, MAX_TEXT);
}

function ocsfFindingUid({ accountId, region, id }: FindingGroup, what: string): string {
  return `portcullis/${accountId ?? '-'}/${region ?? '-'}/${id ?? '-'}/${what}`;
}

function ocsfAccount(uid: string) {
  return { uid: ocsfText(uid), type_id: 10, type: 'AWS Account' } as const;
}

function ocsfAnalytic(names: readonly string[]): Pick<OcsfFinding['finding_info'], 'analytic'> {
  return names.length === 0 ? {} : { analytic: { name: ocsfText(names.join(', ')), type_id: 1, type: 'Rule' } };
}

function ocsfConsoleLink(group: FindingGroup): Pick<OcsfFinding['finding_info'], 'src_url'> {
  const link = consoleLink(group);
  return link === null ? {} : { src_url: link };
}

function ocsfRemediation(group: FindingGroup, commands: readonly string[]): Pick<OcsfFinding, 'remediation'> {
  const link = consoleLink(group);
  const text = commands.join(' && ');
  if (link === null || commands.length === 0) return {};
  const desc = text.length <= MAX_TEXT ? text : 'Open the security group in the AWS console';
  return { remediation: { desc: ocsfText(desc), references: [link] } };
}

function ocsfResources(group: FindingGroup): Pick<OcsfFinding, 'resources'> {
  const { accountId, region, name, tags = {} } = group;
  const arn = findingGroupArn(group);
  if (arn === null)
    return accountId === null ? {} : { resources: [{ uid: `AWS::::Account:${ocsfText(accountId)}`, type: 'AWS::::Account' }] };
  const owner = ownerFromTags(group);
  const labels = Object.entries(tags).map(([key, value]) => ocsfText(`${key}=${value}`));
  return {
    resources: [
      {
        uid: ocsfText(arn),
        type: 'AWS::EC2::SecurityGroup',
        ...(name !== null && name !== '' && { name: ocsfText(name) }),
        ...(region !== null && { region: ocsfText(region), cloud_partition: partitionOf(region).name }),
        ...(labels.length > 0 && { labels }),
        ...(owner !== undefined && { owner: { name: owner } }),
      },
    ],
  };
}

/** Returns the evidence of a finding: the caller, the caller's address and the changed access. The CloudTrail record is not included. */
function ocsfEvidence({ actor, event, access, exposure, limits }: Finding): OcsfEvidence {
  return {
    ...(actor !== null && ocsfActor(actor)),
    ...(event.name !== null && {
      api: { operation: ocsfText(event.name), ...(event.errorCode !== null && { response: { error: ocsfText(event.errorCode) } }) },
    }),
    data: {
      gained: findingAccessRangeWords('ingress', access.gained.slice(0, MAX_RANGES)),
      lost: findingAccessRangeWords('ingress', access.lost.slice(0, MAX_RANGES)),
      ...(limits !== undefined && { limits }),
      ...(exposure !== undefined && { exposure }),
      ...(hasOcsfText(actor?.userAgent) && { userAgent: ocsfText(actor.userAgent) }),
      ...(hasOcsfText(actor?.sourceIdentity) && { sourceIdentity: ocsfText(actor.sourceIdentity) }),
    },
  };
}

function ocsfActor(actor: FindingActor): Pick<OcsfEvidence, 'actor' | 'src_endpoint'> {
  const { type, issuerArn, arn, onBehalfOf, principalId, userName, accountId, sessionName, sourceIp, invokedBy, mfa } = actor;
  const uid = issuerArn ?? arn ?? onBehalfOf ?? principalId;
  const user = {
    ...(hasOcsfText(userName) && { name: ocsfText(userName) }),
    ...(hasOcsfText(uid) && { uid: ocsfText(uid) }),
    ...(hasOcsfText(accountId) && { account: ocsfAccount(accountId) }),
  };
  const session = hasOcsfText(sessionName) && {
    session: { uid: ocsfText(sessionName), ...(hasOcsfText(issuerArn) && { issuer: ocsfText(issuerArn) }), is_mfa: mfa },
  };
  const told = {
    ...(hasOcsfText(invokedBy) && { app_name: ocsfText(invokedBy) }),
    ...(Object.keys(user).length > 0 && {
      user: { ...user, type_id: 99, type: hasOcsfText(type) ? ocsfText(type) : 'Unknown' } as const,
    }),
    ...session,
  };
  return {
    ...(Object.keys(told).length > 0 && { actor: told }),
    ...(hasOcsfText(sourceIp) && { src_endpoint: isOcsfSourceIpAddress(sourceIp) ? { ip: sourceIp } : { svc_name: ocsfText(sourceIp) } }),
  };
}

function hasOcsfText(text: string | null | undefined): text is string {
  return text !== null && text !== undefined && text !== '';
}

/** If an AWS service made the call, `sourceIp` is not an address but the name of the service. */
function isOcsfSourceIpAddress(text: string): boolean {
  return readCidr(`${text}/32`).ok || readCidr(`${text}/128`).ok;
}
