/** Returns a problem for each value of `--group` that is not an id, as `refuseProblems` takes it. */
export function invalidGroupIds(ids: readonly string[] = []): string[] {
  return ids
    .filter((id) => !/^sg-[0-9a-f]+$/.test(id))
    .map((id) => `invalid \`--group ${id}\`; expected the id of a security group, \`sg-…\``);
}
