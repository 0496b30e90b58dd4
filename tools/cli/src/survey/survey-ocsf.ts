/** Renders a survey as OCSF Compliance Findings. */
import { ownerTags, type GroupCheck } from '@portcullis/finding';
import { ocsfJsonLines } from '../render/ocsf.js';
import { surveyedLimitWords, type SurveyedBrokenLimit } from './broken-limit.js';
import { surveyEntryCloseCommand } from './entry-json.js';
import type { SurveyEntry } from './entry.js';
import { surveyExposureSentence } from './exposure-words.js';

/** Returns a failed check for each broken limit and for each exposure that is not accepted. */
export function surveyOcsf(entries: readonly SurveyEntry[], limits: readonly SurveyedBrokenLimit[], now: Date): string {
  const exposures = entries
    .filter(({ ignored }) => ignored === undefined)
    .map((entry): GroupCheck => {
      const { exposure, controls = [] } = entry;
      const close = surveyEntryCloseCommand(entry);
      return {
        ...failedSurveyOcsfCheck(entry),
        name: `exposure ${exposure.traffic}`,
        summary: surveyExposureSentence(exposure),
        controls,
        ...(close !== null && { commands: [close] }),
      };
    });
  const broken = limits.map((entry): GroupCheck => {
    const { name } = entry.broken.limit;
    return { ...failedSurveyOcsfCheck(entry), name: `limit ${name}`, summary: surveyedLimitWords(entry), declaredBy: [name] };
  });
  return ocsfJsonLines([...exposures, ...broken], now);
}

function failedSurveyOcsfCheck({ scope, group, tags, severity }: SurveyEntry | SurveyedBrokenLimit) {
  const { accountId, region } = scope;
  const owner = ownerTags(tags);
  return { result: 'fail', severity, group: { ...group, accountId, region, ...(owner && { tags: owner }) } } as const;
}
