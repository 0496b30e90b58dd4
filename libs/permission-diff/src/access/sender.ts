/** Who is meant in an answer: a block of addresses, or a group or prefix list that is opaque. */
import { compareSources, type GroupSource, type PrefixListSource } from '../source.js';
import { cidrOf, compareBlocks, type Block } from './block.js';

export type Sender = Block | GroupSource | PrefixListSource;

export type AccessSource =
  | { readonly cidr: string }
  | { readonly groupId: string; readonly userId?: string }
  | { readonly prefixListId: string };

/** Orders senders as `compareSources` does: IPv4, IPv6, groups, prefix lists; blocks by first address, the widest first. */
export function compareSenders(a: Sender, b: Sender): number {
  if ('words' in a && 'words' in b) return a.words.length - b.words.length || compareBlocks(a, b);
  if ('words' in a || 'words' in b) return 'words' in a ? -1 : 1;
  return compareSources(a, b);
}

export function accessSourceOf(sender: Sender): AccessSource {
  if ('words' in sender) return { cidr: cidrOf(sender) };
  if (sender.kind === 'prefixList') return { prefixListId: sender.prefixListId };
  const { groupId, userId } = sender;
  return userId === undefined ? { groupId } : { groupId, userId };
}
