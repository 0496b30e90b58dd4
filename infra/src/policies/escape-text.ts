/** Escapes the user's text, which Terraform and IAM would otherwise evaluate. */

/**
 * Escapes text for Terraform, which reads `${` and `%{` in JSON as the start of an expression. Do not pass a text that contains Terraform
 * references. Source: https://developer.hashicorp.com/terraform/language/expressions/strings#escape-sequences
 */
export function escapeTerraformText(text: string): string {
  return text.replace(/[$%](?=\{)/g, '$&$&');
}

/**
 * Escapes `${`, which IAM reads as the start of a policy variable, in the value of an IAM condition. Do not pass values of operators with
 * `Like` in their name: IAM would read `*` and `?` as wildcards, which this function does not escape. Source:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-specialchars
 */
export function escapeIamConditionValue(text: string): string {
  return text.replace(/\$(?=\{)/g, '${$}');
}
