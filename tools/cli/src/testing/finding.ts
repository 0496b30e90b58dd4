import type { Finding, FindingActor } from '@portcullis/finding';
import { permissions } from '@portcullis/security-groups/testing';
import { ACCOUNT, WEB } from './account-region.js';

/** The `event` of a finding that the detector wrote on 22 November 2026. */
export const CALL_EVENT: Finding['event'] = {
  source: 'cloudtrail',
  id: 'e-1',
  name: 'AuthorizeSecurityGroupIngress',
  time: '2026-11-22T11:00:00Z',
  errorCode: null,
};

/** Returns a finding of the remediator about the group `WEB`, on 23 November 2026. The baseline `web` of the group does not declare SSH. */
export function webFinding(changed: Partial<Finding> = {}): Finding {
  return {
    schemaVersion: 1,
    id: `e-1:${WEB}`,
    kind: 'drift',
    severity: 'critical',
    summary: 'tcp/22 from 0.0.0.0/0 must be revoked',
    group: { id: WEB, name: 'web', vpcId: 'vpc-1', accountId: ACCOUNT, region: 'eu-west-1' },
    baseline: 'web',
    atBaseline: false,
    authorize: [],
    revoke: permissions('tcp 22 from 0.0.0.0/0'),
    access: { gained: [], lost: [] },
    actor: null,
    event: { source: 'config', id: 'e-1', name: 'ConfigurationItemChangeNotification', time: '2026-11-23T10:00:00Z', errorCode: null },
    basis: 'live',
    ...changed,
  };
}

/** Returns the actor of a call: an IAM user without MFA. */
export function iamUserActor(userName: string, arn: string | null = null): FindingActor {
  return {
    ...{ type: 'IAMUser', arn, userName, sourceIp: '198.51.100.7', mfa: false },
    ...{ issuerArn: null, accountId: null, principalId: null, onBehalfOf: null, sessionName: null, sourceIdentity: null },
    ...{ userAgent: null, invokedBy: null, console: null },
  };
}
