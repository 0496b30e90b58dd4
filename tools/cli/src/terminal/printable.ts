/** What may leave this process: text for people without anything that a terminal obeys, and JSON without anything it would. */
import { randomBytes } from 'node:crypto';

/**
 * Control characters, C1 and those of bidirectional text among them, but line breaks and tabs: names, descriptions, tags and files hold
 * whatever their owner typed.
 *
 * @see https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing
 */
const OBEYED = /(?![\n\t])[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/** Stands for ESC in what this program itself writes. No data can hold it: it differs from process to process. */
const OUR_ESCAPE = `\uE000${randomBytes(12).toString('hex')}\uE001`;

/** Marks the escape sequences in the text as ours, so that `printable` keeps them. */
export function ours(text: string): string {
  return text.replaceAll('\u001b', OUR_ESCAPE);
}

/** Returns the text as a terminal may have it: each code unit that it would obey is replaced, but our own escape sequences. */
export function printable(text: string): string {
  return text.replace(OBEYED, (found) => '\uFFFD'.repeat(found.length)).replaceAll(OUR_ESCAPE, '\u001b');
}

/** Returns the text as one line. */
export function oneLine(text: string): string {
  return printable(text.replace(/\s+/g, ' ').trim());
}

/** Returns the value as JSON, indented, with a final line break. */
export function jsonText(value: unknown): string {
  return escapedJson(`${JSON.stringify(value, null, 2)}\n`);
}

/** Returns the JSON text with escapes for what a terminal would obey: the same value for whoever parses it. */
export function escapedJson(text: string): string {
  const escape = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return text.replace(OBEYED, (found) => found.split('').map(escape).join(''));
}
