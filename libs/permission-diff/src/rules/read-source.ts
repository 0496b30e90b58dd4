/** Reads one source from an entry in a list of sources. */
import type { Block } from './block.js';
import { parseCidr } from './cidr.js';
import { EXPECTED_GROUP_ID, isPermissionUserId, isPermissionGroupId, isPermissionPrefixListId, EXPECTED_PREFIX_LIST_ID } from './ids.js';
import { permissionProblemCollector, permissionProblemCode, type PermissionProblem, type ReadResult, type Refuse } from './problem.js';
import type { Source } from './source.js';

export interface SourceOptions {
  /**
   * The 12-digit account that is assumed if an entry does not name the account of a source group. By default, the group gets no account.
   */
  readonly accountId?: string;
  /**
   * With `checked`, a description that EC2 would refuse is a problem. With `trusted`, any description is accepted. Use `trusted` for
   * descriptions that EC2 returned.
   * @default 'checked'
   */
  readonly descriptions?: 'checked' | 'trusted';
}

export type Fields = Readonly<Record<string, unknown>>;
type ReadSource = (refuse: Refuse, entry: Fields, options: SourceOptions) => Source | null;

/** A list of sources in a permission: its name, the required field of its entries, and the function that reads an entry. */
export type SourceList = readonly [list: string, field: string, read: ReadSource];

export const SOURCES: readonly [SourceList, SourceList, SourceList, SourceList] = [
  ['IpRanges', 'CidrIp', readIpv4Source],
  ['Ipv6Ranges', 'CidrIpv6', readIpv6Source],
  ['UserIdGroupPairs', 'GroupId', readGroupSource],
  ['PrefixListIds', 'PrefixListId', readPrefixListSource],
];

function readIpv4Source(refuse: Refuse, { CidrIp }: Fields): Source | null {
  return readCidrBlock(refuse, '.CidrIp', CidrIp, 'ipv4');
}

function readIpv6Source(refuse: Refuse, { CidrIpv6 }: Fields): Source | null {
  return readCidrBlock(refuse, '.CidrIpv6', CidrIpv6, 'ipv6');
}

function readPrefixListSource(refuse: Refuse, { PrefixListId }: Fields): Source | null {
  const prefixListId = readPermissionSourceId(refuse, '.PrefixListId', PrefixListId, isPermissionPrefixListId, EXPECTED_PREFIX_LIST_ID);
  // Stryker disable next-line ConditionalExpression: a refusal discards all rules, whatever is returned here
  return prefixListId === null ? null : { kind: 'prefixList', prefixListId };
}

function readGroupSource(refuse: Refuse, { GroupId, GroupName, UserId }: Fields, options: SourceOptions): Source | null {
  // A group name is not enough, because groups in several VPCs can have the same name.
  const groupId =
    (GroupId ?? null) === null && typeof GroupName === 'string' && GroupName !== ''
      ? refuse('group-name-only', '.GroupName', GroupName, EXPECTED_GROUP_ID)
      : readPermissionSourceId(refuse, '.GroupId', GroupId, isPermissionGroupId, EXPECTED_GROUP_ID);
  const owner = UserId ?? options.accountId;
  const userId =
    owner === undefined
      ? undefined
      : readPermissionSourceId(refuse, '.UserId', owner, isPermissionUserId, 'the 12 digits of an AWS account');
  // Stryker disable next-line ConditionalExpression,LogicalOperator: a refusal discards all rules, whatever is returned here
  if (groupId === null || userId === null) return null;
  return userId === undefined ? { kind: 'group', groupId } : { kind: 'group', groupId, userId };
}

function readPermissionSourceId(
  refuse: Refuse,
  field: string,
  value: unknown,
  fits: (text: string) => boolean,
  expected: string,
): string | null {
  if (typeof value === 'string' && fits(value)) return value;
  return refuse(permissionProblemCode(value, 'not-an-id'), field, value ?? undefined, expected);
}

/**
 * The characters and the length that EC2 allows in a rule's description.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpRange.html Description
 */
const DESCRIPTION = /^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]{0,255}$/;

/** Returns `null` for an empty description, because EC2 does not return empty descriptions. */
export function readRuleDescription(refuse: Refuse, { Description: value }: Fields, { descriptions }: SourceOptions): string | null {
  if (value === undefined || value === null || value === '') return null;
  if (typeof value === 'string' && (descriptions === 'trusted' || DESCRIPTION.test(value))) return value;
  const expected = 'at most 255 characters from a-z, A-Z, 0-9, space and `._-:/()#,@[]+=&;{}!$*`';
  return refuse(permissionProblemCode(value, 'bad-description'), '.Description', value, expected);
}

const EXPECTED = {
  ipv4: 'an IPv4 block such as `10.0.0.0/8`; IPv6 goes into `Ipv6Ranges`',
  ipv6: 'an IPv6 block such as `2001:db8::/32`; IPv4 goes into `IpRanges`',
  any: 'a block such as `10.0.0.0/8` or `::/0`',
};

/** Returns the block of the text. A block of another address family is a problem. */
export function readCidrBlock(refuse: Refuse, field: string, text: unknown, family: keyof typeof EXPECTED): Block | null {
  const block = typeof text === 'string' ? parseCidr(text) : undefined;
  if (block !== undefined && (family === 'any' || block.kind === family)) return block;
  const expected = EXPECTED[family];
  if (typeof text !== 'string') return refuse('wrong-type', field, text, expected);
  // If the text is valid after `/0` is added, only the prefix length is missing.
  const address = block ?? parseCidr(`${text}/0`);
  if (address === undefined) return refuse('not-a-cidr', field, text, expected);
  if (family !== 'any' && address.kind !== family) return refuse('wrong-family', field, text, expected);
  return refuse('missing-prefix-length', field, text, `\`${text}/${address.kind === 'ipv4' ? 32 : 128}\`, or a wider block`);
}

/**
 * Reads an IPv4 or IPv6 block such as `10.0.0.0/8` or `::/0`, and clears its host bits. Any other value is a problem with the given path.
 * Never throws.
 */
export function readCidr(text: unknown, path = 'cidr'): ReadResult<Block> {
  const problems: PermissionProblem[] = [];
  const block = readCidrBlock(
    permissionProblemCollector(problems, () => path),
    '',
    text,
    'any',
  );
  return block === null ? { ok: false, problems } : { ok: true, value: block };
}
