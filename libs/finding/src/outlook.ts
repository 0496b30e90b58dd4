/** What is going to come of a drift: the sentences that both functions say. */
export const OUTLOOK = {
  reportOnly: 'nothing restores it: the baseline is in report mode',
  triedAgain: 'it is tried again within minutes',
  notTriedAgain: 'it is not tried again before the group changes or the schedule is due',
  byConfig: 'the remediator restores it once AWS Config has recorded the change, within minutes as a rule',
  woken: 'the remediator has been asked to restore it now',
  wokenSoon: 'the remediator has been asked to restore it within a minute: it was restored moments ago',
} as const;
