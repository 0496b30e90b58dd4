import { unlessText, type ProblemCode, type Refuse } from './problem.js';
import { ALL_TRAFFIC, canonicalProtocol, type Traffic } from './traffic.js';

/** EC2's three fields that say which traffic is meant. */
export interface TrafficFields {
  readonly IpProtocol?: unknown;
  readonly FromPort?: unknown;
  readonly ToPort?: unknown;
}

/** Returns the traffic; refuses each field that EC2 would refuse. */
export function readTraffic(refuse: Refuse, fields: TrafficFields): Traffic | null {
  const text = fields.IpProtocol;
  const protocol = typeof text === 'string' ? canonicalProtocol(text) : undefined;
  switch (protocol) {
    case undefined:
      return refuse(
        unlessText(text, 'unknown-protocol'),
        '.IpProtocol',
        text,
        'a protocol as text: `tcp`, `udp`, `icmp`, `icmpv6`, a number of 0 to 255, or `-1` for all',
      );
    case '-1':
      return ALL_TRAFFIC;
    case 'tcp':
    case 'udp': {
      const ports = readNumbers(refuse, fields, 'port-out-of-range', 0, 65535, ['a port of 0 to 65535']);
      if (ports === null) return null;
      const { from: fromPort, to: toPort } = ports;
      if (fromPort <= toPort) return { kind: 'ports', protocol, fromPort, toPort };
      return refuse('port-order', '.ToPort', toPort, `a port not below \`FromPort\`, ${fromPort}`);
    }
    case 'icmp':
    case 'icmpv6': {
      const { FromPort, ToPort } = fields;
      // Source: EC2 API reference, IpPermission: for icmpv6 the type and code may be left out and mean all of them.
      if (protocol === 'icmpv6' && (FromPort ?? ToPort ?? null) === null) {
        return { kind: 'icmp', protocol, type: -1, code: -1 };
      }
      const expected = ['type', 'code'].map((what) => `an ICMP ${what} of 0 to 255, or -1 for any`);
      const numbers = readNumbers(refuse, fields, 'icmp-out-of-range', -1, 255, expected);
      if (numbers === null) return null;
      const { from: type, to: code } = numbers;
      if (type !== -1 || code === -1) return { kind: 'icmp', protocol, type, code };
      return refuse('icmp-code-without-type', '.ToPort', code, '-1, for any type has any code');
    }
    default:
      return { kind: 'protocol', protocol };
  }
}

/** Returns what stands in `FromPort` and `ToPort`, both integers of `min` to `max`. */
function readNumbers(
  refuse: Refuse,
  { FromPort, ToPort }: TrafficFields,
  code: ProblemCode,
  min: number,
  max: number,
  [expectedFrom = '', expectedTo = expectedFrom]: readonly string[],
): { readonly from: number; readonly to: number } | null {
  const read = (value: unknown, name: string, expected: string): number | null => {
    if (Number.isInteger(value) && Number(value) >= min && Number(value) <= max) return Number(value);
    const reason = value === undefined || value === null ? 'missing-port' : Number.isInteger(value) ? code : 'wrong-type';
    return refuse(reason, name, value ?? undefined, expected);
  };
  const from = read(FromPort, '.FromPort', expectedFrom);
  const to = read(ToPort, '.ToPort', expectedTo);
  return from === null || to === null ? null : { from, to };
}
