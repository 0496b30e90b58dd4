export function isGroupIdArgument(text: string): boolean {
  return /^sg-[0-9a-f]+$/.test(text);
}

/** Returns one line for each value of `--group` that is not a group id. The caller passes the lines to `failCommandOnProblems`. */
export function groupOptionProblems(ids: readonly string[] = []): string[] {
  return ids.filter((id) => !isGroupIdArgument(id)).map((id) => `invalid \`--group ${id}\`; expected the id of a security group, \`sg-…\``);
}
