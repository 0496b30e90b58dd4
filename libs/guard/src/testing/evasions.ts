/**
 * Every way that is known to get past a public tool, each as an attack on the group that `web` guards: what the call leads to in EC2, and
 * the record of it. docs/detection.md has the same list.
 */
import { baseline, liveRules, type SimulatedEc2, compiled } from '@portcullis/security-groups/testing';
import type { CompiledBaseline } from '@portcullis/baseline';
import type { FindingKind, Severity } from '@portcullis/finding';
import { AT_BASELINE, web } from './detector.js';
import { GROUP, record, REMEDIATOR } from './records.js';

export interface Evasion {
  /** What the attacker does. */
  readonly name: string;
  /** Who is got past by it, and why. */
  readonly beats: string;
  readonly declared?: CompiledBaseline;
  /** The rules as they are after the call. */
  readonly live: readonly string[];
  readonly world?: (ec2: SimulatedEc2) => void;
  readonly event: unknown;
  readonly found: {
    readonly kind: FindingKind;
    readonly severity: Severity;
    /** A part of the summary. */
    readonly summary: string;
  };
}

type Fields = Readonly<Record<string, unknown>>;

/** A request in the older encoding: what is not given is recorded as an empty object. */
function permission(fields: Fields): Fields {
  return {
    ipProtocol: 'tcp',
    fromPort: 22,
    toPort: 22,
    groups: {},
    ipRanges: {},
    ipv6Ranges: {},
    prefixListIds: {},
    ...fields,
  };
}
function authorize(...permissions: Fields[]): Fields {
  return record('AuthorizeSecurityGroupIngress', { groupId: GROUP, ipPermissions: { items: permissions } });
}
function ipv4(...blocks: string[]): Fields {
  return { ipRanges: { items: blocks.map((cidrIp) => ({ cidrIp })) } };
}
function ipv6(...blocks: string[]): Fields {
  return { ipv6Ranges: { items: blocks.map((cidrIpv6) => ({ cidrIpv6 })) } };
}
function modify(content: Fields, rest: Fields = {}): Fields {
  return record(
    'ModifySecurityGroupRules',
    {
      ModifySecurityGroupRulesRequest: {
        GroupId: GROUP,
        SecurityGroupRule: { SecurityGroupRuleId: 'sgr-3', tag: 1, SecurityGroupRule: content },
      },
    },
    { responseElements: { ModifySecurityGroupRulesResponse: { return: true } }, ...rest },
  );
}

const IPV6_REGISTRIES = ['2400::/12', '2600::/12', '2800::/12', '2a00::/12', '2c00::/12'];
const sshFromAll = 'tcp 22 from 0.0.0.0/0';
function critical(summary: string): Evasion['found'] {
  return { kind: 'drift', severity: 'critical', summary };
}
function high(summary: string): Evasion['found'] {
  return { kind: 'drift', severity: 'high', summary };
}

const tagged = baseline(['tcp 443 from 10.0.0.0/8'], { name: 'tagged', groups: { ids: [], tags: { Tier: 'web' } } });
const lax = baseline(['tcp 443 from 10.0.0.0/8', 'tcp 8080 from 0.0.0.0/0'], {
  name: 'lax',
  groups: { ids: [], tags: { Tier: 'lax' } },
});
const openedOnTheQuiet = ['tcp 443 from 10.0.0.0/8', 'tcp 9 from 10.0.0.1/32'];
function untagged(ec2: SimulatedEc2): void {
  ec2.add(GROUP, liveRules(...openedOnTheQuiet), { tags: {} });
}
const viaList = baseline(['tcp 22 from pl-1'], { groups: { ids: [GROUP] } });
function listModified(request: Fields): Fields {
  return record('ModifyManagedPrefixList', { ModifyManagedPrefixListRequest: { PrefixListId: 'pl-1', ...request } });
}

export const EVASIONS: readonly Evasion[] = [
  {
    name: 'names the group by its name',
    beats: 'patterns and look-ups by `groupId`',
    live: [...AT_BASELINE, sshFromAll],
    event: record('AuthorizeSecurityGroupIngress', {
      groupName: 'web',
      ipPermissions: { items: [permission(ipv4('0.0.0.0/0'))] },
    }),
    found: critical('tcp/22 from 0.0.0.0/0 must be revoked'),
  },
  {
    name: 'edits a rule in place',
    beats: 'all that list Authorize and Revoke alone, and patterns on `requestParameters.groupId`',
    live: [...AT_BASELINE, sshFromAll],
    event: modify({ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIpv4: '0.0.0.0/0' }),
    found: critical('tcp/22 from 0.0.0.0/0 must be revoked'),
  },
  {
    name: 'edits several rules in one call',
    beats: 'who expects an object where CloudTrail has a list',
    live: ['tcp 22 from 0.0.0.0/0', 'tcp 3389 from 0.0.0.0/0'],
    event: record('ModifySecurityGroupRules', {
      ModifySecurityGroupRulesRequest: {
        GroupId: GROUP,
        SecurityGroupRule: [22, 3389].map((port, i) => ({
          SecurityGroupRuleId: `sgr-${i + 1}`,
          tag: i + 1,
          SecurityGroupRule: { IpProtocol: 'tcp', FromPort: port, ToPort: port, CidrIpv4: '0.0.0.0/0' },
        })),
      },
    }),
    found: critical('tcp/22, tcp/3389 from 0.0.0.0/0 must be revoked; tcp/80, tcp/443 from 0.0.0.0/0 must be authorized'),
  },
  {
    name: 'uses the flat form of the request',
    beats: 'all that walk `ipPermissions.items` alone',
    live: [...AT_BASELINE, sshFromAll],
    event: record('AuthorizeSecurityGroupIngress', {
      groupId: GROUP,
      ipPermissions: {},
      ipProtocol: 'tcp',
      fromPort: 22,
      toPort: 22,
      cidrIp: '0.0.0.0/0',
    }),
    found: critical('tcp/22 from 0.0.0.0/0 must be revoked'),
  },
  {
    name: 'opens both halves of the address space',
    beats: 'a comparison with the text `0.0.0.0/0`',
    live: [...AT_BASELINE, 'tcp 22 from 0.0.0.0/1', 'tcp 22 from 128.0.0.0/1'],
    event: authorize(permission(ipv4('0.0.0.0/1', '128.0.0.0/1'))),
    found: critical('tcp/22 from 0.0.0.0/1 and tcp/22 from 128.0.0.0/1 must be revoked'),
  },
  {
    name: 'opens one half in one call and the other in the next',
    beats: 'who judges a call by what it adds and not by what there then is',
    live: [...AT_BASELINE, 'tcp 22 from 0.0.0.0/1', 'tcp 22 from 128.0.0.0/1'],
    event: authorize(permission(ipv4('128.0.0.0/1'))),
    found: critical('tcp/22 from 0.0.0.0/1 and tcp/22 from 128.0.0.0/1 must be revoked'),
  },
  {
    name: 'writes the world with host bits',
    beats: 'a comparison with the text `0.0.0.0/0`',
    live: [...AT_BASELINE, sshFromAll],
    event: authorize(permission(ipv4('203.0.113.9/0'))),
    found: critical('tcp/22 from 0.0.0.0/0 must be revoked'),
  },
  {
    name: 'hides a port in a range',
    beats: 'a comparison of `fromPort` with a port',
    live: [...AT_BASELINE, 'tcp 0-65535 from 0.0.0.0/0'],
    event: authorize(permission({ fromPort: 0, toPort: 65_535, ...ipv4('0.0.0.0/0') })),
    found: critical('tcp/0-65535 from 0.0.0.0/0 must be revoked'),
  },
  {
    name: 'opens all protocols, which have no ports',
    beats: 'who looks for ports, and for `"-1"` where CloudTrail may have a number',
    live: [...AT_BASELINE, '-1 from 0.0.0.0/0'],
    event: authorize({ ipProtocol: -1, groups: {}, ...ipv4('0.0.0.0/0'), ipv6Ranges: {}, prefixListIds: {} }),
    found: critical('all traffic from 0.0.0.0/0 must be revoked'),
  },
  {
    name: 'names the protocol by its number',
    beats: 'a comparison with the text `tcp`',
    live: [...AT_BASELINE, sshFromAll],
    event: authorize(permission({ ipProtocol: '6', ...ipv4('0.0.0.0/0') })),
    found: critical('tcp/22 from 0.0.0.0/0 must be revoked'),
  },
  {
    name: 'opens IPv6',
    beats: 'who reads `ipRanges` alone',
    live: [...AT_BASELINE, 'tcp 22 from ::/0'],
    event: authorize(permission(ipv6('::/0'))),
    found: critical('tcp/22 from ::/0 must be revoked'),
  },
  {
    name: 'opens all of IPv6 that is in use',
    beats: 'a comparison with the text `::/0`',
    live: [...AT_BASELINE, 'tcp 22 from 2000::/3'],
    event: authorize(permission(ipv6('2000::/3'))),
    found: critical('tcp/22 from 2000::/3 must be revoked'),
  },
  {
    name: 'opens all blocks that registries have of IPv6',
    beats: 'a comparison with the text `::/0`, and a share of all addresses, used or not',
    live: [...AT_BASELINE, ...IPV6_REGISTRIES.map((block) => `tcp 22 from ${block}`)],
    event: authorize(permission(ipv6(...IPV6_REGISTRIES))),
    found: critical('tcp/22 from 2400::/12'),
  },
  {
    name: 'opens an ICMP type, whose number is where ports are',
    beats: 'who takes type 22 for port 22, or ICMP for nothing at all',
    live: [...AT_BASELINE, 'icmp 22 from 0.0.0.0/0'],
    event: authorize(permission({ ipProtocol: 'icmp', fromPort: 22, toPort: -1, ...ipv4('0.0.0.0/0') })),
    found: high('icmp type 22 from 0.0.0.0/0 must be revoked'),
  },
  {
    name: 'opens to a group instead of to addresses',
    beats: 'who looks for CIDRs alone',
    live: [...AT_BASELINE, 'tcp 22 from sg-0e0e0e0e0e0e0e0e9'],
    event: authorize(permission({ groups: { items: [{ groupId: 'sg-0e0e0e0e0e0e0e0e9', userId: '999988887777' }] } })),
    found: { kind: 'drift', severity: 'medium', summary: 'tcp/22 from sg-0e0e0e0e0e0e0e0e9 must be revoked' },
  },
  {
    name: 'opens to a prefix list',
    beats: 'who looks for CIDRs alone',
    live: [...AT_BASELINE, 'tcp 22 from pl-0c0c0c0c0c0c0c0c3'],
    world: (ec2: SimulatedEc2): void => {
      ec2.prefixLists.set('pl-0c0c0c0c0c0c0c0c3', [['0.0.0.0/0']]);
    },
    event: authorize(permission({ prefixListIds: { items: [{ prefixListId: 'pl-0c0c0c0c0c0c0c0c3' }] } })),
    found: critical('tcp/22 from pl-0c0c0c0c0c0c0c0c3 must be revoked'),
  },
  {
    name: 'opens to a prefix list that cannot be read',
    beats: 'who takes a list that is not known for harmless',
    live: [...AT_BASELINE, 'tcp 22 from pl-0c0c0c0c0c0c0c0c3'],
    event: authorize(permission({ prefixListIds: { items: [{ prefixListId: 'pl-0c0c0c0c0c0c0c0c3' }] } })),
    found: high('what pl-0c0c0c0c0c0c0c0c3 holds could not be read'),
  },
  {
    name: 'lets a declared prefix list grow',
    beats: 'all that compare rules: no rule has changed',
    declared: compiled(viaList),
    live: ['tcp 22 from pl-1'],
    event: listModified({ AddEntry: { tag: 1, Cidr: '0.0.0.0/0' } }),
    found: {
      kind: 'change',
      severity: 'critical',
      summary: 'through pl-1 the group now lets in tcp/22 from 0.0.0.0/0',
    },
  },
  {
    name: 'lets a declared prefix list grow in small steps',
    beats: 'who judges a call by the entries that it adds',
    declared: compiled(viaList),
    live: ['tcp 22 from pl-1'],
    world: (ec2: SimulatedEc2): void => {
      ec2.prefixLists.set('pl-1', [Array.from({ length: 16 }, (_, i) => `${16 + i}.0.0.0/8`)]);
    },
    event: listModified({ AddEntry: { tag: 1, Cidr: '31.0.0.0/8' } }),
    found: { kind: 'change', severity: 'critical', summary: 'now lets in tcp/22 from 31.0.0.0/8' },
  },
  {
    name: 'lets a prefix list of declared egress grow',
    beats: 'who watches ingress alone',
    declared: compiled(baseline(AT_BASELINE, { groups: { ids: [GROUP] }, egress: ['tcp 22 to pl-1'] })),
    live: [...AT_BASELINE, 'tcp 22 to pl-1'],
    event: listModified({ AddEntry: { tag: 1, Cidr: '0.0.0.0/0' } }),
    found: { kind: 'change', severity: 'medium', summary: 'now lets out tcp/22 to 0.0.0.0/0' },
  },
  {
    name: 'brings back an old version of a prefix list',
    beats: 'who knows ModifyManagedPrefixList alone, or looks for entries in the record',
    declared: compiled(viaList),
    live: ['tcp 22 from pl-1'],
    world: (ec2: SimulatedEc2): void => {
      ec2.prefixLists.set('pl-1', [['0.0.0.0/0'], ['10.0.0.0/8']]);
    },
    event: record('RestoreManagedPrefixListVersion', {
      RestoreManagedPrefixListVersionRequest: { PrefixListId: 'pl-1', PreviousVersion: 1, CurrentVersion: 2 },
    }),
    found: {
      kind: 'change',
      severity: 'critical',
      summary: 'through pl-1 the group now lets in tcp/22 from 0.0.0.0/0',
    },
  },
  {
    name: 'takes a declared rule away by its id',
    beats: 'who looks for ports and CIDRs in the request',
    live: ['tcp 80 from 0.0.0.0/0'],
    event: record('RevokeSecurityGroupIngress', {
      groupId: GROUP,
      securityGroupRuleIds: { items: [{ securityGroupRuleId: 'sgr-2' }] },
    }),
    found: { kind: 'drift', severity: 'medium', summary: 'tcp/443 from 0.0.0.0/0 must be authorized' },
  },
  {
    name: 'edits a rule to something harmless and then to something else',
    beats: 'who compares with the first edit, or with what was recorded last',
    live: ['tcp 80 from 0.0.0.0/0', 'tcp 443 from 0.0.0.0/0', sshFromAll],
    // The record is of the first of two edits: the second has been made when it arrives.
    event: modify({ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, CidrIpv4: '10.0.0.0/8' }),
    found: critical('tcp/22 from 0.0.0.0/0 must be revoked'),
  },
  {
    name: 'is refused, and tries again',
    beats: 'who takes the refused call for the change, or remembers it as told',
    live: [...AT_BASELINE, sshFromAll],
    event: authorize(permission(ipv4('0.0.0.0/0'))),
    found: critical('tcp/22 from 0.0.0.0/0 must be revoked'),
  },
  {
    name: 'opens a port, uses it and closes it at once',
    beats: 'who judges by what is left when the record arrives',
    live: AT_BASELINE,
    event: authorize(permission(ipv4('0.0.0.0/0'))),
    found: { kind: 'change', severity: 'high', summary: 'gone again: tcp/22 from 0.0.0.0/0' },
  },
  {
    name: "opens a port under another owner's description",
    beats: 'who leaves rules to another owner, whatever they let in',
    declared: compiled({ ...web, ignore: [{ descriptionPrefix: 'elbv2' }] }),
    live: [...AT_BASELINE, `${sshFromAll} # elbv2 ingress`],
    event: authorize(permission({ ipRanges: { items: [{ cidrIp: '0.0.0.0/0', description: 'elbv2 ingress' }] } })),
    found: {
      kind: 'change',
      severity: 'critical',
      summary: 'left alone, and lets the world reach SSH (tcp/22): tcp/22 from 0.0.0.0/0',
    },
  },
  {
    name: "gives an open rule another owner's description",
    beats: 'who takes a description for no change at all',
    declared: compiled({ ...web, ignore: [{ descriptionPrefix: 'elbv2' }] }),
    live: [...AT_BASELINE, `${sshFromAll} # elbv2 ingress`],
    event: record('UpdateSecurityGroupRuleDescriptionsIngress', {
      UpdateSecurityGroupRuleDescriptionsIngressRequest: {
        GroupId: GROUP,
        SecurityGroupRuleDescription: { SecurityGroupRuleId: 'sgr-3', Description: 'elbv2 ingress', tag: 1 },
      },
    }),
    found: {
      kind: 'change',
      severity: 'critical',
      summary: 'left alone, and lets the world reach SSH (tcp/22): tcp/22 from 0.0.0.0/0',
    },
  },
  {
    name: "uses the remediator's own role",
    beats: 'who takes every call of that role for a restoration',
    live: [...AT_BASELINE, sshFromAll],
    event: { ...authorize(permission(ipv4('0.0.0.0/0'))), ...withIdentity(REMEDIATOR, permission(ipv4('0.0.0.0/0'))) },
    found: critical('tcp/22 from 0.0.0.0/0 must be revoked'),
  },
  {
    name: 'calls its session and its client as the remediator does',
    beats: 'who knows the remediator by its session name or user agent',
    live: [...AT_BASELINE, sshFromAll],
    event: withIdentity(
      {
        ...REMEDIATOR,
        arn: 'arn:aws:sts::111122223333:assumed-role/evil/portcullis-remediator',
        sessionContext: { sessionIssuer: { type: 'Role', arn: 'arn:aws:iam::111122223333:role/evil' } },
      },
      permission(ipv4('0.0.0.0/0')),
      { userAgent: 'aws-sdk-js/3 exec-env/AWS_Lambda_nodejs24.x' },
    ),
    found: critical('tcp/22 from 0.0.0.0/0 must be revoked'),
  },
  {
    name: 'gives its role the name of the remediator, on another path',
    beats: 'who compares the name at the end of an ARN',
    live: ['tcp 443 from 0.0.0.0/0'],
    event: withIdentity(
      {
        ...REMEDIATOR,
        sessionContext: {
          sessionIssuer: { type: 'Role', arn: 'arn:aws:iam::111122223333:role/evil/portcullis-remediator' },
        },
      },
      permission({ fromPort: 443, toPort: 443, ...ipv4('0.0.0.0/0') }),
    ),
    found: { kind: 'drift', severity: 'medium', summary: 'tcp/80 from 0.0.0.0/0 must be authorized' },
  },
  {
    name: 'lets a service make the call',
    beats: 'who excuses what is `invokedBy` a service',
    live: [...AT_BASELINE, sshFromAll],
    event: withIdentity(
      {
        type: 'IAMUser',
        arn: 'arn:aws:iam::111122223333:user/mallory',
        userName: 'mallory',
        invokedBy: 'cloudformation.amazonaws.com',
      },
      permission(ipv4('0.0.0.0/0')),
      { sourceIPAddress: 'cloudformation.amazonaws.com', userAgent: 'cloudformation.amazonaws.com' },
    ),
    found: critical('tcp/22 from 0.0.0.0/0 must be revoked'),
  },
  {
    name: 'makes the record too large for its parameters',
    beats: 'who says nothing of a record without parameters',
    live: [...AT_BASELINE, sshFromAll],
    event: record('AuthorizeSecurityGroupIngress', null, { responseElements: null }),
    found: { kind: 'undetermined', severity: 'high', summary: 'it cannot be told which group' },
  },
  {
    name: 'takes off the tag by which the group is guarded',
    beats: 'who selects by tag and does not look at calls on tags',
    declared: compiled(tagged),
    live: ['tcp 443 from 10.0.0.0/8'],
    event: record('DeleteTags', {
      resourcesSet: { items: [{ resourceId: GROUP }] },
      tagSet: { items: [{ key: 'Tier', value: 'web' }] },
    }),
    found: {
      kind: 'change',
      severity: 'high',
      summary: 'DeleteTags took the group out of tagged: it is no longer guarded',
    },
  },
  {
    name: 'writes over the tag by which the group is guarded',
    beats: 'who looks for DeleteTags alone',
    declared: compiled(tagged),
    live: ['tcp 443 from 10.0.0.0/8'],
    world: (ec2: SimulatedEc2): void => {
      ec2.add(GROUP, liveRules('tcp 443 from 10.0.0.0/8'), { tags: { Tier: 'none' } });
    },
    event: record('CreateTags', {
      resourcesSet: { items: [{ resourceId: GROUP }] },
      tagSet: { items: [{ key: 'Tier', value: 'none' }] },
    }),
    found: {
      kind: 'change',
      severity: 'high',
      summary: 'CreateTags took the group out of tagged: it is no longer guarded',
    },
  },
  {
    name: 'takes off the tag by its key alone and opens the group before anybody looks',
    beats: 'who believes a tag was there only if the record has its value',
    declared: compiled(tagged),
    live: openedOnTheQuiet,
    world: untagged,
    event: record('DeleteTags', {
      resourcesSet: { items: [{ resourceId: GROUP }] },
      tagSet: { items: [{ key: 'Tier' }] },
    }),
    found: high('DeleteTags took the group out of tagged: it is no longer guarded; tcp/9 from 10.0.0.1/32 must be'),
  },
  {
    name: 'takes off all tags and opens the group before anybody looks',
    beats: 'who looks for the name of a tag in the record',
    declared: compiled(tagged),
    live: openedOnTheQuiet,
    world: untagged,
    event: record('DeleteTags', { resourcesSet: { items: [{ resourceId: GROUP }] }, tagSet: {} }),
    found: high('DeleteTags took the group out of tagged: it is no longer guarded; tcp/9 from 10.0.0.1/32 must be'),
  },
  {
    name: 'moves the group to a laxer baseline by its tag',
    beats: 'who judges a group by the baseline that selects it now, and by no other',
    declared: compiled(tagged, lax),
    live: ['tcp 443 from 10.0.0.0/8', 'tcp 8080 from 0.0.0.0/0'],
    world: (ec2: SimulatedEc2): void => {
      ec2.add(GROUP, liveRules('tcp 443 from 10.0.0.0/8', 'tcp 8080 from 0.0.0.0/0'), { tags: { Tier: 'lax' } });
    },
    event: record('CreateTags', {
      resourcesSet: { items: [{ resourceId: GROUP }] },
      tagSet: { items: [{ key: 'Tier', value: 'lax' }] },
    }),
    found: high('CreateTags took the group out of tagged: it is guarded by lax now; by tagged, tcp/8080 from 0.0.0.0/0'),
  },
  {
    name: 'deletes the group',
    beats: 'who takes a group without rules for one at its baseline',
    declared: compiled(baseline([], { groups: { ids: [GROUP] } })),
    live: [],
    world: (ec2: SimulatedEc2): void => {
      ec2.exists = false;
    },
    event: record('DeleteSecurityGroup', { groupId: GROUP }),
    found: { kind: 'drift', severity: 'medium', summary: 'does not exist after DeleteSecurityGroup' },
  },
  {
    name: 'opens egress where it is declared',
    beats: 'who watches ingress alone',
    declared: compiled({ ...web, egress: [] }),
    live: [...AT_BASELINE, '-1 to 0.0.0.0/0'],
    event: record('AuthorizeSecurityGroupEgress', {
      groupId: GROUP,
      ipPermissions: { items: [{ ipProtocol: '-1', ...ipv4('0.0.0.0/0') }] },
    }),
    found: { kind: 'drift', severity: 'medium', summary: 'all traffic to 0.0.0.0/0 must be revoked' },
  },
];

function withIdentity(userIdentity: Fields, opened: Fields, rest: Fields = {}): Fields {
  return record('AuthorizeSecurityGroupIngress', { groupId: GROUP, ipPermissions: { items: [opened] } }, { userIdentity, ...rest });
}
