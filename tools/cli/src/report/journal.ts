/**
 * What a report has found so far, in a file: a line for each thing, written as it is found, so that whatever ends the command loses nothing. It
 * is deleted when the report is whole.
 */
import { closeSync, ftruncateSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import type { GroupState } from '../audit/group-state.js';
import { Failure } from '../program/failure.js';
import { oneLine } from '../terminal/printable.js';
import { codeOf, systemReason } from '../files/system-reason.js';

/** What was asked: a journal is of use for the same question only. */
export interface Question {
  /** SHA-256 of the compiled baselines. */
  readonly baseline: string;
  /** `profile/region`, in the order given. */
  readonly places: readonly string[];
  readonly who: boolean;
}

interface Heading {
  readonly portcullis: 'report';
  readonly version: 1;
  readonly question: Question;
  /** ISO 8601, UTC. */
  readonly at: string;
}

type Entry =
  | { readonly place: string; readonly state: GroupState }
  | { readonly place: string; readonly done: { readonly accountId: string; readonly region: string } };

/** What is known of a place. */
export interface KnownPlace {
  readonly states: Map<string, GroupState>;
  done?: { readonly accountId: string; readonly region: string };
}

export type Known = ReadonlyMap<string, KnownPlace>;

export interface Journal {
  /** Of the run before, where it is resumed. */
  readonly known: Known;
  /** When the first run began: ISO 8601, UTC. */
  readonly at: string;
  state(place: string, state: GroupState): void;
  done(place: string, where: { readonly accountId: string; readonly region: string }): void;
  /** Keeps what there is. */
  close(): void;
  /** The report is whole: what it is made of is needed no more. */
  delete(): void;
}

export interface JournalOptions {
  readonly path: string;
  /** As the user calls it. */
  readonly fileName: string;
  readonly question: Question;
  readonly at: string;
  /** What to do about a journal that is there; without it, there may be none. */
  readonly existing?: 'resume' | 'restart' | undefined;
}

/**
 * @throws {Failure} when there is a journal and it was not said what to do about it; when there is none to resume, or one of another question; when the
 * file is something else, which stays as it is.
 */
export function openJournal({ path, fileName, question, at, existing }: JournalOptions): Journal {
  const content = contentOf(path, fileName);
  const before = content === undefined ? undefined : journalIn(content, fileName);
  if (before === undefined && existing === 'resume')
    throw new Failure(`there is no report to resume: \`${fileName}\` does not exist; expected no \`--resume\``);
  if (before !== undefined && existing === undefined)
    throw new Failure(
      `\`${fileName}\` holds a report that was not finished; expected \`--resume\` to go on with it, or \`--restart\` to begin anew`,
    );
  const resumed = existing === 'resume' ? before : undefined;
  if (resumed !== undefined) refuseOther(resumed.heading.question, question, fileName);
  const file = opened(path, fileName, content === undefined ? 'wx' : 'r+');
  let length = resumed?.length ?? 0;
  // What follows may be a part of a line, of a run that was killed.
  ftruncateSync(file, length);
  const write = (line: Heading | Entry): void => {
    length += writeSync(file, `${JSON.stringify(line)}\n`, length);
  };
  if (resumed === undefined) write({ portcullis: 'report', version: 1, question, at });
  return {
    known: resumed?.known ?? new Map(),
    at: resumed?.heading.at ?? at,
    state: (place, state) => {
      write({ place, state });
    },
    done: (place, done) => {
      write({ place, done });
    },
    close: () => {
      closeSync(file);
    },
    delete: () => {
      closeSync(file);
      rmSync(path, { force: true });
    },
  };
}

function contentOf(path: string, fileName: string): Buffer | undefined {
  try {
    // A pipe might be waited for without end.
    if (!statSync(path).isFile()) throw foreign(fileName);
    return readFileSync(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    if (error instanceof Failure) throw error;
    throw new Failure(`cannot read \`${fileName}\`: ${systemReason(error)}`);
  }
}

function opened(path: string, fileName: string, flags: 'wx' | 'r+'): number {
  try {
    return openSync(path, flags, 0o600);
  } catch (error) {
    throw new Failure(`cannot write \`${fileName}\`: ${systemReason(error)}`);
  }
}

interface JournalBefore {
  readonly heading: Heading;
  readonly known: Known;
  /** Of its whole lines, in bytes. */
  readonly length: number;
}

function journalIn(content: Buffer, fileName: string): JournalBefore {
  const length = content.lastIndexOf('\n') + 1;
  const [heading, ...entries] = content
    .toString('utf8', 0, length)
    .split('\n')
    .slice(0, -1)
    .map((line) => lineIn(line, fileName));
  if (heading === undefined || !('portcullis' in heading)) throw foreign(fileName);
  const known = new Map<string, KnownPlace>();
  for (const entry of entries) {
    if (!('place' in entry)) throw foreign(fileName);
    const place = known.get(entry.place) ?? { states: new Map<string, GroupState>() };
    known.set(entry.place, place);
    if ('state' in entry) place.states.set(entry.state.group.id, entry.state);
    else place.done = entry.done;
  }
  return { heading, known, length };
}

function lineIn(line: string, fileName: string): Heading | Entry {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === 'object' && value !== null) return value as Heading | Entry;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw foreign(fileName);
}

function foreign(fileName: string): Failure {
  return new Failure(`\`${fileName}\` is not the journal of a report; expected another \`--journal\``);
}

function refuseOther(before: Question, now: Question, fileName: string): void {
  const differences = [
    before.baseline !== now.baseline && 'the baselines were others',
    before.places.join() !== now.places.join() && `the places were ${oneLine(before.places.join(', '))}`,
    before.who !== now.who && `CloudTrail was ${before.who ? '' : 'not '}asked`,
  ].filter((part) => part !== false);
  if (differences.length > 0)
    throw new Failure(`\`${fileName}\` is of another question (${differences.join('; ')}); expected the same as before, or \`--restart\``);
}
