/** `portcullis plan [FILE]`: how the live groups differ from the baselines, and what would be done about it. */
import type { Place, PlaceOptions } from '../aws/place.js';
import { inWords } from '../aws/why.js';
import { auditPlace } from '../audit/audit-place.js';
import type { GroupState } from '../audit/group-state.js';
import { withLastChanges } from '../audit/last-changes.js';
import { coloursOf } from '../colours.js';
import { Failure } from '../failure.js';
import type { ExitCode, Io } from '../io.js';
import { loadBaseline, type LoadedBaseline } from '../load-baseline.js';
import { jsonText } from '../printable.js';
import { renderHtml } from '../render/html.js';
import { planJson } from '../render/plan-json.js';
import { planText } from '../render/plan-text.js';
import { planSarif } from '../render/sarif.js';
import { verdictOf } from '../verdict.js';
import { writeResult } from '../write-result.js';

export interface PlanOptions extends PlaceOptions {
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
  const place = await io.openPlace(options, io.signal);
  let states = await auditPlace(loaded.compiled, place, io);
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
  place: Place,
  io: Io,
): Promise<string> {
  const accountId = await inWords(place, () => place.accountId());
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
