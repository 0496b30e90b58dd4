/** Finds which network interfaces are in each group, and which resources use these interfaces. */
import type { Rule } from '@portcullis/permission-diff';
import type { Attachment, AttachmentUser } from './ec2-attachments.js';

/** The network interfaces in a group. */
export interface GroupAttachments {
  readonly interfaces: number;
  /** The number of interfaces with a public address. */
  readonly withPublicAddress: number;
  /** The resources that use the interfaces, without duplicates. Resources with public addresses come first. */
  readonly users: readonly NamedAttachmentUser[];
}

export interface NamedAttachmentUser extends AttachmentUser {
  /** The `Name` tag of an instance. Null for any other resource, because its `id` is already a name. */
  readonly name: string | null;
  readonly publicAddresses: readonly string[];
}

/**
 * Collects network interfaces page by page. Stores only resources and counts for each group, because an account can have far more
 * interfaces than groups.
 */
export class AttachmentsByGroup {
  private readonly byGroup = new Map<string, { interfaces: number; withPublicAddress: number; users: Map<string, NamedAttachmentUser> }>();

  add(attachments: readonly Attachment[]): void {
    for (const { groupIds, publicAddresses, user } of attachments)
      for (const groupId of groupIds) {
        const behind = this.byGroup.get(groupId) ?? { interfaces: 0, withPublicAddress: 0, users: new Map<string, NamedAttachmentUser>() };
        this.byGroup.set(groupId, behind);
        behind.interfaces += 1;
        if (publicAddresses.length > 0) behind.withPublicAddress += 1;
        const key = `${user.kind} ${user.id ?? ''}`;
        const known = behind.users.get(key)?.publicAddresses ?? [];
        behind.users.set(key, { ...user, name: null, publicAddresses: [...known, ...publicAddresses] });
      }
  }

  has(groupId: string): boolean {
    return this.byGroup.has(groupId);
  }

  /** Returns the ids of the instances with a network interface in these groups. */
  instancesIn(groupIds: readonly string[]): string[] {
    const users = groupIds.flatMap((groupId) => [...(this.byGroup.get(groupId)?.users.values() ?? [])]);
    return [...new Set(users.flatMap(({ kind, id }) => (kind === 'instance' && id !== null ? [id] : [])))];
  }

  /** @param names the Name tags of instances, by id. */
  of(groupId: string, names: ReadonlyMap<string, string>): GroupAttachments {
    const { interfaces, withPublicAddress, users } = this.byGroup.get(groupId) ?? { interfaces: 0, withPublicAddress: 0, users: new Map() };
    const named = [...users.values()].map((user: NamedAttachmentUser) => ({ ...user, name: names.get(user.id ?? '') ?? null }));
    return { interfaces, withPublicAddress, users: named.sort((a, b) => b.publicAddresses.length - a.publicAddresses.length) };
  }
}

/**
 * Whether the internet can reach the group:
 * - `public`: yes, through a public address of a network interface.
 * - `internal`: no, because no network interface has a public address, or because the rules do not allow the address's IP version.
 * - `unattached`: no, because no network interface is in the group.
 */
export type Reachability = 'public' | 'internal' | 'unattached';

/**
 * Returns whether the internet can reach the group. Ignores public IPv4 addresses if no rule allows IPv4 traffic, and public IPv6 addresses
 * if no rule allows IPv6 traffic. Ignores routes, network ACLs and host firewalls. If the interfaces could not be read, returns `public`.
 */
export function internetReachability(rules: readonly Pick<Rule, 'source'>[], behind: GroupAttachments | null): Reachability {
  if (behind === null) return 'public';
  if (behind.interfaces === 0) return 'unattached';
  const isOpenTo = (family: 'ipv4' | 'ipv6'): boolean => rules.some(({ source: { kind } }) => kind === family || kind === 'prefixList');
  const isMet = (address: string): boolean => isOpenTo(address.includes(':') ? 'ipv6' : 'ipv4');
  return behind.users.some(({ publicAddresses }) => publicAddresses.some(isMet)) ? 'public' : 'internal';
}
