/** Describes traffic in words. */
import { findingTrafficName } from '@portcullis/finding';
import { formatSource, formatTraffic, type AccessSource, type Rule, type Source } from '@portcullis/permission-diff';
import type { DirectedAccess } from '../plan/group-state.js';

/** Returns e.g. `SSH (tcp/22) from anybody on IPv4 (0.0.0.0/0)` or `all traffic to 10.0.0.0/8`. */
export function renderAccess(access: DirectedAccess | Rule): string {
  const { direction, source } = access;
  const anybody = direction === 'ingress' ? 'from anybody' : 'to anywhere';
  const cidr = 'cidr' in source ? source.cidr : '';
  const traffic = renderNamedTraffic(access);
  if (cidr === '0.0.0.0/0') return `${traffic} ${anybody} on IPv4 (${cidr})`;
  if (cidr === '::/0') return `${traffic} ${anybody} on IPv6 (${cidr})`;
  return `${traffic} ${direction === 'ingress' ? 'from' : 'to'} ${renderRuleSource(source)}`;
}

/** Returns e.g. `SSH (tcp/22)` or `tcp/4000`. */
export function renderNamedTraffic(access: DirectedAccess | Rule): string {
  const text = formatTraffic('traffic' in access ? access.traffic : access);
  return renderNameWithTraffic(findingTrafficName(text), text);
}

/** Returns e.g. `SSH (tcp/22)`, or only the traffic if the name equals the traffic. */
export function renderNameWithTraffic(name: string, traffic: string): string {
  return name === traffic ? traffic : `${name} (${traffic})`;
}

export function renderRuleSource(source: Source | AccessSource): string {
  const text = formatSource(source);
  if ('prefixListId' in source) return `the prefix list ${text}`;
  if (!('cidr' in source)) return `the security group ${text}`;
  const single = text.includes(':') ? '/128' : '/32';
  return text.endsWith(single) ? `${text.slice(0, -single.length)} alone` : text;
}
