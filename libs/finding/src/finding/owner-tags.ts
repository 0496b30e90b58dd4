import { findingCallerText } from './finding-exposure.js';
import type { FindingGroup } from './finding.js';

/**
 * The keys of tags that name an owner, in lower case. If a group has several of these tags, the first key in this list names the owner to
 * notify.
 */
const OWNER_KEYS: readonly string[] = ['owner', 'team', 'contact', 'application', 'service'];

/**
 * The maximum number of owner tags in a finding. A finding can have more owner tags than `OWNER_KEYS`, because the keys of a group's tags
 * can differ only in case.
 */
const MAX_OWNER_TAGS = 10;

/** AWS's maximum length of a tag value, in characters. Source: EC2 user guide, "Tag restrictions". */
const MAX_VALUE_LENGTH = 256;

/** Returns the tags of a group that name an owner, or `undefined` if no tag names an owner. */
export function ownerTags(tags: Readonly<Record<string, string>>): Readonly<Record<string, string>> | undefined {
  const owners = Object.entries(tags).filter(([key]) => OWNER_KEYS.includes(key.toLowerCase()));
  if (owners.length === 0) return undefined;
  return Object.fromEntries(owners.slice(0, MAX_OWNER_TAGS).map(([key, value]) => [key, findingCallerText(value, MAX_VALUE_LENGTH)]));
}

/**
 * Returns the owner to notify: the value of the tag `Owner`, or else `Team`, `Contact`, `Application` or `Service`. Returns `undefined` if
 * the group has none of these tags. Anybody who can tag the group can choose the value.
 */
export function ownerFromTags({ tags = {} }: FindingGroup): string | undefined {
  const byKey = new Map(Object.entries(tags).map(([key, value]) => [key.toLowerCase(), findingCallerText(value, MAX_VALUE_LENGTH).trim()]));
  return OWNER_KEYS.map((key) => byKey.get(key)).find((value) => value !== undefined && value !== '');
}
