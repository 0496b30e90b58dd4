/** The files that commands use by default. This module imports nothing, so that `--help` stays fast. */
export const DEFAULT_BASELINE_FILE = 'baseline.yaml';
export const DEFAULT_SETTINGS_FILE = 'infra/portcullis.yaml';
/** Keeps the finished regions of a report until the report is complete. */
export const DEFAULT_JOURNAL_FILE = '.portcullis-report.jsonl';
