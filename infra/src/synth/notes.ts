/** Writes the notes that synthesis prints, one line each, for the user to read before a deployment. */
import { baselineExposures, baselineExposureWarning, limitsEveryGroup, type CompiledBaseline } from '@portcullis/baseline';
import { settingsSchedule, guardsWholeOrganization, listedMemberAccounts, type Settings } from '@portcullis/settings';

export function scheduleNotes(settings: Settings, baseline: CompiledBaseline): readonly string[] {
  if (settings.schedule === settingsSchedule(baseline, settings)) return [];
  const groups = limitsEveryGroup(baseline) ? 'every security group' : 'every guarded group';
  return [
    `${settings.baseline}: a permit ends (\`until\`), so AWS Config evaluates ${groups} once a day, and the rules of the permit are revoked within a day after its end; to change this, set \`schedule\``,
  ];
}

/** Returns a note for each baseline file that declares rules that are open to the world. */
export function exposureNotes(baselineFile: string, baseline: CompiledBaseline): readonly string[] {
  const warning = baselineExposureWarning(baselineExposures(baseline));
  return warning === undefined ? [] : [`WARNING: ${baselineFile}: ${warning}`];
}

/** Synthesis cannot know whether the account already has a trail. So this note appears whenever the settings create a trail. */
export function trailNotes({ trail, trailEvents, organization }: Settings): readonly string[] {
  if (trail !== 'create') return [];
  const accounts = 1 + listedMemberAccounts(organization).length;
  const ofList = accounts === 1 ? 'the account' : `each of ${accounts} accounts`;
  const where = guardsWholeOrganization(organization) ? 'the account and in each member account' : ofList;
  const writesOnly = trailEvents === 'write' ? '' : '; `trailEvents: write` leaves out the reads';
  return [
    `\`trail: create\` makes a trail in ${where}. If there is one already (an organization's, Control Tower's), this is a second copy of management events, at $2.00 for 100,000 events (https://aws.amazon.com/cloudtrail/pricing/): write \`trail: existing\`${writesOnly}`,
  ];
}
