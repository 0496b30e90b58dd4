/** The states of all guarded groups of several places, read side by side. */
import type { CompiledBaseline } from '@portcullis/baseline';
import { labelOf, type AccountRegion, type AccountRegionOptions } from '../aws/account-region.js';
import { awsErrorWords } from '../aws/error-words.js';
import { audit } from '../audit/audit.js';
import type { GroupState } from '../audit/group-state.js';
import { withLastChanges } from '../audit/last-changes.js';
import { counted } from '../render/counted.js';
import { Failure, Interrupted } from '../program/failure.js';
import { today, type Io } from '../program/io.js';
import { progressOn } from '../terminal/progress.js';
import type { Journal } from './journal.js';

/** A place of a report: what it is, or why nothing is known of it. */
export type ReportedRegion =
  | {
      readonly kind: 'read';
      readonly label: string;
      readonly profile: string | undefined;
      readonly region: string;
      readonly accountId: string;
      readonly states: readonly GroupState[];
    }
  /** The same account and region as another place, by another profile. */
  | {
      readonly kind: 'repeated';
      readonly label: string;
      readonly profile: string | undefined;
      readonly region: string;
      readonly accountId: string;
      /** The label of the other. */
      readonly sameAs: string;
    }
  | { readonly kind: 'failed'; readonly label: string; readonly profile: string | undefined; readonly reason: string };

/** So many are read at a time. Each keeps within what EC2 lets its account ask. */
const AT_ONCE = 8;

/** @throws {Interrupted} */
export async function reportRegions(
  places: readonly AccountRegionOptions[],
  compiled: CompiledBaseline,
  journal: Journal,
  who: boolean,
  io: Io,
): Promise<ReportedRegion[]> {
  const progress = progressOn(io.stderr);
  let groups = 0;
  let done = 0;
  const show = (): void => {
    progress.bar(done, places.length, `${places.length === 1 ? 'place' : 'places'}, ${counted(groups, 'group')}`);
  };
  const reported: ReportedRegion[] = [];
  const waiting = [...places.entries()];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [i, options] = next;
      reported[i] = await reportRegion(options, compiled, journal, who, io, () => {
        groups += 1;
        if (groups % 50 === 0) show();
      });
      done += 1;
      show();
    }
  };
  try {
    show();
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, places.length) }, worker));
  } finally {
    progress.clear();
  }
  return reported;
}

async function reportRegion(
  options: AccountRegionOptions,
  compiled: CompiledBaseline,
  journal: Journal,
  who: boolean,
  io: Io,
  found: () => void,
): Promise<ReportedRegion> {
  const { profile } = options;
  const label = regionLabel(options);
  const known = journal.known.get(label);
  if (known?.done !== undefined) return { kind: 'read', label, profile, ...known.done, states: [...known.states.values()] };
  let place: AccountRegion | undefined;
  try {
    place = await io.openAccountRegion(options, io.signal);
    const accountId = await place.accountId();
    let states: GroupState[] = [];
    // What could not be read may be readable by now.
    const certain = new Map([...(known?.states ?? [])].filter(([, { kind }]) => kind !== 'unread'));
    for await (const state of audit(compiled, place, { today: today(io), signal: io.signal, known: certain })) {
      states.push(state);
      if (!certain.has(state.group.id)) journal.state(label, state);
      found();
    }
    if (who) states = await withLastChanges(states, place, io);
    for (const state of who ? states : []) if (state.kind === 'drifted') journal.state(label, state);
    if (!states.some(({ kind }) => kind === 'unread')) journal.done(label, { accountId, region: place.region });
    return { kind: 'read', label: labelOf(place), profile, region: place.region, accountId, states };
  } catch (error) {
    if (error instanceof Interrupted || io.signal.aborted) throw new Interrupted('interrupted', { cause: error });
    const reason =
      error instanceof Failure ? error.message : awsErrorWords(error, place ?? { region: options.region ?? 'the default region', profile });
    return { kind: 'failed', label, profile, reason };
  }
}

/** What the user called the place. */
export function regionLabel({ profile, region }: AccountRegionOptions): string {
  const parts = [profile, region].filter((part) => part !== undefined);
  return parts.length === 0 ? 'default' : parts.join('/');
}

/** Returns the states of all places that were read. */
export function statesOf(places: readonly ReportedRegion[]): GroupState[] {
  return places.flatMap((place) => (place.kind === 'read' ? place.states : []));
}
