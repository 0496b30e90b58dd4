import type { Block } from '../rule/block.js';
import { formatCidr } from '../rule/cidr.js';
import { isBlock, type GroupSource, type PrefixListSource } from '../rule/source.js';

/** A source in an answer. */
export type AccessSource =
  { readonly cidr: string } | { readonly groupId: string; readonly userId?: string } | { readonly prefixListId: string };

/** A sender in an answer: a block of addresses, or an opaque group or prefix list. */
export interface Sender {
  readonly is: Block | GroupSource | PrefixListSource;
  readonly source: AccessSource;
}

export function senderOf(is: Sender['is']): Sender {
  return { is, source: accessSourceOf(is) };
}

function accessSourceOf(is: Sender['is']): AccessSource {
  if (isBlock(is)) return { cidr: formatCidr(is) };
  if (is.kind === 'prefixList') return { prefixListId: is.prefixListId };
  const { groupId, userId } = is;
  return userId === undefined ? { groupId } : { groupId, userId };
}
