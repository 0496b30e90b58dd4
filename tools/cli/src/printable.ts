/** Returns the text without anything that a terminal would obey: names, descriptions and tags are whatever their owner typed. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\uFFFD');
}

/** Returns the text as one line of a terminal. */
export function oneLine(text: string): string {
  return printable(text.replace(/\s+/g, ' ').trim());
}
