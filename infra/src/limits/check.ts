/** Holds what was synthesised, and the baselines that it was made from, against the table of AWS's limits. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Baseline, CompiledBaseline } from '@portcullis/baseline';
import { unzipSync } from 'fflate';
import { lengthsIn, policyLength, withStandIns, type LengthOf, type Resources } from './estimate.js';
import { LIMITS, type Limit, type Measure, type Place } from './limits.js';

/** One limit that is exceeded at one place. */
export interface Excess {
  readonly limit: Limit;
  readonly measured: number;
  /** The stack, or the baseline file. */
  readonly where: string;
  /** `aws_iam_role.guard name`; `… and 2 others` if several count together. */
  readonly at: string;
}

/** What is exceeded: what keeps it from being deployed, and what may. One line for each limit, with the place that exceeds it most. */
export interface Excesses {
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

/** A synthesised stack: the folder of its `cdk.tf.json`, whose name is the stack's. */
export const stackExcesses = (stack: string, folder: string): readonly Excess[] => {
  const { resource, provider } = JSON.parse(readFileSync(join(folder, 'cdk.tf.json'), 'utf8')) as {
    readonly resource: Resources;
    readonly provider: { readonly aws: readonly Readonly<Record<string, unknown>>[] };
  };
  const resources = { ...resource, provider: Object.fromEntries(provider.aws.map((each, i) => [`aws.${i}`, each])) };
  return excessesIn(stack, resources, folder);
};

export const baselineExcesses = (file: string, { baselines }: CompiledBaseline): readonly Excess[] =>
  excessesIn(file, { baseline: Object.fromEntries(baselines.map((each: Baseline) => [each.name, { ...each }])) }, '');

export const describeExcesses = (excesses: readonly Excess[]): Excesses => {
  const byLimit = [...new Set(excesses.map(({ limit }) => limit))].map((limit) => ({
    limit,
    line: lineOf(
      limit,
      excesses.filter((each) => each.limit === limit).sort((a, b) => b.measured - a.measured),
    ),
  }));
  const lines = (warning: boolean): readonly string[] =>
    byLimit.filter(({ limit }) => (limit.warning ?? false) === warning).map(({ line }) => line);
  return { problems: lines(false), warnings: lines(true) };
};

const lineOf = (limit: Limit, [worst, ...others]: readonly Excess[]): string => {
  if (worst === undefined) return '';
  const { what, measure, maximum, quota, setting, remedy, source } = limit;
  const count = worst.measured.toLocaleString('en-US');
  const amount =
    measure === 'characters that are not allowed'
      ? `${count} characters that AWS does not take`
      : `${count} ${measure}, AWS takes ${maximum.toLocaleString('en-US')}${quota === 'default' ? ' by default' : ''}`;
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  return `\`${setting}\`: ${what}: ${amount} (${worst.at} of ${worst.where}${more}); ${remedy}; see ${source}`;
};

/** @param folder where the paths of files start. */
export const excessesIn = (
  where: string,
  resources: Resources,
  folder: string,
  limits: readonly Limit[] = Object.values(LIMITS),
): readonly Excess[] => {
  const context: Context = { lengthOf: lengthsIn(resources), folder };
  return limits.flatMap((limit) =>
    limit.places.flatMap((place) =>
      measuredAt(place, limit, resources, context)
        .filter(({ measured }) => measured > limit.maximum)
        .map((each) => ({ ...each, limit, where })),
    ),
  );
};

interface Context {
  readonly lengthOf: LengthOf;
  readonly folder: string;
}

/** What is measured at a place: for each resource, or for all that count together. */
const measuredAt = (
  { type, attribute, per }: Place,
  limit: Limit,
  resources: Resources,
  context: Context,
): readonly Pick<Excess, 'at' | 'measured'>[] => {
  const each = Object.entries(resources[type] ?? {}).flatMap(([name, attributes]) =>
    valuesAt(attributes, attribute?.split('.') ?? []).map((value) => ({
      at: `${type}.${name}${attribute === undefined ? '' : ` ${attribute}`}`,
      together: per === undefined ? '' : String(attributes[per]),
      measured: measureOf(limit, value, context),
    })),
  );
  if (per === undefined) return each;
  return [...new Set(each.map(({ together }) => together))].map((key) => {
    const counted = each.filter(({ together }) => together === key);
    return {
      at: `${counted[0]?.at ?? ''}${counted.length > 1 ? ` and ${counted.length - 1} others` : ''}`,
      measured: counted.reduce((sum, { measured }) => sum + measured, 0),
    };
  });
};

/** The values at a path; `*` stands for every entry of a list or mapping, a last `keys` for the keys of a mapping. */
const valuesAt = (value: unknown, [step, ...rest]: readonly string[]): readonly unknown[] => {
  if (value === undefined || value === null) return [];
  if (step === undefined) return [value];
  if (typeof value !== 'object') return [];
  if (step === '*') return Object.values(value).flatMap((each) => valuesAt(each, rest));
  return valuesAt(step === 'keys' ? Object.keys(value) : (value as Readonly<Record<string, unknown>>)[step], rest);
};

const measureOf = ({ measure, allowed = '' }: Limit, value: unknown, { lengthOf, folder }: Context): number => {
  const text = withStandIns(typeof value === 'string' ? value : JSON.stringify(value), lengthOf);
  const path = join(folder, String(value));
  const measures: Readonly<Record<Measure, () => number>> = {
    characters: () => text.length,
    'policy characters': () => policyLength(String(value), lengthOf),
    'characters that are not allowed': () => text.match(new RegExp(`[^${allowed}]`, 'gu'))?.length ?? 0,
    bytes: () => Buffer.byteLength(text),
    entries: () => Object.keys(value as object).length,
    metrics: () => metricsIn(String(value)),
    'statement bytes': () => statementBytes(value as Readonly<Record<string, unknown>>, lengthOf),
    resources: () => 1,
    'file bytes': () => statSync(path).size,
    'unzipped bytes': () => unzippedBytes(path),
    rules: () => rulesIn(value as Baseline['ingress']),
  };
  return measures[measure]();
};

const metricsIn = (body: string): number => {
  const { widgets } = JSON.parse(body) as {
    readonly widgets: readonly { readonly properties: { readonly metrics?: readonly unknown[] } }[];
  };
  return widgets.reduce((sum, { properties }) => sum + (properties.metrics?.length ?? 0), 0);
};

/** Lambda writes a statement for each permission. Its words are a little more than 200 bytes; the function's ARN and the caller's come on top. */
const statementBytes = (permission: Readonly<Record<string, unknown>>, lengthOf: LengthOf): number =>
  256 + 2 * 160 + Buffer.byteLength(withStandIns(JSON.stringify(permission), lengthOf));

const unzippedBytes = (zip: string): number => {
  let bytes = 0;
  unzipSync(readFileSync(zip), {
    filter: ({ originalSize }) => {
      bytes += originalSize;
      return false;
    },
  });
  return bytes;
};

/**
 * EC2 counts the rules for IPv4 apart from those for IPv6, each source as a rule. A group is taken for a rule of both families, and so is a prefix list,
 * which EC2 counts as its maximum number of entries: that is not known here.
 * Source: https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
 */
const rulesIn = (rules: Baseline['ingress']): number => {
  const count = (...kinds: readonly string[]): number => rules.filter(({ source }) => kinds.includes(source.kind)).length;
  return count('group', 'prefixList') + Math.max(count('ipv4'), count('ipv6'));
};
