/** Services that nobody means to offer to the Internet, and which of them are offered to it. */
import type { Rule } from '../rule.js';
import { permissionsOf } from '../permissions-of.js';
import { isWorldOpen } from './world-open.js';

/** Through which a machine is administered or its data read, on the port that it has by custom. */
export interface SensitiveService {
  readonly port: number;
  readonly name: string;
}

/** By port, ascending. */
export const SENSITIVE_SERVICES: readonly SensitiveService[] = [
  { port: 22, name: 'SSH' },
  { port: 23, name: 'Telnet' },
  { port: 135, name: 'Windows RPC' },
  { port: 139, name: 'NetBIOS' },
  { port: 445, name: 'SMB' },
  { port: 1433, name: 'SQL Server' },
  { port: 1521, name: 'Oracle' },
  { port: 2375, name: 'Docker' },
  { port: 2376, name: 'Docker' },
  { port: 2379, name: 'etcd' },
  { port: 3306, name: 'MySQL' },
  { port: 3389, name: 'RDP' },
  { port: 5432, name: 'PostgreSQL' },
  { port: 5439, name: 'Redshift' },
  { port: 5900, name: 'VNC' },
  { port: 5985, name: 'WinRM' },
  { port: 5986, name: 'WinRM' },
  { port: 6379, name: 'Redis' },
  { port: 6443, name: 'Kubernetes' },
  { port: 9042, name: 'Cassandra' },
  { port: 9200, name: 'OpenSearch' },
  { port: 10250, name: 'kubelet' },
  { port: 11211, name: 'memcached' },
  { port: 27017, name: 'MongoDB' },
];

/**
 * Returns the sensitive services that the ingress rules together let the world reach, over TCP or UDP, whatever way they spell it: the
 * world is what `isWorldOpen` takes for it. Egress rules let nobody in. Ascending by port.
 */
export function exposedServices(rules: readonly Rule[]): SensitiveService[] {
  const ingress = rules.filter(({ direction }) => direction === 'ingress');
  return SENSITIVE_SERVICES.filter(({ port }) => {
    const onIt = onPort(port, ingress);
    return onIt.length > 0 && isWorldOpen(permissionsOf(onIt));
  });
}

/** Returns what the rules let in on the port, of whichever protocol has it. */
function onPort(port: number, rules: readonly Rule[]): readonly Rule[] {
  return rules.flatMap(({ traffic, ...rule }) => {
    const protocols =
      traffic.kind === 'all' ? (['tcp', 'udp'] as const) : traffic.kind === 'ports' ? [traffic.protocol] : [];
    const isOnPort = traffic.kind !== 'ports' || (traffic.fromPort <= port && port <= traffic.toPort);
    return isOnPort
      ? protocols.map((protocol): Rule => ({
          ...rule,
          traffic: { kind: 'ports', protocol, fromPort: port, toPort: port },
        }))
      : [];
  });
}
