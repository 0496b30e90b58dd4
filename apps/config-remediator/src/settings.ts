/** The environment, read once at the start. */
export interface Settings {
  /** Where the compiled baseline is; by default beside the function's code. */
  readonly baselinePath: string | undefined;
  /** What a restored group is reported as. */
  readonly reportRestored: 'COMPLIANT' | 'NON_COMPLIANT';
}

/** @throws {Error} naming the variable, what it holds and what would be right. */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const reportRestored = given(environment.REPORT_RESTORED) ?? 'COMPLIANT';
  if (reportRestored !== 'COMPLIANT' && reportRestored !== 'NON_COMPLIANT') {
    throw new Error(`REPORT_RESTORED is \`${reportRestored}\`: write \`COMPLIANT\` or \`NON_COMPLIANT\``);
  }
  return { baselinePath: given(environment.BASELINE_PATH), reportRestored };
}

/** A variable set to nothing is not set. */
function given(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}
