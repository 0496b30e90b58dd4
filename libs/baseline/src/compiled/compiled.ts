/**
 * Writes and reads the compiled baseline, which is deployed with the Lambda functions. To keep the functions small, this module imports
 * neither a YAML parser nor a schema library.
 */
import { createHash } from 'node:crypto';
import {
  formatPermissionProblem,
  readSecurityGroupRules,
  securityGroupRuleOf,
  sourceKey,
  type Bound,
  type Rule,
  type SecurityGroupRule,
} from '@portcullis/permission-diff';
import type { Baseline, CompiledBaseline, Limit, OwnerClause, Permit } from './baseline.js';
import { compileBaselineTraffic, parseCompiledBaselineSender, readBaselineTraffic, type TrafficFields } from './bound-notation.js';

/** Increase the version with every change of the format, so that a deployed function never ignores a key that it does not know. */
const FORMAT_VERSION = 2;
/** The version of a file with limits or `within`. Functions of older releases would ignore `limits` and `within`. */
const VERSION_WITH_BOUNDS = 3;
/** The version of a file with a baseline in mode `approve`. Functions of older releases would treat this mode as `report`. */
const VERSION_WITH_APPROVAL = 4;
const VERSIONS = [FORMAT_VERSION, VERSION_WITH_BOUNDS, VERSION_WITH_APPROVAL] as const;

interface CompiledFile extends Content<SecurityGroupRule, CompiledBound> {
  readonly format: 'portcullis-baseline';
  readonly version: (typeof VERSIONS)[number];
  /**
   * The SHA-256 of JSON without spaces, in hexadecimal. In version 2, the JSON is the array `baselines`. In versions 3 and 4, the JSON is
   * an object with `baselines`, and with `limits` if the file has limits.
   */
  readonly digest: string;
}

/** The baselines and limits. In the file, rules have the shape of EC2's `DescribeSecurityGroupRules`. */
interface Content<R, B> {
  readonly baselines: readonly BaselineOf<R>[];
  readonly limits?: readonly LimitOf<R, B>[];
}

interface BaselineOf<R> extends Omit<Baseline, 'ingress' | 'egress' | 'permit' | 'ignore'> {
  readonly ingress: readonly R[];
  readonly egress?: readonly R[];
  readonly permit: readonly PermitOf<R>[];
  readonly ignore: readonly (OwnerClause & { readonly within?: readonly R[] })[];
}

interface LimitOf<R, B> extends Omit<Limit, 'ingress' | 'egress' | 'permit'> {
  readonly ingress: readonly B[];
  readonly egress?: readonly B[];
  readonly permit: readonly PermitOf<R>[];
}

type PermitOf<R> = Omit<Permit, 'rules'> & { readonly rules: readonly R[] };

interface CompiledBound extends Omit<Bound, 'services' | 'senders'> {
  readonly services: readonly TrafficFields[];
  /** Each sender is a CIDR block, a group id or the id of a prefix list. */
  readonly senders: readonly string[];
}

/**
 * Thrown for a text that is not a compiled baseline of a known version. Do not retry: compile the baseline file again.
 */
export class InvalidBaselineError extends Error {
  override readonly name = 'InvalidBaselineError';
}

/**
 * Returns the baselines and limits as indented JSON with a final line break. Equal baselines and limits give identical bytes.
 *
 * @param compiled must be in canonical form, as `readBaselineFile` returns it.
 */
export function renderCompiledBaseline(compiled: CompiledBaseline): string {
  const content = convertCompiledContent(compiled, compileRules, compileBound);
  const { baselines, limits } = content;
  const hasBounds = limits !== undefined || baselines.some(({ ignore }) => ignore.some((clause) => 'within' in clause));
  const hasApproval = baselines.some(({ mode }) => mode === 'approve');
  const version = hasApproval ? VERSION_WITH_APPROVAL : hasBounds ? VERSION_WITH_BOUNDS : FORMAT_VERSION;
  const file: CompiledFile = { format: 'portcullis-baseline', version, digest: compiledContentDigest(version, content), ...content };
  return `${JSON.stringify(file, null, 2)}\n`;
}

function compileRules(rules: readonly Rule[]): SecurityGroupRule[] {
  return rules.map(securityGroupRuleOf);
}

function compileBound({ services, senders, ...rest }: Bound): CompiledBound {
  return { services: services.map(compileBaselineTraffic), senders: senders.map(sourceKey), ...rest };
}

/**
 * Parses a text that `renderCompiledBaseline` wrote. Checks only the digest, not the shape: if the digest is valid,
 * `renderCompiledBaseline` wrote the text.
 *
 * @throws {InvalidBaselineError} if the text has an unknown version, was changed or was cut off.
 */
export function parseCompiledBaseline(text: string): CompiledBaseline {
  return convertCompiledContent(parseCompiledFile(text), parseCompiledRules, parseCompiledBound);
}

/** Converts every rule and every bound of the content. Keeps the order of the keys, because the digest depends on the order. */
function convertCompiledContent<R, B, ToR, ToB>(
  content: Content<R, B>,
  rulesOf: (rules: readonly R[]) => readonly ToR[],
  boundOf: (bound: B) => ToB,
): Content<ToR, ToB> {
  const permitOf = ({ rules, ...terms }: PermitOf<R>): PermitOf<ToR> => ({ rules: rulesOf(rules), ...terms });
  return {
    baselines: content.baselines.map(({ ingress, egress, permit, ignore, ...rest }) => ({
      ...rest,
      ingress: rulesOf(ingress),
      ...(egress && { egress: rulesOf(egress) }),
      permit: permit.map(permitOf),
      ignore: ignore.map(({ within, ...clause }) => ({ ...clause, ...(within && { within: rulesOf(within) }) })),
    })),
    ...(content.limits && {
      limits: content.limits.map(({ ingress, egress, permit, ...rest }) => ({
        ...rest,
        ingress: ingress.map(boundOf),
        ...(egress && { egress: egress.map(boundOf) }),
        permit: permit.map(permitOf),
      })),
    }),
  };
}

function parseCompiledFile(text: string): CompiledFile {
  let file: Partial<CompiledFile> | null;
  try {
    file = JSON.parse(text) as Partial<CompiledFile> | null;
  } catch (cause) {
    throw new InvalidBaselineError(`the compiled baseline is not JSON: ${COMPILE}`, { cause });
  }
  const { format, version: written, digest, baselines, limits } = file ?? {};
  if (format !== 'portcullis-baseline') throw new InvalidBaselineError(`the text is not a compiled baseline: ${COMPILE}`);
  const version = VERSIONS.find((each) => each === written);
  if (version === undefined)
    throw new InvalidBaselineError(
      `the compiled baseline has version ${String(written)}, but this function reads only versions ${FORMAT_VERSION} to ${VERSION_WITH_APPROVAL}: ${COMPILE}`,
    );
  const content = baselines && { baselines, ...(limits === undefined ? {} : { limits }) };
  if (digest === undefined || content === undefined || digest !== compiledContentDigest(version, content))
    throw new InvalidBaselineError(`the compiled baseline was changed after it was compiled: ${COMPILE}`);
  return { format, version, digest, ...content };
}

const COMPILE =
  'compile the baseline file again with `npx @portcullis/cli compile baseline.yaml --out baseline.json`, using the release of this function';

function compiledContentDigest(version: CompiledFile['version'], content: Content<SecurityGroupRule, CompiledBound>): string {
  const digested = version === FORMAT_VERSION && content.limits === undefined ? content.baselines : content;
  return createHash('sha256').update(JSON.stringify(digested)).digest('hex');
}

function parseCompiledBound({ services, senders, ...rest }: CompiledBound): Bound {
  return {
    services: services.flatMap((fields) => readBaselineTraffic(fields) ?? []),
    senders: senders.map(parseCompiledBaselineSender),
    ...rest,
  };
}

function parseCompiledRules(items: readonly SecurityGroupRule[]): readonly Rule[] {
  const read = readSecurityGroupRules(items);
  if (!read.ok) throw new InvalidBaselineError(`${read.problems.map(formatPermissionProblem).join('; ')}: ${COMPILE}`);
  return read.value.map(({ ruleId, ...rule }) => rule);
}
