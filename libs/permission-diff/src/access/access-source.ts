import type { Source } from '../rules/source.js';

/** The source of an access range. */
export type AccessSource =
  { readonly cidr: string } | { readonly groupId: string; readonly userId?: string } | { readonly prefixListId: string };

export function accessSourceOf(source: Source): AccessSource {
  if (source.kind === 'prefixList') return { prefixListId: source.prefixListId };
  if (source.kind !== 'group') return { cidr: source.cidr };
  const { groupId, userId } = source;
  return userId === undefined ? { groupId } : { groupId, userId };
}
