/** Saves the results of finished regions to a file of JSON lines, so that an interrupted command can be resumed. */
import { createHash } from 'node:crypto';
import { appendFileSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileErrorCode, fileErrorWords } from './file-error.js';
import { parseJsonText, jsonMember } from './json-members.js';
import { Failure } from '../command-line/failure.js';
import type { Io } from '../command-line/io.js';
import { countWithNoun } from '../render/counted.js';

/** The command that writes the journal. */
type Kind = 'report' | 'survey';

export interface Journal<T> {
  /** The results of the regions that an earlier run finished, by the label of the region. */
  readonly finished: ReadonlyMap<string, T>;
  /** When the first run started: ISO 8601, UTC. */
  readonly at: string;
  add(label: string, finished: T): void;
  /** Deletes the file if every region was read. If a region was not read, prints how to read the remaining regions. */
  end(unreadRegions: number, io: Pick<Io, 'stderr'>): void;
}

/**
 * Increase this number if the format of the entries changes. The hash of the request includes the number, so a journal in an older format
 * cannot be resumed.
 */
const VERSION = 6;

interface Heading {
  readonly portcullis: Kind;
  /** SHA-256 of the request. */
  readonly request: string;
  readonly at: string;
}

interface Entry<T> {
  readonly label: string;
  readonly finished: T;
}

/**
 * Opens or creates a journal. Overwrites the unfinished journal of another request, so that an old journal does not block a new command.
 * After an error, the file is unchanged.
 *
 * @param request the options and baselines that the results depend on. Only the same request can resume a journal.
 * @throws {Failure} if the file is not a journal or cannot be written.
 * @throws {Failure} if `resume` is set and the file is not the journal of this request.
 * @throws {Failure} if the file is the journal of this request, and neither `resume` nor `restart` is set.
 */
export function openJournalFile<T>(
  kind: Kind,
  fileName: string,
  request: readonly unknown[],
  { resume, restart }: { readonly resume: boolean; readonly restart: boolean },
  { cwd, now }: Pick<Io, 'cwd' | 'now'>,
): Journal<T> {
  const path = resolve(cwd, fileName);
  const digest = createHash('sha256')
    .update(JSON.stringify([VERSION, ...request]))
    .digest('hex');
  const [before, ...finished] = readJournalFile<T>(kind, path, fileName);
  const isSame = before?.request === digest;
  if (resume && before === undefined) throw new Failure(`no ${kind} to resume: \`${fileName}\` does not exist; omit \`--resume\``);
  if (resume && !isSame)
    throw new Failure(
      `\`${fileName}\` belongs to another ${kind}; pass the same baselines, regions, profiles and \`--who\` as before, or omit \`--resume\``,
    );
  if (isSame && !resume && !restart)
    throw new Failure(
      `\`${fileName}\` contains an unfinished ${kind}; expected \`--resume\` to continue it, or \`--restart\` to start again`,
    );
  const heading: Heading = isSame && resume ? before : { portcullis: kind, request: digest, at: now().toISOString() };
  const entries = resume ? finished : [];
  const write = (writing: () => void): void => {
    try {
      writing();
    } catch (error) {
      throw new Failure(`cannot write \`${fileName}\`: ${fileErrorWords(error)}`);
    }
  };
  write(() => {
    writeFileSync(path, [heading, ...entries].map(journalFileLine).join(''), { mode: 0o600, flag: before === undefined ? 'wx' : 'w' });
  });
  return {
    finished: new Map(entries.map((entry) => [entry.label, entry.finished])),
    at: heading.at,
    add: (label, region) => {
      write(() => {
        appendFileSync(path, journalFileLine({ label, finished: region }));
      });
    },
    end: (unreadRegions, { stderr }) => {
      if (unreadRegions === 0) rmSync(path, { force: true });
      else
        stderr.write(
          `portcullis: to read ${countWithNoun(unreadRegions, 'region')} again and keep the finished regions, add \`--resume\`\n`,
        );
    },
  };
}

function journalFileLine(value: Heading | Entry<unknown>): string {
  return `${JSON.stringify(value, (_key, each: unknown) => (each instanceof Map ? { [MAP]: [...each] } : each))}\n`;
}

/** The journal stores a Map as a JSON object with this key, and with the Map's entries as the value. */
const MAP = '$map';

function parseJournalFileLine(line: string): unknown {
  return parseJsonText(line, (_key, each: unknown) => {
    const entries = jsonMember(each, MAP);
    return Array.isArray(entries) ? new Map(entries as [unknown, unknown][]) : each;
  });
}

/**
 * Returns the complete lines of the journal, or no lines if the file does not exist. Ignores an incomplete last line, which a killed run
 * can leave.
 */
function readJournalFile<T>(kind: Kind, path: string, fileName: string): [] | [Heading, ...Entry<T>[]] {
  const refusal = new Failure(`\`${fileName}\` is not the journal of a ${kind}; expected another \`--journal\``);
  let text: string;
  try {
    // A read of a named pipe can wait forever for a writer.
    if (!statSync(path).isFile()) throw refusal;
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error === refusal) throw refusal;
    if (fileErrorCode(error) === 'ENOENT') return [];
    throw new Failure(`cannot read \`${fileName}\`: ${fileErrorWords(error)}`);
  }
  const [heading, ...entries] = text.split('\n').slice(0, -1).map(parseJournalFileLine);
  if (jsonMember(heading, 'portcullis') !== kind || entries.some((entry) => typeof jsonMember(entry, 'label') !== 'string')) throw refusal;
  // The lines need no more validation, because Portcullis wrote the lines in this version of the format.
  return [heading as Heading, ...(entries as Entry<T>[])];
}
