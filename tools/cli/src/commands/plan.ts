/** `portcullis plan [FILE]`: how the live groups differ from the baselines, and what would be done about it. */
import type { AccountRegion, AccountRegionOptions } from '../aws/account-region.js';
import { withAwsErrorWords } from '../aws/error-words.js';
import { auditAccountRegion } from '../audit/audit-account-region.js';
import type { GroupState } from '../audit/group-state.js';
import { withLastChanges } from '../audit/last-changes.js';
import { coloursOf } from '../terminal/colours.js';
import { Failure } from '../program/failure.js';
import type { ExitCode, Io } from '../program/io.js';
import { loadBaseline, type LoadedBaseline } from '../files/load-baseline.js';
import { jsonText } from '../terminal/printable.js';
import { renderHtml } from '../render/html.js';
import { planJson } from '../render/plan-json.js';
import { planText } from '../render/plan-text.js';
import { planSarif } from '../render/sarif.js';
import { verdictOf } from '../audit/exit-code.js';
import { writeResult } from '../files/write-result.js';

export interface PlanOptions extends AccountRegionOptions {
  readonly json?: boolean;
  readonly sarif?: boolean;
  readonly html?: boolean;
  /** Where the JSON, SARIF or HTML goes; stdout if it is `-` or absent. */
  readonly out?: string;
  /** Whether to ask CloudTrail who changed the groups last. @default for `html` alone */
  readonly who?: boolean;
  /** That a group which a baseline names does not exist is no error. */
  readonly allowAbsent?: boolean;
}

/** @throws {Failure | Interrupted} */
export async function plan(fileName: string, options: PlanOptions, io: Io): Promise<ExitCode> {
  const formats = (['json', 'sarif', 'html'] as const).filter((format) => options[format] === true);
  const [format] = formats;
  if (formats.length > 1) throw new Failure(`there are ${formats.map((each) => `\`--${each}\``).join(' and ')}; expected one of them`);
  if (options.out !== undefined && format === undefined)
    throw new Failure('`--out` is for `--json`, `--sarif` or `--html`; expected one of them, or `> FILE` for the text');
  const loaded = await loadBaseline(fileName, io);
  if (loaded === undefined) return 1;
  const place = await io.openAccountRegion(options, io.signal);
  let states = await auditAccountRegion(loaded.compiled, place, io);
  if (options.who ?? format === 'html') states = await withLastChanges(states, place, io);
  const text = (): string => planText(states, { colours: coloursOf(io.stdout, io.env), columns: io.stdout.columns });
  if (format === undefined) io.stdout.write(text());
  else {
    const isFile = await writeResult(await rendered(format, states, loaded, place, io), options.out, io);
    if (isFile) io.stdout.write(text());
  }
  return verdictOf(states, options, io);
}

async function rendered(
  format: 'json' | 'sarif' | 'html',
  states: readonly GroupState[],
  loaded: LoadedBaseline,
  place: AccountRegion,
  io: Io,
): Promise<string> {
  const accountId = await withAwsErrorWords(place, () => place.accountId());
  const where = { accountId, region: place.region };
  const at = io.now().toISOString();
  switch (format) {
    case 'json':
      return jsonText(planJson(states, where, { baselineFile: loaded.fileName, at }));
    case 'sarif':
      return jsonText(planSarif(states, where, loaded, io.version));
    case 'html':
      return renderHtml({
        title: 'Security groups beside their baseline',
        baselineFile: loaded.fileName,
        at,
        places: [{ ...where, states }],
      });
  }
}
