import type { AccessRange } from '../access/access-range.js';
import type { AccessSource } from '../access/access-source.js';
import type { IpPermission } from '../rules/ec2-permission.js';
import { InvalidPermissionError } from '../rules/problem.js';
import { readRules } from '../rules/read-rules.js';
import type { Direction, Rule } from '../rules/rule.js';

/**
 * Reads permissions from short texts, with one permission in each text: `tcp 80-443 from 10.0.0.0/8 sg-1 pl-1`, `icmp 8/-1 from ::/0`,
 * `icmp from ::/0` for any type, `50 from sg-1@111122223333`, `-1 from 0.0.0.0/0`.
 */
export function perms(...lines: readonly string[]): IpPermission[] {
  return lines.map((line) => {
    const match = /^(\S+)(?: (-?\d+)([-/])(-?\d+)| (\d+))? from (.+)$/.exec(line);
    if (match === null) throw new Error(`not a permission: ${line}`);
    const [, IpProtocol, from, , to, port, sources = ''] = match;
    const numbers = from ?? port;
    const any = IpProtocol === 'icmp' ? { FromPort: -1, ToPort: -1 } : {};
    const permission: IpPermission = {
      IpProtocol,
      ...(numbers === undefined ? any : { FromPort: Number(numbers), ToPort: Number(to ?? port) }),
    };
    for (const source of sources.split(' ')) addSource(permission, source);
    return permission;
  });
}

/** Reads rules from texts in the notation of `perms`. */
export function rulesFromWords(lines: readonly string[], direction: Direction = 'ingress'): readonly Rule[] {
  const read = readRules(perms(...lines), { direction });
  if (!read.ok) throw new InvalidPermissionError(read.problems);
  return read.value;
}

function addSource(permission: IpPermission, source: string): void {
  if (source.startsWith('sg-')) {
    const [GroupId, UserId] = source.split('@');
    (permission.UserIdGroupPairs ??= []).push(UserId === undefined ? { GroupId } : { GroupId, UserId });
  } else if (source.startsWith('pl-')) {
    (permission.PrefixListIds ??= []).push({ PrefixListId: source });
  } else if (source.includes(':')) {
    (permission.Ipv6Ranges ??= []).push({ CidrIpv6: source });
  } else {
    (permission.IpRanges ??= []).push({ CidrIp: source });
  }
}

/** Returns each range as text, such as `tcp 80-443 from 10.0.0.0/8` or `icmp type 8 code 0-255 from ::/0`. */
export function words(ranges: readonly AccessRange[]): string[] {
  return ranges.map((range) => `${trafficWords(range)} from ${sourceWords(range.source)}`);
}

function trafficWords(range: AccessRange): string {
  if ('fromPort' in range) return `${range.protocol} ${span(range.fromPort, range.toPort)}`;
  if ('fromType' in range) {
    const { protocol, fromType, toType, fromCode, toCode } = range;
    return `${protocol} type ${span(fromType, toType)} code ${span(fromCode, toCode)}`;
  }
  return range.protocol;
}

function span(from: number, to: number): string {
  return from === to ? String(from) : `${from}-${to}`;
}

function sourceWords(source: AccessSource): string {
  if ('cidr' in source) return source.cidr;
  if ('prefixListId' in source) return source.prefixListId;
  return source.userId === undefined ? source.groupId : `${source.groupId}@${source.userId}`;
}

/** Returns permissions that let in exactly the traffic of the ranges. */
export function permissionsOfRanges(ranges: readonly AccessRange[]): IpPermission[] {
  return ranges.flatMap((range) => {
    const permission: IpPermission = {};
    addSource(permission, sourceWords(range.source));
    return trafficOf(range).map((traffic) => ({ ...traffic, ...permission }));
  });
}

function trafficOf(range: AccessRange): readonly IpPermission[] {
  if ('fromPort' in range) return [{ IpProtocol: range.protocol, FromPort: range.fromPort, ToPort: range.toPort }];
  if ('fromType' in range) {
    const types = between(range.fromType, range.toType);
    if (range.fromCode === 0 && range.toCode === 255) {
      return types.map((type) => ({ IpProtocol: range.protocol, FromPort: type, ToPort: -1 }));
    }
    const codes = between(range.fromCode, range.toCode);
    return types.flatMap((type) => codes.map((code) => ({ IpProtocol: range.protocol, FromPort: type, ToPort: code })));
  }
  const [from = '', to] = range.protocol === '-1' ? ['-1'] : range.protocol.split('-');
  const protocols = to === undefined ? [from] : between(Number(from), Number(to)).map(String);
  return protocols.map((IpProtocol) => ({ IpProtocol, ...WHOLE.get(IpProtocol) }));
}

// The `FromPort` and `ToPort` for all traffic of a protocol, for protocols that need these fields.
const WHOLE: ReadonlyMap<string, IpPermission> = new Map([
  ['1', { FromPort: -1, ToPort: -1 }],
  ['58', { FromPort: -1, ToPort: -1 }],
  ['6', { FromPort: 0, ToPort: 65535 }],
  ['17', { FromPort: 0, ToPort: 65535 }],
]);

function between(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}
