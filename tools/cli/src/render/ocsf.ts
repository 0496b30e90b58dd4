/** Renders the results of checks as OCSF Compliance Findings: one JSON object on each line. */
import { ocsfCheckFor, type GroupCheck } from '@portcullis/finding';
import { escapeJsonForTerminal } from '../command-line/printable.js';

export function ocsfJsonLines(checks: readonly GroupCheck[], now: Date): string {
  return checks.map((check) => `${escapeJsonForTerminal(JSON.stringify(ocsfCheckFor(check, now)))}\n`).join('');
}
