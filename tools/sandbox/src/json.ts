/** A JSON object whose members are not known yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

const orEmpty = (value: unknown): JsonObject => (isObject(value) ? value : {});

/** The member as text; undefined when it is absent or something else. */
export const textOf = (value: unknown, key: string): string | undefined => {
  const member = orEmpty(value)[key];
  return typeof member === 'string' ? member : undefined;
};

/** The member as an object; an empty one when it is absent or something else. */
export const objectOf = (value: unknown, key: string): JsonObject => orEmpty(orEmpty(value)[key]);

/** The member as a list; an empty one when it is absent or something else. */
export const listOf = (value: unknown, key: string): readonly unknown[] => {
  const member = orEmpty(value)[key];
  return Array.isArray(member) ? member : [];
};

/** The object which the text holds; undefined when it holds none. */
export const parseObject = (text: string): JsonObject | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined; // not JSON: what the caller asked
  }
};

export const lowerFirst = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

/** The object with all names in camelCase, in its lists too, and without the members that are null or undefined. */
export const camelCased = (object: object): JsonObject =>
  Object.fromEntries(
    Object.entries(object).flatMap(([name, value]: [string, unknown]) =>
      value === undefined || value === null
        ? []
        : [[lowerFirst(name), Array.isArray(value) ? value.map(camelCasedValue) : camelCasedValue(value)]],
    ),
  );

const camelCasedValue = (value: unknown): unknown => (isObject(value) ? camelCased(value) : value);
