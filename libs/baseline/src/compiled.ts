/**
 * Writes and reads the compiled baseline, which is deployed with the functions. This module needs neither a YAML parser nor a schema
 * library.
 */
import { createHash } from 'node:crypto';
import { formatProblem, readSecurityGroupRules, securityGroupRuleOf, type Rule, type SecurityGroupRule } from '@portcullis/permission-diff';
import type { Baseline, CompiledBaseline, Permit } from './baseline.js';

/** Increase this number with every change of the shape, so that a function never ignores an unknown key. */
const FORMAT_VERSION = 2;

interface CompiledFile {
  readonly format: 'portcullis-baseline';
  readonly version: typeof FORMAT_VERSION;
  /** The SHA-256 of `baselines` as JSON without spaces, in hexadecimal. */
  readonly digest: string;
  readonly baselines: readonly CompiledEntry[];
}

/** A baseline with rules in the shape of EC2's `DescribeSecurityGroupRules`. */
interface CompiledEntry extends Omit<Baseline, 'ingress' | 'egress' | 'permit'> {
  readonly ingress: readonly SecurityGroupRule[];
  readonly egress?: readonly SecurityGroupRule[];
  readonly permit: readonly (Omit<Permit, 'rules'> & { readonly rules: readonly SecurityGroupRule[] })[];
}

/** The text is not a compiled baseline of this version. A retry cannot help. Compile the baseline file again. */
export class InvalidBaselineError extends Error {
  override readonly name = 'InvalidBaselineError';
}

/**
 * Returns the baselines as indented JSON with a final line break. Equal baselines give the same bytes.
 *
 * @param compiled in canonical form, as `readBaselineFile` returns it.
 */
export function renderCompiledBaseline(compiled: CompiledBaseline): string {
  const toEc2 = (rules: readonly Rule[]) => rules.map(securityGroupRuleOf);
  const baselines = compiled.baselines.map(({ ingress, egress, permit, ignore, ...rest }): CompiledEntry => ({
    ...rest,
    ingress: toEc2(ingress),
    ...(egress === undefined ? {} : { egress: toEc2(egress) }),
    permit: permit.map(({ rules, ...terms }) => ({ rules: toEc2(rules), ...terms })),
    ignore,
  }));
  const file: CompiledFile = { format: 'portcullis-baseline', version: FORMAT_VERSION, digest: digestOf(baselines), baselines };
  return `${JSON.stringify(file, null, 2)}\n`;
}

/**
 * Returns the baselines of a text that `renderCompiledBaseline` wrote. The digest proves that the content is unchanged, so the shape needs
 * no validation.
 *
 * @throws {InvalidBaselineError} if the text has another version, or its content was changed or cut off.
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
  if (version !== FORMAT_VERSION)
    throw new InvalidBaselineError(
      `the compiled baseline has version ${String(version)}, this function reads version ${FORMAT_VERSION}: ${COMPILE}`,
    );
  if (digest === undefined || baselines === undefined || digest !== digestOf(baselines))
    throw new InvalidBaselineError(`the compiled baseline was changed after it was compiled: ${COMPILE}`);
  return { format, version, digest, baselines };
}

const COMPILE =
  'compile the baseline file again with `npx portcullis compile baseline.yaml --out baseline.json`, using the release of this function';

function digestOf(baselines: readonly CompiledEntry[]): string {
  return createHash('sha256').update(JSON.stringify(baselines)).digest('hex');
}

function rulesOf(items: readonly SecurityGroupRule[]): readonly Rule[] {
  const read = readSecurityGroupRules(items);
  if (!read.ok) throw new InvalidBaselineError(`${read.problems.map(formatProblem).join('; ')}: ${COMPILE}`);
  // A declared rule has no rule id.
  return read.value.map(({ ruleId, ...rule }) => rule);
}
