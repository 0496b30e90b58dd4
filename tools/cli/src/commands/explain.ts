/** `portcullis explain EVENT.json`: what the functions would say of an event, and why. */
import { resolve } from 'node:path';
import type { CompiledBaseline } from '@portcullis/baseline';
import { parseCloudTrailEvent } from '@portcullis/cloudtrail';
import { parseEvent } from '@portcullis/guard/restore';
import { messageFor } from '@portcullis/finding';
import type { SecurityGroupReader } from '@portcullis/security-groups';
import type { AccountRegionOptions } from '../aws/account-region.js';
import { awsErrorWords } from '../aws/error-words.js';
import { coloursOf, type Colours } from '../terminal/colours.js';
import { counted } from '../render/counted.js';
import { eventsIn, isForRemediator } from '../explain/events-in.js';
import { explainCall } from '../explain/explain-call.js';
import { explainConfig } from '../explain/explain-config.js';
import type { Explained } from '../explain/explained.js';
import { unasked } from '../explain/traced-groups.js';
import { Failure } from '../program/failure.js';
import type { ExitCode, Io } from '../program/io.js';
import { DEFAULT_FILE, loadBaseline } from '../files/load-baseline.js';
import { jsonText, oneLine } from '../terminal/printable.js';
import { readTextFile, STDIN } from '../files/read-text-file.js';
import { inSeverity } from '../render/severity-colour.js';
import { orInterrupted } from '../terminal/until-interrupted.js';

export interface ExplainOptions extends AccountRegionOptions {
  readonly baseline?: string;
  /** Whether to judge by the record alone, without asking EC2. @default false */
  readonly offline?: boolean;
  /** Prints the findings as JSON, with the steps. */
  readonly json?: boolean;
  /** The ARN of the remediator's role, whose calls are told as its own. */
  readonly remediatorRole?: string;
  /** What the names of the deployed guard begin with. */
  readonly guardName?: string;
}

/** A trail's log file has some megabytes. */
const MAX_EVENT_BYTES = 64 * 1024 * 1024;

/** @throws {Failure | Interrupted} */
export async function explain(fileName: string, options: ExplainOptions, io: Io): Promise<ExitCode> {
  const file = await readTextFile(fileName === '-' ? STDIN : resolve(io.cwd, fileName), MAX_EVENT_BYTES);
  if (!file.ok) throw new Failure(`cannot read \`${fileName}\`: ${file.reason}`);
  const { events, passedOver } = eventsIn(file.text, fileName, options.guardName);
  const loaded = await loadBaseline(options.baseline ?? DEFAULT_FILE, io);
  if (loaded === undefined) return 1;
  const readers = new Readers(options, io);
  const explained: Explained[] = [];
  for (const event of events) explained.push(await orInterrupted(explainEvent(event, loaded.compiled, readers, options, io), io.signal));
  if (options.json === true) io.stdout.write(jsonText({ schemaVersion: 1, events: explained, passedOver }));
  else io.stdout.write(explained.map((each) => textOf(each, coloursOf(io.stdout, io.env))).join('\n'));
  io.stderr.write(
    `portcullis: ${counted(events.length, 'event')} explained${passedOver === 0 ? '' : `, ${passedOver} passed over: of calls that no function is called for`}; nothing was changed\n`,
  );
  return 0;
}

async function explainEvent(
  event: unknown,
  compiled: CompiledBaseline,
  readers: Readers,
  { remediatorRole, guardName }: ExplainOptions,
  { now }: Io,
): Promise<Explained> {
  const groups = await readers.readerFor(event);
  return isForRemediator(event)
    ? explainConfig(event, compiled, { groups, now })
    : explainCall(event, compiled, {
        groups: groups ?? unasked(),
        now,
        settings: { remediatorRoleArn: remediatorRole, guardName },
      });
}

/** Readers of EC2 for the accounts and regions of events: only those whose credentials we have are asked. */
class Readers {
  private readonly opened = new Map<string, Promise<SecurityGroupReader | undefined>>();

  constructor(
    private readonly options: ExplainOptions,
    private readonly io: Io,
  ) {}

  /** Returns nothing where EC2 is not to be asked. */
  readerFor(event: unknown): Promise<SecurityGroupReader | undefined> {
    const where = whereOf(event);
    const key = JSON.stringify(where);
    let reader = this.opened.get(key);
    if (reader === undefined) {
      reader = this.open(where);
      this.opened.set(key, reader);
    }
    return reader;
  }

  /** Of another account, EC2 would say that the group does not exist: that must not be taken for an answer. */
  private async open({ accountId, region }: Where): Promise<SecurityGroupReader | undefined> {
    if (this.options.offline === true) return undefined;
    const place = await this.io.openAccountRegion({ ...this.options, region: this.options.region ?? region ?? undefined }, this.io.signal);
    let reason: string | undefined;
    try {
      const own = await place.accountId();
      if (accountId === null || accountId === own) return place.groups;
      reason = `it is of account ${accountId}, and the credentials are of ${own}`;
    } catch (error) {
      reason = awsErrorWords(error, place);
    }
    this.io.stderr.write(`portcullis: EC2 is not asked: ${reason}. The event is judged by itself\n`);
    return undefined;
  }
}

interface Where {
  readonly accountId: string | null;
  readonly region: string | null;
}

function whereOf(event: unknown): Where {
  const parsed = isForRemediator(event) ? parseEvent(event) : parseCloudTrailEvent(event);
  return parsed.ok ? { accountId: parsed.value.accountId, region: parsed.value.region } : { accountId: null, region: null };
}

function textOf({ steps, findings, rehearsed }: Explained, colours: Colours): string {
  const width = String(steps.length).length;
  const reasoning = steps.map((step, i) => `${colours.dim(`${String(i + 1).padStart(width)}.`)} ${oneLine(step)}\n`);
  const told = findings.map((finding) => {
    const { body } = messageFor(finding);
    const head = inSeverity(`${finding.severity.toUpperCase()} ${finding.kind}`, finding.severity, colours);
    const note = rehearsed ? ' (what would be told; nothing was done)' : '';
    return `\n${head}${note}\n${body
      .split('\n')
      .map((line) => `  ${line}`.trimEnd())
      .join('\n')}\n`;
  });
  return [...reasoning, ...told].join('');
}
