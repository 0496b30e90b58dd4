/** Prepares text from a file for a message. */

const MAX_LENGTH = 120;

/** Returns at most 120 characters of the text, followed by an ellipsis if the text is longer. */
export function shortenYamlText(text: string): string {
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH - 1)}…` : text;
}

/** Replaces line breaks and other control characters by escapes such as `\u000a`. */
export function escapeYamlControlCharacters(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]/gu, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Returns the value in backticks, on one line, shortened to 120 characters. */
export function quoted(value: unknown): string {
  return `\`${escapeYamlControlCharacters(shortenYamlText(String(value)))}\``;
}

/** Returns the values in backticks, separated by commas. */
export function quotedList(values: readonly (string | number)[]): string {
  return values.map((value) => `\`${value}\``).join(', ');
}
