/** Parses JSON texts, and reads members of JSON values of unknown shape. */

/** Returns the value of a JSON text; `undefined` if the argument is not a text or not JSON. */
export function parseJsonText(text: unknown, reviver?: (key: string, value: unknown) => unknown): unknown {
  if (typeof text !== 'string') return undefined;
  try {
    return JSON.parse(text, reviver);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Returns a member of an object; `undefined` if the value is not an object or lacks the member. */
export function jsonMember(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[key] : undefined;
}

/** Returns a member that is a list; an empty list for anything else. */
export function jsonListMember(value: unknown, key: string): readonly unknown[] {
  const member = jsonMember(value, key);
  return Array.isArray(member) ? member : [];
}

/** Returns a member that is a text; `null` for anything else, and for the empty text. */
export function jsonTextMember(value: unknown, key: string): string | null {
  const member = jsonMember(value, key);
  return typeof member === 'string' && member !== '' ? member : null;
}
