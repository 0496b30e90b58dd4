/**
 * `portcullis preflight [FILE]`: reads the account, and reports what would make a deployment fail, be risky, or cost more than necessary.
 */
import type { AccountRegionOptions } from '../aws/account-region.js';
import { withAwsErrorWords } from '../aws/error-words.js';
import { loadSettings, type GuardedRegion } from '../files/load-settings.js';
import { checkRegions, type CheckedRegion } from '../preflight/check-regions.js';
import type { RegionToCheck } from '../preflight/region-to-check.js';
import { Failure } from '../program/failure.js';
import type { ExitCode, Io } from '../program/io.js';
import { counted } from '../render/counted.js';
import { checkTotals, preflightJson, preflightText } from '../render/preflight-result.js';
import { coloursOf } from '../terminal/colours.js';
import { jsonText } from '../terminal/printable.js';
import { progressOn } from '../terminal/progress.js';

export interface PreflightOptions extends AccountRegionOptions {
  readonly json?: boolean;
  /** Whether to ask CloudTrail's event history for other owners. @default true */
  readonly history?: boolean;
}

/** @throws {Failure | Interrupted} */
export async function preflight(fileName: string, options: PreflightOptions, io: Io): Promise<ExitCode> {
  const all = await loadSettings(fileName, io);
  if (all === undefined) return 1;
  const guarded = all.filter(({ settings }) => options.region === undefined || settings.region === options.region);
  if (guarded.length === 0) {
    const names = all.map(({ settings }) => settings.region).join(', ');
    throw new Failure(`\`${fileName}\` does not guard ${String(options.region)}; expected one of ${names}`);
  }
  // The trail is created in the first region and covers all regions.
  const first = all[0]?.settings;
  const trailRegion = first?.trail === 'create' ? first.region : undefined;
  const progress = progressOn(io.stderr);
  let checked: readonly CheckedRegion[];
  let accountId = '';
  try {
    const regions: RegionToCheck[] = [];
    for (const each of guarded) {
      const { region } = each.settings;
      const accountRegion = await io.openAccountRegion({ ...options, region }, io.signal);
      accountId = await withAwsErrorWords(accountRegion, () => accountRegion.accountId());
      refuseOtherAccount(fileName, accountId, each);
      const show = (text: string): void => {
        progress.show(`${region}: ${text}`);
      };
      regions.push({ ...each, accountRegion, accountId, trailRegion, signal: io.signal, progress: show });
    }
    checked = await checkRegions(regions, options.history ?? true);
  } finally {
    progress.clear();
  }
  io.stdout.write(
    options.json === true
      ? jsonText(preflightJson(checked, { settingsFile: fileName, at: io.now().toISOString(), accountId }))
      : preflightText(checked, accountId, coloursOf(io.stdout, io.env), io.stdout.columns),
  );
  const { unchecked, fails, risk, costs } = checkTotals(checked);
  if (unchecked > 0) io.stderr.write(`portcullis: ${counted(unchecked, 'check')} could not be made\n`);
  return unchecked > 0 ? 1 : fails + risk + costs > 0 ? 2 : 0;
}

/** Throws unless the credentials belong to the account of the deployment or to a member of its organization. */
function refuseOtherAccount(fileName: string, accountId: string, { settings }: GuardedRegion): void {
  const { accountId: wanted, organization } = settings;
  if (wanted === undefined || wanted === accountId || organization?.members.includes(accountId) === true) return;
  const member = organization === undefined ? '' : ' or of a member';
  throw new Failure(
    `the credentials belong to account ${accountId}, and \`${fileName}\` deploys into ${wanted}; expected credentials of that account${member}`,
  );
}
