/** Text that somebody else wrote, as it must be written to come out as it is. */

/**
 * Text that Terraform leaves as it is: in JSON, it takes `${` and `%{` for the start of an expression. For text without references only.
 * Source: https://developer.hashicorp.com/terraform/language/expressions/strings#escape-sequences
 */
export const terraformLiteral = (text: string): string => text.replace(/[$%](?=\{)/g, '$&$&');

/**
 * Text that IAM leaves as it is in the value of a condition: it takes `${` for the start of a policy variable. `*` and `?` are wildcards for the operators
 * with `Like` only. Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-specialchars
 */
export const iamLiteral = (text: string): string => text.replace(/\$(?=\{)/g, '${$}');
