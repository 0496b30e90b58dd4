/** Estimates the length of Terraform strings after Terraform resolves their references. An estimate can be too high, but never too low. */

/** Returns the maximum length, in characters, of the value of a reference. */
export type LengthOf = (reference: string) => number;

// The longest of `aws`, `aws-cn`, `aws-us-gov`, `aws-iso-b`, `aws-iso-e`, `aws-iso-f` and `aws-eusc`.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
export const LONGEST_PARTITION_CHARACTERS = 'aws-us-gov'.length;
export const ACCOUNT_ID_CHARACTERS = 12;
/**
 * The maximum length of an ARN, not counting the name of its resource. An ARN also has a partition, service, region, account and type. The
 * ARN of an EventBridge rule also has the event bus. The ARN of a KMS key, including its id of 36 characters, is shorter than 96
 * characters.
 */
const ARN_WITHOUT_NAME_CHARACTERS = 96;
/** The assumed length of a reference to an unknown resource. An ARN with a name of 64 characters has this length. */
export const UNKNOWN_CHARACTERS = ARN_WITHOUT_NAME_CHARACTERS + 64;

/**
 * Evaluates the text like Terraform: removes escapes, and replaces each reference by a placeholder with the maximum length of its value.
 */
export function withReferenceStandIns(text: string, lengthOf: LengthOf): string {
  return text.replace(/([$%])\1\{|\$\{([^}]*)\}/g, (_, escaped: string | undefined, reference: string) =>
    escaped === undefined ? 'x'.repeat(lengthOf(reference)) : `${escaped}{`,
  );
}

/** The attributes of resources, keyed by resource type and then by name. */
export type TerraformResources = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;

const NAME_ATTRIBUTES = ['name', 'function_name', 'bucket', 'alarm_name'];

/**
 * Returns a function that estimates the length of references to these resources.
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
 * Returns how many characters of the policy count toward IAM's limit. IAM does not count white space. To be safe, this function counts the
 * spaces inside values, but no other white space. Go writes `<`, `>` and `&` in JSON as six characters each, and Terraform's AWS provider
 * is written in Go. Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html,
 * https://pkg.go.dev/encoding/json#Marshal
 */
export function countPolicyCharacters(document: string, lengthOf: LengthOf): number {
  return withReferenceStandIns(document, lengthOf).replace(/[<>&]/g, '\\u0026').length;
}
