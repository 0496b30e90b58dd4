/** Sentences that say whether and when a drifted group is restored. The detector and the remediator use the same sentences. */
export const OUTLOOK = {
  reportOnly: 'Portcullis does not restore the group: the baseline is in report mode',
  limitsReportOnly: 'Portcullis does not restore the group: the rules that break its limits are only reported',
  triedAgain: 'the restoration is retried within minutes',
  notTriedAgain: 'the restoration is not retried until the group changes or the schedule runs',
  byConfig: 'the remediator restores the group after AWS Config has recorded the change, usually within minutes',
  woken: 'the remediator has been asked to restore the group now',
  wokenSoon: 'the remediator has been asked to restore the group within a minute, because the last restoration was moments ago',
} as const;

/**
 * Returns the sentence for a group whose baseline has the mode `approve`. `approveWithin` is the time, in minutes, after which the
 * remediator restores the group even without an approval.
 */
export function findingApprovalOutlook({ approveWithin = 0 }: { readonly approveWithin?: number } = {}): string {
  const time = `${approveWithin} minute${approveWithin === 1 ? '' : 's'}`;
  return `the remediator restores the group after an approval, or ${time} after the remediator first saw the drift`;
}
