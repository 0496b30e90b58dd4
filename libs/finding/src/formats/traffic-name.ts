import { SENSITIVE_SERVICES } from '@portcullis/permission-diff/exposure';

/** The names of common traffic except the sensitive services. Each key is traffic as `formatTraffic` writes it. */
const COMMON_NAMES: Readonly<Record<string, string>> = {
  'tcp/25': 'SMTP',
  'tcp/53': 'DNS',
  'udp/53': 'DNS',
  'tcp/80': 'HTTP',
  'udp/123': 'NTP',
  'tcp/443': 'HTTPS',
  'udp/443': 'HTTP/3',
  'udp/500': 'IPsec IKE',
  'tcp/587': 'SMTP',
  'tcp/636': 'LDAPS',
  'udp/4500': 'IPsec NAT-T',
  'tcp/8080': 'HTTP',
  'tcp/8443': 'HTTPS',
  'icmp type 8': 'ping',
  'icmpv6 type 128': 'ping',
  'protocol 47': 'GRE',
  'protocol 50': 'IPsec ESP',
  'protocol 51': 'IPsec AH',
};
const NAMES = new Map([
  ...SENSITIVE_SERVICES.map(({ protocol, port, name }): [string, string] => [`${protocol}/${port}`, name]),
  ...Object.entries(COMMON_NAMES),
]);

/**
 * Returns the common name of traffic, given as a text from `formatTraffic`, e.g. `SSH` for `tcp/22`. If the traffic has no name, returns
 * the text unchanged.
 */
export function findingTrafficName(traffic: string): string {
  return NAMES.get(traffic) ?? traffic;
}
