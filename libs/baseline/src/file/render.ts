/** Writes a compiled baseline. */
import type { CompiledBaseline } from '../baseline.js';
import { canonicalBaselines } from '../canonical.js';

/**
 * Returns the baselines as JSON text that ends in a line break: the same bytes for equal baselines, in whatever order and spelling they
 * are given, and in a form whose differences can be read in a review.
 *
 * @throws {InvalidPermissionError} when a permission is one that EC2 would refuse; those that were read from a file are not.
 */
export function renderCompiledBaseline(compiled: CompiledBaseline): string {
  return `${JSON.stringify(canonicalBaselines(compiled.baselines), null, 2)}\n`;
}
