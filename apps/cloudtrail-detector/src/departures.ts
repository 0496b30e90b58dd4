/** Which groups have left a baseline lately: what is opened in them afterwards is judged by it. */
import type { Baseline, Selection } from '@portcullis/baseline';

/** What took a group out of a baseline. */
export interface Departure {
  readonly baseline: Baseline;
  /** The call that did. */
  readonly by: string;
}

/** For how long a group that left is judged by the baseline that it left. */
const MEMORY_MILLISECONDS = 60 * 60_000;

/** One call tags a thousand resources at most; beyond ten such calls the oldest are forgotten. */
const MAX_REMEMBERED = 10_000;

/**
 * Kept in the memory of one instance of the function: another does not know of a group that left. The record of an Authorize does not say
 * which tags the group had, and its rules alone prove nothing then: many groups let in what a baseline declares.
 */
export class Departures {
  /** By group id, the oldest first. */
  private readonly departures = new Map<string, Departure & { readonly at: number }>();

  constructor(private readonly now: () => Date) {}

  note(groupId: string, departure: Departure): void {
    this.departures.delete(groupId);
    this.departures.set(groupId, { ...departure, at: this.now().getTime() });
    const [oldest] = this.departures.keys();
    if (this.departures.size > MAX_REMEMBERED && oldest !== undefined) this.departures.delete(oldest);
  }

  /** Returns how the group left its baseline within the last hour, unless that selects it again. */
  of(groupId: string, selection: Selection): Departure | undefined {
    const departure = this.departures.get(groupId);
    if (departure === undefined) return undefined;
    const isBack = selection.kind === 'guarded' && selection.baseline.name === departure.baseline.name;
    if (!isBack && this.now().getTime() - departure.at <= MEMORY_MILLISECONDS) return departure;
    this.departures.delete(groupId);
    return undefined;
  }
}
