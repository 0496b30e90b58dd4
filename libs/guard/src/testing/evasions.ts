/**
 * Every known way to evade a public tool, as an attack on the group that `web` guards. Each evasion has the call's effect in EC2 and its
 * record. docs/detection.md has the same list, and names the tool that each attack evades.
 */
import type { Baseline } from '@portcullis/baseline';
import { baseline, type SimulatedEc2 } from '@portcullis/security-groups/testing';
import { AT_BASELINE, ec2With, guarding, withoutGroup } from './detector.js';
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
  /** By default `web` alone. */
  readonly declared?: readonly Baseline[];
  /** The group after the call. */
  readonly group: readonly string[] | SimulatedEc2;
  readonly event: unknown;
  /** The kind and severity of the finding. */
  readonly outcome: string;
  /** A part of its summary. */
  readonly summary: string;
}

/** Returns an evasion whose call adds the rule to the declared rules. The finding names the rule. */
function opened(name: string, rule: string, event: unknown, words: string, outcome = 'drift, critical'): Evasion {
  return { name, group: [...AT_BASELINE, rule], event, outcome, summary: `${words} must be revoked` };
}

/** Returns an evasion whose call opens SSH to the world. */
function openedSsh(name: string, event: unknown): Evasion {
  return opened(name, SSH, event, 'tcp/22 from 0.0.0.0/0');
}

/** Returns an evasion whose call changes a prefix list that both the group and its baseline refer to. */
function viaList(name: string, versions: readonly (readonly string[])[], event: unknown, summary: string): Evasion {
  const group = holding(ec2With(['tcp 22 from pl-1']), versions);
  return { name, declared: [guarding(['tcp 22 from pl-1'])], group, event, outcome: 'change, critical', summary };
}

const SSH = 'tcp 22 from 0.0.0.0/0';
const openSsh = authorizeTcp(22, ANYWHERE);
const HALVES = ['tcp 22 from 0.0.0.0/1', 'tcp 22 from 128.0.0.0/1'];
const IPV6_REGISTRIES = ['2400::/12', '2600::/12', '2800::/12', '2a00::/12', '2c00::/12'];

const INTERNAL = 'tcp 443 from 10.0.0.0/8';
const tagged = baseline([INTERNAL], { name: 'tagged', groups: { ids: [], tags: { Tier: 'web' } } });
const lax = baseline([INTERNAL, 'tcp 8080 from 0.0.0.0/0'], { name: 'lax', groups: { ids: [], tags: { Tier: 'lax' } } });
const ignoring = [guarding(AT_BASELINE, { ignore: [{ descriptionPrefix: 'elbv2' }] })];
const disguised = {
  declared: ignoring,
  group: [...AT_BASELINE, `${SSH} # elbv2 ingress`],
  outcome: 'change, critical',
  summary: 'left alone, and lets the world reach SSH (tcp/22): tcp/22 from 0.0.0.0/0',
};
const left = { declared: [tagged], outcome: 'change, high' };
const leftAndOpened = {
  declared: [tagged],
  group: ec2With([INTERNAL, 'tcp 9 from 10.0.0.1/32']),
  outcome: 'drift, high',
  summary: 'DeleteTags took the group out of tagged: it is no longer guarded; tcp/9 from 10.0.0.1/32 must be',
};

function holding(ec2: SimulatedEc2, versions: readonly (readonly string[])[]): SimulatedEc2 {
  if (versions.length > 0) ec2.prefixLists.set('pl-1', versions);
  return ec2;
}

export const EVASIONS: readonly Evasion[] = [
  openedSsh(
    'names the group by its name',
    record('AuthorizeSecurityGroupIngress', { groupName: 'web', ipPermissions: { items: [tcp(22, ipv4(ANYWHERE))] } }),
  ),
  openedSsh('edits a rule in place', modify('sgr-3', { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIpv4: ANYWHERE })),
  {
    name: 'edits several rules in one call',
    group: [SSH, 'tcp 3389 from 0.0.0.0/0'],
    event: record('ModifySecurityGroupRules', {
      ModifySecurityGroupRulesRequest: {
        GroupId: GROUP,
        SecurityGroupRule: [22, 3389].map((port, i) => ({
          SecurityGroupRuleId: `sgr-${i + 1}`,
          tag: i + 1,
          SecurityGroupRule: { IpProtocol: 'tcp', FromPort: port, ToPort: port, CidrIpv4: ANYWHERE },
        })),
      },
    }),
    outcome: 'drift, critical',
    summary: 'tcp/22, tcp/3389 from 0.0.0.0/0 must be revoked; tcp/80, tcp/443 from 0.0.0.0/0 must be authorized',
  },
  openedSsh(
    'uses the flat form of the request',
    record('AuthorizeSecurityGroupIngress', {
      groupId: GROUP,
      ipPermissions: {},
      ipProtocol: 'tcp',
      fromPort: 22,
      toPort: 22,
      cidrIp: ANYWHERE,
    }),
  ),
  {
    name: 'opens both halves of the address space',
    group: [...AT_BASELINE, ...HALVES],
    event: authorize(tcp(22, ipv4('0.0.0.0/1', '128.0.0.0/1'))),
    outcome: 'drift, critical',
    summary: 'tcp/22 from 0.0.0.0/1 and tcp/22 from 128.0.0.0/1 must be revoked',
  },
  {
    name: 'opens one half in one call and the other in the next',
    group: [...AT_BASELINE, ...HALVES],
    event: authorizeTcp(22, '128.0.0.0/1'),
    outcome: 'drift, critical',
    summary: 'tcp/22 from 0.0.0.0/1 and tcp/22 from 128.0.0.0/1 must be revoked',
  },
  openedSsh('writes the world with host bits', authorizeTcp(22, '203.0.113.9/0')),
  opened(
    'hides a port in a range',
    'tcp 0-65535 from 0.0.0.0/0',
    authorize(tcp(0, { toPort: 65_535, ...ipv4(ANYWHERE) })),
    'tcp/0-65535 from 0.0.0.0/0',
  ),
  opened(
    'opens all protocols, which have no ports',
    '-1 from 0.0.0.0/0',
    authorize({ ipProtocol: -1, groups: {}, ...ipv4(ANYWHERE), ipv6Ranges: {}, prefixListIds: {} }),
    'all traffic from 0.0.0.0/0',
  ),
  openedSsh('names the protocol by its number', authorize(tcp(22, { ipProtocol: '6', ...ipv4(ANYWHERE) }))),
  opened('opens IPv6', 'tcp 22 from ::/0', authorize(tcp(22, ipv6('::/0'))), 'tcp/22 from ::/0'),
  opened('opens all of IPv6 that is in use', 'tcp 22 from 2000::/3', authorize(tcp(22, ipv6('2000::/3'))), 'tcp/22 from 2000::/3'),
  {
    name: 'opens all blocks that registries have of IPv6',
    group: [...AT_BASELINE, ...IPV6_REGISTRIES.map((block) => `tcp 22 from ${block}`)],
    event: authorize(tcp(22, ipv6(...IPV6_REGISTRIES))),
    outcome: 'drift, critical',
    summary: 'tcp/22 from 2400::/12',
  },
  opened(
    'opens an ICMP type, whose number is where ports are',
    'icmp 22 from 0.0.0.0/0',
    authorize(tcp(22, { ipProtocol: 'icmp', toPort: -1, ...ipv4(ANYWHERE) })),
    'icmp type 22 from 0.0.0.0/0',
    'drift, high',
  ),
  opened(
    'opens to a group instead of to addresses',
    'tcp 22 from sg-0e0e0e0e0e0e0e0e9',
    authorize(tcp(22, { groups: { items: [{ groupId: 'sg-0e0e0e0e0e0e0e0e9', userId: '999988887777' }] } })),
    'tcp/22 from sg-0e0e0e0e0e0e0e0e9',
    'drift, medium',
  ),
  {
    name: 'opens to a prefix list',
    group: holding(ec2With([...AT_BASELINE, 'tcp 22 from pl-1']), [[ANYWHERE]]),
    event: authorize(tcp(22, list('pl-1'))),
    outcome: 'drift, critical',
    summary: 'tcp/22 from pl-1 must be revoked',
  },
  {
    name: 'opens to a prefix list that cannot be read',
    group: [...AT_BASELINE, 'tcp 22 from pl-1'],
    event: authorize(tcp(22, list('pl-1'))),
    outcome: 'drift, high',
    summary: 'prefix list pl-1 could not be read',
  },
  viaList('lets a declared prefix list grow', [], addEntry(ANYWHERE), 'through pl-1 the group now lets in tcp/22 from 0.0.0.0/0'),
  viaList(
    'lets a declared prefix list grow in small steps',
    [Array.from({ length: 16 }, (_, i) => `${16 + i}.0.0.0/8`)],
    addEntry('31.0.0.0/8'),
    'now lets in tcp/22 from 31.0.0.0/8',
  ),
  {
    name: 'lets a prefix list of declared egress grow',
    declared: [guarding(AT_BASELINE, { egress: ['tcp 22 to pl-1'] })],
    group: [...AT_BASELINE, 'tcp 22 to pl-1'],
    event: addEntry(ANYWHERE),
    outcome: 'change, medium',
    summary: 'now lets out tcp/22 to 0.0.0.0/0',
  },
  viaList(
    'brings back an old version of a prefix list',
    [[ANYWHERE], ['10.0.0.0/8']],
    restoreList(1, 2),
    'through pl-1 the group now lets in tcp/22 from 0.0.0.0/0',
  ),
  {
    name: 'takes a declared rule away by its id',
    group: ['tcp 80 from 0.0.0.0/0'],
    event: revokeById('sgr-2'),
    outcome: 'drift, medium',
    summary: 'tcp/443 from 0.0.0.0/0 must be authorized',
  },
  // The record describes the first of two edits. The second edit has been made by the time that the record arrives.
  openedSsh(
    'edits a rule to something harmless and then to something else',
    modify('sgr-3', { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, CidrIpv4: '10.0.0.0/8' }),
  ),
  openedSsh('is refused, and tries again', openSsh),
  {
    name: 'opens a port, uses it and closes it at once',
    group: AT_BASELINE,
    event: openSsh,
    outcome: 'change, high',
    summary: 'gone again: tcp/22 from 0.0.0.0/0',
  },
  {
    ...disguised,
    name: "opens a port under another owner's description",
    event: authorize(tcp(22, { ipRanges: { items: [{ cidrIp: ANYWHERE, description: 'elbv2 ingress' }] } })),
  },
  { ...disguised, name: "gives an open rule another owner's description", event: describeRule('sgr-3', 'elbv2 ingress') },
  openedSsh("uses the remediator's own role", authorizeTcp(22, ANYWHERE, { userIdentity: REMEDIATOR })),
  openedSsh(
    'calls its session and its client as the remediator does',
    authorizeTcp(22, ANYWHERE, {
      userIdentity: sessionOf('arn:aws:iam::111122223333:role/evil'),
      userAgent: 'aws-sdk-js/3 exec-env/AWS_Lambda_nodejs24.x',
    }),
  ),
  {
    name: 'gives its role the name of the remediator, on another path',
    group: ['tcp 443 from 0.0.0.0/0'],
    event: authorizeTcp(443, ANYWHERE, { userIdentity: sessionOf('arn:aws:iam::111122223333:role/evil/portcullis-remediator') }),
    outcome: 'drift, medium',
    summary: 'tcp/80 from 0.0.0.0/0 must be authorized',
  },
  openedSsh(
    'lets a service make the call',
    authorizeTcp(22, ANYWHERE, {
      userIdentity: {
        type: 'IAMUser',
        arn: 'arn:aws:iam::111122223333:user/mallory',
        userName: 'mallory',
        invokedBy: 'cloudformation.amazonaws.com',
      },
      sourceIPAddress: 'cloudformation.amazonaws.com',
      userAgent: 'cloudformation.amazonaws.com',
    }),
  ),
  {
    name: 'makes the record too large for its parameters',
    group: [...AT_BASELINE, SSH],
    event: record('AuthorizeSecurityGroupIngress', null, { responseElements: null }),
    outcome: 'undetermined, high',
    summary: 'it cannot be told which group',
  },
  {
    ...left,
    name: 'takes off the tag by which the group is guarded',
    group: [INTERNAL],
    event: tagCall('DeleteTags', { Tier: 'web' }),
    summary: 'DeleteTags took the group out of tagged: it is no longer guarded',
  },
  {
    ...left,
    name: 'writes over the tag by which the group is guarded',
    group: ec2With([INTERNAL], { Tier: 'none' }),
    event: tagCall('CreateTags', { Tier: 'none' }),
    summary: 'CreateTags took the group out of tagged: it is no longer guarded',
  },
  {
    ...leftAndOpened,
    name: 'takes off the tag by its key alone and opens the group before anybody looks',
    event: tagCall('DeleteTags', { Tier: undefined }),
  },
  { ...leftAndOpened, name: 'takes off all tags and opens the group before anybody looks', event: tagCall('DeleteTags', {}) },
  {
    name: 'moves the group to a laxer baseline by its tag',
    declared: [tagged, lax],
    group: ec2With([INTERNAL, 'tcp 8080 from 0.0.0.0/0'], { Tier: 'lax' }),
    event: tagCall('CreateTags', { Tier: 'lax' }),
    outcome: 'drift, high',
    summary: 'CreateTags took the group out of tagged: it is guarded by lax now; by tagged, tcp/8080 from 0.0.0.0/0',
  },
  {
    name: 'deletes the group',
    declared: [guarding([])],
    group: withoutGroup(),
    event: deleteGroup,
    outcome: 'drift, medium',
    summary: 'does not exist after DeleteSecurityGroup',
  },
  {
    name: 'opens egress where it is declared',
    declared: [guarding(AT_BASELINE, { egress: [] })],
    group: [...AT_BASELINE, '-1 to 0.0.0.0/0'],
    event: record('AuthorizeSecurityGroupEgress', { groupId: GROUP, ipPermissions: { items: [{ ipProtocol: '-1', ...ipv4(ANYWHERE) }] } }),
    outcome: 'drift, medium',
    summary: 'all traffic to 0.0.0.0/0 must be revoked',
  },
];
