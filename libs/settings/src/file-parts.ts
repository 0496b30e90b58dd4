/** The parts of a settings file, in whatever data the file holds. */
export type Mapping = Readonly<Record<string, unknown>>;

export function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns the list, or an empty one for anything else. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Returns each region with the keys that it overrides. */
export function regionsIn(regions: unknown): readonly (readonly [region: string, own: Mapping])[] {
  return Array.isArray(regions)
    ? regions.map((region) => [String(region), {}])
    : Object.entries(isMapping(regions) ? regions : {}).map(([region, own]) => [region, isMapping(own) ? own : {}]);
}
