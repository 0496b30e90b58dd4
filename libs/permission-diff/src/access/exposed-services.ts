/**
 * Lists the sensitive services: services that nobody should open to the internet. Finds the sensitive services that are open to the
 * internet, and the rules that open these services.
 */
import type { Rule } from '../rules/rule.js';
import type { Traffic } from '../rules/traffic.js';
import type { Addresses } from './access-region.js';
import { areRulesWorldOpen } from './world-open.js';

/** A service for administration or for access to data, and its usual port. */
export interface SensitiveService {
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
  readonly name: string;
}

/**
 * Sorted by port, with tcp before udp.
 *
 * The list does not contain web ports (3000, 5000, 8080, 8088, 8888) or mail ports (25, 110, 143), because people open these ports to the
 * world on purpose. The list contains all other ports that these sources call risky:
 *
 * - Security Hub EC2.19: https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-19
 * - Trusted Advisor HCP4007jGY, only the ports with red alerts: https://docs.aws.amazon.com/awssupport/latest/user/security-checks.html
 * - Prowler, `ec2_securitygroup_allow_ingress_from_internet_to_*`: https://hub.prowler.com/check
 * - CIS AWS Foundations Benchmark, the ports of remote administration and CIFS that AWS Config checks:
 *   https://docs.aws.amazon.com/config/latest/developerguide/vpc-sg-port-restriction-check.html
 *
 * The other services are administration tools and databases, with the ports that IANA or the vendor assigns:
 *
 * - https://www.iana.org/assignments/service-names-port-numbers/ (111, 137 to 139, 161, 389, 2049, 2375, 2376, 2379, 2380, 2484, 5900,
 *   5984 to 5986, udp/1434, udp/11211)
 * - Kubernetes: https://kubernetes.io/docs/reference/networking/ports-and-protocols/ (6443, 10250)
 * - MongoDB: https://www.mongodb.com/docs/manual/reference/default-mongodb-port/ (27017 to 27019)
 * - VNC (5901 for display 1, 5500 for a listening viewer): https://www.rfc-editor.org/rfc/rfc6143
 * - Salt: https://docs.saltproject.io/en/latest/topics/tutorials/firewall.html (4505, 4506)
 * - Cassandra: https://docs.datastax.com/en/cassandra-oss/2.2/cassandra/configuration/secureFireWall.html (9042)
 * - Redshift: https://docs.aws.amazon.com/redshift/latest/APIReference/API_CreateCluster.html (5439)
 * - Db2: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html (50000)
 */
export const SENSITIVE_SERVICES: readonly SensitiveService[] = [
  { protocol: 'tcp', port: 20, name: 'FTP' },
  { protocol: 'tcp', port: 21, name: 'FTP' },
  { protocol: 'tcp', port: 22, name: 'SSH' },
  { protocol: 'tcp', port: 23, name: 'Telnet' },
  { protocol: 'tcp', port: 111, name: 'rpcbind' },
  { protocol: 'udp', port: 111, name: 'rpcbind' },
  { protocol: 'tcp', port: 135, name: 'Windows RPC' },
  { protocol: 'udp', port: 137, name: 'NetBIOS' },
  { protocol: 'udp', port: 138, name: 'NetBIOS' },
  { protocol: 'tcp', port: 139, name: 'NetBIOS' },
  { protocol: 'udp', port: 161, name: 'SNMP' },
  { protocol: 'tcp', port: 389, name: 'LDAP' },
  { protocol: 'udp', port: 389, name: 'LDAP' },
  { protocol: 'tcp', port: 445, name: 'SMB' },
  { protocol: 'tcp', port: 1433, name: 'SQL Server' },
  { protocol: 'tcp', port: 1434, name: 'SQL Server' },
  { protocol: 'udp', port: 1434, name: 'SQL Server Browser' },
  { protocol: 'tcp', port: 1521, name: 'Oracle' },
  { protocol: 'tcp', port: 2049, name: 'NFS' },
  { protocol: 'udp', port: 2049, name: 'NFS' },
  { protocol: 'tcp', port: 2375, name: 'Docker' },
  { protocol: 'tcp', port: 2376, name: 'Docker' },
  { protocol: 'tcp', port: 2379, name: 'etcd' },
  { protocol: 'tcp', port: 2380, name: 'etcd' },
  { protocol: 'tcp', port: 2483, name: 'Oracle' },
  { protocol: 'tcp', port: 2484, name: 'Oracle' },
  { protocol: 'tcp', port: 3306, name: 'MySQL' },
  { protocol: 'tcp', port: 3389, name: 'RDP' },
  { protocol: 'udp', port: 3389, name: 'RDP' },
  { protocol: 'tcp', port: 4333, name: 'mSQL' },
  { protocol: 'tcp', port: 4505, name: 'Salt' },
  { protocol: 'tcp', port: 4506, name: 'Salt' },
  { protocol: 'tcp', port: 5432, name: 'PostgreSQL' },
  { protocol: 'tcp', port: 5439, name: 'Redshift' },
  { protocol: 'tcp', port: 5500, name: 'VNC' },
  { protocol: 'tcp', port: 5601, name: 'OpenSearch Dashboards' },
  { protocol: 'tcp', port: 5900, name: 'VNC' },
  { protocol: 'tcp', port: 5901, name: 'VNC' },
  { protocol: 'tcp', port: 5984, name: 'CouchDB' },
  { protocol: 'tcp', port: 5985, name: 'WinRM' },
  { protocol: 'tcp', port: 5986, name: 'WinRM' },
  { protocol: 'tcp', port: 6379, name: 'Redis' },
  { protocol: 'tcp', port: 6443, name: 'Kubernetes' },
  { protocol: 'tcp', port: 7199, name: 'Cassandra' },
  { protocol: 'tcp', port: 9042, name: 'Cassandra' },
  { protocol: 'tcp', port: 9092, name: 'Kafka' },
  { protocol: 'tcp', port: 9160, name: 'Cassandra' },
  { protocol: 'tcp', port: 9200, name: 'OpenSearch' },
  { protocol: 'tcp', port: 9300, name: 'OpenSearch' },
  { protocol: 'tcp', port: 10250, name: 'kubelet' },
  { protocol: 'tcp', port: 11211, name: 'memcached' },
  { protocol: 'udp', port: 11211, name: 'memcached' },
  { protocol: 'tcp', port: 27017, name: 'MongoDB' },
  { protocol: 'tcp', port: 27018, name: 'MongoDB' },
  { protocol: 'tcp', port: 27019, name: 'MongoDB' },
  { protocol: 'tcp', port: 50000, name: 'Db2' },
];

/**
 * The names of the sensitive services in a baseline file: lower case with hyphens, such as `sql-server`. A name stands for all ports of the
 * service: `rdp` is tcp/3389 and udp/3389.
 */
export const SERVICE_NAMES: readonly string[] = [...new Set(SENSITIVE_SERVICES.map(trafficServiceName))].sort();

/** Returns all ports of the service with this name. Returns `undefined` if `SERVICE_NAMES` does not contain the name. */
export function servicesNamed(name: string): readonly Traffic[] | undefined {
  const services = SENSITIVE_SERVICES.filter((service) => trafficServiceName(service) === name);
  if (services.length === 0) return undefined;
  return services.map(({ protocol, port }) => ({ kind: 'ports', protocol, fromPort: port, toPort: port }));
}

function trafficServiceName({ name }: SensitiveService): string {
  return name.toLowerCase().replaceAll(' ', '-');
}

/** The maximum number of services that `formatServices` names. */
const MAX_NAMED = 4;

/**
 * Returns the services in words: `SSH (tcp/22), RDP (tcp/3389)`. If there are more than four services, returns the first four and the
 * number of the other services.
 */
export function formatServices(services: readonly SensitiveService[]): string {
  const named = services.slice(0, MAX_NAMED).map(({ name, protocol, port }) => `${name} (${protocol}/${port})`);
  const more = services.length - named.length;
  return `${named.join(', ')}${more === 0 ? '' : ` and ${more} more`}`;
}

/**
 * Returns the sensitive services that the ingress rules together open to the world, in the order of `SENSITIVE_SERVICES`. `isWorldOpen`
 * defines "open to the world". Egress rules are ignored.
 *
 * @param addresses the blocks of groups and prefix lists, by id. A group or prefix list without an entry counts as empty.
 */
export function exposedServices(rules: readonly Rule[], addresses?: Addresses): SensitiveService[] {
  const ingress = rules.filter(isIngressRule);
  // Stryker disable next-line ConditionalExpression: only saves time. If no port is open to the world, no service is.
  if (!areRulesWorldOpen(ingress, addresses)) return [];
  return SENSITIVE_SERVICES.filter((service) => areRulesWorldOpen(ingress.flatMap(clipRuleToService(service)), addresses));
}

/**
 * Returns the ingress rules that expose a sensitive service to the world, in the order of the input. If several rules expose a service only
 * together, returns all of these rules. Without the returned rules, no sensitive service is exposed.
 *
 * @param addresses see `exposedServices`.
 */
export function exposingRules<R extends Rule>(rules: readonly R[], addresses?: Addresses): R[] {
  const services = exposedServices(rules, addresses);
  // `Number.MIN_VALUE` as the share means that one public address is enough.
  const isPart = (part: readonly Rule[]): boolean => areRulesWorldOpen(part, addresses, Number.MIN_VALUE);
  return rules.filter((rule) => isIngressRule(rule) && services.some((service) => isPart(clipRuleToService(service)(rule))));
}

function isIngressRule({ direction }: Rule): boolean {
  return direction === 'ingress';
}

function clipRuleToService(service: SensitiveService): (rule: Rule) => readonly Rule[] {
  const { protocol, port } = service;
  return ({ traffic, ...rule }) =>
    hasService(traffic, service) ? [{ ...rule, traffic: { kind: 'ports', protocol, fromPort: port, toPort: port } }] : [];
}

export function hasService(traffic: Traffic, { protocol, port }: SensitiveService): boolean {
  if (traffic.kind !== 'ports') return traffic.kind === 'all';
  return traffic.protocol === protocol && traffic.fromPort <= port && port <= traffic.toPort;
}
