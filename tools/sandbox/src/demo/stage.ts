/** What a person sees of the scenarios: aligned, coloured on a terminal, plain when piped. */
import pc from 'picocolors';

export type Colour = 'red' | 'green' | 'yellow' | 'cyan' | 'dim' | 'bold' | 'plain';

export interface Stage {
  heading(title: string, explanation: string): void;
  /** A line with its label in the first column; further texts go below the first. An empty label continues the one above. */
  line(label: string, text: string | readonly string[], colour?: Colour): void;
  gap(): void;
}

const LABEL_WIDTH = 13;

/** Returns a stage that writes to `output`; `colour` tells whether it is a terminal that shows colours. */
export function createStage(output: { write(text: string): unknown }, colour: boolean): Stage {
  const colours = pc.createColors(colour);
  const paint = (text: string, how: Colour): string => (how === 'plain' ? text : colours[how](text));
  const write = (text: string): void => {
    output.write(`${text.trimEnd()}\n`);
  };
  return {
    heading: (title, explanation) => {
      write('');
      write(paint(title, 'bold'));
      write(paint(explanation, 'dim'));
      write('');
    },
    line: (label, text, how = 'plain') => {
      const texts = typeof text === 'string' ? [text] : text;
      for (const [index, each] of texts.entries()) {
        write(`  ${paint((index === 0 ? label : '').padEnd(LABEL_WIDTH), 'dim')}${paint(each, how)}`);
      }
    },
    gap: () => {
      write('');
    },
  };
}
