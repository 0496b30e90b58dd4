/** `portcullis preflight [FILE]`: reads the account, and says what a deployment of the settings would fail at, risk and cost. */
import { guardedGroupIds } from '@portcullis/baseline';
import type { AccountRegionOptions } from '../aws/account-region.js';
import { withAwsErrorWords } from '../aws/error-words.js';
import { coloursOf, type Colours } from '../terminal/colours.js';
import { counted } from '../render/counted.js';
import { Failure } from '../program/failure.js';
import type { ExitCode, Io } from '../program/io.js';
import { loadSettings, type RegionToGuard } from '../files/load-settings.js';
import { checked, OUTCOMES, type Check, type Outcome } from '../preflight/check.js';
import { concurrencyChecks } from '../preflight/concurrency.js';
import type { RegionToCheck } from '../preflight/region-to-check.js';
import { foundIn, groupChecks, guardedGroups, ruleChecks, type Found, type FoundGroup } from '../preflight/groups.js';
import { ownerChecks } from '../preflight/other-owners.js';
import { configRuleChecks, recorderChecks } from '../preflight/recorder.js';
import { trailChecks } from '../preflight/trails.js';
import { jsonText, oneLine } from '../terminal/printable.js';
import { progressOn } from '../terminal/progress.js';
import { wrapped } from '../render/wrapped.js';

export interface PreflightOptions extends AccountRegionOptions {
  readonly json?: boolean;
  /** Whether CloudTrail's event history is asked for other owners: two requests a second. @default true */
  readonly history?: boolean;
}

interface RegionReport {
  readonly region: string;
  readonly baselineFile: string;
  readonly checks: readonly Check[];
}

/** @throws {Failure | Interrupted} */
export async function preflight(fileName: string, options: PreflightOptions, io: Io): Promise<ExitCode> {
  const all = await loadSettings(fileName, io);
  if (all === undefined) return 1;
  const regions = all.filter(({ settings }) => options.region === undefined || settings.region === options.region);
  if (regions.length === 0)
    throw new Failure(
      `\`${fileName}\` does not guard ${String(options.region)}; expected one of ${all.map(({ settings }) => settings.region).join(', ')}`,
    );
  const progress = progressOn(io.stderr);
  const show = (text: string): void => {
    progress.show(text);
  };
  let reports: readonly RegionReport[];
  let accountId: string;
  try {
    const grounds = await groundsOf(fileName, regions, all[0], options, io, show);
    ({ accountId } = grounds[0] ?? { accountId: '' });
    reports = await reportsOn(grounds, options, show);
  } finally {
    progress.clear();
  }
  const totals = totalsOf(reports);
  io.stdout.write(
    options.json === true
      ? jsonText({
          schemaVersion: 1,
          settingsFile: fileName,
          at: io.now().toISOString(),
          accountId,
          totals,
          regions: reports.map(regionJson),
        })
      : reportText(reports, totals, accountId, { colours: coloursOf(io.stdout, io.env), columns: io.stdout.columns }),
  );
  if (totals.unchecked > 0) {
    io.stderr.write(`portcullis: ${counted(totals.unchecked, 'check')} could not be made\n`);
    return 1;
  }
  return totals.fails + totals.risk + totals.costs > 0 ? 2 : 0;
}

/** Opens every region, with credentials that must be of an account that the settings are about. */
async function groundsOf(
  fileName: string,
  regions: readonly RegionToGuard[],
  first: RegionToGuard | undefined,
  options: PreflightOptions,
  io: Io,
  progress: (text: string) => void,
): Promise<readonly RegionToCheck[]> {
  const grounds: RegionToCheck[] = [];
  for (const each of regions) {
    const { accountId: wanted, organization, region } = each.settings;
    const place = await io.openAccountRegion({ ...options, region }, io.signal);
    const accountId = await withAwsErrorWords(place, () => place.accountId());
    if (wanted !== undefined && wanted !== accountId && organization?.members.includes(accountId) !== true)
      throw new Failure(
        `the credentials are of the account ${accountId}, and \`${fileName}\` deploys into ${wanted}; expected credentials of that account${organization === undefined ? '' : ' or of a member'}`,
      );
    const trailIn = first?.settings.trail === 'create' ? first.settings.region : undefined;
    grounds.push({
      ...each,
      place,
      accountId,
      trailIn,
      signal: io.signal,
      progress: (text) => {
        progress(`${region}: ${text}`);
      },
    });
  }
  return grounds;
}

/** Region by region. A group that one region lacks may be in another: all are looked for before any is missed. */
async function reportsOn(
  grounds: readonly RegionToCheck[],
  { history = true }: PreflightOptions,
  progress: (text: string) => void,
): Promise<readonly RegionReport[]> {
  const groups = new Map<RegionToCheck, readonly FoundGroup[]>();
  const unread = new Map<RegionToCheck, readonly Check[]>();
  for (const ground of grounds) {
    progress(`${ground.place.region}: reading the groups …`);
    const failed = await checked('groups', ground.place, ground.signal, async () => {
      groups.set(ground, await guardedGroups(ground));
      return [];
    });
    unread.set(ground, failed);
  }
  const reports: RegionReport[] = [];
  for (const ground of grounds) {
    const { place, signal, settings, baselineFile, accountId } = ground;
    const look = async (about: Check['about'], run: () => Promise<readonly Check[]>): Promise<readonly Check[]> => {
      ground.progress(`checking ${about} …`);
      return checked(about, place, signal, run);
    };
    const found = groups.get(ground);
    // In a member account nothing runs.
    const runsHere = settings.accountId === undefined || settings.accountId === accountId;
    const checks = [
      ...(await look('recorder', () => recorderChecks(ground))),
      ...(await look('trail', () => trailChecks(ground))),
      ...(runsHere ? await look('concurrency', () => concurrencyChecks(ground)) : []),
      ...(await look('config rules', () => configRuleChecks(ground))),
      ...(unread.get(ground) ?? []),
      ...(found === undefined ? [] : await look('groups', () => groupChecks(ground, found, elsewhere(ground, groups)))),
      ...(await look('rules', () => ruleChecks(ground))),
      ...(found === undefined || !history
        ? []
        : await look('other owners', () =>
            ownerChecks(
              ground,
              // The calls on other groups are in the history of the accounts that own them.
              found.filter(({ ownerId }) => ownerId === accountId).map(({ id }) => id),
            ),
          )),
    ];
    reports.push({ region: place.region, baselineFile, checks });
  }
  return reports;
}

/** What is not missing in a region, though it is not there: another region has it, or it was missed in an earlier one. */
function elsewhere(ground: RegionToCheck, groups: ReadonlyMap<RegionToCheck, readonly FoundGroup[]>): Found {
  const grounds = [...groups.keys()];
  const others = grounds.filter((other) => other !== ground).map((other) => foundIn(other, groups.get(other) ?? []));
  const earlier = grounds.slice(0, grounds.indexOf(ground));
  return {
    ids: new Set([...others.flatMap(({ ids }) => [...ids]), ...earlier.flatMap(({ compiled }) => guardedGroupIds(compiled))]),
    baselines: new Set([
      ...others.flatMap(({ baselines }) => [...baselines]),
      ...earlier.flatMap(({ compiled }) => compiled.baselines.map(({ name }) => name)),
    ]),
  };
}

type Totals = Readonly<Record<Outcome, number>>;

function totalsOf(reports: readonly RegionReport[]): Totals {
  const checks = reports.flatMap(({ checks: each }) => each);
  const count = (wanted: Outcome): number => checks.filter(({ outcome }) => outcome === wanted).length;
  return {
    fails: count('fails'),
    risk: count('risk'),
    costs: count('costs'),
    unchecked: count('unchecked'),
    ok: count('ok'),
  };
}

function regionJson({ region, baselineFile, checks }: RegionReport): object {
  return {
    region,
    baselineFile,
    checks: checks.map(({ about, outcome, what, why = null, fix = null }) => ({ about, outcome, what, why, fix })),
  };
}

const WIDTH = Math.max(...OUTCOMES.map(({ length }) => length));

function reportText(
  reports: readonly RegionReport[],
  totals: Totals,
  accountId: string,
  { colours, columns }: { readonly colours: Colours; readonly columns: number | undefined },
): string {
  const paint: Readonly<Record<Outcome, (text: string) => string>> = {
    fails: (text) => colours.bold(colours.red(text)),
    risk: colours.yellow,
    costs: colours.yellow,
    unchecked: colours.magenta,
    ok: colours.green,
  };
  const indent = ' '.repeat(WIDTH + 4);
  const reason = (head: 'why' | 'fix', text: string): string =>
    `${indent}${colours.dim(head)}  ${wrapped(oneLine(text), WIDTH + 9, columns)}`;
  const blocks = reports.map(({ region, baselineFile, checks }) => {
    const sorted = [...checks].sort((a, b) => OUTCOMES.indexOf(a.outcome) - OUTCOMES.indexOf(b.outcome));
    const lines = sorted.flatMap(({ outcome, what, why, fix }) => [
      `  ${paint[outcome](outcome.padEnd(WIDTH))}  ${wrapped(oneLine(what), WIDTH + 4, columns)}`,
      ...(why === undefined ? [] : [reason('why', why)]),
      ...(fix === undefined ? [] : [reason('fix', fix)]),
    ]);
    return `${colours.bold(`${region} of ${accountId}`)}  ${baselineFile}\n${lines.join('\n')}\n\n`;
  });
  const problems = OUTCOMES.filter((outcome) => outcome !== 'ok' && totals[outcome] > 0).map((outcome) => `${totals[outcome]} ${outcome}`);
  const end =
    problems.length === 0
      ? colours.green(`Nothing stands in the way: ${counted(totals.ok, 'check')} ok.`)
      : `${colours.bold('Preflight')}: ${problems.join(', ')}; ${totals.ok} ok.`;
  return `${blocks.join('')}${end}\n`;
}
