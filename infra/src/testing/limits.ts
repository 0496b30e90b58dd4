import type { Limit } from '@portcullis/baseline';

/** The allowed access of a limit that allows no traffic at all. */
export const NOTHING: Limit['ingress'][number] = { services: [{ kind: 'all' }], senders: [], groups: 'none' };

/** Returns an enforced limit that revokes ingress rules of every group. `more` replaces fields. */
export function limitOf(name: string, more: Partial<Limit> = {}): Limit {
  return {
    name,
    groups: { all: true, ids: [] },
    mode: 'enforce',
    repair: 'revoke',
    otherwise: 'report',
    ingress: [NOTHING],
    permit: [],
    ...more,
  };
}
