/**
 * Finds the controls of security standards that rules break.
 *
 * Every id and every requirement is from https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html ("Related
 * requirements"), whose anchors are `#ec2-2`, `#ec2-13`, `#ec2-14`, `#ec2-18`, `#ec2-19`, `#ec2-53` and `#ec2-54`. The controls of AWS
 * Foundational Security Best Practices are from https://docs.aws.amazon.com/securityhub/latest/userguide/fsbp-standard.html. Older versions
 * of CIS and PCI DSS are not listed.
 */
import { areRulesWorldOpen, type Addresses, type Rule, type Source } from '@portcullis/permission-diff';
import type { Control } from './finding.js';

/**
 * The standards in the order of the output, with the names that Security Hub uses. The first entry is not a standard: it stands for
 * Security Hub's own control ids.
 */
const STANDARDS = [
  'AWS Security Hub',
  'AWS Foundational Security Best Practices v1.0.0',
  'CIS AWS Foundations Benchmark v5.0.0',
  'CIS AWS Foundations Benchmark v3.0.0',
  'PCI DSS v4.0.1',
  'NIST.800-53.r5',
] as const;

type Ports = readonly [protocol: 'tcp' | 'udp', from: number, to: number];

interface SecurityControl {
  /** The control is broken if any of these ports is open to the world. */
  readonly closed: readonly Ports[];
  /** The address family that the control ignores. Absent if the control applies to IPv4 and IPv6. */
  readonly without?: 'ipv4' | 'ipv6';
  /**
   * One text for each standard in `STANDARDS`, in the same order. The text contains the ids of the standard's requirements, separated by
   * spaces. If the standard has no such requirement, the text is empty.
   */
  readonly ids: readonly string[];
}

function portsOfControl(protocol: Ports[0], ...ports: readonly number[]): Ports[] {
  return ports.map((port) => [protocol, port, port]);
}

const BOUNDARY = 'AC-4 AC-4(21) SC-7 SC-7(11) SC-7(16) SC-7(21) SC-7(4) SC-7(5)';
const ADMINISTRATION = [...portsOfControl('tcp', 22, 3389), ...portsOfControl('udp', 22, 3389)];

const SECURITY_CONTROLS: readonly SecurityControl[] = [
  { closed: portsOfControl('tcp', 22), ids: ['EC2.13', '', '', '', '1.3.1', `${BOUNDARY} CM-7`] },
  { closed: portsOfControl('tcp', 3389), ids: ['EC2.14', '', '', '', '1.3.1', ''] },
  {
    closed: [
      ['tcp', 0, 79],
      ['tcp', 81, 442],
      ['tcp', 444, 65_535],
      ['udp', 0, 65_535],
    ],
    ids: ['EC2.18', 'EC2.18', '', '', '', BOUNDARY],
  },
  {
    closed: portsOfControl(
      'tcp',
      ...[20, 21, 22, 23, 25, 110, 135, 143, 445, 1433, 1434, 3000, 3306, 3389, 4333, 5000, 5432, 5500, 5601, 8080, 8088, 8888, 9200, 9300],
    ),
    ids: ['EC2.19', 'EC2.19', '', '', '', `${BOUNDARY} CA-9(1) CM-2 CM-2(2) CM-7`],
  },
  { closed: ADMINISTRATION, without: 'ipv6', ids: ['EC2.53', '', '5.3', '5.2', '1.3.1', ''] },
  { closed: ADMINISTRATION, without: 'ipv4', ids: ['EC2.54', '', '5.4', '5.3', '1.3.1', ''] },
];

/** This control is broken if the default group of a VPC has any rule. */
const DEFAULT_GROUP: SecurityControl = { closed: [], ids: ['EC2.2', 'EC2.2', '5.5', '5.4', '', BOUNDARY] };

/**
 * Returns the controls that the rules break. A port counts as open if all rules together open the port to the world: see
 * `areRulesWorldOpen`. Security Hub looks only for single rules with the CIDR block 0.0.0.0/0 or ::/0.
 *
 * @param addresses the CIDR blocks of each prefix list, by list id. A list that is not in the map counts as empty.
 * @param groupName the name of the group. A group with the name `default` is the default group of its VPC.
 */
export function controlsBrokenBy(rules: readonly Rule[], addresses: Addresses, groupName: string | null): readonly Control[] {
  const ingress = rules.filter(({ direction }) => direction === 'ingress');
  const opening = areRulesWorldOpen(ingress, addresses)
    ? SECURITY_CONTROLS.filter((control) => breaksSecurityControl(control, ingress, addresses))
    : [];
  const broken = rules.length > 0 && groupName === 'default' ? [...opening, DEFAULT_GROUP] : opening;
  return STANDARDS.flatMap((standard, i) => {
    const ids = broken.flatMap((control) => (control.ids[i] ?? '').split(' ')).filter((id) => id !== '');
    return [...new Set(ids)].map((id) => ({ standard, id }));
  });
}

function breaksSecurityControl({ closed, without }: SecurityControl, ingress: readonly Rule[], addresses: Addresses): boolean {
  const narrowed = closed.flatMap((ports) => ingress.flatMap((rule) => narrowRuleToControlPorts(rule, ports)));
  if (without === undefined) return areRulesWorldOpen(narrowed, addresses);
  const counts = ({ kind }: Source): boolean => kind !== without;
  return areRulesWorldOpen(
    narrowed.filter(({ source }) => counts(source)),
    new Map([...addresses].map(([id, sources]) => [id, sources.filter(counts)])),
  );
}

/** Returns the rule narrowed to these ports, or no rule if the rule allows none of these ports. */
function narrowRuleToControlPorts({ traffic, ...rule }: Rule, [protocol, from, to]: Ports): Rule[] {
  if (traffic.kind === 'all') return [{ ...rule, traffic: { kind: 'ports', protocol, fromPort: from, toPort: to } }];
  if (traffic.kind !== 'ports' || traffic.protocol !== protocol) return [];
  const [fromPort, toPort] = [Math.max(from, traffic.fromPort), Math.min(to, traffic.toPort)];
  return fromPort > toPort ? [] : [{ ...rule, traffic: { ...traffic, fromPort, toPort } }];
}

/** Returns a text that names the controls of Security Hub and of the newest CIS benchmark: `EC2.13, EC2.53; CIS … v5.0.0: 5.3`. */
export function controlWords(controls: readonly Control[]): string {
  const brief = STANDARDS.filter((_, i) => i === 0 || i === 2).flatMap((standard, i) => {
    const ids = controls.filter((control) => control.standard === standard).map(({ id }) => id);
    return ids.length === 0 ? [] : [`${i === 0 ? '' : `${standard}: `}${ids.join(', ')}`];
  });
  return brief.join('; ');
}

/** Returns the controls in Security Hub's notation for requirements: `CIS AWS Foundations Benchmark v5.0.0/5.3`. */
export function controlRequirements(controls: readonly Control[]): string[] {
  return controls.map(({ standard, id }) => `${standard}/${id}`);
}
