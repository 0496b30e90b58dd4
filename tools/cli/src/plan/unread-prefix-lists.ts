import type { Addresses } from '@portcullis/permission-diff';
import type { BrokenPart } from '@portcullis/security-groups';

/** Returns the ids of the unread prefix lists that decide whether a rule breaks a limit. */
export function unreadListIdsOfBrokenPart({ rule, bound }: Pick<BrokenPart, 'rule' | 'bound'>, addresses: Addresses): string[] {
  const isBlock = rule.source.kind === 'ipv4' || rule.source.kind === 'ipv6';
  const sources = [rule.source, ...(isBlock ? bound.senders : [])];
  return sources.flatMap((source) => (source.kind === 'prefixList' && !addresses.has(source.prefixListId) ? source.prefixListId : []));
}
