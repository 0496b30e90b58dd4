import stringWidth from 'string-width';

/**
 * Returns the text in lines of at most `width` characters, those after the first indented. It is plain, on one line. What stands between backticks is
 * not broken, so that a command can be copied; a longer word keeps a line of its own.
 */
export function wrapped(text: string, indent: number, width = Infinity): string {
  const lines: string[] = [];
  let line = '';
  // Spaces that an even number of backticks follows.
  for (const word of text.split(/ (?=(?:[^`]*`[^`]*`)*[^`]*$)/)) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && indent + stringWidth(longer) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line].join(`\n${' '.repeat(indent)}`);
}
