import { perms } from '@portcullis/permission-diff/testing';
import type { Finding, FindingActor } from '../finding/finding.js';

export const operator: FindingActor = {
  type: 'AssumedRole',
  arn: 'arn:aws:sts::111122223333:assumed-role/Operator/mallory',
  issuerArn: 'arn:aws:iam::111122223333:role/people/Operator',
  accountId: '111122223333',
  principalId: 'AROAEXAMPLE:mallory',
  onBehalfOf: null,
  userName: 'Operator',
  sessionName: 'mallory',
  sourceIdentity: 'mallory@example.com',
  sourceIp: '203.0.113.50',
  userAgent: 'aws-cli/2.22.0',
  invokedBy: null,
  mfa: false,
  console: false,
};

/** Returns a finding about a critical drift, with the keys in `changed` replaced. */
export function example(changed: Partial<Finding> = {}): Finding {
  return {
    schemaVersion: 1,
    id: 'event-1:sg-1',
    kind: 'drift',
    severity: 'critical',
    summary: 'tcp/445 from 0.0.0.0/0 must be revoked; tcp/443 from 0.0.0.0/0 must be authorized',
    group: { id: 'sg-1', name: 'web', vpcId: 'vpc-1', accountId: '111122223333', region: 'eu-west-1' },
    baseline: 'public-web',
    atBaseline: false,
    authorize: perms('tcp 443 from 0.0.0.0/0'),
    revoke: perms('tcp 445 from 0.0.0.0/0'),
    access: {
      gained: [{ protocol: 'tcp', source: { cidr: '0.0.0.0/0' }, fromPort: 445, toPort: 445 }],
      lost: [{ protocol: 'tcp', source: { cidr: '0.0.0.0/0' }, fromPort: 443, toPort: 443 }],
    },
    actor: operator,
    event: { source: 'cloudtrail', id: 'event-1', name: 'AuthorizeSecurityGroupIngress', time: '2026-11-23T10:00:00Z', errorCode: null },
    outlook: 'the remediator restores the group after AWS Config has recorded the change, usually within minutes',
    basis: 'live',
    ...changed,
  };
}

/** Returns a finding about the drift of a group with this number of rules. */
export function large(count: number): Finding {
  const rules = Array.from({ length: count }, (_, i) => ({
    IpProtocol: 'tcp',
    FromPort: i + 1,
    ToPort: i + 1,
    IpRanges: [{ CidrIp: `198.51.${i % 256}.0/24`, Description: 'x'.repeat(120) }],
  }));
  return example({ revoke: rules, rules: { before: { ingress: rules, egress: [] }, after: { ingress: [], egress: rules.slice(0, 1) } } });
}

/** A finding without optional keys, in which every key that can be null is null. */
export const bare = example({
  id: 'unreadable:-',
  kind: 'undetermined',
  severity: 'high',
  summary: 'a CloudTrail record could not be read',
  group: { id: null, name: null, vpcId: null, accountId: null, region: null },
  baseline: null,
  atBaseline: null,
  authorize: [],
  revoke: [],
  access: { gained: [], lost: [] },
  actor: null,
  event: { source: 'cloudtrail', id: null, name: null, time: null, errorCode: null },
  outlook: undefined,
  basis: 'event',
});
