/** Reads EC2's `IpPermission[]` into rules, one per source. Whatever EC2 would refuse becomes a problem; nothing is guessed. */
import { isObject, readResult, refuseInto, type PermissionProblem, type ReadResult, type Refuse } from './problem.js';
import { readDescription, SOURCES, type SourceOptions } from './read-source.js';
import { readTraffic } from './read-traffic.js';
import type { Direction, Rule } from './rule.js';
import type { Traffic } from './traffic.js';

export interface ReadOptions extends SourceOptions {
  /** @default 'ingress' */
  readonly direction?: Direction;
  /** How the paths of problems begin. @default 'permissions' */
  readonly path?: string;
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
  const refuse = refuseInto(problems, (field) => (at.entry === -1 ? at.path : `${at.path}[${at.entry}]`) + field);
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

const KNOWN_KEYS = new Set(['IpProtocol', 'FromPort', 'ToPort', ...SOURCES.map((source) => source[0])]);
const LISTS = SOURCES.map((source) => `\`${source[0]}\``).join(', ');
const SOME_SOURCE = `at least one source in ${LISTS}`;

function readPermission(reading: Reading, permission: unknown): void {
  const { at, refuse } = reading;
  if (!isObject(permission)) {
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
  if (!isObject(entry)) {
    refuse('wrong-type', '', entry, `an object with \`${kind[1]}\``);
    return;
  }
  const source = kind[2](refuse, entry, options);
  const description = readDescription(refuse, entry, options);
  if (source === null || traffic === null) return;
  const { direction = 'ingress' } = options;
  rules.push(description === null ? { direction, traffic, source } : { direction, traffic, source, description });
}
