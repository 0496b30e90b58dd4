/** Reads EC2's `IpPermission[]` into rules, one per source. Whatever EC2 would refuse becomes a problem; nothing is guessed. */
import { GROUP_ID, isAccountId, isGroupId, isPrefixListId, PREFIX_LIST_ID } from './ids.js';
import { isFields, readResult, refuseInto, unlessText, type PermissionProblem, type ReadResult, type Refuse } from './problem.js';
import { readBlock } from './read-block.js';
import { readTraffic } from './read-traffic.js';
import type { Direction, Rule } from './rule.js';
import type { Source } from './source.js';
import type { Traffic } from './traffic.js';

export interface ReadOptions {
  /** @default 'ingress' */
  readonly direction?: Direction;
  /** How the paths of problems begin. @default 'permissions' */
  readonly path?: string;
  /** The 12-digit account that owns the group: taken for group sources that name no account. By default they name none. */
  readonly accountId?: string;
  /**
   * `checked` refuses descriptions that EC2 would refuse; `trusted` takes any text, for what EC2 itself has returned.
   * @default 'checked'
   */
  readonly descriptions?: 'checked' | 'trusted';
}

/**
 * Returns the rules of EC2's `IpPermission[]`, in the order given and with repetitions, or every problem found. Never throws, whatever
 * the value. `null` counts as absent. Ports of protocols that have none are not looked at, as EC2 does not.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html
 */
export function readRules(permissions: unknown, options: ReadOptions = {}): ReadResult<readonly Rule[]> {
  const rules: Rule[] = [];
  const problems: PermissionProblem[] = [];
  const { path = 'permissions' } = options;
  const at: Place = { path, entry: -1 };
  const refuse = refuseInto(problems, () => (at.entry === -1 ? at.path : `${at.path}[${at.entry}]`));
  const reading = { rules, at, refuse, options };
  if (Array.isArray(permissions)) {
    // By index: a list may have holes.
    for (let i = 0; i < permissions.length; i++) {
      at.path = `${path}[${i}]`;
      readPermission(reading, permissions[i]);
    }
  } else {
    refuse('wrong-type', '', permissions, 'a list of permissions');
  }
  return readResult(rules, problems);
}

/** What is being read: the permission or list at the path, or, unless it is -1, that entry of the list. */
interface Place {
  path: string;
  entry: number;
}

interface Reading {
  readonly rules: Rule[];
  readonly at: Place;
  readonly refuse: Refuse;
  readonly options: ReadOptions;
}

type Fields = Readonly<Record<string, unknown>>;
type ReadSource = (refuse: Refuse, entry: Fields, options: ReadOptions) => Source | null;

/** The lists of sources in a permission: what each entry must have, and how it is read. By index: to take tuples apart makes iterators. */
const SOURCES: readonly (readonly [list: string, field: string, read: ReadSource])[] = [
  ['IpRanges', 'CidrIp', (refuse, { CidrIp }) => readBlock(refuse, '.CidrIp', CidrIp, 'ipv4')],
  ['Ipv6Ranges', 'CidrIpv6', (refuse, { CidrIpv6 }) => readBlock(refuse, '.CidrIpv6', CidrIpv6, 'ipv6')],
  ['UserIdGroupPairs', 'GroupId', readGroup],
  ['PrefixListIds', 'PrefixListId', readPrefixList],
];
const KNOWN_KEYS = new Set(['IpProtocol', 'FromPort', 'ToPort', ...SOURCES.map((source) => source[0])]);
const LISTS = SOURCES.map((source) => `\`${source[0]}\``).join(', ');
const SOME_SOURCE = `at least one source in ${LISTS}`;

function readPermission(reading: Reading, permission: unknown): void {
  const { at, refuse } = reading;
  if (!isFields(permission)) {
    refuse('wrong-type', '', permission, `an object with \`IpProtocol\` and ${SOME_SOURCE}`);
    return;
  }
  for (const key in permission) {
    const value = KNOWN_KEYS.has(key) ? undefined : permission[key];
    // A list under a name we do not know may be a kind of source: to pass over it would be to lose what it lets in.
    if (Array.isArray(value) && value.length > 0) {
      refuse('unknown-key', `.${key}`, value, `no other lists than ${LISTS}`);
    }
  }
  const traffic = readTraffic(refuse, permission);
  const { path } = at;
  let isForSomebody = false;
  for (const source of SOURCES) {
    const list = source[0];
    const entries = permission[list];
    if (entries === undefined || entries === null) continue;
    isForSomebody ||= !Array.isArray(entries) || entries.length > 0;
    at.path = `${path}.${list}`;
    if (Array.isArray(entries)) {
      for (at.entry = 0; at.entry < entries.length; at.entry++) {
        readEntry(reading, source, traffic, entries[at.entry]);
      }
      at.entry = -1;
    } else {
      refuse('wrong-type', '', entries, 'a list of sources');
    }
    at.path = path;
  }
  if (!isForSomebody) refuse('no-source', '', undefined, SOME_SOURCE);
}

function readEntry({ rules, refuse, options }: Reading, kind: (typeof SOURCES)[number], traffic: Traffic | null, entry: unknown): void {
  if (!isFields(entry)) {
    refuse('wrong-type', '', entry, `an object with \`${kind[1]}\``);
    return;
  }
  const source = kind[2](refuse, entry, options);
  const description = readDescription(refuse, entry, options);
  if (source === null || traffic === null) return;
  const { direction = 'ingress' } = options;
  rules.push(description === null ? { direction, traffic, source } : { direction, traffic, source, description });
}

function readPrefixList(refuse: Refuse, { PrefixListId }: Fields): Source | null {
  const prefixListId = readText(refuse, '.PrefixListId', PrefixListId, isPrefixListId, PREFIX_LIST_ID);
  return prefixListId === null ? null : { kind: 'prefixList', prefixListId };
}

function readGroup(refuse: Refuse, { GroupId, GroupName, UserId }: Fields, options: ReadOptions): Source | null {
  // A name means a group only inside one VPC, and can be given to another group: it is not resolved here.
  const groupId =
    (GroupId ?? null) === null && typeof GroupName === 'string' && GroupName !== ''
      ? refuse('group-name-only', '.GroupName', GroupName, GROUP_ID)
      : readText(refuse, '.GroupId', GroupId, isGroupId, GROUP_ID);
  const owner = UserId ?? options.accountId;
  if (owner === undefined) return groupId === null ? null : { kind: 'group', groupId };
  const userId = readText(refuse, '.UserId', owner, isAccountId, 'the 12 digits of an AWS account');
  return groupId === null || userId === null ? null : { kind: 'group', groupId, userId };
}

/** Returns a text of the form asked for. */
function readText(refuse: Refuse, field: string, value: unknown, fits: (text: string) => boolean, expected: string): string | null {
  if (typeof value === 'string' && fits(value)) return value;
  return refuse(unlessText(value, 'not-an-id'), field, value ?? undefined, expected);
}

/**
 * The text of an EC2 rule's description.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpRange.html Description
 */
const DESCRIPTION = /^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]{0,255}$/;

/** An empty description is none: EC2 returns no `Description` for it. */
function readDescription(refuse: Refuse, { Description: value }: Fields, { descriptions }: ReadOptions): string | null {
  if (value === undefined || value === null || value === '') return null;
  if (typeof value === 'string' && (descriptions === 'trusted' || DESCRIPTION.test(value))) return value;
  const expected = 'up to 255 of a-z, A-Z, 0-9, space and `._-:/()#,@[]+=&;{}!$*`';
  return refuse(unlessText(value, 'bad-description'), '.Description', value, expected);
}
