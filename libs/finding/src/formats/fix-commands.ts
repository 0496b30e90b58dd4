/** Writes the commands and links that a person needs to act on a finding. */
import { partitionOf } from '@portcullis/cloudtrail';
import type { Finding, FindingGroup } from '../finding/finding.js';

/** The keys of a finding from which `fixCommandsFor` writes commands. */
export interface Restorable extends Pick<Finding, 'atBaseline' | 'authorize' | 'revoke' | 'egress'> {
  readonly group: Pick<FindingGroup, 'id' | 'region'>;
}

/**
 * Returns the AWS CLI commands, for a POSIX shell, that bring the group back to its baseline. The commands that authorize come before the
 * commands that revoke, so that declared traffic is never interrupted. Returns no commands if the group is unknown, or if the group's rules
 * already match the baseline.
 */
export function fixCommandsFor({ atBaseline, group: { id, region }, authorize, revoke, egress }: Restorable, profile?: string): string[] {
  // If `atBaseline` is true, `authorize` and `revoke` contain changes that Portcullis has already made.
  if (atBaseline === true || id === null || region === null) return [];
  const options = [...(profile === undefined ? [] : ['--profile', profile]), '--region', region, '--group-id', id]
    .map(quoteShellWord)
    .join(' ');
  const changes = [
    ['authorize-security-group-ingress', authorize],
    ['authorize-security-group-egress', egress?.authorize ?? []],
    ['revoke-security-group-ingress', revoke],
    ['revoke-security-group-egress', egress?.revoke ?? []],
  ] as const;
  return changes
    .filter(([, permissions]) => permissions.length > 0)
    .map(([operation, permissions]) => `aws ec2 ${operation} ${options} --ip-permissions ${quoteShellWord(JSON.stringify(permissions))}`);
}

/**
 * The maximum length, in characters, of all commands together in the JSON of a finding. In messages, the length of the commands is not
 * limited.
 */
const MAX_COMMANDS_LENGTH = 4_000;

/**
 * Returns the commands that end the drift, and the link to the group in the AWS console. Returns `undefined` if the finding is not a drift
 * of a known group.
 */
export function findingFix(finding: Finding): Finding['fix'] {
  const console = consoleLink(finding.group);
  if (finding.kind !== 'drift' || console === null) return undefined;
  const commands = fixCommandsFor(finding);
  return { commands: commands.join('').length <= MAX_COMMANDS_LENGTH ? commands : [], console };
}

/** Returns the AWS CLI command, for a POSIX shell, that revokes ingress rules of the group by id. */
export function revokeCommandFor(
  { id, region }: Pick<FindingGroup, 'id' | 'region'>,
  ruleIds: readonly string[],
  profile?: string,
): string {
  const options = [...(profile === undefined ? [] : ['--profile', profile]), '--region', region ?? '', '--group-id', id ?? ''];
  return ['aws ec2 revoke-security-group-ingress', ...[...options, '--security-group-rule-ids', ...ruleIds].map(quoteShellWord)].join(' ');
}

/**
 * Returns the command, for a POSIX shell, that approves the restoration of the group.
 *
 * @param functionName the name of the remediator's Lambda function.
 */
export function approvalCommandFor(functionName: string, { id, region }: { readonly id: string; readonly region: string }): string {
  const name = functionName.replace(/-config-remediator$/, '');
  // The package name is explicit: if Portcullis is not installed, `npx portcullis` would run another package of that name.
  return `npx @portcullis/cli approve --region ${quoteShellWord(region)} --group ${quoteShellWord(id)} --guard-name ${quoteShellWord(name)}`;
}

/** Returns the AWS CLI command, for a POSIX shell, that adds these tags to the group. */
export function tagCommandFor({ id, region }: FindingGroup, tags: Readonly<Record<string, string>>): string {
  const list = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  return `aws ec2 create-tags --region ${quoteShellWord(region ?? '')} --resources ${quoteShellWord(id ?? '')} --tags ${quoteShellWord(JSON.stringify(list))}`;
}

/** Real ids and region names contain only these characters, but a forged record can contain any character. */
const URL_SAFE = /^[\w-]+$/;

/** Returns the URL of the group in the AWS console, or null if the group is unknown. */
export function consoleLink({ id, region }: Pick<FindingGroup, 'id' | 'region'>): string | null {
  if (id === null || region === null || !URL_SAFE.test(id) || !URL_SAFE.test(region)) return null;
  return `https://${region}.${partitionOf(region).consoleDomain}/ec2/home?region=${region}#SecurityGroup:groupId=${id}`;
}

/** Returns the text, in quotes if necessary, so that a POSIX shell reads the text as a single word. */
function quoteShellWord(text: string): string {
  return /^[\w.-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
