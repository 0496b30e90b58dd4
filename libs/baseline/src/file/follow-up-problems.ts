/** Drops each problem that is only a consequence of another problem, so that one mistake causes one problem. */
import { formatPath, yamlValueAt, type DataProblem, type Path } from '@portcullis/yaml-file';
import type { FileProblemCode } from './problem.js';
import { SOURCE_LISTS } from './file-parts.js';
import type { StructureProblem } from './structure.js';

/**
 * Returns the problems in `structure` and `permissions` that are not consequences of other problems. If the schema and `permission-diff`
 * both report a problem of the same value, the result contains only the problem from `permission-diff`. If an unknown key is probably a
 * misspelt required key, the result does not report the required key as missing.
 */
export function dropBaselineFollowUpProblems(
  structure: readonly StructureProblem[],
  permissions: readonly DataProblem<FileProblemCode>[],
  data: unknown,
): DataProblem<FileProblemCode>[] {
  const reported = new Set(permissions.map(({ path }) => formatPath(path)));
  const misspelt = structure.flatMap(({ path, meant }) => (meant === undefined ? [] : [{ holder: path.slice(0, -1), meant }]));
  const meantKeys = new Set(misspelt.map(({ holder, meant }) => formatPath([...holder, meant])));
  const sourceless = new Set(misspelt.filter(({ meant }) => SOURCE_LISTS.includes(meant)).map(({ holder }) => formatPath(holder)));
  const withUnknownKeys = new Set(structure.filter(({ code }) => code === 'unknown-key').map(({ path }) => formatPath(path.slice(0, -1))));
  const isMeant = (path: Path): boolean => meantKeys.has(formatPath(path)) && yamlValueAt(data, path) === undefined;
  return [
    ...structure.filter(
      ({ code, path }) =>
        !reported.has(formatPath(path)) && !isMeant(path) && !(code === 'bad-value' && withUnknownKeys.has(formatPath(path))),
    ),
    ...permissions.filter(({ code, path }) => !isMeant(path) && !(code === 'no-source' && sourceless.has(formatPath(path)))),
  ];
}
