/**
 * Reads EC2's `IpPermission[]`. Each source becomes one rule. If EC2 would refuse a value, the value is a problem.
 */
import {
  isObject,
  permissionReadResult,
  permissionProblemCollector,
  type PermissionProblem,
  type ReadResult,
  type Refuse,
} from './problem.js';
import { readRuleDescription, SOURCES, type Fields, type SourceList, type SourceOptions } from './read-source.js';
import { readPermissionTraffic } from './read-traffic.js';
import type { Direction, Rule } from './rule.js';
import type { Traffic } from './traffic.js';
import type { IpPermission } from './ec2-permission.js';

export interface ReadOptions extends SourceOptions {
  /** @default 'ingress' */
  readonly direction?: Direction;
  /** The path of each problem begins with this text. @default 'permissions' */
  readonly path?: string;
}

/**
 * Returns the rules of EC2's `IpPermission[]`, or every problem. Keeps the order of the rules, and does not remove repeated rules. A field
 * that is `null` counts as absent. Ignores the ports of protocols without ports, as EC2 does. Never throws.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html
 */
export function readRules(permissions: unknown, options: ReadOptions = {}): ReadResult<readonly Rule[]> {
  const problems: PermissionProblem[] = [];
  const { path = 'permissions', direction = 'ingress' } = options;
  const at: Place = { permission: -1, list: '', entry: -1 };
  const refuse = permissionProblemCollector(problems, (field) => path + formatPermissionPath(at) + field);
  const reading: Reading = { rules: [], at, refuse, direction, options };
  if (Array.isArray(permissions)) {
    // Loops by index to visit the holes of a sparse array, too.
    for (at.permission = 0; at.permission < permissions.length; at.permission++) {
      readIpPermission(reading, permissions[at.permission]);
    }
  } else {
    refuse('wrong-type', '', permissions, 'a list of permissions');
  }
  return permissionReadResult(reading.rules, problems);
}

/**
 * The current position of the reader: the index of the permission, the name of the list of sources, and the index in that list. `-1` and
 * `''` mean that the reader is not inside a permission, list or entry.
 */
interface Place {
  permission: number;
  list: string;
  entry: number;
}

function formatPermissionPath({ permission, list, entry }: Place): string {
  return (permission === -1 ? '' : `[${permission}]`) + (list && `.${list}`) + (entry === -1 ? '' : `[${entry}]`);
}

interface Reading {
  readonly rules: Rule[];
  readonly at: Place;
  readonly refuse: Refuse;
  readonly direction: Direction;
  readonly options: SourceOptions;
}

const LISTS = SOURCES.map((source) => `\`${source[0]}\``).join(', ');
const SOME_SOURCE = `at least one source in ${LISTS}`;

function readIpPermission(reading: Reading, permission: unknown): void {
  const { refuse } = reading;
  if (!isObject(permission)) {
    refuse('wrong-type', '', permission, `an object with \`IpProtocol\` and ${SOME_SOURCE}`);
    return;
  }
  const fields = permissionFields(refuse, permission);
  const traffic = readPermissionTraffic(refuse, fields);
  const [ipv4, ipv6, groups, prefixLists] = SOURCES;
  let isForSomebody = readPermissionSources(reading, ipv4, fields.IpRanges, traffic);
  isForSomebody = readPermissionSources(reading, ipv6, fields.Ipv6Ranges, traffic) || isForSomebody;
  isForSomebody = readPermissionSources(reading, groups, fields.UserIdGroupPairs, traffic) || isForSomebody;
  isForSomebody = readPermissionSources(reading, prefixLists, fields.PrefixListIds, traffic) || isForSomebody;
  if (!isForSomebody) refuse('no-source', '', undefined, SOME_SOURCE);
}

/**
 * Copies the fields of a permission into an object that always has the same shape: later reads are much faster. Refuses an unknown list.
 * The list could be a new kind of source. An ignored source would hide traffic.
 */
function permissionFields(refuse: Refuse, permission: Fields): Record<keyof IpPermission, unknown> {
  let IpProtocol, FromPort, ToPort, IpRanges, Ipv6Ranges, UserIdGroupPairs, PrefixListIds: unknown;
  for (const key in permission) {
    const value = permission[key];
    switch (key) {
      case 'IpProtocol':
        IpProtocol = value;
        break;
      case 'FromPort':
        FromPort = value;
        break;
      case 'ToPort':
        ToPort = value;
        break;
      case 'IpRanges':
        IpRanges = value;
        break;
      case 'Ipv6Ranges':
        Ipv6Ranges = value;
        break;
      case 'UserIdGroupPairs':
        UserIdGroupPairs = value;
        break;
      case 'PrefixListIds':
        PrefixListIds = value;
        break;
      default:
        if (Array.isArray(value) && value.length > 0) refuse('unknown-key', `.${key}`, value, `only these lists: ${LISTS}`);
    }
  }
  return { IpProtocol, FromPort, ToPort, IpRanges, Ipv6Ranges, UserIdGroupPairs, PrefixListIds };
}

/** Reads one list of sources, and adds its rules. Returns `false` if the list is absent or empty. */
function readPermissionSources(reading: Reading, kind: SourceList, entries: unknown, traffic: Traffic | null): boolean {
  if (entries === undefined || entries === null) return false;
  const { at, refuse } = reading;
  at.list = kind[0];
  if (Array.isArray(entries)) {
    for (at.entry = 0; at.entry < entries.length; at.entry++) readPermissionSource(reading, kind, entries[at.entry], traffic);
    at.entry = -1;
  } else {
    refuse('wrong-type', '', entries, 'a list of sources');
  }
  at.list = '';
  return !Array.isArray(entries) || entries.length > 0;
}

function readPermissionSource(
  { rules, refuse, direction, options }: Reading,
  kind: SourceList,
  entry: unknown,
  traffic: Traffic | null,
): void {
  if (!isObject(entry)) {
    refuse('wrong-type', '', entry, `an object with \`${kind[1]}\``);
    return;
  }
  const source = kind[2](refuse, entry, options);
  const description = readRuleDescription(refuse, entry, options);
  // Stryker disable next-line ConditionalExpression,LogicalOperator: a refusal discards all rules
  if (source === null || traffic === null) return;
  rules.push(description === null ? { direction, traffic, source } : { direction, traffic, source, description });
}
