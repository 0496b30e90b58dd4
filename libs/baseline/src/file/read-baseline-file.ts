/** Reads a baseline file and converts it to the canonical form. */
import { InvalidPermissionError, readRules, type Direction, type Rule } from '@portcullis/permission-diff';
import { sortFileProblems, readYaml } from '@portcullis/yaml-file';
import { canonicalBaselines } from '../compiled/canonical.js';
import type { Baseline, CompiledBaseline, IgnoreClause, Limit, Permit } from '../compiled/baseline.js';
import { readLimitBounds } from './read-bounds.js';
import { findBaselineClashes } from './baseline-clashes.js';
import { dropBaselineFollowUpProblems } from './follow-up-problems.js';
import { permissionProblems } from './permission-problems.js';
import type { FileProblem } from './problem.js';
import type { BaselineFile } from './schema.js';
import { readFileStructure } from './structure.js';

export type FileResult =
  { readonly ok: true; readonly value: CompiledBaseline } | { readonly ok: false; readonly problems: readonly FileProblem[] };

/**
 * Reads a file in YAML 1.2 or JSON. Returns its baselines in canonical form with all defaults filled in, or every problem in text order. If
 * the text is not YAML, returns only the syntax errors. Never throws.
 */
export function readBaselineFile(text: string): FileResult {
  const source = readYaml(text);
  if (!source.ok) return { ok: false, problems: sortFileProblems(source.problems) };
  const { data, problems: inText, locate } = source.value;
  if (data === undefined) {
    const expected = 'an object with `version` and `baselines`';
    return { ok: false, problems: [locate({ code: 'empty-file', path: [], message: 'the file is empty', expected })] };
  }
  const structure = readFileStructure(data);
  const inData = [
    ...dropBaselineFollowUpProblems(structure.ok ? [] : structure.problems, permissionProblems(data), data),
    ...findBaselineClashes(data),
  ];
  const problems = [...inText, ...inData.map(locate)];
  if (!structure.ok || problems.length > 0) return { ok: false, problems: sortFileProblems(problems) };
  const { baselines, limits = [] } = structure.value;
  return { ok: true, value: canonicalBaselines(baselines.map(baselineFromFileEntry), limits.map(limitFromFile)) };
}

function baselineFromFileEntry(baseline: BaselineFile['baselines'][number]): Baseline {
  const { groups, approveWithin = 60, ingress, egress, permit, ignore, ...rest } = baseline;
  return {
    ...rest,
    ...(rest.mode === 'approve' ? { approveWithin } : {}),
    groups: { ids: [], ...groups },
    ingress: rulesFromBaselineFile(ingress, 'ingress'),
    ...(egress === undefined ? {} : { egress: rulesFromBaselineFile(egress, 'egress') }),
    permit: permitsFromFile(permit),
    ignore: ignore.flatMap(ignoreClausesFromFile),
  };
}

function limitFromFile(limit: NonNullable<BaselineFile['limits']>[number]): Limit {
  const { groups, otherwise = 'revoke', egress, permit, ...rest } = limit;
  const { except, ...selection } = groups;
  const bounds = readLimitBounds({ path: [], value: limit });
  // Unreachable: `readFileStructure` and `permissionProblems` accept only bounds that `readLimitBounds` can read.
  if (bounds === undefined) throw new Error('internal error: `readLimitBounds` cannot read a valid limit');
  return {
    ...rest,
    groups: { ids: [], ...selection, ...(except === undefined ? {} : { except: { ids: [], ...except } }) },
    otherwise,
    ingress: bounds.ingress,
    ...(egress === undefined ? {} : { egress: bounds.egress }),
    permit: permitsFromFile(permit),
  };
}

function permitsFromFile(permits: BaselineFile['baselines'][number]['permit']): Permit[] {
  return permits.map(({ permission, direction, ...terms }) => ({ rules: rulesFromBaselineFile([permission], direction), ...terms }));
}

function rulesFromBaselineFile(permissions: unknown, direction: Direction): readonly Rule[] {
  const read = readRules(permissions, { direction, path: direction });
  // Unreachable: `permissionProblems` has reported every permission that `readRules` refuses.
  if (!read.ok) throw new InvalidPermissionError(read.problems);
  return read.value;
}

type FileClause = BaselineFile['baselines'][number]['ignore'][number];

function ignoreClausesFromFile({ descriptionPrefix, tag, sourceGroup, prefixList, within, withinEgress }: FileClause): IgnoreClause[] {
  const rules = [...rulesFromBaselineFile(within ?? [], 'ingress'), ...rulesFromBaselineFile(withinEgress ?? [], 'egress')];
  const bounds = within === undefined && withinEgress === undefined ? {} : { within: rules };
  if (descriptionPrefix !== undefined) return [{ descriptionPrefix, ...bounds }];
  if (sourceGroup !== undefined) return [{ sourceGroup, ...bounds }];
  if (prefixList !== undefined) return [{ prefixList, ...bounds }];
  return tag === undefined ? [] : [{ tag, ...bounds }];
}
