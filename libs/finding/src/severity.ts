/** How bad a drift is, by what became reachable. */
import { isWorldOpen, permissionsOf, type Rule } from '@portcullis/permission-diff';
import type { Severity } from './finding.js';

/** Ports through which a machine is administered or its data read, open by custom to nobody in particular. */
const SENSITIVE_PORTS: readonly number[] = [
  22, // SSH
  23, // Telnet
  135, // RPC
  139, // NetBIOS
  445, // SMB
  1433, // SQL Server
  1521, // Oracle
  2375, // Docker
  2376, // Docker, TLS
  2379, // etcd
  3306, // MySQL
  3389, // RDP
  5432, // PostgreSQL
  5439, // Redshift
  5900, // VNC
  5985, // WinRM
  5986, // WinRM, TLS
  6379, // Redis
  6443, // Kubernetes
  9042, // Cassandra
  9200, // OpenSearch
  10250, // kubelet
  11211, // memcached
  27017, // MongoDB
];

/** Returns the severity of a drift: the worst of what lets in too much (`excess`) and what is missing (`missing`). */
export function severityOfDrift(excess: readonly Rule[], missing: readonly Rule[]): Severity {
  // Egress lets nobody in.
  const ingress = excess.filter(({ direction }) => direction === 'ingress');
  if (SENSITIVE_PORTS.some((port) => isOpenToTheWorld(onPort(port, ingress)))) return 'critical';
  if (isOpenToTheWorld(ingress)) return 'high';
  return excess.length > 0 || missing.length > 0 ? 'medium' : 'info';
}

/** Reports whether the rules together let in the world, however they spell it: two halves of it are all of it. */
function isOpenToTheWorld(rules: readonly Rule[]): boolean {
  return rules.length > 0 && isWorldOpen(permissionsOf(rules));
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
