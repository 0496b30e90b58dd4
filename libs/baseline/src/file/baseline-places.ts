import { readYaml } from '@portcullis/yaml-file';
import { asBaselineText, baselineParts, limitParts, baselinePartAt } from './file-parts.js';

/** The position of a baseline's or limit's name in the file. Line and column begin at 1. */
export interface BaselinePlace {
  readonly line: number;
  readonly column: number;
}

/** Returns the position of each baseline and each limit in a valid file, by name. The map is empty if the text is not YAML. */
export function baselinePlaces(text: string): ReadonlyMap<string, BaselinePlace> {
  const source = readYaml(text);
  if (!source.ok) return new Map();
  const { data, locate } = source.value;
  return new Map(
    [...baselineParts(data), ...limitParts(data)]
      .flatMap((part) => asBaselineText(baselinePartAt(part, 'name')))
      .map(({ path, value }) => {
        const { line, column } = locate({ code: 'place', path, message: '', expected: '' });
        return [value, { line, column }];
      }),
  );
}
