/** Finds the line and column of each baseline and limit in a file. */
import { readYaml } from '@portcullis/yaml-file';
import { asTextPart, baselineParts, limitParts, filePartAt } from './file-parts.js';

/** The line and column of the name of a baseline or a limit, both 1-based. */
export interface BaselinePlace {
  readonly line: number;
  readonly column: number;
}

/** Returns the place of each baseline and limit in a valid file, by name. The map is empty if the text is not YAML. */
export function baselinePlaces(text: string): ReadonlyMap<string, BaselinePlace> {
  const source = readYaml(text);
  if (!source.ok) return new Map();
  const { data, locate } = source.value;
  return new Map(
    [...baselineParts(data), ...limitParts(data)]
      .flatMap((part) => asTextPart(filePartAt(part, 'name')))
      .map(({ path, value }) => {
        const { line, column } = locate({ code: 'place', path, message: '', expected: '' });
        return [value, { line, column }];
      }),
  );
}
