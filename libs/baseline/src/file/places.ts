/** Finds the lines and columns of the baselines in a file. */
import { readYaml } from '@portcullis/yaml-file';
import { asText, baselinesIn, partAt } from './file-parts.js';

/** The line and column of a baseline's name, both 1-based. */
export interface BaselinePlace {
  readonly line: number;
  readonly column: number;
}

/** Returns the place of each baseline in a valid file, keyed by baseline name. The map is empty if the text is not YAML. */
export function baselinePlaces(text: string): ReadonlyMap<string, BaselinePlace> {
  const source = readYaml(text);
  if (!source.ok) return new Map();
  const { data, locate } = source.value;
  return new Map(
    baselinesIn(data)
      .flatMap((baseline) => asText(partAt(baseline, 'name')))
      .map(({ path, value }) => {
        const { line, column } = locate({ code: 'place', path, message: '', expected: '' });
        return [value, { line, column }];
      }),
  );
}
