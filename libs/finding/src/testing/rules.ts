import { InvalidPermissionError, readRules, type Direction, type Rule } from '@portcullis/permission-diff';
import { perms } from '@portcullis/permission-diff/testing';

/**
 * Converts permissions, written as text, to rules. Each line has the notation of `perms`, such as `tcp 22 from 10.0.0.0/8 sg-1`.
 *
 * @throws {InvalidPermissionError} if EC2 would refuse a permission.
 */
export function rules(lines: readonly string[], direction: Direction = 'ingress'): readonly Rule[] {
  const read = readRules(perms(...lines), { direction });
  if (!read.ok) throw new InvalidPermissionError(read.problems);
  return read.value;
}
