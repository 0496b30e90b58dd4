/** Reads EC2's `IpPermission[]` into rules, one per source. Whatever EC2 would refuse becomes a problem; nothing is guessed. */
import { isIpv4Address, isIpv6Address, parseIpv4Cidr, parseIpv6Cidr } from './cidr.js';
import { isAccountId, isGroupId, isPrefixListId } from './ids.js';
import { offendingText, type PermissionProblem, type ProblemCode, type ReadResult } from './problem.js';
import type { Direction, Rule } from './rule.js';
import type { Source } from './source.js';
import { ALL_TRAFFIC, canonicalProtocol, type Traffic } from './traffic.js';

export interface ReadOptions {
  /** @default 'ingress' */
  readonly direction?: Direction;
  /** How the paths of problems begin. @default 'permissions' */
  readonly path?: string;
  /** The 12-digit account that owns the group: taken for group sources that name no account. By default they name none. */
  readonly accountId?: string;
  /**
   * `checked` refuses descriptions that EC2 would refuse; `trusted` takes any text, for what EC2 itself has returned.
   * @default 'checked'
   */
  readonly descriptions?: 'checked' | 'trusted';
}

/**
 * Returns the rules of EC2's `IpPermission[]`, in the order given and with repetitions, or every problem found. Never throws, whatever
 * the value. `null` counts as absent. Ports of protocols that have none are not looked at, as EC2 does not.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html
 */
export function readRules(permissions: unknown, options: ReadOptions = {}): ReadResult<readonly Rule[]> {
  const reader = new Reader(options);
  reader.readPermissions(permissions, options.path ?? 'permissions');
  return reader.problems.length === 0 ? { ok: true, value: reader.rules } : { ok: false, problems: reader.problems };
}

// Source: EC2 API reference, IpRange, Description: up to 255 characters of this set.
const DESCRIPTION = /^[a-zA-Z0-9 ._\-:/()#,@[\]+=;{}!$*]{0,255}$/;

type Fields = Readonly<Record<string, unknown>>;

const SOURCE_LISTS = ['IpRanges', 'Ipv6Ranges', 'UserIdGroupPairs', 'PrefixListIds'] as const;
type SourceList = (typeof SOURCE_LISTS)[number];

class Reader {
  readonly rules: Rule[] = [];
  readonly problems: PermissionProblem[] = [];
  private readonly direction: Direction;
  private readonly accountId: string | undefined;
  private readonly descriptionsChecked: boolean;

  constructor(options: ReadOptions) {
    this.direction = options.direction ?? 'ingress';
    this.accountId = options.accountId;
    this.descriptionsChecked = options.descriptions !== 'trusted';
  }

  readPermissions(permissions: unknown, path: string): void {
    if (!Array.isArray(permissions)) {
      this.problem('wrong-type', path, permissions, 'a list of permissions');
      return;
    }
    for (let i = 0; i < permissions.length; i++) this.readPermission(permissions[i], `${path}[${i}]`);
  }

  private readPermission(permission: unknown, path: string): void {
    if (!isFields(permission)) {
      this.problem('wrong-type', path, permission, 'a permission: an object with `IpProtocol` and at least one source');
      return;
    }
    this.checkKeys(permission, path);
    const traffic = this.readTraffic(permission, path);
    let sources = 0;
    for (const list of SOURCE_LISTS) sources += this.readSources(permission[list], list, path, traffic);
    if (sources === 0) {
      this.problem(
        'no-source',
        path,
        undefined,
        'at least one source in `IpRanges`, `Ipv6Ranges`, `UserIdGroupPairs` or `PrefixListIds`',
      );
    }
  }

  /** A list under a name we do not know may be a kind of source: to pass over it would be to lose what it lets in. */
  private checkKeys(permission: Fields, path: string): void {
    for (const key in permission) {
      if (isKnownKey(key)) continue;
      const value = permission[key];
      if (Array.isArray(value) && value.length > 0) {
        this.problem(
          'unknown-key',
          `${path}.${key}`,
          value,
          `one of ${SOURCE_LISTS.map((list) => `\`${list}\``).join(', ')}`,
        );
      }
    }
  }

  private readTraffic(permission: Fields, path: string): Traffic | undefined {
    const text = permission.IpProtocol;
    const protocol = typeof text === 'string' ? canonicalProtocol(text) : undefined;
    if (protocol === undefined) {
      const expected = 'a protocol as text: `tcp`, `udp`, `icmp`, `icmpv6`, a number of 0 to 255, or `-1` for all';
      this.problem(typeof text === 'string' ? 'unknown-protocol' : 'wrong-type', `${path}.IpProtocol`, text, expected);
      return undefined;
    }
    const problemsBefore = this.problems.length;
    const from = this.readInteger(permission, 'FromPort', path);
    const to = this.readInteger(permission, 'ToPort', path);
    if (this.problems.length > problemsBefore) return undefined;
    switch (protocol) {
      case '-1':
        return ALL_TRAFFIC;
      case 'tcp':
      case 'udp':
        return this.readPorts(protocol, from, to, path);
      case 'icmp':
      case 'icmpv6':
        return this.readIcmp(protocol, from, to, path);
      default:
        return { kind: 'protocol', protocol };
    }
  }

  private readPorts(
    protocol: 'tcp' | 'udp',
    from: number | undefined,
    to: number | undefined,
    path: string,
  ): Traffic | undefined {
    if (from === undefined || to === undefined) {
      this.missingNumbers(from, to, path, 'a port of 0 to 65535');
      return undefined;
    }
    const fromFits = this.fits('port-out-of-range', from, 0, 65535, `${path}.FromPort`, 'a port of 0 to 65535');
    const toFits = this.fits('port-out-of-range', to, 0, 65535, `${path}.ToPort`, 'a port of 0 to 65535');
    if (!fromFits || !toFits) return undefined;
    if (from > to) {
      this.problem('port-order', `${path}.ToPort`, to, `a port not below \`FromPort\`, which is ${from}`);
      return undefined;
    }
    return { kind: 'ports', protocol, fromPort: from, toPort: to };
  }

  private readIcmp(
    protocol: 'icmp' | 'icmpv6',
    type: number | undefined,
    code: number | undefined,
    path: string,
  ): Traffic | undefined {
    // Source: EC2 API reference, IpPermission: for icmpv6 the type and code may be left out and mean all of them.
    if (protocol === 'icmpv6' && type === undefined && code === undefined)
      return { kind: 'icmp', protocol, type: -1, code: -1 };
    if (type === undefined || code === undefined) {
      this.missingNumbers(
        type,
        code,
        path,
        `-1 for any, or the ${protocol} type (in \`FromPort\`) and code (in \`ToPort\`)`,
      );
      return undefined;
    }
    const expected = '0 to 255, or -1 for any';
    const typeFits = this.fits('icmp-out-of-range', type, -1, 255, `${path}.FromPort`, `an ICMP type of ${expected}`);
    const codeFits = this.fits('icmp-out-of-range', code, -1, 255, `${path}.ToPort`, `an ICMP code of ${expected}`);
    if (!typeFits || !codeFits) return undefined;
    if (type === -1 && code !== -1) {
      this.problem(
        'icmp-code-without-type',
        `${path}.ToPort`,
        code,
        '-1, since `FromPort` is -1: any type has any code',
      );
      return undefined;
    }
    return { kind: 'icmp', protocol, type, code };
  }

  /** Reads one list of sources into rules; returns how many entries it holds, readable or not. */
  private readSources(list: unknown, name: SourceList, permissionPath: string, traffic: Traffic | undefined): number {
    if (list === undefined || list === null) return 0;
    const path = `${permissionPath}.${name}`;
    if (!Array.isArray(list)) {
      this.problem('wrong-type', path, list, 'a list of sources');
      return 1;
    }
    for (let i = 0; i < list.length; i++) {
      const entry: unknown = list[i];
      const entryPath = `${path}[${i}]`;
      if (!isFields(entry)) {
        this.problem('wrong-type', entryPath, entry, `an object with \`${SOURCE_FIELD[name]}\``);
        continue;
      }
      const source = this.readSource(entry, name, entryPath);
      const description = this.readDescription(entry, entryPath);
      if (source === undefined || traffic === undefined) continue;
      const { direction } = this;
      this.rules.push(
        description === undefined ? { direction, traffic, source } : { direction, traffic, source, description },
      );
    }
    return list.length;
  }

  private readSource(entry: Fields, name: SourceList, path: string): Source | undefined {
    switch (name) {
      case 'IpRanges':
        return this.readIpv4(entry.CidrIp, `${path}.CidrIp`);
      case 'Ipv6Ranges':
        return this.readIpv6(entry.CidrIpv6, `${path}.CidrIpv6`);
      case 'PrefixListIds':
        return this.readPrefixList(entry.PrefixListId, `${path}.PrefixListId`);
      case 'UserIdGroupPairs':
        return this.readGroup(entry, path);
    }
  }

  private readIpv4(text: unknown, path: string): Source | undefined {
    const block = typeof text === 'string' ? parseIpv4Cidr(text) : undefined;
    if (block !== undefined) return block;
    const expected = 'an IPv4 block such as `10.0.0.0/8`';
    if (typeof text !== 'string') this.problem('wrong-type', path, text, expected);
    else if (isIpv4Address(text)) this.problem('missing-prefix-length', path, text, `\`${text}/32\`, or a wider block`);
    else if (looksLikeIpv6(text))
      this.problem('wrong-family', path, text, 'an IPv4 block; IPv6 blocks go into `Ipv6Ranges` as `CidrIpv6`');
    else this.problem('not-a-cidr', path, text, expected);
    return undefined;
  }

  private readIpv6(text: unknown, path: string): Source | undefined {
    const block = typeof text === 'string' ? parseIpv6Cidr(text) : undefined;
    if (block !== undefined) return block;
    const expected = 'an IPv6 block such as `2001:db8::/32`';
    if (typeof text !== 'string') this.problem('wrong-type', path, text, expected);
    else if (isIpv6Address(text))
      this.problem('missing-prefix-length', path, text, `\`${text}/128\`, or a wider block`);
    else if (looksLikeIpv4(text))
      this.problem('wrong-family', path, text, 'an IPv6 block; IPv4 blocks go into `IpRanges` as `CidrIp`');
    else this.problem('not-a-cidr', path, text, expected);
    return undefined;
  }

  private readPrefixList(text: unknown, path: string): Source | undefined {
    if (typeof text === 'string' && isPrefixListId(text)) return { kind: 'prefixList', prefixListId: text };
    this.problem(typeof text === 'string' ? 'not-an-id' : 'wrong-type', path, text, 'the id of a prefix list, `pl-…`');
    return undefined;
  }

  private readGroup(entry: Fields, path: string): Source | undefined {
    const groupId = entry.GroupId ?? undefined;
    const userId = entry.UserId ?? this.accountId;
    const named = typeof entry.GroupName === 'string' && entry.GroupName !== '';
    if (groupId === undefined && named) {
      // A name means a group only inside one VPC, and can be given to another group: it is not resolved here.
      this.problem('group-name-only', `${path}.GroupName`, entry.GroupName, "the group's id in `GroupId`, `sg-…`");
    } else if (typeof groupId !== 'string' || !isGroupId(groupId)) {
      this.problem(
        typeof groupId === 'string' ? 'not-an-id' : 'wrong-type',
        `${path}.GroupId`,
        groupId,
        'the id of a security group, `sg-…`',
      );
    }
    const userIdFits = userId === undefined || (typeof userId === 'string' && isAccountId(userId));
    if (!userIdFits) {
      this.problem(
        typeof userId === 'string' ? 'not-an-id' : 'wrong-type',
        `${path}.UserId`,
        userId,
        'the 12 digits of an AWS account',
      );
    }
    if (typeof groupId !== 'string' || !isGroupId(groupId) || !userIdFits) return undefined;
    return userId === undefined ? { kind: 'group', groupId } : { kind: 'group', groupId, userId };
  }

  /** An empty description is none: EC2 returns no `Description` for it. */
  private readDescription(entry: Fields, path: string): string | undefined {
    const description = entry.Description;
    if (description === undefined || description === null || description === '') return undefined;
    if (typeof description !== 'string') {
      this.problem('wrong-type', `${path}.Description`, description, 'text');
      return undefined;
    }
    if (this.descriptionsChecked && !DESCRIPTION.test(description)) {
      this.problem(
        'bad-description',
        `${path}.Description`,
        description,
        'at most 255 of a-z, A-Z, 0-9, space and `._-:/()#,@[]+=;{}!$*`',
      );
    }
    return description;
  }

  private readInteger(permission: Fields, key: 'FromPort' | 'ToPort', path: string): number | undefined {
    const value = permission[key];
    if (value === undefined || value === null) return undefined;
    if (Number.isInteger(value)) return value as number;
    this.problem('wrong-type', `${path}.${key}`, value, 'an integer');
    return undefined;
  }

  private missingNumbers(from: number | undefined, to: number | undefined, path: string, expected: string): void {
    if (from === undefined) this.problem('missing-port', `${path}.FromPort`, undefined, expected);
    if (to === undefined) this.problem('missing-port', `${path}.ToPort`, undefined, expected);
  }

  private fits(code: ProblemCode, value: number, min: number, max: number, path: string, expected: string): boolean {
    const fits = value >= min && value <= max;
    if (!fits) this.problem(code, path, value, expected);
    return fits;
  }

  private problem(code: ProblemCode, path: string, value: unknown, expected: string): void {
    this.problems.push({ code, path, text: offendingText(value), expected });
  }
}

const SOURCE_FIELD: Record<SourceList, string> = {
  IpRanges: 'CidrIp',
  Ipv6Ranges: 'CidrIpv6',
  UserIdGroupPairs: 'GroupId',
  PrefixListIds: 'PrefixListId',
};

function isKnownKey(key: string): boolean {
  switch (key) {
    case 'IpProtocol':
    case 'FromPort':
    case 'ToPort':
    case 'IpRanges':
    case 'Ipv6Ranges':
    case 'UserIdGroupPairs':
    case 'PrefixListIds':
      return true;
    default:
      return false;
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function looksLikeIpv6(text: string): boolean {
  return parseIpv6Cidr(text) !== undefined || isIpv6Address(text);
}

function looksLikeIpv4(text: string): boolean {
  return parseIpv4Cidr(text) !== undefined || isIpv4Address(text);
}
