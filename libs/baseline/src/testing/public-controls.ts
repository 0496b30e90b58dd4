/**
 * Models ten public controls on security groups, so that a test can compare them with the starter limits. Each model follows the
 * documentation page of its control. If the page is ambiguous, the model favours the control: the model detects more groups and raises
 * fewer false alarms.
 */
import { readCidr, ruleCovers, type IpPermission, type Rule, type Source } from '@portcullis/permission-diff';

/** A group as `DescribeSecurityGroups` returns it, so the rules are in EC2's own spelling. */
export interface DescribedGroup {
  readonly ingress: readonly IpPermission[];
  /** The blocks of each prefix list that a rule names. The keys are the ids of the prefix lists. */
  readonly lists: Readonly<Record<string, readonly string[]>>;
}

export interface PublicControl {
  readonly name: string;
  readonly url: string;
  /** What the documentation page says, in short. */
  readonly says: string;
  /** What the model assumes about questions that the page does not answer. */
  readonly reading: string;
  /** The services that the control checks, such as `tcp/22`. */
  readonly about: readonly string[];
  readonly reports: (group: DescribedGroup) => boolean;
}

const CONFIG = 'https://docs.aws.amazon.com/config/latest/developerguide/';
const SECURITY_HUB = 'https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html';

const SSH = ['tcp/22'];
const RDP = ['tcp/3389', 'udp/3389'];

const LISTS_TOO = 'The model reads the entries of prefix lists, and treats a rule for all protocols as a TCP rule.';
// The ports of Security Hub EC2.19, in the order of its page.
const HIGH_RISK = [
  20, 21, 22, 23, 25, 110, 135, 143, 445, 1433, 1434, 3000, 3306, 3389, 4333, 5000, 5432, 5500, 5601, 8080, 8088, 8888, 9200, 9300,
];

export const PUBLIC_CONTROLS: readonly PublicControl[] = [
  {
    name: 'Config restricted-ssh',
    url: `${CONFIG}restricted-ssh.html`,
    says: 'A group is compliant if none of its rules allows SSH from 0.0.0.0/0 or ::/0.',
    reading: `${LISTS_TOO} The model treats any port range that contains 22 as SSH.`,
    about: SSH,
    reports: reportsPorts(['tcp'], [22]),
  },
  {
    name: 'Config restricted-common-ports',
    url: `${CONFIG}restricted-common-ports.html`,
    says: 'A group is compliant if no rule lets all IPv4 or all IPv6 addresses use a blocked TCP port.',
    reading: `${LISTS_TOO} In the model, \`blockedPorts\` also contains port 22.`,
    about: [...SSH, 'tcp/3389'],
    reports: reportsPorts(['tcp'], [20, 21, 22, 3306, 3389, 4333]),
  },
  {
    name: 'Config vpc-sg-open-only-to-authorized-ports',
    url: `${CONFIG}vpc-sg-open-only-to-authorized-ports.html`,
    says: 'A group is compliant if rules from 0.0.0.0/0 or ::/0 let in TCP and UDP traffic only on authorized ports.',
    reading:
      'The model reads the entries of prefix lists, and ignores protocols without ports, such as ICMP. The authorized ports are tcp/80 and tcp/443.',
    about: [...SSH, ...RDP],
    reports: reportsUnauthorized,
  },
  {
    name: 'Prowler, port checks for 22 and 3389',
    url: 'https://hub.prowler.com/check/ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_22',
    says: 'The check fails if a group allows ingress from 0.0.0.0/0 or ::/0 to TCP port 22. A second check does the same for TCP port 3389.',
    reading: `${LISTS_TOO} The model combines both checks.`,
    about: [...SSH, 'tcp/3389'],
    reports: reportsPorts(['tcp'], [22, 3389]),
  },
  {
    name: 'Cloud Custodian, documented filter',
    url: 'https://cloudcustodian.io/docs/aws/resources/security-group.html',
    says: 'The example on the page matches ingress on the ports 22 and 3389 with `Cidr` 0.0.0.0/0 or `CidrV6` ::/0.',
    reading:
      'The model compares the ports of every protocol, because the filter names no protocol. The model reads no prefix lists, because the filter names only blocks.',
    about: [...SSH, ...RDP],
    reports: ({ ingress }) => reportsPorts(['tcp', 'udp', 'icmp', 'icmpv6'], [22, 3389])({ ingress, lists: {} }),
  },
  {
    name: 'Security Hub EC2.13',
    url: `${SECURITY_HUB}#ec2-13`,
    says: 'The check fails if a group allows ingress from 0.0.0.0/0 or ::/0 to port 22.',
    reading: LISTS_TOO,
    about: SSH,
    reports: reportsPorts(['tcp'], [22]),
  },
  {
    name: 'Security Hub EC2.14',
    url: `${SECURITY_HUB}#ec2-14`,
    says: 'The check fails if a group allows ingress from 0.0.0.0/0 or ::/0 to port 3389.',
    reading: `${LISTS_TOO} The model also reports UDP rules.`,
    about: RDP,
    reports: reportsPorts(['tcp', 'udp'], [3389]),
  },
  {
    name: 'Security Hub EC2.18',
    url: `${SECURITY_HUB}#ec2-18`,
    says: 'The check fails if a group permits unrestricted traffic on a port other than 80 and 443. Traffic from a block with the suffix /0 is unrestricted.',
    reading: 'The model reads the entries of prefix lists, and ignores protocols without ports, such as ICMP.',
    about: [...SSH, ...RDP],
    reports: reportsUnauthorized,
  },
  {
    name: 'Security Hub EC2.19',
    url: `${SECURITY_HUB}#ec2-19`,
    says: 'The check fails if any rule allows ingress from 0.0.0.0/0 or ::/0 to one of 24 high-risk ports.',
    reading: LISTS_TOO,
    about: [...SSH, 'tcp/3389'],
    reports: reportsPorts(['tcp'], HIGH_RISK),
  },
  {
    name: 'Firewall Manager, content audit',
    url: 'https://docs.aws.amazon.com/waf/latest/developerguide/create-policy.html#creating-firewall-manager-policy-audit-security-group',
    says: 'A managed rule allows the listed applications only from local CIDR ranges.',
    reading:
      'The list of applications contains SSH and RDP. The model treats private blocks and all security groups as local. The model reads the entries of prefix lists.',
    about: [...SSH, ...RDP],
    reports: ({ ingress, lists }) =>
      ingress.some(
        (permission) =>
          (hasPort(permission, ['tcp'], 22) || hasPort(permission, ['tcp', 'udp'], 3389)) &&
          blocksOf(permission, lists).some((block) => !isLocal(block)),
      ),
  },
];

/** Returns a function that reports a group if one rule lets all addresses use one of the ports. */
function reportsPorts(protocols: readonly string[], ports: readonly number[]): PublicControl['reports'] {
  return ({ ingress, lists }) =>
    ingress.some(
      (permission) => ports.some((port) => hasPort(permission, protocols, port)) && blocksOf(permission, lists).some(isEverybody),
    );
}

function reportsUnauthorized({ ingress, lists }: DescribedGroup): boolean {
  const isAuthorized = ({ IpProtocol, FromPort, ToPort }: IpPermission): boolean =>
    IpProtocol === 'tcp' ? FromPort === ToPort && (FromPort === 80 || FromPort === 443) : IpProtocol !== 'udp' && IpProtocol !== '-1';
  return ingress.some((permission) => !isAuthorized(permission) && blocksOf(permission, lists).some(isEverybody));
}

function hasPort({ IpProtocol = '', FromPort = -1, ToPort = -1 }: IpPermission, protocols: readonly string[], port: number): boolean {
  return IpProtocol === '-1' || (protocols.includes(IpProtocol) && FromPort <= port && port <= ToPort);
}

function blocksOf({ IpRanges = [], Ipv6Ranges = [], PrefixListIds = [] }: IpPermission, lists: DescribedGroup['lists']): readonly string[] {
  return [
    ...IpRanges.flatMap(({ CidrIp }) => CidrIp ?? []),
    ...Ipv6Ranges.flatMap(({ CidrIpv6 }) => CidrIpv6 ?? []),
    ...PrefixListIds.flatMap(({ PrefixListId = '' }) => lists[PrefixListId] ?? []),
  ];
}

function isEverybody(block: string): boolean {
  return block === '0.0.0.0/0' || block === '::/0';
}

const LOCAL = ['10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'].map(everythingFrom);

function isLocal(block: string): boolean {
  return LOCAL.some((local) => ruleCovers(local, everythingFrom(block)));
}

function everythingFrom(block: string): Rule {
  return { direction: 'ingress', traffic: { kind: 'all' }, source: sourceOf(block) };
}

/** @throws {Error} if the text is not a CIDR block. */
export function sourceOf(block: string): Source {
  const read = readCidr(block);
  if (!read.ok) throw new Error(`not a CIDR block: ${block}`);
  return read.value;
}
