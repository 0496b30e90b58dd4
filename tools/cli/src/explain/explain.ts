/** `portcullis explain EVENT.json`: shows step by step what the Lambda functions would report about an event. */
import { parseCloudTrailEvent } from '@portcullis/cloudtrail';
import { findingMessage } from '@portcullis/finding';
import { parseRemediatorEvent } from '@portcullis/guard/restore';
import type { AccountRegion, AccountRegionOptions } from '../aws/account-region.js';
import { awsErrorWords } from '../aws/error-words.js';
import { eventsToExplain, isRemediatorEventToExplain } from './events-to-explain.js';
import { explainCloudTrailRecord } from './explain-call.js';
import { explainConfigEvent } from './explain-config.js';
import type { Explanation } from './steps.js';
import { loadBaselineFile } from '../files/load-baseline.js';
import { readFileOrStdin } from '../files/read-text-file.js';
import { DEFAULT_BASELINE_FILE } from '../command-line/default-files.js';
import type { ExitCode, Io } from '../command-line/io.js';
import { countWithNoun } from '../render/counted.js';
import { colourBySeverity } from '../render/state-words.js';
import type { Colours } from '../command-line/colours.js';
import { awaitUnlessInterrupted } from '../command-line/interrupt.js';
import { indentedTerminalJson, safeTerminalLine } from '../command-line/printable.js';

export interface ExplainOptions extends AccountRegionOptions {
  readonly baseline?: string;
  /** Whether to make no EC2 calls. @default false */
  readonly offline?: boolean;
  readonly json?: boolean;
  /** The ARN of the remediator's role. */
  readonly remediatorRole?: string;
  /** The prefix of the deployment's resource names. */
  readonly guardName?: string;
}

/** A trail's log file can have several megabytes, and many more after decompression. */
const MAX_EVENT_BYTES = 64 * 1024 * 1024;

/** @throws {Failure | Interrupted} */
export async function explainEvents(fileName: string, options: ExplainOptions, io: Io): Promise<ExitCode> {
  const text = await readFileOrStdin(fileName, MAX_EVENT_BYTES, io);
  const { events, skipped } = eventsToExplain(text, fileName, options.guardName);
  const { compiled } = await loadBaselineFile(options.baseline ?? DEFAULT_BASELINE_FILE, io);
  const settings = { remediatorRoleArn: options.remediatorRole, guardName: options.guardName };
  const accountRegions = new Map<string, AccountRegion | undefined>();
  const explanations: Explanation[] = [];
  for (const event of events) {
    const scope = accountRegionToExplain(event);
    const key = JSON.stringify(scope);
    if (!accountRegions.has(key)) accountRegions.set(key, await awaitUnlessInterrupted(openRegionToExplain(scope, options, io), io.signal));
    const accountRegion = accountRegions.get(key);
    const explained = isRemediatorEventToExplain(event)
      ? explainConfigEvent(event, compiled, accountRegion?.groups, io.now)
      : explainCloudTrailRecord(event, compiled, accountRegion, settings, io.now);
    explanations.push(await awaitUnlessInterrupted(explained, io.signal));
  }
  if (options.json === true) io.stdout.write(indentedTerminalJson({ schemaVersion: 1, events: explanations, passedOver: skipped }));
  else io.stdout.write(explanations.map((each) => explanationText(each, io.stdout.colours)).join('\n'));
  const rest = skipped === 0 ? '' : `, ${skipped} skipped because no function subscribes to these events`;
  io.stderr.write(`portcullis: ${countWithNoun(events.length, 'event')} explained${rest}; nothing was changed\n`);
  return 0;
}

interface EventScope {
  readonly accountId: string | null;
  readonly region: string | null;
}

/** Returns the account and the region that the event names; null for an account or region that is missing. */
function accountRegionToExplain(event: unknown): EventScope {
  const parsed = isRemediatorEventToExplain(event) ? parseRemediatorEvent(event) : parseCloudTrailEvent(event);
  const { accountId, region } = parsed.ok ? parsed.value : { accountId: null, region: null };
  return { accountId, region };
}

/**
 * Opens the account and the region of the event. Returns `undefined` if EC2 must not be called. With credentials of another account, EC2
 * would say that the group does not exist.
 */
async function openRegionToExplain({ accountId, region }: EventScope, options: ExplainOptions, io: Io): Promise<AccountRegion | undefined> {
  if (options.offline === true) return undefined;
  const accountRegion = await io.openAccountRegion({ ...options, region: options.region ?? region ?? undefined }, io.signal);
  let reason: string;
  try {
    const own = await accountRegion.accountId();
    if (accountId === null || accountId === own) return accountRegion;
    reason = `the event is of account ${accountId}, and the credentials belong to ${own}`;
  } catch (error) {
    reason = awsErrorWords(error, accountRegion);
  }
  io.stderr.write(`portcullis: EC2 is not called: ${reason}. The explanation uses only the event\n`);
  return undefined;
}

function explanationText({ steps, findings, rehearsed }: Explanation, colours: Colours): string {
  const width = String(steps.length).length;
  const numbered = steps.map((step, i) => `${colours.dim(`${String(i + 1).padStart(width)}.`)} ${safeTerminalLine(step)}\n`);
  const reported = findings.map((finding) => {
    const head = colourBySeverity(`${finding.severity.toUpperCase()} ${finding.kind}`, finding.severity, colours);
    const note = rehearsed ? ' (would be reported; nothing was changed)' : '';
    const body = findingMessage(finding)
      .body.split('\n')
      .map((line) => `  ${line}`.trimEnd());
    return `\n${head}${note}\n${body.join('\n')}\n`;
  });
  return [...numbered, ...reported].join('');
}
