/** Reads the rules that a finding contains. */
import type { Finding } from '@portcullis/finding';
import { formatProblem, readRules, type Direction, type IpPermission, type Rule } from '@portcullis/permission-diff';
import { Failure } from '../command-line/failure.js';

/** Returns the error for a finding that a command cannot use. @param reason continues a sentence that starts with the finding */
export function unusableFinding({ id }: Pick<Finding, 'id'>, reason: string): Failure {
  return new Failure(`finding \`${id}\` ${reason}`);
}

/** @throws {Failure} when a permission is invalid. */
export function readFindingRules(
  finding: Pick<Finding, 'id'>,
  permissions: readonly IpPermission[] | undefined,
  direction: Direction,
): readonly Rule[] {
  const read = readRules(permissions ?? [], { direction, descriptions: 'trusted' });
  if (!read.ok) throw unusableFinding(finding, `has an invalid rule: ${read.problems.map(formatProblem).join('; ')}`);
  return read.value;
}
