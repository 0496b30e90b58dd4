/** The environment, read once at the start. */
export interface Settings {
  /** Where the compiled baseline is; by default beside the function's code. */
  readonly baselinePath: string | undefined;
  /** What a restored group is reported as. */
  readonly reportRestored: 'COMPLIANT' | 'NON_COMPLIANT';
}

/** @throws {Error} naming the variable, what it holds and what would be right. */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const reportRestored = environment['REPORT_RESTORED'] ?? 'COMPLIANT';
  if (reportRestored !== 'COMPLIANT' && reportRestored !== 'NON_COMPLIANT') {
    throw new Error(`REPORT_RESTORED is \`${reportRestored}\`: write \`COMPLIANT\` or \`NON_COMPLIANT\``);
  }
  return { baselinePath: environment['BASELINE_PATH'] || undefined, reportRestored };
}
