/** Text of the file in a message: short, and on one line whatever it holds. */

const MAX_TEXT = 120;

/** Returns at most 120 characters of the text; an ellipsis tells that there were more. */
export function shortened(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT - 1)}…` : text;
}

/** Returns the text with line breaks and other control characters written as escapes. */
export function onOneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]/gu, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** Returns the value in backticks. */
export function quoted(value: unknown): string {
  return `\`${onOneLine(shortened(String(value)))}\``;
}
