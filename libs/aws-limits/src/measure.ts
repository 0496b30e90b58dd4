/** Finds the resources that exceed a limit in the table. */
import { referenceLengths, countPolicyCharacters, withReferenceStandIns, type LengthOf, type TerraformResources } from './lengths.js';
import { AWS_LIMITS, type AwsLimit, type LimitedResource, type Measure } from './limits.js';

/** An exceeded limit, and the resource or resources that exceed the limit. */
export interface LimitExcess {
  readonly limit: AwsLimit;
  readonly measured: number;
  /** The name of the stack or of the baseline file. */
  readonly where: string;
  /**
   * The resource and attribute, such as `aws_iam_role.guard name`. If three resources together exceed the limit, the text ends with `and 2
   * others`.
   */
  readonly at: string;
}

/** Returns the size in bytes of a file that a resource names. */
export type SizeOfFile = (path: string, measure: 'file bytes' | 'unzipped bytes') => number;

export interface ExcessOptions {
  /** @default every limit */
  readonly limits?: readonly AwsLimit[];
  /** @default every file has 0 bytes */
  readonly sizeOfFile?: SizeOfFile;
}

/** Returns every exceeded limit with the resources that exceed the limit. `where` is the name of the stack or file for messages. */
export function findAwsLimitExcesses(where: string, resources: TerraformResources, options: ExcessOptions = {}): readonly LimitExcess[] {
  const { limits = Object.values(AWS_LIMITS), sizeOfFile = () => 0 } = options;
  const context: Context = { lengthOf: referenceLengths(resources), sizeOfFile };
  return limits.flatMap((limit) =>
    limit.appliesTo
      .flatMap((resource) => measureAwsLimitedResources(resource, limit, resources, context))
      .filter(({ measured }) => measured > limit.maximum)
      .map((each) => ({ ...each, limit, where })),
  );
}

interface Context {
  readonly lengthOf: LengthOf;
  readonly sizeOfFile: SizeOfFile;
}

/**
 * Measures each resource. If `per` is given, adds up the measured numbers of all resources that have the same value of the attribute `per`.
 */
function measureAwsLimitedResources(
  { type, attribute, per }: LimitedResource,
  limit: AwsLimit,
  resources: TerraformResources,
  context: Context,
): readonly Pick<LimitExcess, 'at' | 'measured'>[] {
  const each = Object.entries(resources[type] ?? {}).flatMap(([name, attributes]) =>
    limitedAttributeValues(attributes, attribute?.split('.') ?? []).map((value) => ({
      at: `${type}.${name}${attribute === undefined ? '' : ` ${attribute}`}`,
      together: per === undefined ? '' : String(attributes[per]),
      measured: measureForLimit(limit, value, context),
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
}

/**
 * Returns the values at a path such as `default_tags.*.tags.keys.*`. `*` means every entry of a list or mapping, and `keys` means the keys
 * of a mapping.
 */
function limitedAttributeValues(value: unknown, [step, ...rest]: readonly string[]): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (step === undefined) return [value];
  if (typeof value !== 'object') return [];
  if (step === '*') return Object.values(value).flatMap((each) => limitedAttributeValues(each, rest));
  return limitedAttributeValues(step === 'keys' ? Object.keys(value) : (value as Readonly<Record<string, unknown>>)[step], rest);
}

function measureForLimit({ measure, allowed = '' }: AwsLimit, value: unknown, { lengthOf, sizeOfFile }: Context): number {
  const text = withReferenceStandIns(typeof value === 'string' ? value : JSON.stringify(value), lengthOf);
  const measures: Readonly<Record<Measure, () => number>> = {
    characters: () => text.length,
    'policy characters': () => countPolicyCharacters(String(value), lengthOf),
    'characters that are not allowed': () => text.match(new RegExp(`[^${allowed}]`, 'gu'))?.length ?? 0,
    bytes: () => new TextEncoder().encode(text).length,
    entries: () => Object.keys(value as object).length,
    'statement bytes': () => lambdaPermissionBytes(text),
    resources: () => 1,
    'file bytes': () => sizeOfFile(String(value), 'file bytes'),
    'unzipped bytes': () => sizeOfFile(String(value), 'unzipped bytes'),
    rules: () => countRulesForAwsLimit(value as readonly RuleWithSource[]),
  };
  return measures[measure]();
}

/**
 * Returns the maximum size, in bytes, of the policy statement that Lambda writes for a permission. A statement has a little more than 200
 * bytes of fixed text, and the ARNs of the function and of the caller.
 */
function lambdaPermissionBytes(permission: string): number {
  return 256 + 2 * 160 + new TextEncoder().encode(permission).length;
}

/**
 * Returns how many rules count toward EC2's quota. EC2 counts IPv4 and IPv6 rules separately. A rule for a group or a prefix list counts as
 * an IPv4 rule and as an IPv6 rule. If a prefix list can have 20 entries, EC2 counts a rule for this list as 20 rules. This function does
 * not know the number of entries, and counts a rule for a prefix list once. Source:
 * https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
 */
function countRulesForAwsLimit(rules: readonly RuleWithSource[]): number {
  const count = (...kinds: readonly string[]): number => rules.filter(({ source }) => kinds.includes(source.kind)).length;
  return count('group', 'prefixList') + Math.max(count('ipv4'), count('ipv6'));
}

/** A rule of a baseline. Only the kind of its source affects the count. */
interface RuleWithSource {
  readonly source: { readonly kind: string };
}
