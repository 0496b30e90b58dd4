/**
 * Remembers which groups left a baseline or a limit in the last hour, and which tags changed. The detector judges later calls on such a
 * group by what applied before.
 */
import type { Selection } from '@portcullis/baseline';
import type { Selected } from '../runtime/selected-groups.js';
import { hasLeftDeclaration } from './changed-tags.js';

/** The call that took a group out of a baseline or a limit. */
export interface Departure {
  /** What applied to the group before the call. */
  readonly before: Selected;
  /** The name of the call. */
  readonly by: string;
}

/** How long the detector judges a group by what the group left, and remembers changed tags. */
const MEMORY_MILLISECONDS = 60 * 60_000;

/** One call tags at most a thousand resources, so ten such calls fit. After that, the oldest entries are forgotten. */
const MAX_REMEMBERED = 10_000;

/**
 * Keeps its entries in the memory of one function instance; other instances do not see them. The entries are needed because the record of
 * an Authorize call does not say which tags the group had. The group's rules are no proof, because many groups outside of the baseline have
 * the same rules.
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

  /** Returns how the group left a baseline or a limit within the last hour, unless all of it applies again. */
  of(groupId: string, selection: Selection): Departure | undefined {
    const departure = this.departures.get(groupId);
    if (departure === undefined || hasLeftDeclaration(departure.before, selection)) return departure;
    this.departures.delete(groupId);
    return undefined;
  }

  /** Remembers the tag keys that a call changed. Returns the tag keys that other calls changed within the last hour. */
  noteTags(groupId: string, keys: readonly string[]): ReadonlySet<string> {
    const before = this.changedTags.get(groupId) ?? new Set();
    this.changedTags.set(groupId, new Set([...before, ...keys]));
    return before;
  }
}

/** Keeps one value for each group for an hour. */
class Recent<T> {
  /** Keyed by group id, oldest first. */
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
