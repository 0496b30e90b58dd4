import { failCommandOnProblems } from './failure.js';

/** The options of a command that can print its result as text or in one of these formats. */
export type FormatOptions<Format extends string> = Readonly<Partial<Record<Format, boolean>>> & { readonly out?: string };

/**
 * Returns the format that the options select; `undefined` for text.
 *
 * @param problems other problems of the options, to report together with invalid formats
 * @throws {Failure} with every problem.
 */
export function chosenOutputFormat<Format extends string>(
  formats: readonly Format[],
  options: FormatOptions<Format>,
  problems: readonly (string | false)[],
): Format | undefined {
  const [format, other] = formats.filter((each) => options[each] === true);
  const names = formats.map((each) => `\`--${each}\``);
  failCommandOnProblems([
    other !== undefined && cannotCombineOptions(`--${String(format)}`, `--${other}`),
    options.out !== undefined &&
      format === undefined &&
      `\`--out\` needs ${names.slice(0, -1).join(', ')} or ${names.at(-1) ?? ''}; expected one of them, or \`> FILE\` for the text`,
    ...problems,
  ]);
  return format;
}

export function cannotCombineOptions(one: string, other: string): string {
  return `\`${one}\` and \`${other}\` cannot be combined; expected one of them`;
}
