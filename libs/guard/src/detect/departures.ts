/**
 * Remembers for an hour which groups left a baseline or a limit, and which tags of a group changed. During this hour, the detector still
 * compares such a group with the baseline and the limits that the group left.
 */
import type { Selection } from '@portcullis/baseline';
import type { Selected } from '../runtime/selected-groups.js';
import { hasLeftDeclaration } from './changed-tags.js';

/** The call that took a group out of a baseline or a limit. */
export interface Departure {
  /** The baseline and the limits that applied to the group before the call. */
  readonly before: Selected;
  /** The name of the API call. */
  readonly by: string;
}

const MEMORY_MILLISECONDS = 60 * 60_000;

/**
 * The maximum number of remembered groups. One call can tag at most a thousand resources, so the maximum suffices for ten calls. After
 * that, a new entry replaces the oldest entry.
 */
const MAX_REMEMBERED = 10_000;

/**
 * Remembers which baseline each group left, because the record of a later call, such as Authorize, does not contain the earlier tags. Each
 * Lambda instance remembers only the calls that it handled.
 */
export class Departures {
  private readonly departures: Recent<Departure>;
  private readonly changedTags: Recent<ReadonlySet<string>>;

  constructor(now: () => Date) {
    this.departures = new Recent(now);
    this.changedTags = new Recent(now);
  }

  note(groupId: string, departure: Departure): void {
    this.departures.set(groupId, departure);
  }

  /**
   * Returns the call that took the group out of a baseline or a limit within the last hour. Returns `undefined` if no call did, or if the
   * baseline and the limits apply again.
   */
  of(groupId: string, selection: Selection): Departure | undefined {
    const departure = this.departures.get(groupId);
    if (departure === undefined || hasLeftDeclaration(departure.before, selection)) return departure;
    this.departures.delete(groupId);
    return undefined;
  }

  /** Remembers the tag keys that a call changed. Returns the tag keys that earlier calls changed on the group within the last hour. */
  noteTags(groupId: string, keys: readonly string[]): ReadonlySet<string> {
    const before = this.changedTags.get(groupId) ?? new Set();
    this.changedTags.set(groupId, new Set([...before, ...keys]));
    return before;
  }
}

/** Remembers one value for each group for an hour. */
class Recent<T> {
  /** The keys are group ids. The oldest entry comes first. */
  private readonly entries = new Map<string, { readonly value: T; readonly at: number }>();

  constructor(private readonly now: () => Date) {}

  set(groupId: string, value: T): void {
    this.entries.delete(groupId);
    this.entries.set(groupId, { value, at: this.now().getTime() });
    const [oldest] = this.entries.keys();
    if (this.entries.size > MAX_REMEMBERED && oldest !== undefined) this.entries.delete(oldest);
  }

  get(groupId: string): T | undefined {
    const entry = this.entries.get(groupId);
    if (entry === undefined || this.now().getTime() - entry.at <= MEMORY_MILLISECONDS) return entry?.value;
    this.entries.delete(groupId);
    return undefined;
  }

  delete(groupId: string): void {
    this.entries.delete(groupId);
  }
}
