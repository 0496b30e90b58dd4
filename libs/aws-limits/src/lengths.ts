/** How many characters a text of Terraform's has once its references are known. Estimates are never too low. */

/** Returns how many characters a reference stands for, at most. */
export type LengthOf = (reference: string) => number;

// The longest of `aws`, `aws-cn`, `aws-us-gov`, `aws-iso-b`, `aws-iso-e`, `aws-iso-f` and `aws-eusc`.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
export const LONGEST_PARTITION_CHARACTERS = 'aws-us-gov'.length;
export const ACCOUNT_ID_CHARACTERS = 12;
/**
 * The ARN of a resource of ours without its name: partition, service, region, account and type, and the event bus of a rule. A KMS key has no name: its
 * id, of 36 characters, is within this.
 */
const ARN_WITHOUT_NAME_CHARACTERS = 96;
/** A reference to an unknown resource: a name of 64 characters in an ARN. */
export const UNKNOWN_CHARACTERS = ARN_WITHOUT_NAME_CHARACTERS + 64;

/** Returns the text with each reference replaced by as many characters as it can stand for, and with Terraform's escapes undone. */
export function withStandIns(text: string, lengthOf: LengthOf): string {
  return text.replace(/([$%])\1\{|\$\{([^}]*)\}/g, (_, escaped: string | undefined, reference: string) =>
    escaped === undefined ? 'x'.repeat(lengthOf(reference)) : `${escaped}{`,
  );
}

/** The attributes of resources, by type and name. */
export type Resources = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;

const NAME_ATTRIBUTES = ['name', 'function_name', 'bucket', 'alarm_name'];

/** Returns the length of each reference of a synthesised stack, from the resource that it names. */
export function lengthsIn(resources: Resources): LengthOf {
  function lengthOf(reference: string): number {
    const [type = '', name = '', attribute = ''] = reference.split('.');
    if (type === 'data') {
      if (reference.endsWith('.account_id')) return ACCOUNT_ID_CHARACTERS;
      return reference.endsWith('.partition') ? LONGEST_PARTITION_CHARACTERS : UNKNOWN_CHARACTERS;
    }
    const attributes = resources[type]?.[name] ?? {};
    const given = attributes[attribute];
    if (typeof given === 'string') return withStandIns(given, lengthOf).length;
    const ownName = NAME_ATTRIBUTES.map((each) => attributes[each]).find((each) => typeof each === 'string');
    if (ownName === undefined) return attribute === 'arn' && type === 'aws_kms_key' ? ARN_WITHOUT_NAME_CHARACTERS : UNKNOWN_CHARACTERS;
    return (attribute === 'arn' ? ARN_WITHOUT_NAME_CHARACTERS : 0) + withStandIns(ownName, lengthOf).length;
  }
  return lengthOf;
}

/**
 * Returns how many characters IAM counts of a policy: all but white space. A space inside a value is counted here too, and `<`, `>` and `&` as the six
 * characters that Terraform's AWS provider, being written in Go, writes for them.
 * Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html, https://pkg.go.dev/encoding/json#Marshal
 */
export function policyCharacters(document: string, lengthOf: LengthOf): number {
  return withStandIns(document, lengthOf).replace(/[<>&]/g, '\\u0026').length;
}
