import type { Limit } from '@portcullis/baseline';

/** A bound that allows no traffic. */
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
