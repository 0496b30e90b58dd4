/** Notes that synthesis prints for the user to read before a deployment, one line each. */
import { baselineExposures, baselineExposureWarning, limitsEveryGroup, type CompiledBaseline } from '@portcullis/baseline';
import { settingsSchedule, guardsWholeOrganization, listedMemberAccounts, type Settings } from '@portcullis/settings';

export function synthScheduleNotes(settings: Settings, baseline: CompiledBaseline): readonly string[] {
  if (settings.schedule === settingsSchedule(baseline, settings)) return [];
  const groups = limitsEveryGroup(baseline) ? 'every security group' : 'every guarded group';
  return [
    `${settings.baseline}: a permit has a last day (\`until\`), so AWS Config evaluates ${groups} once a day, and the permitted rules are revoked within a day after the permit ends; for another frequency, set \`schedule\``,
  ];
}

/** Returns a warning if the baseline declares rules that are open to the world. */
export function synthExposureNotes(baselineFile: string, baseline: CompiledBaseline): readonly string[] {
  const warning = baselineExposureWarning(baselineExposures(baseline));
  return warning === undefined ? [] : [`WARNING: ${baselineFile}: ${warning}`];
}

/** Returns a note whenever the settings create a trail, because synthesis cannot know whether the account already has a trail. */
export function synthTrailNotes({ trail, trailEvents, organization }: Settings): readonly string[] {
  if (trail !== 'create') return [];
  const accounts = 1 + listedMemberAccounts(organization).length;
  const ofList = accounts === 1 ? 'the account' : `each of ${accounts} accounts`;
  const where = guardsWholeOrganization(organization) ? 'the account and in each member account' : ofList;
  const writesOnly = trailEvents === 'write' ? '' : ', or `trailEvents: write` to omit read events';
  return [
    `\`trail: create\` creates a trail in ${where}. If there is already a trail (the account's, its organization's or Control Tower's), this second trail costs $2.00 for 100,000 events (https://aws.amazon.com/cloudtrail/pricing/): write \`trail: existing\`${writesOnly}`,
  ];
}
