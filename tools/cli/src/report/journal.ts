/** Keeps the finished regions of a report in a file, a line of JSON for each, so that an interrupted report can be resumed. */
import { appendFileSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileErrorCode, fileErrorWords } from '../files/file-error.js';
import { jsonIn, memberOf } from '../files/json.js';
import { Failure } from '../program/failure.js';
import { oneLine } from '../terminal/printable.js';
import type { ReadRegion } from './regions.js';

/** Only the same request can resume a journal. */
export interface ReportRequest {
  /** SHA-256 of the compiled baselines. */
  readonly baseline: string;
  /** `profile/region`, in the order given. */
  readonly regions: readonly string[];
  readonly who: boolean;
}

const VERSION = 2;

interface Heading {
  readonly portcullis: 'report';
  readonly version: number;
  readonly request: ReportRequest;
  /** ISO 8601, UTC. */
  readonly at: string;
}

interface Entry {
  /** The label, as in the request. */
  readonly label: string;
  readonly finished: ReadRegion;
}

export interface Journal {
  /** The regions that an earlier run has finished, by their label in the request. */
  readonly finished: ReadonlyMap<string, ReadRegion>;
  /** When the first run started: ISO 8601, UTC. */
  readonly at: string;
  add(label: string, finished: ReadRegion): void;
  /** Call this when the report is complete. */
  delete(): void;
}

export interface JournalOptions {
  /** As the user typed it. */
  readonly fileName: string;
  readonly cwd: string;
  readonly request: ReportRequest;
  readonly at: string;
  /** What to do about an existing journal. If absent, an existing journal is an error. */
  readonly existing?: 'resume' | 'restart' | undefined;
}

/** @throws {Failure} when the file is not a journal, or cannot be used as requested. The file then stays unchanged. */
export function openJournal({ fileName, cwd, request, at, existing }: JournalOptions): Journal {
  const path = resolve(cwd, fileName);
  const before = readJournal(path, fileName);
  if (before === undefined && existing === 'resume')
    throw new Failure(`there is no report to resume: \`${fileName}\` does not exist; expected no \`--resume\``);
  if (before !== undefined && existing === undefined)
    throw new Failure(`\`${fileName}\` holds an unfinished report; expected \`--resume\` to continue it, or \`--restart\` to start again`);
  const resumed = existing === 'resume' ? before : undefined;
  if (resumed !== undefined) refuseOther(resumed.heading, request, fileName);
  const heading: Heading = resumed?.heading ?? { portcullis: 'report', version: VERSION, request, at };
  const entries = resumed?.entries ?? [];
  const write = (writing: () => void): void => {
    try {
      writing();
    } catch (error) {
      throw new Failure(`cannot write \`${fileName}\`: ${fileErrorWords(error)}`);
    }
  };
  write(() => {
    writeFileSync(path, [heading, ...entries].map(lineOf).join(''), { mode: 0o600, flag: before === undefined ? 'wx' : 'w' });
  });
  return {
    finished: new Map(entries.map(({ label, finished }) => [label, finished])),
    at: heading.at,
    add: (label, finished) => {
      write(() => {
        appendFileSync(path, lineOf({ label, finished }));
      });
    },
    delete: () => {
      rmSync(path, { force: true });
    },
  };
}

function lineOf(value: Heading | Entry): string {
  return `${JSON.stringify(value)}\n`;
}

/** Returns the complete lines of the journal; `undefined` if the file does not exist. A killed run may leave an incomplete last line. */
function readJournal(path: string, fileName: string): { readonly heading: Heading; readonly entries: readonly Entry[] } | undefined {
  const refusal = new Failure(`\`${fileName}\` is not the journal of a report; expected another \`--journal\``);
  let text: string;
  try {
    // A read from a named pipe may wait forever for a writer.
    if (!statSync(path).isFile()) throw refusal;
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (fileErrorCode(error) === 'ENOENT') return undefined;
    if (error === refusal) throw refusal;
    throw new Failure(`cannot read \`${fileName}\`: ${fileErrorWords(error)}`);
  }
  const [heading, ...entries] = text.split('\n').slice(0, -1).map(jsonIn);
  if (memberOf(heading, 'portcullis') !== 'report' || entries.some((entry) => typeof memberOf(entry, 'label') !== 'string')) throw refusal;
  // Portcullis wrote these lines itself; `refuseOther` checks their version.
  return { heading: heading as Heading, entries: entries as Entry[] };
}

function refuseOther({ version, request: before }: Heading, now: ReportRequest, fileName: string): void {
  if (version !== VERSION) throw new Failure(`\`${fileName}\` was written by another version of portcullis; expected \`--restart\``);
  const differences = [
    before.baseline !== now.baseline && 'the baselines differ',
    before.regions.join() !== now.regions.join() && `the regions were ${oneLine(before.regions.join(', '))}`,
    before.who !== now.who && `CloudTrail was ${before.who ? '' : 'not '}asked`,
  ].filter((difference) => difference !== false);
  if (differences.length > 0)
    throw new Failure(
      `\`${fileName}\` belongs to another report (${differences.join('; ')}); expected the same command line, or \`--restart\``,
    );
}
