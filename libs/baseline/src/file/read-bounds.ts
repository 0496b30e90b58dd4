/** Reads the bounds of a limit. The parsed file can be invalid. */
import { readRules, type Bound, type Direction, type Source, type Traffic } from '@portcullis/permission-diff';
import { servicesNamed } from '@portcullis/permission-diff/exposure';
import { isObject, type Fields } from '@portcullis/yaml-file';
import { readBaselineTraffic } from '../compiled/bound-notation.js';
import { asBaselineObject, BOUNDS, baselineListEntries, baselinePartAt, type Part } from './file-parts.js';

/** Returns the bounds of a limit. Returns `undefined` if any bound is invalid or has an unknown key. */
export function readLimitBounds(limit: Part<Fields>): Readonly<Record<Direction, readonly Bound[]>> | undefined {
  const [ingress, egress] = BOUNDS.map(([direction, peers]) => {
    const parts = baselineListEntries(baselinePartAt(limit, direction));
    const bounds = parts.flatMap(asBaselineObject).flatMap((part) => readBound(part, peers) ?? []);
    return bounds.length === parts.length ? bounds : undefined;
  });
  return ingress === undefined || egress === undefined ? undefined : { ingress, egress };
}

/** @param peersKey the key of the bound that lists the allowed peers: `onlyFrom` or `onlyTo`. */
export function readBound(bound: Part<Fields>, peersKey: string): Bound | undefined {
  const services = readBoundServices(baselinePartAt(bound, 'services').value);
  const [peers] = asBaselineObject(baselinePartAt(bound, peersKey));
  if (
    services === undefined ||
    peers === undefined ||
    !baselinePartHasOnlyKeys(bound, ['services', peersKey]) ||
    !baselinePartHasOnlyKeys(peers, PEERS)
  )
    return undefined;
  const { IpRanges, Ipv6Ranges, PrefixListIds, securityGroups = 'none', notWiderThan } = peers.value;
  const senders = readBaselineBoundSenders({ IpRanges, Ipv6Ranges, PrefixListIds });
  const groups = readBoundGroups(securityGroups);
  const widths = readBaselineBoundWidths(notWiderThan);
  if (senders === undefined || groups === undefined || widths === undefined) return undefined;
  return { services, senders: [...senders, ...groups.senders], groups: groups.others, ...widths };
}

const PEERS = ['IpRanges', 'Ipv6Ranges', 'PrefixListIds', 'securityGroups', 'notWiderThan'];

/**
 * Reports whether the object has only known keys. If the code ignored a misspelt key, the bound would forbid more traffic than its author
 * intended.
 */
export function baselinePartHasOnlyKeys({ value }: Part<Fields>, keys: readonly string[]): boolean {
  return Object.keys(value).every((key) => keys.includes(key));
}

function readBoundServices(value: unknown): Traffic[] | undefined {
  if (value === 'all') return [{ kind: 'all' }];
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const each = value.map(readBoundService);
  return each.includes(undefined) ? undefined : each.flatMap((some) => some ?? []);
}

/** @param entry one entry of `services`: a service name, or an object with EC2's traffic fields. */
export function readBoundService(entry: unknown): readonly Traffic[] | undefined {
  if (typeof entry === 'string') return servicesNamed(entry);
  const traffic = isObject(entry) ? readBaselineTraffic(entry) : undefined;
  return traffic && [traffic];
}

function readBaselineBoundSenders(lists: Fields): readonly Source[] | undefined {
  if (Object.values(lists).every((list) => list === undefined || (Array.isArray(list) && list.length === 0))) return [];
  const read = readRules([{ IpProtocol: '-1', ...lists }]);
  return read.ok ? read.value.map(({ source }) => source) : undefined;
}

function readBoundGroups(value: unknown): { readonly senders: readonly Source[]; readonly others: Bound['groups'] } | undefined {
  if (value === 'none' || value === 'ownAccount' || value === 'any') return { senders: [], others: value };
  if (!Array.isArray(value) || !value.every((id) => typeof id === 'string')) return undefined;
  return { senders: value.map((groupId) => ({ kind: 'group', groupId })), others: 'none' };
}

function readBaselineBoundWidths(value: unknown): Pick<Bound, 'notWiderThan'> | undefined {
  if (value === undefined) return {};
  if (!isObject(value)) return undefined;
  const { ipv4, ipv6, ...others } = value;
  const isLength = (each: unknown): each is number | undefined => each === undefined || typeof each === 'number';
  if (!isLength(ipv4) || !isLength(ipv6) || Object.keys(others).length > 0) return undefined;
  return { notWiderThan: { ...(ipv4 !== undefined && { ipv4 }), ...(ipv6 !== undefined && { ipv6 }) } };
}
