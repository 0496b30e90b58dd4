/** Makes text safe for a terminal. Names, descriptions, tags and files can contain any characters. */
import { randomBytes } from 'node:crypto';

/**
 * Matches control and format characters except line breaks and tabs. A control character can move the cursor, and a format character can
 * reverse the text.
 *
 * @see https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing
 */
const UNSAFE = /(?![\n\t])[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/** A placeholder for ESC in text that this program writes. The placeholder is random, so that no data can contain it. */
const OUR_ESCAPE = `\uE000${randomBytes(12).toString('hex')}\uE001`;

/** Marks the escape sequences in the text as this program's own, so that `safeTerminalText` keeps them. */
export function markOwnEscapes(text: string): string {
  return text.replaceAll('\u001b', OUR_ESCAPE);
}

/** Replaces every unsafe UTF-16 code unit of the text with U+FFFD. Keeps the escape sequences of this program. */
export function safeTerminalText(text: string): string {
  return text.replace(UNSAFE, (found) => '\uFFFD'.repeat(found.length)).replaceAll(OUR_ESCAPE, '\u001b');
}

/** Returns the text as one line that is safe for a terminal. */
export function safeTerminalLine(text: string): string {
  return safeTerminalText(text.replace(/\s+/g, ' ').trim());
}

/** Returns the value as indented JSON with a final line break. */
export function indentedTerminalJson(value: unknown): string {
  return escapeJsonForTerminal(`${JSON.stringify(value, null, 2)}\n`);
}

/** Escapes the unsafe characters of a JSON text. The value of the JSON stays the same. */
export function escapeJsonForTerminal(text: string): string {
  const escape = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return text.replace(UNSAFE, (found) => found.split('').map(escape).join(''));
}
