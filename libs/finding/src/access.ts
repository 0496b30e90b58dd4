/** What a rule lets in, in the words of a finding. */
import type { Rule, Source } from '@portcullis/permission-diff';

export type AccessSource =
  | { readonly cidr: string }
  | { readonly groupId: string; readonly userId?: string }
  | { readonly prefixListId: string };

/** One range of traffic: `protocol` as EC2 writes it, `-1` for all; ports for tcp and udp, type and code for icmp and icmpv6. */
export interface AccessRange {
  readonly protocol: string;
  readonly source: AccessSource;
  readonly fromPort?: number;
  readonly toPort?: number;
  readonly fromType?: number;
  readonly toType?: number;
  readonly fromCode?: number;
  readonly toCode?: number;
}

/** Returns what each ingress rule lets in. */
export function accessOf(rules: readonly Rule[]): AccessRange[] {
  return rules.filter(({ direction }) => direction === 'ingress').map(rangeOf);
}

function rangeOf({ traffic, source }: Rule): AccessRange {
  const who = sourceOf(source);
  switch (traffic.kind) {
    case 'all':
      return { protocol: '-1', source: who };
    case 'ports':
      return { protocol: traffic.protocol, source: who, fromPort: traffic.fromPort, toPort: traffic.toPort };
    case 'icmp': {
      const [fromType, toType] = traffic.type === -1 ? [0, 255] : [traffic.type, traffic.type];
      const [fromCode, toCode] = traffic.code === -1 ? [0, 255] : [traffic.code, traffic.code];
      return { protocol: traffic.protocol, source: who, fromType, toType, fromCode, toCode };
    }
    case 'protocol':
      return { protocol: traffic.protocol, source: who };
  }
}

function sourceOf(source: Source): AccessSource {
  switch (source.kind) {
    case 'ipv4':
    case 'ipv6':
      return { cidr: source.cidr };
    case 'group':
      return source.userId === undefined
        ? { groupId: source.groupId }
        : { groupId: source.groupId, userId: source.userId };
    case 'prefixList':
      return { prefixListId: source.prefixListId };
  }
}
