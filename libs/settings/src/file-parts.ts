/** Finds the parts of a settings file in data that may be invalid. */
import { isObject, type Fields } from '@portcullis/yaml-file';

/** Returns the list, or an empty list for any other value. */
export function settingAsList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Returns each region with the keys that it overrides. */
export function regionsOfSettings(regions: unknown): readonly (readonly [region: string, own: Fields])[] {
  if (Array.isArray(regions)) return regions.map((region) => [String(region), {}]);
  return Object.entries(isObject(regions) ? regions : {}).map(([region, own]) => [region, isObject(own) ? own : {}]);
}
