import type { SecurityGroupRule } from '@aws-sdk/client-ec2';
import { textOf } from './json.js';

/** The name under which moto, with its mends, keeps a protocol. */
export const protocolInMoto = (protocol: string): string => {
  const name = protocol.toLowerCase();
  return { '1': 'icmp', '6': 'tcp', '17': 'udp', '58': 'icmpv6', all: '-1' }[name] ?? name;
};

const portOf = (permission: unknown, name: string): number => Number(textOf(permission, name) ?? '-1');

/**
 * Reports whether the rule is of that protocol and those ports, as a caller's permission (texts, names as on the wire)
 * gives them. Sources are not looked at.
 */
export const hasTrafficOf = (rule: SecurityGroupRule, permission: unknown): boolean => {
  const protocol = protocolInMoto(textOf(permission, 'IpProtocol') ?? '');
  if (rule.IpProtocol !== protocol) return false;
  if (protocol === '-1') return true;
  return rule.FromPort === portOf(permission, 'FromPort') && rule.ToPort === portOf(permission, 'ToPort');
};
