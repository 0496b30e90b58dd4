import { WEB } from './account-region.js';

/** A valid file with two baselines, three groups and three rules. */
export const VALID = `version: 1
baselines:
  - name: web
    groups: { ids: [sg-abc12345, sg-def67890] }
    ingress:
      - { IpProtocol: tcp, FromPort: 80, ToPort: 80, IpRanges: [{ CidrIp: 0.0.0.0/0 }], Ipv6Ranges: [{ CidrIpv6: ::/0 }] }
  - name: closed
    groups: { ids: [sg-5e6f7a8b] }
    ingress: []
    egress: [{ IpProtocol: "-1", IpRanges: [{ CidrIp: 10.0.0.0/8 }] }]
`;

/** A file with problems on lines 4 and 6. */
export const INVALID = `version: 1
baselines:
  - name: web
    groups: { ids: [sg-ABC12345] }
    ingress:
      - { IpProtocol: -1, IpRanges: [{ CidrIp: 0.0.0.0/0 }] }
`;

/**
 * Returns a baseline file with one baseline, `web`, which declares these permissions for the group `WEB`. `more` is YAML after the
 * baseline.
 */
export function baselineFile(ingress: readonly string[], more = ''): string {
  return `version: 1
baselines:
  - name: web
    groups: { ids: [${WEB}] }
    ingress: [${ingress.join(', ')}]
${more}`;
}

/** Returns a permission in the notation of the baseline file. */
export function tcp(port: number, cidr: string): string {
  return `{ IpProtocol: tcp, FromPort: ${port}, ToPort: ${port}, IpRanges: [{ CidrIp: ${cidr} }] }`;
}

export const HTTPS = tcp(443, '0.0.0.0/0');

/**
 * Returns a limit for all groups that allows SSH and RDP only from 10.0.0.0/8 and from groups of the account. `more` adds keys to the
 * limit, such as `mode: enforce`.
 */
export function noAdmin(more = ''): string {
  const bound = '{ services: [ssh, rdp], onlyFrom: { IpRanges: [{ CidrIp: 10.0.0.0/8 }], securityGroups: ownAccount } }';
  return `limits: [{ name: no-admin, groups: { all: true }, ingress: [${bound}]${more === '' ? '' : `, ${more}`} }]\n`;
}

/** Returns a baseline file with only this limit. */
export function limitsFile(more = ''): string {
  return `version: 1\nbaselines: []\n${noAdmin(more)}`;
}
