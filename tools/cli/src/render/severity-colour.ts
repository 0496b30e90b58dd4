import type { Severity } from '@portcullis/finding';
import type { Colours } from '../terminal/colours.js';

/** Returns the text as loud as the severity. */
export function inSeverity(text: string, severity: Severity, colours: Colours): string {
  switch (severity) {
    case 'critical':
      return colours.bold(colours.red(text));
    case 'high':
      return colours.red(text);
    case 'medium':
      return colours.yellow(text);
    case 'low':
    case 'info':
      return text;
  }
}
