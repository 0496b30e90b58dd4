/** Reads a baseline file: from text to canonical form. */
import { InvalidPermissionError, readRules, type Direction, type Rule } from '@portcullis/permission-diff';
import { inOrderOfText, readYaml } from '@portcullis/yaml-file';
import { canonicalBaselines } from '../canonical.js';
import type { Baseline, CompiledBaseline, IgnoreClause } from '../baseline.js';
import { clashes } from './clashes.js';
import { withoutConsequences } from './consequences.js';
import { permissionProblems } from './permission-problems.js';
import type { FileProblem } from './problem.js';
import type { BaselineFile } from './schema.js';
import { readStructure } from './structure.js';

export type FileResult =
  { readonly ok: true; readonly value: CompiledBaseline } | { readonly ok: false; readonly problems: readonly FileProblem[] };

/**
 * Returns the baselines of a file (YAML 1.2 or JSON) in canonical form with all defaults filled in, or every problem of the file in text
 * order. If the text is not YAML, returns only the syntax errors. Never throws.
 */
export function readBaselineFile(text: string): FileResult {
  const source = readYaml(text);
  if (!source.ok) return { ok: false, problems: inOrderOfText(source.problems) };
  const { data, problems: inText, locate } = source.value;
  if (data === undefined) {
    const expected = 'an object with `version` and `baselines`';
    return { ok: false, problems: [locate({ code: 'empty-file', path: [], message: 'the file is empty', expected })] };
  }
  const structure = readStructure(data);
  const inData = [...withoutConsequences(structure.ok ? [] : structure.problems, permissionProblems(data), data), ...clashes(data)];
  const problems = [...inText, ...inData.map(locate)];
  if (!structure.ok || problems.length > 0) return { ok: false, problems: inOrderOfText(problems) };
  return { ok: true, value: canonicalBaselines(structure.value.baselines.map(baselineFrom)) };
}

function baselineFrom(baseline: BaselineFile['baselines'][number]): Baseline {
  const { groups, ingress, egress, permit, ignore, ...rest } = baseline;
  return {
    ...rest,
    groups: { ids: [], ...groups },
    ingress: rulesOf(ingress, 'ingress'),
    ...(egress === undefined ? {} : { egress: rulesOf(egress, 'egress') }),
    permit: permit.map(({ permission, direction, ...terms }) => ({ rules: rulesOf([permission], direction), ...terms })),
    ignore: ignore.flatMap(clauseFrom),
  };
}

function rulesOf(permissions: unknown, direction: Direction): readonly Rule[] {
  const read = readRules(permissions, { direction, path: direction });
  // `permissionProblems` has already checked the permissions.
  if (!read.ok) throw new InvalidPermissionError(read.problems);
  return read.value;
}

type FileClause = BaselineFile['baselines'][number]['ignore'][number];

function clauseFrom({ descriptionPrefix, tag, sourceGroup, prefixList }: FileClause): IgnoreClause[] {
  if (descriptionPrefix !== undefined) return [{ descriptionPrefix }];
  if (sourceGroup !== undefined) return [{ sourceGroup }];
  if (prefixList !== undefined) return [{ prefixList }];
  return tag === undefined ? [] : [{ tag }];
}
