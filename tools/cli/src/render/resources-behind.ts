/** Describes the resources behind a group: the instances, load balancers and other resources that the group is attached to. */
import type { GroupAttachments, NamedAttachmentUser } from '@portcullis/security-groups';
import { countWithNoun } from './counted.js';
import { renderShortList } from './listed.js';

/** Returns e.g. `bastion-1 (203.0.113.9); 1 network interface, 1 with a public address`, for all given groups together. */
export function renderResourcesBehind(all: readonly (GroupAttachments | null)[]): string {
  const known = all.filter((behind) => behind !== null);
  if (known.length < all.length) return 'unknown';
  const interfaces = known.reduce((sum, behind) => sum + behind.interfaces, 0);
  if (interfaces === 0) return 'nothing';
  const withPublic = known.reduce((sum, behind) => sum + behind.withPublicAddress, 0);
  const users = known.flatMap((behind) => behind.users).sort((a, b) => b.publicAddresses.length - a.publicAddresses.length);
  const addresses = withPublic === 0 ? 'without a public address' : `${withPublic} with a public address`;
  return `${renderShortList(users.map(renderAttachedResource))}; ${countWithNoun(interfaces, 'network interface')}, ${addresses}`;
}

/** Returns e.g. `bastion-1 (203.0.113.9) +2`. Returns `undefined` if no resource is known. */
export function renderFirstResourceBehind(behind: GroupAttachments | null | undefined): string | undefined {
  const [first, ...more] = behind?.users ?? [];
  if (first === undefined) return undefined;
  const name = renderAttachedResource({ ...first, publicAddresses: first.publicAddresses.slice(0, 1) });
  return `${name}${more.length > 0 ? ` +${more.length}` : ''}`;
}

/** Returns e.g. `bastion-1 (203.0.113.9)` or `load balancer orders`. */
function renderAttachedResource({ kind, id, name, publicAddresses }: NamedAttachmentUser): string {
  const called =
    kind === 'instance' ? (name ?? id ?? 'an instance') : `${kind === 'other' ? '' : `${kind.replace('-', ' ')} `}${id ?? 'an interface'}`;
  return publicAddresses.length === 0 ? called : `${called} (${renderShortList(publicAddresses)})`;
}
