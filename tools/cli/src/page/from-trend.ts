/** Converts a comparison of reports to the model of the page. */
import { driftDurationWords, DRIFT_CHANGE_WORDS, reportReactionTimeLines, trendHeadline, type Trend } from '../report/trend.js';
import type { PageSince, Tone } from './page-model.js';

export function pageSinceTrend(trend: Trend): PageSince {
  const { reports, changes, notes, times } = trend;
  return {
    headline: trendHeadline(trend).join(' '),
    counts: reports.map(({ at, drifted }) => ({ at, drifted })),
    changes: changes.map(({ kind, severity, open, groupId, name, accountId, region, action, direction, rule }) => {
      const tone: Tone = kind === 'gone' ? 'fine' : kind === 'unknown' ? 'unknown' : severity;
      const where = `${region} of account ${accountId}`;
      return {
        what: DRIFT_CHANGE_WORDS[kind],
        tone,
        openFor: driftDurationWords(open),
        groupId,
        name,
        where,
        rule: `${action} ${direction} ${rule}`,
      };
    }),
    notes: [...notes, ...(times === undefined ? [] : reportReactionTimeLines(times))],
  };
}
