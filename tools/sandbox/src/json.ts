/** A JSON object with unknown members. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function orEmpty(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

/** Returns the member if it is text. */
export function textOf(value: unknown, key: string): string | undefined {
  const member = orEmpty(value)[key];
  return typeof member === 'string' ? member : undefined;
}

/** Returns the member if it is an object, or else an empty object. */
export function objectOf(value: unknown, key: string): JsonObject {
  return orEmpty(orEmpty(value)[key]);
}

/** Returns the member if it is a list, or else an empty list. */
export function listOf(value: unknown, key: string): readonly unknown[] {
  const member = orEmpty(value)[key];
  return Array.isArray(member) ? member : [];
}

/** Parses a JSON object. Returns undefined if the text is anything else. */
export function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined; // not JSON
  }
}

export function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

/** Returns the object with all names in camelCase, also in lists, and without members that are null or undefined. */
export function camelCased(object: object): JsonObject {
  return Object.fromEntries(
    Object.entries(object).flatMap(([name, value]: [string, unknown]) =>
      value === undefined || value === null
        ? []
        : [[lowerFirst(name), Array.isArray(value) ? value.map(camelCasedValue) : camelCasedValue(value)]],
    ),
  );
}

function camelCasedValue(value: unknown): unknown {
  return isObject(value) ? camelCased(value) : value;
}
