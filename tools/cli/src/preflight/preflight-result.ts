/** Renders the result of a preflight as text and as JSON. */
import { CHECK_OUTCOMES, type CheckOutcome } from './check.js';
import type { PreflightedRegion } from './run-checks.js';
import type { Style } from '../command-line/io.js';
import { safeTerminalLine } from '../command-line/printable.js';
import { countWithNoun } from '../render/counted.js';
import { renderWrapped } from '../render/wrapped.js';

export type PreflightTotals = Readonly<Record<CheckOutcome, number>>;

export function preflightTotals(regions: readonly PreflightedRegion[]): PreflightTotals {
  const checks = regions.flatMap((region) => region.checks);
  const count = (wanted: CheckOutcome): number => checks.filter(({ outcome }) => outcome === wanted).length;
  return { fails: count('fails'), risk: count('risk'), costs: count('costs'), unchecked: count('unchecked'), ok: count('ok') };
}

/** Returns the result as JSON. Later releases with the same `schemaVersion` can add members, but never change existing members. */
export function preflightJson(
  regions: readonly PreflightedRegion[],
  about: { readonly settingsFile: string; readonly at: string; readonly accountId: string },
): object {
  return {
    schemaVersion: 1,
    ...about,
    totals: preflightTotals(regions),
    regions: regions.map(({ region, baselineFile, checks }) => ({
      region,
      baselineFile,
      checks: checks.map(({ about: topic, outcome, what, why = null, fix = null }) => ({ about: topic, outcome, what, why, fix })),
    })),
  };
}

const OUTCOME_WIDTH = Math.max(...CHECK_OUTCOMES.map(({ length }) => length));
/** The text of a result starts in `TEXT_COLUMN`. The reason and the fix start in `REASON_COLUMN`. */
const TEXT_COLUMN = OUTCOME_WIDTH + 4;
const REASON_COLUMN = TEXT_COLUMN + 5;

export function preflightText(regions: readonly PreflightedRegion[], accountId: string, { colours, columns }: Style): string {
  const paint: Readonly<Record<CheckOutcome, (text: string) => string>> = {
    fails: (text) => colours.bold(colours.red(text)),
    risk: colours.yellow,
    costs: colours.yellow,
    unchecked: colours.magenta,
    ok: colours.green,
  };
  const detail = (head: 'why' | 'fix', text: string | undefined): string[] =>
    text === undefined
      ? []
      : [`${' '.repeat(TEXT_COLUMN)}${colours.dim(head)}  ${renderWrapped(safeTerminalLine(text), REASON_COLUMN, columns)}`];
  const blocks = regions.map(({ region, baselineFile, checks }) => {
    const sorted = [...checks].sort((a, b) => CHECK_OUTCOMES.indexOf(a.outcome) - CHECK_OUTCOMES.indexOf(b.outcome));
    const lines = sorted.flatMap(({ outcome, what, why, fix }) => [
      `  ${paint[outcome](outcome.padEnd(OUTCOME_WIDTH))}  ${renderWrapped(safeTerminalLine(what), TEXT_COLUMN, columns)}`,
      ...detail('why', why),
      ...detail('fix', fix),
    ]);
    return `${colours.bold(`${region} of ${accountId}`)}  ${baselineFile}\n${lines.join('\n')}\n\n`;
  });
  const totals = preflightTotals(regions);
  const problems = CHECK_OUTCOMES.filter((outcome) => outcome !== 'ok' && totals[outcome] > 0).map(
    (outcome) => `${totals[outcome]} ${outcome}`,
  );
  const end =
    problems.length === 0
      ? colours.green(`No problems found: ${countWithNoun(totals.ok, 'check')} ok.`)
      : `${colours.bold('Preflight')}: ${problems.join(', ')}; ${totals.ok} ok.`;
  return `${blocks.join('')}${end}\n`;
}
