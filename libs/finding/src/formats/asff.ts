/**
 * Converts findings to the AWS Security Finding Format (ASFF), which Security Hub imports. This module defines the types itself, so that it
 * does not need the AWS SDK. Sources: Security Hub user guide, "AWS Security Finding Format (ASFF)"; partner guide, "Guidelines for mapping
 * findings into the ASFF", for the lengths of texts.
 */
import { partitionOf, type Partition } from '@portcullis/cloudtrail';
import type { Finding, Severity } from '../finding/finding.js';
import { findingGroupArn } from '../finding/group-arn.js';
import { fixCommandsFor, consoleLink } from './fix-commands.js';
import { controlRequirements } from '../finding/controls.js';
import { shortenAtWord } from './describe-rules.js';
import { isFindingOfDriftRecord, findingTitle, findingClosesDrift } from './finding-record.js';

export interface AsffFinding {
  readonly SchemaVersion: '2018-10-08';
  readonly Id: string;
  readonly ProductArn: string;
  readonly ProductName: string;
  readonly CompanyName: string;
  readonly GeneratorId: string;
  readonly AwsAccountId: string;
  readonly Types: string[];
  readonly CreatedAt: string;
  readonly UpdatedAt: string;
  readonly Severity: {
    readonly Label: 'INFORMATIONAL' | 'LOW' | 'MEDIUM' | 'HIGH' | 'CRITICAL';
    readonly Original: string;
  };
  readonly Title: string;
  readonly Description: string;
  readonly Remediation?: { readonly Recommendation: { readonly Text: string; readonly Url?: string } };
  readonly ProductFields: Record<string, string>;
  readonly Resources: AsffResource[];
  readonly Compliance?: { readonly Status: 'PASSED' | 'FAILED'; readonly RelatedRequirements?: string[] };
  readonly RecordState: 'ACTIVE' | 'ARCHIVED';
}

/** The resource that a record is about: a security group or an account. */
export interface AsffResource {
  readonly Type: 'AwsAccount' | 'AwsEc2SecurityGroup';
  readonly Id: string;
  /**
   * Absent in the partition `aws-eusc`, because Security Hub does not accept `aws-eusc` here. Source:
   * https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_Resource.html
   */
  readonly Partition?: Exclude<Partition['name'], 'aws-eusc'>;
  readonly Region: string;
  readonly Details?: {
    readonly AwsEc2SecurityGroup: { readonly GroupId: string; readonly GroupName?: string; readonly VpcId?: string };
  };
}

/**
 * The account and region from which Portcullis sends the finding. In each account and region, Security Hub accepts only findings from the
 * same account and region.
 */
export interface AsffOrigin {
  /** 12 digits. */
  readonly accountId: string;
  readonly region: string;
}

/** Source: https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_Compliance.html */
const MAX_REQUIREMENTS = 32;

/** Source: Security Hub user guide, "Types taxonomy for ASFF". */
const NETWORK_REACHABILITY = 'Software and Configuration Checks/AWS Security Best Practices/Network Reachability';
const DEFENSE_EVASION = 'TTPs/Defense Evasion';

const LABELS = {
  info: 'INFORMATIONAL',
  low: 'LOW',
  medium: 'MEDIUM',
  high: 'HIGH',
  critical: 'CRITICAL',
} as const satisfies Record<Severity, string>;

/**
 * Returns the finding as an ASFF record. All findings about the drift of one group have the same record id: see `isFindingOfDriftRecord`.
 * Shortens each text to the length that Security Hub accepts.
 */
export function asffFor(finding: Finding, origin: AsffOrigin, now: Date): AsffFinding {
  const { id, kind, severity, summary, group, baseline, limits, controls = [], actor, event, basis, outlook } = finding;
  const { accountId, region } = origin;
  const isSettled = findingClosesDrift(finding);
  const isCompliance = isFindingOfDriftRecord(finding);
  const [command] = fixCommandsFor(finding);
  const link = consoleLink(group);
  const productFields: Readonly<Record<string, string | null | undefined>> = {
    'portcullis/findingId': id,
    'portcullis/kind': kind,
    'portcullis/baseline': baseline,
    'portcullis/limits': limits?.join(', '),
    'portcullis/basis': basis,
    'portcullis/outlook': outlook,
    'portcullis/event/id': event.id,
    'portcullis/event/name': event.name,
    'portcullis/event/errorCode': event.errorCode,
    'portcullis/actor/arn': actor?.issuerArn ?? actor?.arn,
    'portcullis/actor/sessionName': actor?.sessionName,
    'portcullis/actor/sourceIp': actor?.sourceIp,
    'portcullis/actor/userAgent': actor?.userAgent,
  };
  return {
    SchemaVersion: '2018-10-08',
    Id: shortenAtWord(`portcullis/${region}/${isCompliance ? `${group.id}/baseline` : id}`, 512),
    // The default product. Source: Security Hub user guide, "Using custom product integrations".
    ProductArn: `arn:${partitionOf(region).name}:securityhub:${region}:${accountId}:product/${accountId}/default`,
    ProductName: 'Portcullis',
    CompanyName: 'Portcullis',
    GeneratorId: `portcullis/${event.source}`,
    AwsAccountId: accountId,
    Types: [kind === 'tampering' ? DEFENSE_EVASION : NETWORK_REACHABILITY],
    CreatedAt: event.time ?? now.toISOString(),
    UpdatedAt: now.toISOString(),
    Severity: { Label: LABELS[severity], Original: severity },
    Title: shortenAtWord(findingTitle(finding), 256),
    Description: shortenAtWord(summary, 1024),
    ...(link !== null && {
      Remediation: {
        Recommendation: {
          Text: command !== undefined && command.length <= 512 ? command : 'Open the security group in the AWS console',
          Url: link,
        },
      },
    }),
    ProductFields: Object.fromEntries(
      Object.entries(productFields).flatMap(([key, value]) => (value ? [[key, shortenAtWord(value, 2048)]] : [])),
    ),
    Resources: [asffResource(finding, origin)],
    ...(isCompliance && {
      Compliance: {
        Status: isSettled ? 'PASSED' : 'FAILED',
        ...(controls.length > 0 && { RelatedRequirements: controlRequirements(controls).slice(0, MAX_REQUIREMENTS) }),
      },
    }),
    // If an archived record becomes active again, Security Hub resets the record's workflow status to NEW.
    RecordState: isSettled ? 'ARCHIVED' : 'ACTIVE',
  };
}

function asffResource({ group }: Finding, { accountId, region }: AsffOrigin): AsffResource {
  const arn = findingGroupArn(group);
  const { name } = partitionOf(region);
  const partition = name === 'aws-eusc' ? {} : { Partition: name };
  if (arn === null || group.id === null) return { Type: 'AwsAccount', Id: `AWS::::Account:${accountId}`, ...partition, Region: region };
  return {
    Type: 'AwsEc2SecurityGroup',
    Id: arn,
    ...partition,
    Region: group.region ?? region,
    Details: {
      AwsEc2SecurityGroup: {
        GroupId: group.id,
        ...(group.name !== null && { GroupName: group.name }),
        ...(group.vpcId !== null && { VpcId: group.vpcId }),
      },
    },
  };
}
