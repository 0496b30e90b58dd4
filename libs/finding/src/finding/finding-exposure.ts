/**
 * Finds the services that a drift opens to the internet, and the resources that use the group. Writes the services and the resources as the
 * key `exposure` of a finding, and as text.
 */
import { formatSource, ruleCovers, type Addresses, type Rule } from '@portcullis/permission-diff';
import type { FindingExposure } from './finding.js';
import { exposuresOf } from './exposures.js';

/** The network interfaces in a group, and the resources that use the interfaces. */
export type Attached = NonNullable<FindingExposure['attached']>;
type AttachedUser = Attached['users'][number];

/** The maximum number of entries in each list of an exposure, so that findings stay small. */
const MAX_ENTRIES = 5;

/** The maximum number of list entries that a sentence names. */
const MAX_NAMED = 3;

/** The maximum length, in characters, of a text that a caller of AWS can choose. */
const MAX_CALLER_TEXT = 40;

export interface DriftExposure {
  readonly exposure: FindingExposure;
  /** The undeclared rules that open the services. */
  readonly rules: readonly Rule[];
}

/**
 * Returns the exposure that the undeclared rules `excess` cause, or `undefined` if these rules open nothing to the internet.
 *
 * @param addresses the CIDR blocks of each prefix list, by list id. A list that is not in the map counts as empty.
 * @param attached the network interfaces in the group and the resources that use the interfaces, or `undefined` if unknown.
 */
export function exposureOfDrift(
  excess: readonly Rule[],
  declared: readonly Rule[],
  addresses: Addresses,
  attached?: Omit<Attached, 'moreUsers'>,
): DriftExposure | undefined {
  const exposures = exposuresOf(excess, addresses).filter(({ reach }) => reach === 'world');
  // Sensitive services come first, because a sentence names only the first few services.
  exposures.sort((a, b) => Number(b.sensitive.length > 0) - Number(a.sensitive.length > 0));
  const [first, second] = exposures;
  if (first === undefined) return undefined;
  const services = [...new Set(exposures.map(({ service }) => service))];
  const sources = second === undefined ? declaredExposureSources(first.rules, declared) : [];
  return {
    rules: [...new Set(exposures.flatMap(({ rules }) => rules))],
    exposure: {
      services: services.slice(0, MAX_ENTRIES),
      moreServices: Math.max(0, services.length - MAX_ENTRIES),
      declared: sources.slice(0, MAX_ENTRIES),
      ...(attached && {
        attached: {
          interfaces: attached.interfaces,
          withPublicAddress: attached.withPublicAddress,
          users: attached.users.slice(0, MAX_ENTRIES).map(boundedAttachedUser),
          moreUsers: Math.max(0, attached.users.length - MAX_ENTRIES),
        },
      }),
    },
  };
}

/**
 * Returns the sources from which declared rules allow all traffic of an `opening` rule.
 */
function declaredExposureSources(opening: readonly Rule[], declared: readonly Rule[]): string[] {
  const same = declared.filter((rule) => opening.some((opened) => ruleCovers(rule, { ...opened, source: rule.source })));
  return [...new Set(same.map(({ source }) => formatSource(source)))];
}

function boundedAttachedUser({ kind, id, name, publicAddresses }: AttachedUser): AttachedUser {
  return {
    kind,
    id: id && findingCallerText(id),
    name: name && findingCallerText(name),
    publicAddresses: publicAddresses.slice(0, MAX_ENTRIES),
  };
}

/** Returns a short copy of a text that a caller of AWS chose, on one line and without control or formatting characters. */
export function findingCallerText(text: string, maxLength = MAX_CALLER_TEXT): string {
  // `Array.from` splits the text into whole characters, so that the cut never splits a surrogate pair.
  return Array.from(text.replace(/[\p{C}\p{Z}]/gu, ' '))
    .slice(0, maxLength)
    .join('');
}

/**
 * Returns the exposure as the beginning of a sentence: `SSH open to the internet on bastion-1 (203.0.113.9), declared: 10.0.0.0/8`. If
 * `attached` is undefined, the text names no resources.
 */
export function exposureWords({ services, moreServices, declared, attached }: FindingExposure): string {
  const open = `${exposureListWords(services, moreServices)} open to the internet`;
  const sources = declared.length === 0 ? undefined : `declared: ${exposureListWords(declared)}`;
  if (attached !== undefined && attached.interfaces > 0) {
    const where = `${open} on ${exposureListWords(attached.users.map(exposureUserWords), attached.moreUsers)}`;
    return sources === undefined ? where : `${where}, ${sources}`;
  }
  const what = sources === undefined ? open : `${open} (${sources})`;
  return attached === undefined ? what : `${what}, but nothing is attached to the group`;
}

function exposureUserWords({ kind, id, name, publicAddresses }: AttachedUser): string {
  const called = name ?? id;
  const noun = kind === 'instance' ? '' : `${kind === 'other' ? 'network interface' : kind.replace('-', ' ')} `;
  const words = called === null ? `an unnamed ${noun || 'instance'}`.trim() : `${noun}${quoteExposureName(called)}`;
  return `${words} (${publicAddresses.length === 0 ? 'no public address' : exposureListWords(publicAddresses)})`;
}

/** Puts a name in quotes if a reader could mistake the name for words of the sentence. */
function quoteExposureName(name: string): string {
  return /^[\w.-]+$/.test(name) ? name : JSON.stringify(name);
}

/** @param more the number of entries that `texts` does not contain */
function exposureListWords(texts: readonly string[], more = 0): string {
  const named = texts.slice(0, MAX_NAMED);
  const rest = texts.length - named.length + more;
  if (rest > 0) return `${named.join(', ')} and ${rest} more`;
  return named.length < 2 ? named.join('') : `${named.slice(0, -1).join(', ')} and ${String(named.at(-1))}`;
}
