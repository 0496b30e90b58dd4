/** Builds SARIF 2.1.0 logs from results, for the checks of a pull request. */
import { createHash } from 'node:crypto';
import { controlRequirements, type Control, type Severity } from '@portcullis/finding';
import type { Log, ReportingDescriptor, Result } from 'sarif';

/**
 * GitHub derives an alert's severity from the score of its SARIF rule: over 9 is critical, 7 to 8.9 is high, 4 to 6.9 is medium. Source:
 * the property `security-severity` in "SARIF support for code scanning" of the GitHub docs.
 */
const SCORES = { critical: '9.5', high: '8.0', medium: '5.0' } as const;

export const BROKEN_LIMIT_RULES: readonly ReportingDescriptor[] = sarifRulesBySeverity({
  id: 'broken-limit',
  name: 'BrokenLimit',
  short: 'A rule that breaks a limit',
  full: 'A live security group has a rule that allows traffic that a limit forbids.',
  help: 'Narrow or revoke the rule (`npx @portcullis/cli apply` if the mode of the limit is `enforce`), or permit the rule in the limit.',
});

/** Returns a SARIF rule for each severity: `<id>-critical`, `<id>-high`, `<id>-medium`. */
export function sarifRulesBySeverity({
  id,
  name,
  short,
  full,
  help,
}: Readonly<Record<'id' | 'name' | 'short' | 'full' | 'help', string>>): ReportingDescriptor[] {
  return Object.entries(SCORES).map(([rank, score]) => ({
    ...sarifRule(`${id}-${rank}`, `${name}${rank.charAt(0).toUpperCase()}${rank.slice(1)}`, `${short} (${rank})`, full, help),
    properties: { tags: ['security'], 'security-severity': score },
  }));
}

/** GitHub requires a short description, a full description and a help text for each SARIF rule. Source: the same page as for `SCORES`. */
export function sarifRule(id: string, name: string, short: string, full: string, help: string): ReportingDescriptor {
  return { id, name, shortDescription: { text: short }, fullDescription: { text: full }, help: { text: help } };
}

export const SARIF_SCHEMA = 'https://json.schemastore.org/sarif-2.1.0.json';

/** @param id the id of the run: GitHub replaces the results of an earlier run with the same id */
export function sarifLog(version: string, id: string, rules: readonly ReportingDescriptor[], results: Result[]): Log {
  const run = { tool: { driver: { name: 'portcullis', version, rules: [...rules] } }, automationDetails: { id }, results };
  return { $schema: SARIF_SCHEMA, version: '2.1.0', runs: [run] };
}

export interface SarifFields {
  readonly ruleId: string;
  readonly level: Result.level;
  readonly text: string;
  readonly fileName: string;
  /** The controls of security standards that the rule in the result breaks. */
  readonly controls?: readonly Control[] | undefined;
  /** @default the start of the file */
  readonly position?: { readonly line: number; readonly column: number } | undefined;
  /**
   * The texts that the fingerprint is computed from. These texts are the same in every run, so that GitHub closes the alert when the drift
   * is gone.
   */
  readonly identity: readonly string[];
}

export function sarifResult({ ruleId, level, text, fileName, controls = [], position, identity }: SarifFields): Result {
  const { line: startLine, column: startColumn } = position ?? { line: 1, column: 1 };
  return {
    ...{ ruleId, level },
    message: { text: escapeSarifText(text) },
    locations: [{ physicalLocation: { artifactLocation: { uri: sarifUri(fileName) }, region: { startLine, startColumn } } }],
    partialFingerprints: { 'portcullis/v1': createHash('sha256').update(JSON.stringify(identity)).digest('hex').slice(0, 32) },
    ...(controls.length > 0 && { properties: { controls: controlRequirements(controls) } }),
  };
}

export type SarifSeverity = keyof typeof SCORES;

/** Returns `medium` for lower severities, because no SARIF rule has a lower score. */
export function sarifSeverity(severity: Severity): SarifSeverity {
  return severity === 'critical' || severity === 'high' ? severity : 'medium';
}

export function sarifLevel(severity: Severity): Result.level {
  if (severity === 'critical' || severity === 'high') return 'error';
  return severity === 'medium' ? 'warning' : 'note';
}

/** Returns the path as a URI: with forward slashes, and with special characters escaped. */
function sarifUri(fileName: string): string {
  return fileName.split(/[\\/]/).map(encodeURIComponent).join('/');
}

/**
 * Escapes characters that SARIF would read as a link or a placeholder.
 *
 * @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os-complete.html 3.11.5 and 3.11.6
 */
function escapeSarifText(text: string): string {
  return text.replace(/[\\[\]]/g, '\\$&').replace(/[{}]/g, '$&$&');
}
