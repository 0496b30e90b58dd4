/** What stands behind groups, from the network interfaces of an account and region. */
import type { Attachment, AttachmentUser } from '@portcullis/security-groups';

/** The network interfaces in a group. */
export interface Behind {
  readonly interfaces: number;
  /** How many of them have a public address. */
  readonly withPublicAddress: number;
  /** Each user once, those with public addresses first. */
  readonly users: readonly User[];
}

export interface User extends AttachmentUser {
  /** The Name tag of an instance. Null for other users, whose id is their name. */
  readonly name: string | null;
  readonly publicAddresses: readonly string[];
}

/** Collects interfaces page by page. It keeps only users and counts, because there may be many times more interfaces than groups. */
export class BehindGroups {
  private readonly byGroup = new Map<string, { interfaces: number; withPublicAddress: number; users: Map<string, User> }>();

  add(attachments: readonly Attachment[]): void {
    for (const { groupIds, publicAddresses, user } of attachments)
      for (const groupId of groupIds) {
        const behind = this.byGroup.get(groupId) ?? { interfaces: 0, withPublicAddress: 0, users: new Map<string, User>() };
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

  /** Returns the ids of the instances in these groups. */
  instancesIn(groupIds: readonly string[]): string[] {
    const users = groupIds.flatMap((groupId) => [...(this.byGroup.get(groupId)?.users.values() ?? [])]);
    return [...new Set(users.flatMap(({ kind, id }) => (kind === 'instance' && id !== null ? [id] : [])))];
  }

  /** @param names the Name tags of instances, by id. */
  of(groupId: string, names: ReadonlyMap<string, string>): Behind {
    const { interfaces, withPublicAddress, users } = this.byGroup.get(groupId) ?? { interfaces: 0, withPublicAddress: 0, users: new Map() };
    const named = [...users.values()].map((user: User) => ({ ...user, name: names.get(user.id ?? '') ?? null }));
    return { interfaces, withPublicAddress, users: named.sort((a, b) => b.publicAddresses.length - a.publicAddresses.length) };
  }
}
