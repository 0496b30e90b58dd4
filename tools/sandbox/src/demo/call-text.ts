/** What a call to EC2 asks for, in words. */
import { describeRules } from '@portcullis/finding';
import { readRules } from '@portcullis/permission-diff';
import type { Call } from '../aws/call.js';

/** Returns e.g. `AuthorizeSecurityGroupIngress: tcp/445 from 0.0.0.0/0` or `RevokeSecurityGroupIngress: sgr-1, sgr-2`; a refusal is told. */
export function callText({ operation, parameters, errorCode }: Call): string {
  const asked = rulesText(parameters.IpPermissions, operation) ?? idsText(parameters.SecurityGroupRuleIds);
  const refused = errorCode === undefined ? '' : `, refused with ${errorCode}`;
  return `${operation}${asked === undefined ? '' : `: ${asked}`}${refused}`;
}

function rulesText(permissions: unknown, operation: string): string | undefined {
  if (!Array.isArray(permissions)) return undefined;
  const read = readRules(permissions, {
    direction: operation.endsWith('Egress') ? 'egress' : 'ingress',
    descriptions: 'trusted',
  });
  return read.ok ? describeRules(read.value) : undefined;
}

function idsText(ids: unknown): string | undefined {
  return Array.isArray(ids) && ids.length > 0 ? ids.map(String).join(', ') : undefined;
}
