/** How bad a drift is, by what became reachable. */
import type { Rule } from '@portcullis/permission-diff';
import type { Severity } from './finding.js';

/**
 * A block of this prefix length or shorter counts as the world: a sixteenth of all addresses or more. `0.0.0.0/1` beside `128.0.0.0/1`
 * is the world without saying so, and `2000::/3` is every public IPv6 address.
 */
const WORLD_PREFIX_LENGTH = 4;

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
  if (excess.some((rule) => isWorldOpen(rule) && reachesSensitivePort(rule))) return 'critical';
  if (excess.some(isWorldOpen)) return 'high';
  return excess.length > 0 || missing.length > 0 ? 'medium' : 'info';
}

/** Egress never is: it lets nobody in. */
function isWorldOpen({ direction, source }: Rule): boolean {
  return (
    direction === 'ingress' &&
    (source.kind === 'ipv4' || source.kind === 'ipv6') &&
    source.prefixLength <= WORLD_PREFIX_LENGTH
  );
}

function reachesSensitivePort({ traffic }: Rule): boolean {
  if (traffic.kind === 'all') return true;
  return traffic.kind === 'ports' && SENSITIVE_PORTS.some((port) => traffic.fromPort <= port && port <= traffic.toPort);
}
