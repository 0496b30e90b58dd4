/**
 * Evaluates IAM policies. An explicit Deny has precedence over every Allow. A request is denied if no statement allows it.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
import { json, type JsonObject } from '../json.js';

/** A request for one action on one resource. */
export interface IamRequest {
  /** `ec2:RevokeSecurityGroupIngress` */
  readonly action: string;
  /** The ARN of the resource, or `*` if the action has no resource. */
  readonly resource: string;
  /** The value of each condition key that the request has. Keys are not case-sensitive. */
  readonly context: Readonly<Record<string, string | undefined>>;
  /** The caller: a service, such as `lambda.amazonaws.com`, or an ARN. Only policies with a `Principal` need the caller. */
  readonly principal?: string;
}

export type Decision = 'allowed' | 'denied' | 'explicitly denied';

/** @throws {Error} if a policy contains an element or operator that this evaluator does not support */
export function evaluateIamPolicies(policies: readonly JsonObject[], request: IamRequest): Decision {
  const matching = policies.flatMap(iamPolicyStatements).filter((statement) => iamStatementMatches(statement, request));
  if (matching.some(({ Effect }) => Effect === 'Deny')) return 'explicitly denied';
  return matching.some(({ Effect }) => Effect === 'Allow') ? 'allowed' : 'denied';
}

/** Parses a policy. @throws {Error} if it is not a JSON object */
export function parseIamPolicy(text: string): JsonObject {
  const policy = json.parse(text);
  if (policy === undefined) throw new Error(`a policy is not a JSON object: ${text}`);
  return policy;
}

function iamPolicyStatements({ Statement }: JsonObject): readonly JsonObject[] {
  return listOfOneOrMore(Statement).filter(json.isObject);
}

const ELEMENTS = new Set(['Sid', 'Effect', 'Action', 'Resource', 'Condition', 'Principal']);

function iamStatementMatches(statement: JsonObject, { action, resource, context, principal }: IamRequest): boolean {
  const unknown = Object.keys(statement).find((element) => !ELEMENTS.has(element));
  if (unknown !== undefined) throw new Error(`the sandbox does not support the policy element \`${unknown}\``);
  const { Action, Resource = '*', Principal, Condition = {} } = statement;
  if (Action === undefined) throw new Error('a policy statement names no action');
  // Actions are not case-sensitive.
  const isAction = evaluatedIamTexts(Action).some((pattern) => matchesWildcards(pattern.toLowerCase(), action.toLowerCase()));
  const isResource = evaluatedIamTexts(Resource).some((pattern) => matchesWildcards(pattern, resource));
  return isAction && isResource && iamPrincipalMatches(Principal, principal) && iamConditionsHold(Condition, context);
}

function iamPrincipalMatches(element: unknown, principal: string | undefined): boolean {
  if (element === undefined || element === '*') return true;
  if (!json.isObject(element) || principal === undefined) return false;
  const account = principal.split(':')[4];
  return Object.entries(element).some(([kind, names]) => {
    if (kind !== 'AWS' && kind !== 'Service') throw new Error(`the sandbox does not support the principal type \`${kind}\``);
    const isMeant = (name: string): boolean =>
      name === '*' || name === account || (name.endsWith(':root') && name.split(':')[4] === account);
    return evaluatedIamTexts(names).some((name) => name === principal || (kind === 'AWS' && isMeant(name)));
  });
}

type Comparison = (wanted: string, value: string) => boolean;

/** Compares the parts of two ARNs separately. In the first five parts of an ARN, `*` does not match a colon. */
const arnMatches: Comparison = (wanted, value) => {
  const [patterns = [], parts = []] = [wanted, value].map((arn) => {
    const all = arn.split(':');
    return [...all.slice(0, 5), all.slice(5).join(':')];
  });
  return patterns.length === parts.length && patterns.every((pattern, index) => matchesWildcards(pattern, parts[index] ?? ''));
};

const COMPARISONS: Readonly<Record<string, Comparison>> = {
  StringEquals: (wanted, value) => wanted === value,
  StringLike: matchesWildcards,
  ArnEquals: arnMatches,
  ArnLike: arnMatches,
  Bool: (wanted, value) => wanted.toLowerCase() === value.toLowerCase(),
};

/**
 * The positive operator of each negated condition operator. A negated operator also matches if the request does not have the key.
 */
const NEGATED: Readonly<Record<string, string>> = { StringNotEquals: 'StringEquals', ArnNotLike: 'ArnLike' };

/**
 * Reports whether all operators and all keys of a condition match the request. A key matches if at least one of its values matches. With a
 * negated operator, a key matches only if the positive operator matches none of the values. Source:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html
 */
function iamConditionsHold(condition: unknown, given: IamRequest['context']): boolean {
  if (!json.isObject(condition)) throw new Error('the condition of a policy statement is not an object');
  const context = new Map(Object.entries(given).map(([key, value]) => [key.toLowerCase(), value]));
  return Object.entries(condition).every(([operator, keys]) => {
    const positive = NEGATED[operator];
    const [compare, isNegated] = [COMPARISONS[positive ?? operator], positive !== undefined];
    if (compare === undefined) throw new Error(`the sandbox does not support the condition operator \`${operator}\``);
    if (!json.isObject(keys)) throw new Error(`the condition operator \`${operator}\` has no object of keys`);
    return Object.entries(keys).every(([key, wanted]) => {
      const value = context.get(key.toLowerCase());
      return evaluatedIamTexts(wanted).some((each) => value !== undefined && compare(each, value)) !== isNegated;
    });
  });
}

/** Reports whether the value matches the pattern with `*` and `?`. */
export function matchesWildcards(pattern: string, value: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '[^]*')
    .replaceAll('?', '[^]');
  return new RegExp(`^${source}$`).test(value);
}

function listOfOneOrMore(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

/** @throws {Error} if a text contains a policy variable, which this evaluator does not support */
function evaluatedIamTexts(value: unknown): readonly string[] {
  const found = listOfOneOrMore(value).filter((each) => typeof each === 'string' || typeof each === 'boolean');
  const variable = found.map(String).find((each) => each.includes('${'));
  if (variable !== undefined) throw new Error(`the sandbox does not support the policy variable in \`${variable}\``);
  return found.map(String);
}
