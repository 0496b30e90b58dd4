/** CloudTrail and AWS Config use camelCase, and the SDK uses PascalCase. */
import { json, type JsonObject } from '../json.js';

export function simulatedKeyName(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

/** Returns the object with all keys in camelCase, even of objects within lists. Drops members that are null or undefined. */
export function simulatedKeysInCamelCase(object: object): JsonObject {
  const valueInCamelCase = (value: unknown): unknown => (json.isObject(value) ? simulatedKeysInCamelCase(value) : value);
  return Object.fromEntries(
    Object.entries(object).flatMap(([name, value]: [string, unknown]) =>
      value === undefined || value === null
        ? []
        : [[simulatedKeyName(name), Array.isArray(value) ? value.map(valueInCamelCase) : valueInCamelCase(value)]],
    ),
  );
}
