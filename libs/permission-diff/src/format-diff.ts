/** Differences as a person reads them: a line each, in columns, in the manner of a plan of Terraform. */
import type { AccessComparison } from './access/compare-access.js';
import type { AccessRange } from './access/access-range.js';
import type { PermissionDiff } from './diff-permissions.js';
import type { IpPermission } from './ec2-permission.js';
import { InvalidPermissionError } from './problem.js';
import { readRules } from './read-rules.js';
import { compareRules, formatSource, type Direction, type Rule } from './rule.js';
import { formatTraffic } from './traffic.js';

export interface FormatOptions {
  /** Whether the other side is where traffic comes from, or where it goes. @default 'ingress' */
  readonly direction?: Direction;
  /** Whether to list what stays as it is, too. @default false */
  readonly unchanged?: boolean;
}

/**
 * Returns a line per rule, `+` for what to authorize and `-` for what to revoke, in canonical order and aligned, and a last line that
 * counts them. Plain text without trailing spaces; lines are parted by `\n`.
 *
 * @throws {InvalidPermissionError} when the difference is not one that `diffPermissions` or `planAccess` returned.
 */
export function formatDiff(
  { authorize, revoke, unchanged }: PermissionDiff,
  { direction = 'ingress', unchanged: listsUnchanged = false }: FormatOptions = {},
): string {
  const marked = (mark: string, path: string, permissions: readonly IpPermission[]) =>
    rulesIn(permissions, path, direction).map((rule) => ({ mark, rule }));
  const added = marked('+', 'authorize', authorize);
  const removed = marked('-', 'revoke', revoke);
  const kept = marked(' ', 'unchanged', unchanged);
  const lines = [...added, ...removed, ...(listsUnchanged ? kept : [])]
    // Stable: of the same rule, which differs by its account only, the addition is first.
    .sort((a, b) => compareRules(a.rule, b.rule))
    .map(({ mark, rule: { traffic, source, description = '' } }) => [
      mark,
      formatTraffic(traffic),
      TOWARDS[direction],
      formatSource(source),
      description && JSON.stringify(description),
    ]);
  const counts = `${added.length} to authorize, ${removed.length} to revoke, ${kept.length} unchanged`;
  return added.length + removed.length === 0 ? joined(lines, `No changes: ${counts}.`) : joined(lines, `Plan: ${counts}.`);
}

/**
 * Returns a line per range, `-` for traffic that is required and not let in and `+` for traffic that is let in and not required, in
 * canonical order and aligned, and a last line that counts them.
 */
export function formatAccess(
  { missing, excess }: AccessComparison,
  { direction = 'ingress' }: Pick<FormatOptions, 'direction'> = {},
): string {
  const marked = (mark: string, ranges: readonly AccessRange[]) =>
    ranges.map((range) => [mark, formatTraffic(range), TOWARDS[direction], formatSource(range.source)]);
  const counts = `${missing.length} missing, ${excess.length} in excess`;
  return missing.length + excess.length === 0
    ? 'Equal access.'
    : joined([...marked('-', missing), ...marked('+', excess)], `Access differs: ${counts}.`);
}

const TOWARDS = { ingress: 'from', egress: 'to' } as const;

function rulesIn(permissions: readonly IpPermission[], path: string, direction: Direction): readonly Rule[] {
  const read = readRules(permissions, { path, direction, descriptions: 'trusted' });
  if (!read.ok) throw new InvalidPermissionError(read.problems);
  return read.value;
}

/** Pads the columns of the lines, and puts the conclusion under them. */
function joined(lines: readonly (readonly string[])[], conclusion: string): string {
  const widths = (lines[0] ?? []).map((_, column) => lines.reduce((width, cells) => Math.max(width, cells[column]?.length ?? 0), 0));
  const text = lines.map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join(' ')
      .trimEnd(),
  );
  return [...text, ...(text.length === 0 ? [] : ['']), conclusion].join('\n');
}
