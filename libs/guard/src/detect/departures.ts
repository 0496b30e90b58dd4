/** Remembers which groups left a baseline lately, and which tags were changed: later calls are judged by that baseline. */
import type { Baseline, Selection } from '@portcullis/baseline';

/** What took a group out of a baseline. */
export interface Departure {
  readonly baseline: Baseline;
  /** The name of the call. */
  readonly by: string;
}

/** How long a group is judged by the baseline that it left, and a change of its tags is remembered. */
const MEMORY_MILLISECONDS = 60 * 60_000;

/** One call tags at most a thousand resources. After ten such calls the oldest are forgotten. */
const MAX_REMEMBERED = 10_000;

/**
 * Kept in the memory of one instance of the function: another instance does not know. The record of an Authorize does not say which tags the
 * group had, and its rules prove nothing: many groups let in what a baseline declares.
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

  /** Returns how the group left its baseline within the last hour, unless the baseline selects it again. */
  of(groupId: string, selection: Selection): Departure | undefined {
    const departure = this.departures.get(groupId);
    const isBack = selection.kind === 'guarded' && selection.baseline.name === departure?.baseline.name;
    if (isBack) this.departures.delete(groupId);
    return isBack ? undefined : departure;
  }

  /** Notes the keys of tags that a call changed. Returns those that other calls changed within the last hour. */
  noteTags(groupId: string, keys: readonly string[]): ReadonlySet<string> {
    const before = this.changedTags.get(groupId) ?? new Set();
    this.changedTags.set(groupId, new Set([...before, ...keys]));
    return before;
  }
}

/** Values of groups, kept for an hour. */
class Recent<T> {
  /** By group id, the oldest first. */
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
