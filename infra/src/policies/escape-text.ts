/** Escapes the user's text, which Terraform and IAM would otherwise evaluate. */

/**
 * Escapes text for Terraform, which reads `${` and `%{` in JSON as the start of an expression. Do not pass a text that contains Terraform
 * references. Source: https://developer.hashicorp.com/terraform/language/expressions/strings#escape-sequences
 */
export function escapeTerraformText(text: string): string {
  return text.replace(/[$%](?=\{)/g, '$&$&');
}

/**
 * Escapes the value of an IAM condition: IAM reads `${` as the start of a policy variable. IAM reads `*` and `?` as wildcards only for
 * operators with `Like` in their name, so pass only values of other operators. Source:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-specialchars
 */
export function escapeIamConditionValue(text: string): string {
  return text.replace(/\$(?=\{)/g, '${$}');
}
