/** A JSON object with unknown members. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Reads JSON whose members are unknown. */
export const json = {
  isObject: (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value),

  /** Parses a JSON object. Returns undefined if the text is anything else. */
  parse: (text: string): JsonObject | undefined => {
    try {
      const value: unknown = JSON.parse(text);
      return json.isObject(value) ? value : undefined;
    } catch {
      return undefined; // not JSON
    }
  },

  /** Returns the member if it is text. */
  text: (value: unknown, key: string): string | undefined => {
    const member = json.isObject(value) ? value[key] : undefined;
    return typeof member === 'string' ? member : undefined;
  },

  /** Returns the member if it is an object, or else an empty object. */
  object: (value: unknown, key: string): JsonObject => {
    const member = json.isObject(value) ? value[key] : undefined;
    return json.isObject(member) ? member : {};
  },

  /** Returns the member if it is a list, or else an empty list. */
  list: (value: unknown, key: string): readonly unknown[] => {
    const member = json.isObject(value) ? value[key] : undefined;
    return Array.isArray(member) ? member : [];
  },
};
