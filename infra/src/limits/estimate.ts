/** How long a text of Terraform's will be when its references are known. */

/** What a text with references may be measured by: the length of what each stands for, at most. */
export type LengthOf = (reference: string) => number;

// The longest of `aws`, `aws-cn`, `aws-us-gov`, `aws-iso-b`, `aws-iso-e`, `aws-iso-f` and `aws-eusc`.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
export const LONGEST_PARTITION = 'aws-us-gov'.length;
export const ACCOUNT_ID = 12;
/**
 * An ARN of a resource of ours without its name: partition, service, region, account and type, and the event bus of a rule. A KMS key has no name: its
 * id, of 36 characters, is within this.
 */
const ARN_WITHOUT_NAME = 96;
/** What nothing is known about: a name of 64 characters in an ARN. */
export const UNKNOWN = ARN_WITHOUT_NAME + 64;

/** The text with a stand-in for each reference, as long as what it stands for can be, and with Terraform's escapes undone. */
export const withStandIns = (text: string, lengthOf: LengthOf): string =>
  text.replace(/([$%])\1\{|\$\{([^}]*)\}/g, (_, escaped: string | undefined, reference: string) =>
    escaped === undefined ? 'x'.repeat(lengthOf(reference)) : `${escaped}{`,
  );

/** By type and name, the attributes of resources. */
export type Resources = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;

const NAMES = ['name', 'function_name', 'bucket', 'alarm_name'];

/** The lengths of what the references of a synthesised stack stand for, by what is known of the resources that they name. */
export const lengthsIn = (resources: Resources): LengthOf => {
  const lengthOf = (reference: string): number => {
    const [type = '', name = '', attribute = ''] = reference.split('.');
    if (type === 'data') {
      if (reference.endsWith('.account_id')) return ACCOUNT_ID;
      return reference.endsWith('.partition') ? LONGEST_PARTITION : UNKNOWN;
    }
    const attributes = resources[type]?.[name] ?? {};
    const given = attributes[attribute];
    if (typeof given === 'string') return withStandIns(given, lengthOf).length;
    const named = NAMES.map((each) => attributes[each]).find((each) => typeof each === 'string');
    if (named === undefined) return attribute === 'arn' && type === 'aws_kms_key' ? ARN_WITHOUT_NAME : UNKNOWN;
    return (attribute === 'arn' ? ARN_WITHOUT_NAME : 0) + withStandIns(named, lengthOf).length;
  };
  return lengthOf;
};

/**
 * How many characters IAM counts of a policy: all but white space. A space inside a value is counted here, too, and `<`, `>` and `&` as the six
 * characters that Terraform's AWS provider writes for them, since Go does.
 * Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html, https://pkg.go.dev/encoding/json#Marshal
 */
export const policyLength = (document: string, lengthOf: LengthOf): number =>
  withStandIns(document, lengthOf).replace(/[<>&]/g, '\\u0026').length;
