/** Who is meant in an answer: a block of addresses, or a group or prefix list that is opaque. */
import type { Block } from '../block.js';
import { formatCidr } from '../cidr.js';
import type { GroupSource, PrefixListSource } from '../source.js';

export type Sender = Block | GroupSource | PrefixListSource;

export type AccessSource =
  { readonly cidr: string } | { readonly groupId: string; readonly userId?: string } | { readonly prefixListId: string };

export function accessSourceOf(sender: Sender): AccessSource {
  if ('words' in sender) return { cidr: formatCidr(sender) };
  if (sender.kind === 'prefixList') return { prefixListId: sender.prefixListId };
  const { groupId, userId } = sender;
  return userId === undefined ? { groupId } : { groupId, userId };
}
