/**
 * A finding in the AWS Security Finding Format, which Security Hub takes. Types are structural: nothing here knows the SDK.
 * Sources: Security Hub user guide, "AWS Security Finding Format (ASFF)"; partner guide, "Guidelines for mapping findings into the ASFF",
 * for the lengths of texts.
 */
import { partitionOf, type Partition } from '@portcullis/cloudtrail';
import { commandsFor, consoleLink } from './actions.js';
import type { Finding, Severity } from './finding.js';
import { groupArn } from './group-arn.js';
import { shorten } from './text.js';

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
  readonly Compliance?: { readonly Status: 'PASSED' | 'FAILED' };
  readonly RecordState: 'ACTIVE' | 'ARCHIVED';
}

interface AsffResource {
  readonly Type: 'AwsAccount' | 'AwsEc2SecurityGroup';
  readonly Id: string;
  /** Left out in `aws-eusc`, which Security Hub does not accept here. Source: https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_Resource.html */
  readonly Partition?: Exclude<Partition['name'], 'aws-eusc'>;
  readonly Region: string;
  readonly Details?: {
    readonly AwsEc2SecurityGroup: { readonly GroupId: string; readonly GroupName?: string; readonly VpcId?: string };
  };
}

/** The account and region that send: Security Hub takes findings about its own only. */
export interface AsffOrigin {
  /** 12 digits. */
  readonly accountId: string;
  readonly region: string;
}

const LABELS = {
  info: 'INFORMATIONAL',
  low: 'LOW',
  medium: 'MEDIUM',
  high: 'HIGH',
  critical: 'CRITICAL',
} as const satisfies Record<Severity, string>;

/**
 * Reports whether what was reported of the group before is over: it is at its baseline, and nothing else is wrong, such as a list that lets in
 * more or tags that have taken the group out of its baseline.
 */
export function settles({ kind, atBaseline, severity }: Finding): boolean {
  return atBaseline === true && (kind === 'restoration' || severity === 'info' || severity === 'low');
}

/**
 * Returns the finding as Security Hub takes it. Whether a group is at its baseline is one record for each group, which is updated: a
 * restoration archives what a drift opened. Anything else is a record of its own. Every text is within the length that is accepted.
 */
export function asffFor(finding: Finding, { accountId, region }: AsffOrigin, now: Date): AsffFinding {
  const { id, kind, severity, summary, group, baseline, actor, event, basis } = finding;
  const partition = partitionOf(region).name;
  const isCompliance = group.id !== null && (kind === 'drift' || settles(finding));
  const [command] = commandsFor(finding);
  const link = consoleLink(finding);
  const fields: Readonly<Record<string, string | null | undefined>> = {
    'portcullis/findingId': id,
    'portcullis/kind': kind,
    'portcullis/baseline': baseline,
    'portcullis/basis': basis,
    'portcullis/outlook': finding.outlook,
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
    Id: shorten(`portcullis/${region}/${isCompliance ? `${group.id}/baseline` : id}`, 512),
    // That of custom integrations. Source: Security Hub user guide, "Using custom product integrations".
    ProductArn: `arn:${partition}:securityhub:${region}:${accountId}:product/${accountId}/default`,
    ProductName: 'Portcullis',
    CompanyName: 'Portcullis',
    GeneratorId: `portcullis/${event.source}`,
    AwsAccountId: accountId,
    Types: [kind === 'tampering' ? DEFENSE_EVASION : NETWORK_REACHABILITY],
    CreatedAt: event.time ?? now.toISOString(),
    UpdatedAt: now.toISOString(),
    Severity: { Label: LABELS[severity], Original: severity },
    Title: shorten(titleOf(finding), 256),
    Description: shorten(summary, 1024),
    ...(link !== null && {
      Remediation: {
        Recommendation: {
          Text: command !== undefined && command.length <= 512 ? command : 'See the security group in the AWS console',
          Url: link,
        },
      },
    }),
    ProductFields: Object.fromEntries(
      Object.entries(fields).flatMap(([key, value]) =>
        value === null || value === undefined || value === '' ? [] : [[key, shorten(value, 2048)]],
      ),
    ),
    Resources: [resourceOf(finding, accountId, region)],
    ...(isCompliance && { Compliance: { Status: settles(finding) ? 'PASSED' : 'FAILED' } }),
    // Security Hub sets the workflow back to NEW itself when a record becomes active again.
    RecordState: settles(finding) ? 'ARCHIVED' : 'ACTIVE',
  };
}

// Source: Security Hub user guide, "Types taxonomy for ASFF".
const NETWORK_REACHABILITY = 'Software and Configuration Checks/AWS Security Best Practices/Network Reachability';
const DEFENSE_EVASION = 'TTPs/Defense Evasion';

function titleOf({ kind, group }: Finding): string {
  return kind === 'tampering' ? 'Portcullis itself: tampering' : `Security group ${group.name ?? group.id ?? 'not known'}: ${kind}`;
}

function resourceOf({ group }: Finding, accountId: string, region: string): AsffResource {
  const arn = groupArn(group);
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
