/**
 * What a report has found so far, in a file: a line for each thing, written as it is found, so that whatever ends the command loses nothing. It
 * is deleted when the report is whole.
 */
import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import type { GroupState } from '../audit/group-state.js';
import { Failure } from '../failure.js';
import { codeOf, systemReason } from '../system-reason.js';

/** What was asked: a journal is of use for the same question only. */
export interface Question {
  /** SHA-256 of the compiled baselines. */
  readonly baseline: string;
  /** `profile/region`, in the order given. */
  readonly places: readonly string[];
  readonly who: boolean;
}

type Line =
  | { readonly portcullis: 'report'; readonly version: 1; readonly question: Question; readonly at: string }
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

/** @throws {Failure} when there is a journal and it was not said what to do about it; when there is none to resume, or one of another question. */
export function openJournal({ path, fileName, question, at, existing }: JournalOptions): Journal {
  const text = textIn(path, fileName);
  if (text === undefined && existing === 'resume')
    throw new Failure(`there is no report to resume: \`${fileName}\` does not exist; expected no \`--resume\``);
  if (text !== undefined && existing === undefined)
    throw new Failure(
      `\`${fileName}\` holds a report that was not finished; expected \`--resume\` to go on with it, or \`--restart\` to begin anew`,
    );
  const resumed = text === undefined || existing !== 'resume' ? undefined : read(text, fileName, question);
  const file = opened(path, fileName, resumed === undefined ? 'w' : 'a');
  const write = (line: Line): void => {
    writeSync(file, `${JSON.stringify(line)}\n`);
  };
  if (resumed === undefined) write({ portcullis: 'report', version: 1, question, at });
  return {
    known: resumed?.known ?? new Map(),
    at: resumed?.at ?? at,
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

function textIn(path: string, fileName: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw new Failure(`cannot read \`${fileName}\`: ${systemReason(error)}`);
  }
}

function opened(path: string, fileName: string, flags: 'a' | 'w'): number {
  try {
    return openSync(path, flags, 0o600);
  } catch (error) {
    throw new Failure(`cannot write \`${fileName}\`: ${systemReason(error)}`);
  }
}

function read(text: string, fileName: string, question: Question): { known: Known; at: string } {
  const lines = text.split('\n').slice(0, -1);
  const foreign = (): Failure =>
    new Failure(`\`${fileName}\` is not the journal of a report; expected another \`--journal\`, or \`--restart\``);
  const [first, ...rest] = lines.map((line, i): Line => {
    try {
      return JSON.parse(line) as Line;
    } catch (error) {
      if (error instanceof SyntaxError && i > 0 && i === lines.length - 1)
        return { place: '', done: { accountId: '', region: '' } };
      throw foreign();
    }
  });
  if (first === undefined || !('portcullis' in first)) throw foreign();
  if (JSON.stringify(first.question) !== JSON.stringify(question))
    throw new Failure(
      `\`${fileName}\` is of another question (${differences(first.question, question)}); expected the same as before, or \`--restart\``,
    );
  const known = new Map<string, KnownPlace>();
  for (const line of rest) {
    if (!('place' in line)) throw foreign();
    const place = known.get(line.place) ?? { states: new Map<string, GroupState>() };
    known.set(line.place, place);
    if ('state' in line) place.states.set(line.state.group.id, line.state);
    else place.done = line.done;
  }
  return { known, at: first.at };
}

function differences(before: Question, now: Question): string {
  const parts = [
    before.baseline !== now.baseline && 'the baselines were others',
    before.places.join() !== now.places.join() && `the places were ${before.places.join(', ')}`,
    before.who !== now.who && `CloudTrail was ${before.who ? '' : 'not '}asked`,
  ];
  return parts.filter((part) => part !== false).join('; ');
}
