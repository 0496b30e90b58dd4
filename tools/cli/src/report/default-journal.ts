/** Where what a report has found is kept until it is whole. */
export const DEFAULT_JOURNAL = '.portcullis-report.jsonl';
