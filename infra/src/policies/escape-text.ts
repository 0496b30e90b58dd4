/** Escapes text that a user wrote, so that it arrives unchanged. */

/**
 * Escapes text for Terraform, which reads `${` and `%{` in JSON as the start of an expression. Do not use it for text with references.
 * Source: https://developer.hashicorp.com/terraform/language/expressions/strings#escape-sequences
 */
export function escapeTerraformText(text: string): string {
  return text.replace(/[$%](?=\{)/g, '$&$&');
}

/**
 * Escapes the value of an IAM condition: IAM reads `${` as the start of a policy variable. `*` and `?` are wildcards only for the operators
 * with `Like`. Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-specialchars
 */
export function escapeIamConditionValue(text: string): string {
  return text.replace(/\$(?=\{)/g, '${$}');
}
