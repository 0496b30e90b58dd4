/** The files that commands read and write by default. This module imports nothing, so that `--help` stays fast. */
export const DEFAULT_BASELINE_FILE = 'baseline.yaml';
export const DEFAULT_SETTINGS_FILE = 'infra/portcullis.yaml';
/**
 * The journals of `report` and `survey`. `survey` writes a journal by default only with `--organization` or `--aggregator`. A journal keeps
 * the results of finished regions until the command has finished every region.
 */
export const DEFAULT_JOURNAL_FILE = '.portcullis-report.jsonl';
export const DEFAULT_SURVEY_JOURNAL_FILE = '.portcullis-survey.jsonl';
