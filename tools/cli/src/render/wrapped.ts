import stringWidth from 'string-width';

/**
 * Wraps plain text into lines of at most `width` characters, and indents all lines except the first. Text in backticks stays on one line,
 * so that a command can be copied. `wrap-ansi` would break the command. A word that is longer than a line gets its own line.
 */
export function renderWrapped(text: string, indent: number, width = Infinity): string {
  const lines: string[] = [];
  let line = '';
  for (const word of splitTextAtSpaces(text)) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && indent + stringWidth(longer) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line].join(`\n${' '.repeat(indent)}`);
}

/** Splits the text at spaces that are not between backticks. */
export function splitTextAtSpaces(text: string): string[] {
  return text.split(/ (?=(?:[^`]*`[^`]*`)*[^`]*$)/);
}
