/** Estimates how many characters a Terraform string has after Terraform resolves its references. The estimate is never too low. */

/** Returns the maximum number of characters of the text to which a reference resolves. */
export type LengthOf = (reference: string) => number;

// The longest of `aws`, `aws-cn`, `aws-us-gov`, `aws-iso-b`, `aws-iso-e`, `aws-iso-f` and `aws-eusc`.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
export const LONGEST_PARTITION_CHARACTERS = 'aws-us-gov'.length;
export const ACCOUNT_ID_CHARACTERS = 12;
/**
 * The maximum length of an ARN without the resource's name: partition, service, region, account and type, and the event bus in the ARN of
 * an EventBridge rule. For a KMS key, which has no name, the length includes the key id of 36 characters.
 */
const ARN_WITHOUT_NAME_CHARACTERS = 96;
/** The assumed length of a reference to an unknown resource: the length of an ARN with a name of 64 characters. */
export const UNKNOWN_CHARACTERS = ARN_WITHOUT_NAME_CHARACTERS + 64;

/** Returns the text as Terraform would evaluate it: without escapes, and with a placeholder of maximum length for each reference. */
export function withReferenceStandIns(text: string, lengthOf: LengthOf): string {
  return text.replace(/([$%])\1\{|\$\{([^}]*)\}/g, (_, escaped: string | undefined, reference: string) =>
    escaped === undefined ? 'x'.repeat(lengthOf(reference)) : `${escaped}{`,
  );
}

/** The attributes of resources, keyed by resource type and then by name. */
export type TerraformResources = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;

const NAME_ATTRIBUTES = ['name', 'function_name', 'bucket', 'alarm_name'];

/**
 * Returns a function that looks up a reference in the resources, and returns the maximum length of the reference.
 */
export function referenceLengths(resources: TerraformResources): LengthOf {
  function lengthOf(reference: string): number {
    const [type = '', name = '', attribute = ''] = reference.split('.');
    if (type === 'data') {
      if (reference.endsWith('.account_id')) return ACCOUNT_ID_CHARACTERS;
      return reference.endsWith('.partition') ? LONGEST_PARTITION_CHARACTERS : UNKNOWN_CHARACTERS;
    }
    const attributes = resources[type]?.[name] ?? {};
    const given = attributes[attribute];
    if (typeof given === 'string') return withReferenceStandIns(given, lengthOf).length;
    const ownName = NAME_ATTRIBUTES.map((each) => attributes[each]).find((each) => typeof each === 'string');
    if (ownName === undefined) return attribute === 'arn' && type === 'aws_kms_key' ? ARN_WITHOUT_NAME_CHARACTERS : UNKNOWN_CHARACTERS;
    return (attribute === 'arn' ? ARN_WITHOUT_NAME_CHARACTERS : 0) + withReferenceStandIns(ownName, lengthOf).length;
  }
  return lengthOf;
}

/**
 * Returns how many characters of a policy count toward IAM's limit. IAM counts no white space, but this function also counts the spaces
 * inside values, to be safe. `<`, `>` and `&` count as six characters each, because Terraform's AWS provider is written in Go and escapes
 * them. Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html, https://pkg.go.dev/encoding/json#Marshal
 */
export function countPolicyCharacters(document: string, lengthOf: LengthOf): number {
  return withReferenceStandIns(document, lengthOf).replace(/[<>&]/g, '\\u0026').length;
}
