import { permissionProblemCode, type ProblemCode, type Refuse } from './problem.js';
import { ALL_TRAFFIC, canonicalProtocol, type Traffic } from './traffic.js';

/** EC2's three fields for the traffic of a rule. */
export interface TrafficFields {
  readonly IpProtocol?: unknown;
  readonly FromPort?: unknown;
  readonly ToPort?: unknown;
}

export function readPermissionTraffic(refuse: Refuse, fields: TrafficFields): Traffic | null {
  const text = fields.IpProtocol;
  const protocol = typeof text === 'string' ? canonicalProtocol(text) : undefined;
  switch (protocol) {
    case undefined:
      return refuse(
        permissionProblemCode(text, 'unknown-protocol'),
        '.IpProtocol',
        text,
        'a protocol as text: `tcp`, `udp`, `icmp`, `icmpv6`, a number from 0 to 255, or `-1` for all protocols',
      );
    case '-1':
      return ALL_TRAFFIC;
    case 'tcp':
    case 'udp': {
      const expected = 'a port from 0 to 65535';
      const fromPort = readTrafficPort(refuse, '.FromPort', fields.FromPort, 'port-out-of-range', 0, 65535, expected);
      const toPort = readTrafficPort(refuse, '.ToPort', fields.ToPort, 'port-out-of-range', 0, 65535, expected);
      // Stryker disable next-line ConditionalExpression,LogicalOperator: a refusal discards all rules, whatever is returned here
      if (fromPort === null || toPort === null) return null;
      if (fromPort <= toPort) return { kind: 'ports', protocol, fromPort, toPort };
      return refuse('port-order', '.ToPort', toPort, `a port of at least \`FromPort\`, which is ${fromPort}`);
    }
    case 'icmp':
    case 'icmpv6': {
      const { FromPort, ToPort } = fields;
      // Source: EC2 API reference, IpPermission: if type and code are absent, icmpv6 means all types and codes.
      if (protocol === 'icmpv6' && (FromPort ?? ToPort ?? null) === null) {
        return { kind: 'icmp', protocol, type: -1, code: -1 };
      }
      const readIcmpNumber = (field: string, value: unknown, name: string) =>
        readTrafficPort(refuse, field, value, 'icmp-out-of-range', -1, 255, `an ICMP ${name} from 0 to 255, or -1 for any ${name}`);
      const type = readIcmpNumber('.FromPort', FromPort, 'type');
      const code = readIcmpNumber('.ToPort', ToPort, 'code');
      // Stryker disable next-line ConditionalExpression,LogicalOperator: a refusal discards all rules, whatever is returned here
      if (type === null || code === null) return null;
      if (type !== -1 || code === -1) return { kind: 'icmp', protocol, type, code };
      return refuse('icmp-code-without-type', '.ToPort', code, '-1, because type -1 (any type) allows only code -1 (any code)');
    }
    default:
      return { kind: 'protocol', protocol };
  }
}

function readTrafficPort(
  refuse: Refuse,
  field: string,
  value: unknown,
  code: ProblemCode,
  min: number,
  max: number,
  expected: string,
): number | null {
  const isInteger = typeof value === 'number' && Number.isInteger(value);
  if (isInteger && value >= min && value <= max) return value;
  const reason = value === undefined || value === null ? 'missing-port' : isInteger ? code : 'wrong-type';
  return refuse(reason, field, value ?? undefined, expected);
}
