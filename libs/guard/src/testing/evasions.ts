/**
 * Attacks on a group that a baseline guards. Each attack is a known way to evade a public tool. docs/detection.md lists these attacks, and
 * names the kind of tool that misses each attack.
 */
import type { Baseline } from '@portcullis/baseline';
import { baseline, type SimulatedEc2 } from '@portcullis/security-groups/testing';
import { AT_BASELINE, ec2With, guarding, web, withoutGroup } from './detector.js';
import {
  addEntry,
  ANYWHERE,
  authorize,
  authorizeTcp,
  deleteGroup,
  describeRule,
  GROUP,
  ipv4,
  ipv6,
  list,
  modify,
  record,
  REMEDIATOR,
  restoreList,
  revokeById,
  sessionOf,
  tagCall,
  tcp,
} from './records.js';

export interface Evasion {
  /** What Mallory does. */
  readonly name: string;
  /** The kind and severity of the expected finding. */
  readonly outcome: string;
  /** Text that the expected summary contains. */
  readonly summary: string;
  readonly event: unknown;
  /** The rules of the group after the call, or a simulated EC2 with the group. */
  readonly group: readonly string[] | SimulatedEc2;
  readonly declared: readonly Baseline[];
}

function evasion(
  name: string,
  outcome: string,
  summary: string,
  event: unknown,
  group: Evasion['group'],
  ...declared: readonly Baseline[]
): Evasion {
  return { name, outcome, summary, event, group, declared: declared.length > 0 ? declared : [web] };
}

/** Returns an evasion whose call adds these rules to the declared rules. The finding names the added rules. */
function opened(name: string, rules: string | readonly string[], event: unknown, severity = 'critical', words?: string): Evasion {
  const added = [rules].flat();
  const summary = words ?? `${added.map((rule) => rule.replace('tcp ', 'tcp/')).join(' and ')} must be revoked`;
  return evasion(name, `drift, ${severity}`, summary, event, [...AT_BASELINE, ...added]);
}

/** Returns an evasion whose call opens SSH to the world. */
function openedSsh(name: string, event: unknown): Evasion {
  return opened(name, SSH, event);
}

/** Returns an evasion whose call changes a prefix list that the baseline and the group refer to. */
function viaList(name: string, versions: readonly (readonly string[])[], event: unknown, block: string): Evasion {
  const group = holding(['tcp 22 from pl-1'], ...versions);
  return evasion(name, 'change, critical', `now lets in tcp/22 from ${block}`, event, group, guarding(['tcp 22 from pl-1']));
}

/** Returns an evasion that gives a rule the description of another owner's rules. */
function disguised(name: string, event: unknown): Evasion {
  const summary = 'left alone, although it lets the world reach SSH (tcp/22): tcp/22 from 0.0.0.0/0';
  const ignoring = guarding(AT_BASELINE, { ignore: [{ descriptionPrefix: 'elbv2' }] });
  return evasion(name, 'change, critical', summary, event, [...AT_BASELINE, `${SSH} # elbv2 ingress`], ignoring);
}

/** Returns an evasion whose call takes the group out of the baseline `tagged`. */
function left(name: string, event: unknown, group: Evasion['group'], summary: string, outcome = 'change, high'): Evasion {
  return evasion(name, outcome, summary, event, group, tagged);
}

/**
 * Returns a simulated EC2 whose group has these rules. `versions` contains the entries of each version of the prefix list `pl-1`. Without
 * versions, the list does not exist.
 */
function holding(rules: readonly string[], ...versions: readonly (readonly string[])[]): SimulatedEc2 {
  const ec2 = ec2With(rules);
  if (versions.length > 0) ec2.prefixLists.set('pl-1', versions);
  return ec2;
}

function edit(port: number, id: number): object {
  const SecurityGroupRule = { IpProtocol: 'tcp', FromPort: port, ToPort: port, CidrIpv4: ANYWHERE };
  return { SecurityGroupRuleId: `sgr-${id}`, tag: id, SecurityGroupRule };
}

const SSH = 'tcp 22 from 0.0.0.0/0';
const FROM_LIST = [...AT_BASELINE, 'tcp 22 from pl-1'];
const openSsh = authorizeTcp(22, ANYWHERE);
const byName = record('AuthorizeSecurityGroupIngress', { groupName: 'web', ipPermissions: { items: [tcp(22, ipv4(ANYWHERE))] } });
const FLAT = { groupId: GROUP, ipPermissions: {}, ipProtocol: 'tcp', fromPort: 22, toPort: 22, cidrIp: ANYWHERE };
const HALVES = ['tcp 22 from 0.0.0.0/1', 'tcp 22 from 128.0.0.0/1'];
const IPV6_REGISTRIES = ['2400::/12', '2600::/12', '2800::/12', '2a00::/12', '2c00::/12'];
const OPEN_IPV6 = IPV6_REGISTRIES.map((block) => `tcp 22 from ${block}`);
const STEPS = Array.from({ length: 16 }, (_, i) => `${16 + i}.0.0.0/8`);
const allTraffic = { ipProtocol: -1, groups: {}, ...ipv4(ANYWHERE), ipv6Ranges: {}, prefixListIds: {} };
const fromGroup = { groups: { items: [{ groupId: 'sg-0e0e0e0e0e0e0e0e9', userId: '999988887777' }] } };
const declaringEgress = guarding(AT_BASELINE, { egress: ['tcp 22 to pl-1'] });
const openedEgress = { groupId: GROUP, ipPermissions: { items: [{ ipProtocol: '-1', ...ipv4(ANYWHERE) }] } };
const editing = { ModifySecurityGroupRulesRequest: { GroupId: GROUP, SecurityGroupRule: [edit(22, 1), edit(3389, 2)] } };
const EDITED = 'tcp/22, tcp/3389 from 0.0.0.0/0 must be revoked; tcp/80, tcp/443 from 0.0.0.0/0 must be authorized';

const INTERNAL = 'tcp 443 from 10.0.0.0/8';
const tagged = baseline([INTERNAL], { name: 'tagged', groups: { ids: [], tags: { Tier: 'web' } } });
const lax = baseline([INTERNAL, 'tcp 8080 from 0.0.0.0/0'], { name: 'lax', groups: { ids: [], tags: { Tier: 'lax' } } });
const inLax = ec2With([INTERNAL, 'tcp 8080 from 0.0.0.0/0'], { Tier: 'lax' });
const MOVED =
  'CreateTags took the group out of tagged: the group is now guarded by lax; according to tagged, HTTP open to the internet; tcp/8080 from';
const overwritten = ec2With([INTERNAL], { Tier: 'none' });
const REMOVED = 'DeleteTags took the group out of tagged: the group is no longer guarded';
const OVERWRITTEN = 'CreateTags took the group out of tagged: the group is no longer guarded';
const STRAY = [INTERNAL, 'tcp 9 from 10.0.0.1/32'];
const REMOVED_AND_OPENED = `${REMOVED}; tcp/9 from 10.0.0.1/32 must be`;

const disguisedSsh = { ipRanges: { items: [{ cidrIp: ANYWHERE, description: 'elbv2 ingress' }] } };

const session = sessionOf('arn:aws:iam::111122223333:role/evil');
const namesake = sessionOf('arn:aws:iam::111122223333:role/evil/portcullis-remediator');
const service = 'cloudformation.amazonaws.com';
const mallory = { type: 'IAMUser', arn: 'arn:aws:iam::111122223333:user/mallory', userName: 'mallory', invokedBy: service };

const openedFromGroup = authorize(tcp(22, fromGroup));
const openedFromList = authorize(tcp(22, list('pl-1')));
const openedIcmp = authorize(tcp(22, { ipProtocol: 'icmp', toPort: -1, ...ipv4(ANYWHERE) }));
const byTagKey = tagCall('DeleteTags', { Tier: undefined });
const unrecorded = record('AuthorizeSecurityGroupIngress', null, { responseElements: null });
const toSdk = { userIdentity: session, userAgent: 'aws-sdk-js/3 exec-env/AWS_Lambda_nodejs24.x' };
const egress = record('AuthorizeSecurityGroupEgress', openedEgress);
const toEgressList = [...AT_BASELINE, 'tcp 22 to pl-1'];
const closedEgress = guarding(AT_BASELINE, { egress: [] });
const toHarmless = modify('sgr-3', { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, CidrIpv4: '10.0.0.0/8' });
const byNamesake = authorizeTcp(443, ANYWHERE, { userIdentity: namesake });
const byService = authorizeTcp(22, ANYWHERE, { userIdentity: mallory, sourceIPAddress: service, userAgent: service });
const severalEdits = record('ModifySecurityGroupRules', editing);
const withoutList = holding(FROM_LIST);
const withWorld = holding(FROM_LIST, [ANYWHERE]);
const WITHOUT_443 = ['tcp 80 from 0.0.0.0/0'];
const toRegistries = authorize(tcp(22, ipv6(...IPV6_REGISTRIES)));

export const EVASIONS: readonly Evasion[] = [
  openedSsh('identifies the group by its name', byName),
  openedSsh('edits a rule in place', modify('sgr-3', { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIpv4: ANYWHERE })),
  evasion('edits several rules in one call', 'drift, critical', EDITED, severalEdits, [SSH, 'tcp 3389 from 0.0.0.0/0']),
  openedSsh('writes the rule in top-level fields of the request', record('AuthorizeSecurityGroupIngress', FLAT)),
  opened('opens a port to both halves of the address space in one call', HALVES, authorize(tcp(22, ipv4('0.0.0.0/1', '128.0.0.0/1')))),
  opened('opens a port to both halves of the address space in two calls', HALVES, authorizeTcp(22, '128.0.0.0/1')),
  openedSsh('writes 0.0.0.0/0 as 203.0.113.9/0', authorizeTcp(22, '203.0.113.9/0')),
  opened('hides a port in a range', 'tcp 0-65535 from 0.0.0.0/0', authorize(tcp(0, { toPort: 65_535, ...ipv4(ANYWHERE) }))),
  opened(
    'authorizes all protocols, in a rule without ports',
    '-1 from 0.0.0.0/0',
    authorize(allTraffic),
    'critical',
    'all traffic from 0.0.0.0/0',
  ),
  openedSsh('identifies the protocol by its number', authorize(tcp(22, { ipProtocol: '6', ...ipv4(ANYWHERE) }))),
  opened('opens a port to ::/0', 'tcp 22 from ::/0', authorize(tcp(22, ipv6('::/0')))),
  opened(
    'opens a port to 2000::/3, which contains every public IPv6 address',
    'tcp 22 from 2000::/3',
    authorize(tcp(22, ipv6('2000::/3'))),
  ),
  opened(
    'opens a port to the IPv6 blocks of all regional registries',
    OPEN_IPV6,
    toRegistries,
    'critical',
    'SSH open to the internet; tcp/22 from 5 sources',
  ),
  opened(
    'opens ICMP type 22, which CloudTrail records as port 22',
    'icmp 22 from 0.0.0.0/0',
    openedIcmp,
    'high',
    'icmp type 22 from 0.0.0.0/0',
  ),
  opened(
    'opens a port to a security group instead of a CIDR block',
    'tcp 22 from sg-0e0e0e0e0e0e0e0e9',
    openedFromGroup,
    'medium',
    'from sg-0e0e0e0e0e0e0e0e9',
  ),
  evasion('opens a port to a prefix list', 'drift, critical', 'tcp/22 from pl-1 must be revoked', openedFromList, withWorld),
  evasion(
    'opens a port to a prefix list that Portcullis cannot read',
    'drift, high',
    'prefix list pl-1 could not be read',
    openedFromList,
    withoutList,
  ),
  viaList('adds an entry to a declared prefix list', [], addEntry(ANYWHERE), ANYWHERE),
  viaList('adds entries to a declared prefix list in several calls', [STEPS], addEntry('31.0.0.0/8'), '31.0.0.0/8'),
  evasion(
    'adds an entry to a prefix list in declared egress',
    'change, medium',
    'now lets out tcp/22 to',
    addEntry(ANYWHERE),
    toEgressList,
    declaringEgress,
  ),
  viaList('brings back an old version of a prefix list', [[ANYWHERE], ['10.0.0.0/8']], restoreList(1, 2), ANYWHERE),
  evasion(
    'revokes a declared rule by its id',
    'drift, medium',
    'tcp/443 from 0.0.0.0/0 must be authorized',
    revokeById('sgr-2'),
    WITHOUT_443,
  ),
  // The record describes the first of two edits. The second edit happens before the record arrives.
  openedSsh('edits a rule twice: first into a harmless rule, then into an open rule', toHarmless),
  openedSsh('retries a refused call, which then succeeds', openSsh),
  evasion(
    'opens a port, uses it and closes it at once',
    'change, high',
    'added and removed again: tcp/22 from 0.0.0.0/0',
    openSsh,
    AT_BASELINE,
  ),
  disguised('opens a port in a rule with a description that the baseline ignores', authorize(tcp(22, disguisedSsh))),
  disguised('gives an open rule a description that the baseline ignores', describeRule('sgr-3', 'elbv2 ingress')),
  openedSsh("uses the remediator's own role", authorizeTcp(22, ANYWHERE, { userIdentity: REMEDIATOR })),
  openedSsh('copies the session name and user agent of the remediator', authorizeTcp(22, ANYWHERE, toSdk)),
  evasion("uses a role that has the name of the remediator's role, but another path", 'drift, medium', 'tcp/80', byNamesake, [
    'tcp 443 from 0.0.0.0/0',
  ]),
  openedSsh('lets an AWS service make the call', byService),
  evasion('makes a call so large that CloudTrail omits its parameters', 'undetermined, high', 'it is unknown which group', unrecorded, [
    SSH,
  ]),
  left('removes the tag that selects the group', tagCall('DeleteTags', { Tier: 'web' }), [INTERNAL], REMOVED),
  left('overwrites the tag that selects the group', tagCall('CreateTags', { Tier: 'none' }), overwritten, OVERWRITTEN),
  left(
    'removes the selecting tag without naming its value, and opens the group before the record arrives',
    byTagKey,
    STRAY,
    REMOVED_AND_OPENED,
    'drift, high',
  ),
  left(
    'removes all tags of the group, and opens the group before the record arrives',
    tagCall('DeleteTags', {}),
    STRAY,
    REMOVED_AND_OPENED,
    'drift, high',
  ),
  evasion(
    'changes the selecting tag so that a laxer baseline selects the group',
    'drift, high',
    MOVED,
    tagCall('CreateTags', { Tier: 'lax' }),
    inLax,
    tagged,
    lax,
  ),
  evasion('deletes the group', 'drift, medium', 'does not exist after DeleteSecurityGroup', deleteGroup, withoutGroup(), guarding([])),
  evasion(
    'opens egress that the baseline does not declare',
    'drift, medium',
    'all traffic to 0.0.0.0/0',
    egress,
    [...AT_BASELINE, '-1 to 0.0.0.0/0'],
    closedEgress,
  ),
];
