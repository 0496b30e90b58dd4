/** A JSON object whose members are not known yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function orEmpty(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

/** The member as text; undefined when it is absent or something else. */
export function textOf(value: unknown, key: string): string | undefined {
  const member = orEmpty(value)[key];
  return typeof member === 'string' ? member : undefined;
}

/** The member as an object; an empty one when it is absent or something else. */
export function objectOf(value: unknown, key: string): JsonObject {
  return orEmpty(orEmpty(value)[key]);
}

/** The member as a list; an empty one when it is absent or something else. */
export function listOf(value: unknown, key: string): readonly unknown[] {
  const member = orEmpty(value)[key];
  return Array.isArray(member) ? member : [];
}

/** The object which the text holds; undefined when it holds none. */
export function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined; // not JSON: what the caller asked
  }
}

export function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

/** The object with all names in camelCase, in its lists too, and without the members that are null or undefined. */
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
