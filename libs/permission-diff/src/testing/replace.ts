export type Path = readonly (string | number)[];

/** Returns the paths of `value` itself and of all values inside `value`. */
export function pathsIn(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const entries: (readonly [string | number, unknown])[] = Array.isArray(value)
    ? value.map((member: unknown, index) => [index, member])
    : Object.entries(value);
  return [path, ...entries.flatMap(([key, member]) => pathsIn(member, [...path, key]))];
}

/** Returns a copy of `value` in which `replacement` replaces the value at the path. */
export function replacedAt(value: unknown, [key, ...rest]: Path, replacement: unknown): unknown {
  if (key === undefined) return replacement;
  if (Array.isArray(value)) {
    return value.map((member: unknown, index) => (index === key ? replacedAt(member, rest, replacement) : member));
  }
  if (typeof value !== 'object' || value === null) throw new Error(`there is no \`${key}\` in ${String(value)}`);
  return Object.fromEntries(
    Object.entries(value).map(([name, field]: [string, unknown]) => [name, name === key ? replacedAt(field, rest, replacement) : field]),
  );
}
