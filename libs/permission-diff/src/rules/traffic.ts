/**
 * The traffic of a rule. EC2's fields `FromPort` and `ToPort` are ports for tcp and udp, but a type and a code for ICMP. So each kind of
 * protocol has its own type here.
 */

export type Traffic =
  /** All protocols and ports: EC2's `-1`. */
  | { readonly kind: 'all' }
  | { readonly kind: 'ports'; readonly protocol: 'tcp' | 'udp'; readonly fromPort: number; readonly toPort: number }
  /** `type` and `code` are numbers from 0 to 255. `-1` means any type or any code. */
  | { readonly kind: 'icmp'; readonly protocol: 'icmp' | 'icmpv6'; readonly type: number; readonly code: number }
  /** A protocol without ports: its number as text, e.g. `50`. */
  | { readonly kind: 'protocol'; readonly protocol: string };

/**
 * Traffic in a result: whole protocols, a range of ports, or a range of ICMP types with a range of codes. Whole protocols are `-1`, a
 * number, or a range of numbers such as `7-16`.
 */
export type ServiceRange =
  | { readonly protocol: string }
  | { readonly protocol: 'tcp' | 'udp'; readonly fromPort: number; readonly toPort: number }
  | {
      readonly protocol: 'icmp' | 'icmpv6';
      readonly fromType: number;
      readonly toType: number;
      readonly fromCode: number;
      readonly toCode: number;
    };

export const ALL_TRAFFIC: Traffic = { kind: 'all' };

// EC2 returns these names instead of protocol numbers (source: EC2 API reference, IpPermission, IpProtocol).
const NAMES = new Map([
  [-1, '-1'],
  [1, 'icmp'],
  [6, 'tcp'],
  [17, 'udp'],
  [58, 'icmpv6'],
]);
const NUMBERS = new Map([...NAMES].map(([number, name]) => [name, number]));

/** Returns EC2's name for the protocol with this number: `tcp`, `udp`, `icmp`, `icmpv6`, `-1`, or the number as text. */
export function protocolName(number: number): string {
  return NAMES.get(number) ?? String(number);
}

/**
 * Returns EC2's name of the protocol: `tcp`, `udp`, `icmp`, `icmpv6`, `-1`, or a number from 0 to 255 as text. Returns `undefined` if EC2
 * would refuse the protocol. Accepts upper case, as EC2 does.
 */
export function canonicalProtocol(text: string): string | undefined {
  if (text === 'tcp' || text === 'udp') return text;
  const name = text.toLowerCase();
  if (NUMBERS.has(name)) return name;
  if (name === 'all') return '-1';
  return /^(0|[1-9]\d{0,2})$/.test(name) && Number(name) <= 255 ? protocolName(Number(name)) : undefined;
}

/** Returns EC2's name of the protocol. For traffic of all protocols, returns `-1`. */
export function protocolOfTraffic(traffic: Traffic | { readonly protocol: string }): string {
  return 'protocol' in traffic ? traffic.protocol : '-1';
}

/**
 * Returns EC2's `FromPort` and `ToPort` of the traffic: the ports, or the ICMP type and code. Returns `undefined` if the protocol has
 * neither ports nor types.
 */
export function permissionPortsOfTraffic(traffic: Traffic): { FromPort: number; ToPort: number } | undefined {
  if (traffic.kind === 'ports') return { FromPort: traffic.fromPort, ToPort: traffic.toPort };
  return traffic.kind === 'icmp' ? { FromPort: traffic.type, ToPort: traffic.code } : undefined;
}

/**
 * Returns the key of the traffic, a number of at most 43 bits. Equal traffic has equal keys, and different traffic has different keys. Keys
 * sort by protocol number, then by `FromPort`, then by `ToPort`. The key of all traffic comes first.
 */
export function trafficKey(traffic: Traffic): number {
  const { FromPort, ToPort } = permissionPortsOfTraffic(traffic) ?? { FromPort: -1, ToPort: -1 };
  return (protocolNumberOfTraffic(traffic) * 0x20000 + FromPort + 1) * 0x20000 + ToPort + 1;
}

/** Returns the traffic in words, e.g. `tcp/443`, `udp/53-54`, `icmp type 8`, `protocol 50`, `all traffic`. */
export function formatTraffic(traffic: Traffic | ServiceRange): string {
  if ('fromPort' in traffic) return `${traffic.protocol}/${formatNumberRange(traffic.fromPort, traffic.toPort)}`;
  if ('type' in traffic) {
    const { protocol, type, code } = traffic;
    return `${protocol} ${type === -1 ? 'any type' : `type ${type}`}${code === -1 ? '' : ` code ${code}`}`;
  }
  if ('fromType' in traffic) {
    const { protocol, fromType, toType, fromCode, toCode } = traffic;
    if (toCode - fromCode < 255)
      return `${protocol} type ${formatNumberRange(fromType, toType)} code ${formatNumberRange(fromCode, toCode)}`;
    return `${protocol} ${toType - fromType < 255 ? `type ${formatNumberRange(fromType, toType)}` : 'any type'}`;
  }
  const protocol = protocolOfTraffic(traffic);
  return protocol === '-1' ? 'all traffic' : `protocol${protocol.includes('-') ? 's' : ''} ${protocol}`;
}

function formatNumberRange(from: number, to: number): string {
  return from === to ? String(from) : `${from}-${to}`;
}

/** Returns the number of the traffic's protocol, 0 to 255, or -1 for all traffic. */
export function protocolNumberOfTraffic(traffic: Traffic): number {
  const protocol = protocolOfTraffic(traffic);
  // The most common protocols come first.
  return protocol === 'tcp' ? 6 : protocol === 'udp' ? 17 : (NUMBERS.get(protocol) ?? Number(protocol));
}
