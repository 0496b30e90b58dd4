/** The files that commands read and write by default. This module imports nothing, so that `--help` stays fast. */
export const DEFAULT_BASELINE_FILE = 'baseline.yaml';
export const DEFAULT_SETTINGS_FILE = 'infra/portcullis.yaml';
/**
 * The journals of `report` and of `survey` of an organization. A journal keeps the regions that are finished, until all regions are
 * finished.
 */
export const DEFAULT_JOURNAL_FILE = '.portcullis-report.jsonl';
export const DEFAULT_SURVEY_JOURNAL_FILE = '.portcullis-survey.jsonl';
