/** The files that commands use by default. This module imports nothing, so that `--help` stays fast. */
export const DEFAULT_BASELINE_FILE = 'baseline.yaml';
export const DEFAULT_SETTINGS_FILE = 'infra/portcullis.yaml';
/** The files that keep the finished regions of a report, or of a survey of an organization, until all regions are finished. */
export const DEFAULT_JOURNAL_FILE = '.portcullis-report.jsonl';
export const DEFAULT_SURVEY_JOURNAL_FILE = '.portcullis-survey.jsonl';
