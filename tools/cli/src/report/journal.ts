/** Saves the finished regions of a report to a file, one line of JSON for each, so that an interrupted report can be resumed. */
import { createHash } from 'node:crypto';
import { appendFileSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { renderCompiledBaseline, type CompiledBaseline } from '@portcullis/baseline';
import { fileErrorCode, fileErrorWords } from '../files/file-error.js';
import { jsonIn, memberOf } from '../files/json.js';
import { Failure } from '../program/failure.js';
import type { Io } from '../program/io.js';
import type { ReadRegion } from './regions.js';

/** What a report was asked for. Only the same request can resume a journal. */
export interface ReportRequest {
  readonly compiled: CompiledBaseline;
  /** `profile/region`, in the order given. */
  readonly regions: readonly string[];
  readonly who: boolean;
}

export interface Journal {
  /** The regions that an earlier run finished, by their label in the request. */
  readonly finished: ReadonlyMap<string, ReadRegion>;
  /** When the first run started: ISO 8601, UTC. */
  readonly at: string;
  add(label: string, finished: ReadRegion): void;
  /** Call this when the report is complete. */
  delete(): void;
}

/** Increase it when the entries change. It is a part of the request's hash, so an older journal cannot be resumed. */
const VERSION = 5;

interface Heading {
  readonly portcullis: 'report';
  /** SHA-256 of the request. */
  readonly request: string;
  readonly at: string;
}

interface Entry {
  readonly label: string;
  readonly finished: ReadRegion;
}

/**
 * Opens or creates a journal. Overwrites an unfinished journal of another request, because that must not block a new report.
 *
 * @throws {Failure} when the file is not a journal, does not fit the options, or cannot be written. The file then stays unchanged.
 */
export function openJournal(
  fileName: string,
  { compiled, regions, who }: ReportRequest,
  { resume, restart }: { readonly resume: boolean; readonly restart: boolean },
  { cwd, now }: Pick<Io, 'cwd' | 'now'>,
): Journal {
  const path = resolve(cwd, fileName);
  const digest = createHash('sha256').update(JSON.stringify([VERSION, renderCompiledBaseline(compiled), regions, who]));
  const request = digest.digest('hex');
  const [before, ...finished] = readJournal(path, fileName);
  const isSame = before?.request === request;
  if (resume && before === undefined) throw new Failure(`no report to resume: \`${fileName}\` does not exist; omit \`--resume\``);
  if (resume && !isSame)
    throw new Failure(
      `\`${fileName}\` belongs to another report; repeat its baselines, regions, profiles and \`--who\`, or omit \`--resume\``,
    );
  if (isSame && !resume && !restart)
    throw new Failure(`\`${fileName}\` holds an unfinished report; expected \`--resume\` to continue it, or \`--restart\` to start again`);
  const heading: Heading = isSame && resume ? before : { portcullis: 'report', request, at: now().toISOString() };
  const entries = resume ? finished : [];
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
    finished: new Map(entries.map((entry) => [entry.label, entry.finished])),
    at: heading.at,
    add: (label, region) => {
      write(() => {
        appendFileSync(path, lineOf({ label, finished: region }));
      });
    },
    delete: () => {
      rmSync(path, { force: true });
    },
  };
}

function lineOf(value: Heading | Entry): string {
  return `${JSON.stringify(value, (_key, each: unknown) => (each instanceof Map ? { [MAP]: [...each] } : each))}\n`;
}

/** The key of the object that represents a Map in JSON. Its value is the Map's entries. */
const MAP = '$map';

function withMaps(line: string): unknown {
  return jsonIn(line, (_key, each: unknown) => {
    const entries = memberOf(each, MAP);
    return Array.isArray(entries) ? new Map(entries as [unknown, unknown][]) : each;
  });
}

/** Returns the complete lines of the journal; none if the file does not exist. Ignores the incomplete last line of a killed run. */
function readJournal(path: string, fileName: string): [] | [Heading, ...Entry[]] {
  const refusal = new Failure(`\`${fileName}\` is not the journal of a report; expected another \`--journal\``);
  let text: string;
  try {
    // Reading a named pipe may wait forever for a writer.
    if (!statSync(path).isFile()) throw refusal;
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error === refusal) throw refusal;
    if (fileErrorCode(error) === 'ENOENT') return [];
    throw new Failure(`cannot read \`${fileName}\`: ${fileErrorWords(error)}`);
  }
  const [heading, ...entries] = text.split('\n').slice(0, -1).map(withMaps);
  if (memberOf(heading, 'portcullis') !== 'report' || entries.some((entry) => typeof memberOf(entry, 'label') !== 'string')) throw refusal;
  // No further validation: Portcullis wrote these lines, and the hash of the request includes their version.
  return [heading as Heading, ...(entries as Entry[])];
}
