/**
 * `portcullis preflight [FILE]`: reports why a deployment would fail, be risky or cost more than necessary.
 */
import { guardsWholeOrganization, listedMemberAccounts } from '@portcullis/settings';
import type { AccountRegionOptions } from '../aws/account-region.js';
import { inAccountRegion } from '../aws/in-account-region.js';
import { loadSettingsAndBaselineFiles, type GuardedRegion } from '../files/load-settings.js';
import type { RegionToCheck } from './check.js';
import { runPreflightChecks } from './run-checks.js';
import { readPreflightGroups } from './selected-groups.js';
import { Failure } from '../command-line/failure.js';
import type { ExitCode, Io } from '../command-line/io.js';
import { countWithNoun } from '../render/counted.js';
import { preflightTotals, preflightJson, preflightText } from './preflight-result.js';
import { indentedTerminalJson } from '../command-line/printable.js';

export interface PreflightOptions extends AccountRegionOptions {
  readonly json?: boolean;
  /** Whether to search CloudTrail's event history for users and roles that change the guarded groups. @default true */
  readonly history?: boolean;
}

/** @throws {Failure | Interrupted} */
export async function preflightCommand(fileName: string, options: PreflightOptions, io: Io): Promise<ExitCode> {
  const all = await loadSettingsAndBaselineFiles(fileName, io);
  const guarded = all.filter(({ settings }) => options.region === undefined || settings.region === options.region);
  if (guarded.length === 0) {
    const names = all.map(({ settings }) => settings.region).join(', ');
    throw new Failure(`\`${fileName}\` does not guard ${String(options.region)}; expected one of ${names}`);
  }
  // The deployment creates one trail for all regions, in the first region of the settings.
  const first = all[0]?.settings;
  const trailRegion = first?.trail === 'create' ? first.region : undefined;
  // Reads the groups of all regions before the checks, because a declared group that one region lacks may exist in another region.
  const regions: RegionToCheck[] = [];
  let accountId = '';
  for (const each of guarded) {
    const { region } = each.settings;
    const toCheck = await inAccountRegion({ ...options, region }, io, async (accountRegion) => {
      accountId = await accountRegion.accountId();
      refusePreflightOfOtherAccount(fileName, accountId, each);
      const progress = (text: string): void => {
        io.progress.show(`${region}: ${text}`);
      };
      progress('reading the groups …');
      const groups = await readPreflightGroups({ ...each, accountRegion, signal: io.signal });
      return { ...each, accountRegion, accountId, trailRegion, groups, history: options.history ?? true, signal: io.signal, progress };
    });
    regions.push(toCheck);
  }
  const checked = await runPreflightChecks(regions);
  io.stdout.write(
    options.json === true
      ? indentedTerminalJson(preflightJson(checked, { settingsFile: fileName, at: io.now().toISOString(), accountId }))
      : preflightText(checked, accountId, io.stdout),
  );
  const { unchecked, fails, risk, costs } = preflightTotals(checked);
  if (unchecked > 0) io.stderr.write(`portcullis: ${countWithNoun(unchecked, 'check')} could not be completed\n`);
  return unchecked > 0 ? 1 : fails + risk + costs > 0 ? 2 : 0;
}

/** Throws unless the credentials belong to the account of the deployment or to a member of its organization. */
function refusePreflightOfOtherAccount(fileName: string, accountId: string, { settings }: GuardedRegion): void {
  const { accountId: wanted, organization } = settings;
  if (
    wanted === undefined ||
    wanted === accountId ||
    listedMemberAccounts(organization).includes(accountId) ||
    guardsWholeOrganization(organization)
  )
    return;
  const member = organization === undefined ? '' : ' or of a member account';
  throw new Failure(
    `the credentials belong to account ${accountId}, and \`${fileName}\` deploys into ${wanted}; expected credentials of account ${wanted}${member}`,
  );
}
