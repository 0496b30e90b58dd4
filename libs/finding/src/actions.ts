/** What a person can do about a finding now: the commands of the AWS CLI, and where to click. */
import { partitionOf } from '@portcullis/cloudtrail';
import type { IpPermission } from '@portcullis/permission-diff';
import type { Finding, FindingGroup } from './finding.js';

/**
 * Returns the commands that bring the group back to its baseline: what is missing is authorized before the rest is revoked, so that declared
 * traffic is not cut. None when there is nothing left to do, or the group is not known. They run in a POSIX shell.
 */
export function commandsFor({ atBaseline, group, authorize, revoke, egress }: Finding): string[] {
  const { id, region } = group;
  // The lists are then what was done.
  if (atBaseline === true || id === null || region === null) return [];
  const command = (operation: string, permissions: readonly IpPermission[]): string[] =>
    permissions.length === 0
      ? []
      : [
          `aws ec2 ${operation} --region ${quoted(region)} --group-id ${quoted(id)} --ip-permissions ${quoted(JSON.stringify(permissions))}`,
        ];
  return [
    ...command('authorize-security-group-ingress', authorize),
    ...command('authorize-security-group-egress', egress?.authorize ?? []),
    ...command('revoke-security-group-ingress', revoke),
    ...command('revoke-security-group-egress', egress?.revoke ?? []),
  ];
}

/** Returns the command of the AWS CLI that gives the group these tags. It runs in a POSIX shell. */
export function tagCommandFor({ id, region }: FindingGroup, tags: Readonly<Record<string, string>>): string {
  const list = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  return `aws ec2 create-tags --region ${quoted(region ?? '')} --resources ${quoted(id ?? '')} --tags ${quoted(JSON.stringify(list))}`;
}

/** Returns where the AWS console shows the group, if it is known. */
export function consoleLink({ group: { id, region } }: Pick<Finding, 'group'>): string | null {
  if (id === null || region === null) return null;
  const at = encodeURIComponent(region);
  return `https://${at}.${partitionOf(region).consoleDomain}/ec2/home?region=${at}#SecurityGroup:groupId=${encodeURIComponent(id)}`;
}

/** One word for a POSIX shell, whatever the text holds. */
function quoted(text: string): string {
  return /^[\w.-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
