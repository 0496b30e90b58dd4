import { escapeTerraformText } from '../policies/escape-text.js';

/** A JSON Schema with the keywords that the settings' schema uses. */
export interface JsonSchema {
  readonly type?: 'integer' | 'number' | 'string' | 'array' | 'object';
  readonly enum?: readonly (string | number)[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly propertyNames?: JsonSchema;
  readonly additionalProperties?: JsonSchema;
}

/**
 * Returns the schema's type constraint in Terraform. Source:
 * https://developer.hashicorp.com/terraform/language/expressions/type-constraints
 */
export function moduleTypeConstraint({ type, items = {}, additionalProperties = {} }: JsonSchema): string {
  if (type === 'array') return `list(${moduleTypeConstraint(items)})`;
  if (type === 'object') return `map(${moduleTypeConstraint(additionalProperties)})`;
  return type === 'string' ? 'string' : 'number';
}

/** Returns a Terraform condition that is true if `value` is valid for the schema. `value` must be a Terraform expression. */
export function moduleVariableValidation(schema: JsonSchema, value: string): string {
  const { type, enum: values, minimum, maximum, pattern, items = {}, propertyNames = {}, additionalProperties = {} } = schema;
  if (type === 'array') return `alltrue([for each in ${value} : ${moduleVariableValidation(items, 'each')}])`;
  if (type === 'object') {
    const ofBoth = [moduleVariableValidation(propertyNames, 'key'), moduleVariableValidation(additionalProperties, 'each')];
    return `alltrue([for key, each in ${value} : ${ofBoth.join(' && ')}])`;
  }
  return [
    ...(values === undefined ? [] : [`contains(${JSON.stringify(values)}, ${value})`]),
    ...(minimum === undefined ? [] : [`${value} >= ${minimum}`]),
    ...(maximum === undefined ? [] : [`${value} <= ${maximum}`]),
    ...(type === 'integer' ? [`floor(${value}) == ${value}`] : []),
    ...(pattern === undefined ? [] : modulePatternConditions(pattern, value)),
  ].join(' && ');
}

/**
 * Returns the conditions of a pattern. Terraform's regular expressions have no lookahead, so a negative lookahead at the start of a pattern
 * becomes a separate condition. Source: https://developer.hashicorp.com/terraform/language/functions/regex
 */
function modulePatternConditions(pattern: string, value: string): readonly string[] {
  const matches = (regex: string): string => `can(regex(${escapeTerraformText(JSON.stringify(regex))}, ${value}))`;
  const [, forbidden, rest] = /^\^\(\?!([^()]*)\)(.*)$/.exec(pattern) ?? [];
  return forbidden === undefined || rest === undefined ? [matches(pattern)] : [`!${matches(`^${forbidden}`)}`, matches(`^${rest}`)];
}
