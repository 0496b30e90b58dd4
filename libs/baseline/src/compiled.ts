/** The compiled baseline: the text that travels with the functions. Written and read here alone, without a YAML parser or a schema library. */
import { createHash } from 'node:crypto';
import { formatProblem, readSecurityGroupRules, securityGroupRuleOf, type Rule, type SecurityGroupRule } from '@portcullis/permission-diff';
import type { Baseline, CompiledBaseline, Permit } from './baseline.js';

/** Raised whenever the shape changes, so that no function passes over a key that it does not know. */
const VERSION = 2;

interface CompiledFile {
  readonly format: 'portcullis-baseline';
  readonly version: typeof VERSION;
  /** SHA-256 of `baselines` as JSON without spaces, in hexadecimal digits. */
  readonly digest: string;
  readonly baselines: readonly CompiledEntry[];
}

/** A baseline with rules in EC2's own shape, that of `DescribeSecurityGroupRules`. */
interface CompiledEntry extends Omit<Baseline, 'ingress' | 'egress' | 'permit'> {
  readonly ingress: readonly SecurityGroupRule[];
  readonly egress?: readonly SecurityGroupRule[];
  readonly permit: readonly (Omit<Permit, 'rules'> & { readonly rules: readonly SecurityGroupRule[] })[];
}

/** Thrown for a text that is not a compiled baseline of this version. Compiling the baseline file again mends it; a retry does not. */
export class InvalidBaselineError extends Error {
  override readonly name = 'InvalidBaselineError';
}

/**
 * Returns the baselines as JSON text that ends in a line break: the same bytes for equal baselines, and a form whose differences can be
 * read in a review.
 *
 * @param compiled in canonical form, as `readBaselineFile` returns it.
 */
export function renderCompiledBaseline(compiled: CompiledBaseline): string {
  const written = (rules: readonly Rule[]) => rules.map(securityGroupRuleOf);
  const baselines = compiled.baselines.map(({ ingress, egress, permit, ignore, ...rest }): CompiledEntry => ({
    ...rest,
    ingress: written(ingress),
    ...(egress === undefined ? {} : { egress: written(egress) }),
    permit: permit.map(({ rules, ...terms }) => ({ rules: written(rules), ...terms })),
    ignore,
  }));
  const file: CompiledFile = { format: 'portcullis-baseline', version: VERSION, digest: digestOf(baselines), baselines };
  return `${JSON.stringify(file, null, 2)}\n`;
}

/**
 * Returns the baselines of a text that `renderCompiledBaseline` wrote. The digest shows that it is that text and no other, so its shape is
 * not checked again.
 *
 * @throws {InvalidBaselineError} when the text is of another version, was changed after it was written, or was cut off.
 */
export function parseCompiledBaseline(text: string): CompiledBaseline {
  const { baselines } = fileOf(text);
  return {
    baselines: baselines.map(({ ingress, egress, permit, ignore, ...rest }) => ({
      ...rest,
      ingress: rulesOf(ingress),
      ...(egress === undefined ? {} : { egress: rulesOf(egress) }),
      permit: permit.map(({ rules, ...terms }) => ({ rules: rulesOf(rules), ...terms })),
      ignore,
    })),
  };
}

function fileOf(text: string): CompiledFile {
  let file: Partial<CompiledFile> | null;
  try {
    file = JSON.parse(text) as Partial<CompiledFile> | null;
  } catch (cause) {
    throw new InvalidBaselineError(`the compiled baseline is not JSON: ${COMPILE}`, { cause });
  }
  const { format, version, digest, baselines } = file ?? {};
  if (format !== 'portcullis-baseline') throw new InvalidBaselineError(`the text is not a compiled baseline: ${COMPILE}`);
  if (version !== VERSION)
    throw new InvalidBaselineError(
      `the compiled baseline has version ${String(version)}, this function reads version ${VERSION}: ${COMPILE}`,
    );
  if (digest === undefined || baselines === undefined || digest !== digestOf(baselines))
    throw new InvalidBaselineError(`the compiled baseline was changed after it was compiled: ${COMPILE}`);
  return { format, version, digest, baselines };
}

const COMPILE = 'write it again with `npx portcullis compile baseline.yaml --out baseline.json`, in the version of this function';

function digestOf(baselines: readonly CompiledEntry[]): string {
  return createHash('sha256').update(JSON.stringify(baselines)).digest('hex');
}

function rulesOf(items: readonly SecurityGroupRule[]): readonly Rule[] {
  const read = readSecurityGroupRules(items);
  if (!read.ok) throw new InvalidBaselineError(`${read.problems.map(formatProblem).join('; ')}: ${COMPILE}`);
  // A declared rule has no id.
  return read.value.map(({ ruleId, ...rule }) => rule);
}
