import stringWidth from 'string-width';

/**
 * Returns the plain text in lines of at most `width` characters, all but the first indented. Text in backticks stays on one line, so that a
 * command can be copied (`wrap-ansi` would break it). A word longer than a line gets a line of its own.
 */
export function wrapped(text: string, indent: number, width = Infinity): string {
  const lines: string[] = [];
  let line = '';
  for (const word of splitWords(text)) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && indent + stringWidth(longer) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line].join(`\n${' '.repeat(indent)}`);
}

/** Splits the text at the spaces that an even number of backticks follows. */
export function splitWords(text: string): string[] {
  return text.split(/ (?=(?:[^`]*`[^`]*`)*[^`]*$)/);
}
