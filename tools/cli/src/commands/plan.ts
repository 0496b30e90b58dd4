/** `portcullis plan [FILE]`: shows how the live groups differ from their baselines, and which changes would restore them. */
import { audit } from '../audit/audit.js';
import type { GroupState } from '../audit/group-state.js';
import { exitCodeOf } from '../audit/totals.js';
import { withBehind } from '../audit/with-behind.js';
import { withOrigins } from '../audit/with-origins.js';
import { scopeWords, type AccountRegionOptions, type Scope } from '../aws/account-region.js';
import { invalidGroupIds } from '../aws/group-ids.js';
import { inAccountRegion } from '../aws/in-account-region.js';
import { loadBaseline, warnOfExposures, type LoadedBaseline } from '../files/load-baseline.js';
import { writeResult } from '../files/write-result.js';
import type { ExitCode, Io } from '../program/io.js';
import { chosenFormat, type FormatOptions } from '../program/output-format.js';
import { pageOfStates } from '../page/from-states.js';
import { htmlPage } from '../page/page.js';
import { planJson } from '../render/plan-json.js';
import { planText } from '../render/plan-text.js';
import { planSarif } from '../render/sarif.js';
import { jsonText } from '../terminal/printable.js';

const FORMATS = ['json', 'sarif', 'html'] as const;

export interface PlanOptions extends AccountRegionOptions, FormatOptions<(typeof FORMATS)[number]> {
  /** Whether to ask CloudTrail who changed the rules. @default only for `html` */
  readonly who?: boolean;
  readonly allowAbsent?: boolean;
  /** Compares only these groups. @default all guarded groups */
  readonly group?: readonly string[];
}

/** @throws {Failure | Interrupted} */
export async function plan(fileName: string, options: PlanOptions, io: Io): Promise<ExitCode> {
  const format = chosenFormat(FORMATS, options, invalidGroupIds(options.group));
  const loaded = await loadBaseline(fileName, io);
  warnOfExposures(loaded, io);
  return inAccountRegion(options, io, async (accountRegion) => {
    let states: readonly GroupState[] = await audit(loaded.compiled, accountRegion, io, { only: options.group });
    if (options.who ?? format === 'html') states = await withOrigins(states, accountRegion, io);
    if (format === 'html') states = await withBehind(states, accountRegion, io);
    const text = async (): Promise<string> => planText(states, await scopeWords(accountRegion), io.now(), io.stdout);
    if (format === undefined) io.stdout.write(await text());
    else {
      const scope = { accountId: await accountRegion.accountId(), region: accountRegion.region, profile: accountRegion.profile };
      if (writeResult(renderedPlan(format, states, scope, loaded, io), options.out, io)) io.stdout.write(await text());
    }
    return exitCodeOf(states, options, io);
  });
}

function renderedPlan(
  format: (typeof FORMATS)[number],
  states: readonly GroupState[],
  scope: Scope & { readonly profile: string | undefined },
  loaded: LoadedBaseline,
  { now, version }: Io,
): string {
  const about = { baselineFile: loaded.fileName, at: now().toISOString() };
  switch (format) {
    case 'json':
      return jsonText(planJson(states, scope, about));
    case 'sarif':
      return jsonText(planSarif(states, scope, loaded, version));
    case 'html':
      return htmlPage(pageOfStates({ ...about, regions: [{ ...scope, states }] }));
  }
}
