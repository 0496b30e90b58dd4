import { isIpv4Address, isIpv6Address, parseIpv4Cidr, parseIpv6Cidr } from '../cidr.js';
import { isGroupId, isPrefixListId } from '../ids.js';
import { offendingText, type PermissionProblem, type ReadResult } from '../problem.js';
import type { Source } from '../source.js';
import type { Addresses } from './region.js';

/** Reads what the caller says groups and prefix lists stand for: blocks of either family, by id. Never throws. */
export function readAddresses(value: unknown): ReadResult<Addresses> {
  const addresses = new Map<string, readonly Source[]>();
  const problems: PermissionProblem[] = [];
  const problem = (code: PermissionProblem['code'], path: string, found: unknown, expected: string) => {
    problems.push({ code, path, text: offendingText(found), expected });
  };
  if (value === undefined || value === null) return { ok: true, value: addresses };
  if (typeof value !== 'object' || Array.isArray(value)) {
    problem('wrong-type', 'addresses', value, 'an object: lists of blocks by the ids of groups and prefix lists');
    return { ok: false, problems };
  }
  for (const [id, list] of Object.entries(value as Readonly<Record<string, unknown>>)) {
    const path = `addresses[${offendingText(id)}]`;
    if (!isGroupId(id) && !isPrefixListId(id)) {
      problem('not-an-id', path, id, 'the id of a security group, `sg-…`, or of a prefix list, `pl-…`');
    }
    if (!Array.isArray(list)) {
      problem('wrong-type', path, list, 'a list of blocks, such as `["10.0.0.0/8"]`');
      continue;
    }
    const blocks = list.map((text: unknown, index) => {
      const block = typeof text === 'string' ? (parseIpv4Cidr(text) ?? parseIpv6Cidr(text)) : undefined;
      if (block !== undefined) return block;
      const where = `${path}[${index}]`;
      if (typeof text !== 'string') problem('wrong-type', where, text, BLOCK);
      else if (isIpv4Address(text)) problem('missing-prefix-length', where, text, `\`${text}/32\`, or a wider block`);
      else if (isIpv6Address(text)) problem('missing-prefix-length', where, text, `\`${text}/128\`, or a wider block`);
      else problem('not-a-cidr', where, text, BLOCK);
      return undefined;
    });
    addresses.set(
      id,
      blocks.filter((block) => block !== undefined),
    );
  }
  return problems.length === 0 ? { ok: true, value: addresses } : { ok: false, problems };
}

const BLOCK = 'a block of addresses such as `10.0.0.0/8` or `2001:db8::/32`';
