/** A JSON object with unknown members. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function objectOrEmpty(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}

/** Returns the member if it is text. */
export function textMember(value: unknown, key: string): string | undefined {
  const member = objectOrEmpty(value)[key];
  return typeof member === 'string' ? member : undefined;
}

/** Returns the member if it is an object, or else an empty object. */
export function objectMember(value: unknown, key: string): JsonObject {
  return objectOrEmpty(objectOrEmpty(value)[key]);
}

/** Returns the member if it is a list, or else an empty list. */
export function listMember(value: unknown, key: string): readonly unknown[] {
  const member = objectOrEmpty(value)[key];
  return Array.isArray(member) ? member : [];
}

/** Parses a JSON object. Returns undefined if the text is anything else. */
export function parseJsonObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined; // not JSON
  }
}

export function lowerCaseFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

/** Returns the object with all keys in camelCase, even of objects within lists. Drops members that are null or undefined. */
export function camelCaseKeys(object: object): JsonObject {
  return Object.fromEntries(
    Object.entries(object).flatMap(([name, value]: [string, unknown]) =>
      value === undefined || value === null
        ? []
        : [[lowerCaseFirst(name), Array.isArray(value) ? value.map(camelCaseKeysIn) : camelCaseKeysIn(value)]],
    ),
  );
}

function camelCaseKeysIn(value: unknown): unknown {
  return isJsonObject(value) ? camelCaseKeys(value) : value;
}
