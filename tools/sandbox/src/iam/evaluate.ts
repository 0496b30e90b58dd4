/**
 * Evaluates IAM policies as AWS documents it: an explicit Deny wins, then an Allow, and what nothing allows is denied.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
import { isObject, parseObject, type JsonObject } from '../json.js';

/** What a request asks for, on one resource. */
export interface IamRequest {
  /** `ec2:RevokeSecurityGroupIngress` */
  readonly action: string;
  /** An ARN, or `*` for an action that knows no resources. */
  readonly resource: string;
  /** Condition keys and their values. Keys are compared without regard to case. */
  readonly context: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Who asks, of a policy that has principals: a service (`lambda.amazonaws.com`), or an ARN. */
  readonly principal?: string;
}

export type Decision = 'allowed' | 'denied' | 'explicitly denied';

/** @throws {Error} for an element or operator that this evaluator does not know: it never guesses. */
export function evaluate(policies: readonly JsonObject[], request: IamRequest): Decision {
  const matching = policies.flatMap(statementsOf).filter((statement) => matches(statement, request));
  if (matching.some(({ Effect }) => Effect === 'Deny')) return 'explicitly denied';
  return matching.some(({ Effect }) => Effect === 'Allow') ? 'allowed' : 'denied';
}

/** Reads the text of a policy. @throws {Error} when it is no JSON object. */
export function policyOf(text: string): JsonObject {
  const policy = parseObject(text);
  if (policy === undefined) throw new Error(`a policy is not a JSON object: ${text}`);
  return policy;
}

const statementsOf = ({ Statement }: JsonObject): readonly JsonObject[] => listed(Statement).filter(isObject);

const ELEMENTS = new Set(['Sid', 'Effect', 'Action', 'NotAction', 'Resource', 'NotResource', 'Condition', 'Principal']);

function matches(statement: JsonObject, request: IamRequest): boolean {
  const unknown = Object.keys(statement).find((element) => !ELEMENTS.has(element));
  if (unknown !== undefined) throw new Error(`the policy element \`${unknown}\` is not evaluated here`);
  const { Action, NotAction, Resource, NotResource, Principal, Condition } = statement;
  if (Action === undefined && NotAction === undefined) throw new Error('a policy statement names no action');
  const context = new Map(Object.entries(request.context).map(([key, value]) => [key.toLowerCase(), value]));
  const isAny = (patterns: unknown): boolean => texts(patterns).some((pattern) => like(substitute(pattern, context), request.resource));
  // Actions are compared without regard to case.
  const action = request.action.toLowerCase();
  const isNamed = (patterns: unknown): boolean => texts(patterns).some((pattern) => like(pattern.toLowerCase(), action));
  const isAction = Action === undefined ? !isNamed(NotAction) : isNamed(Action);
  const isResource = NotResource === undefined ? Resource === undefined || isAny(Resource) : !isAny(NotResource);
  return isAction && isResource && isPrincipal(Principal, request.principal) && conditionsHold(Condition, context);
}

function isPrincipal(element: unknown, principal: string | undefined): boolean {
  if (element === undefined || element === '*') return true;
  if (!isObject(element) || principal === undefined) return false;
  const account = principal.split(':')[4];
  return Object.entries(element).some(([kind, names]) => {
    if (kind !== 'AWS' && kind !== 'Service') throw new Error(`the principal \`${kind}\` is not evaluated here`);
    const isMeant = (name: string): boolean =>
      name === '*' || name === account || (name.endsWith(':root') && name.split(':')[4] === account);
    return texts(names).some((name) => name === principal || (kind === 'AWS' && isMeant(name)));
  });
}

type Context = ReadonlyMap<string, string | readonly string[] | undefined>;
type Comparison = (wanted: string, value: string) => boolean;

const equals: Comparison = (wanted, value) => wanted === value;
const equalsIgnoringCase: Comparison = (wanted, value) => wanted.toLowerCase() === value.toLowerCase();

/** An ARN is compared part by part, so that a `*` does not cross a colon in the first five. */
const arnLike: Comparison = (wanted, value) => {
  const [patterns, parts] = [partsOf(wanted), partsOf(value)];
  return patterns.length === parts.length && patterns.every((pattern, index) => like(pattern, parts[index] ?? ''));
};

function partsOf(arn: string): readonly string[] {
  const parts = arn.split(':');
  return [...parts.slice(0, 5), parts.slice(5).join(':')];
}

const COMPARISONS: Readonly<Record<string, Comparison>> = {
  StringEquals: equals,
  StringEqualsIgnoreCase: equalsIgnoringCase,
  StringLike: like,
  ArnEquals: arnLike,
  ArnLike: arnLike,
  Bool: equalsIgnoringCase,
};

/**
 * Every operator and every key must hold; of the values of a key one must.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html
 */
function conditionsHold(condition: unknown, context: Context): boolean {
  if (condition === undefined) return true;
  if (!isObject(condition)) throw new Error('a condition is a mapping of operators');
  return Object.entries(condition).every(([operator, keys]) => {
    if (!isObject(keys)) throw new Error(`the condition operator \`${operator}\` has no mapping of keys`);
    return Object.entries(keys).every(([key, wanted]) => holds(operator, texts(context.get(key.toLowerCase())), texts(wanted), context));
  });
}

function holds(operator: string, values: readonly string[], wanted: readonly string[], context: Context): boolean {
  const [, set, name = '', ifExists] = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(operator) ?? [];
  if (name === 'Null') return wanted.some((each) => (each === 'true') === (values.length === 0));
  const compare = COMPARISONS[name.replace(/^(String|Arn)Not/, '$1')];
  if (compare === undefined) throw new Error(`the condition operator \`${operator}\` is not evaluated here`);
  const negated = /^(String|Arn)Not/.test(name);
  const isPattern = compare === like || compare === arnLike;
  const isOne = (value: string): boolean => wanted.some((each) => compare(substitute(each, context, isPattern), value)) !== negated;
  // ForAnyValue needs a value, `IfExists` or not.
  if (values.length === 0) return set === 'ForAllValues' || (set === undefined && (ifExists !== undefined || negated));
  return set === 'ForAllValues' || (set === undefined && negated) ? values.every(isOne) : values.some(isOne);
}

/**
 * Replaces policy variables. `${*}`, `${?}` and `${$}` stand for the characters themselves; `${key, 'text'}` has a default value. A variable that has
 * neither a value nor a default matches nothing.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
function substitute(pattern: string, context: Context, isPattern = true): string {
  return pattern.replace(/\$\{\s*([^},]*?)\s*(?:,\s*'([^'}]*)'\s*)?\}/g, (_, variable: string, otherwise: string | undefined) => {
    if (variable === '$') return '$';
    if (variable === '*' || variable === '?') return isPattern ? `\\${variable}` : variable;
    const value = context.get(variable.toLowerCase()) ?? otherwise;
    return typeof value === 'string' ? (isPattern ? value.replace(/[*?\\]/g, '\\$&') : value) : '\0';
  });
}

/** Compares with `*` and `?`; a backslash takes the next character as it is. */
export function like(pattern: string, value: string): boolean {
  const wildcards: Readonly<Record<string, string>> = { '*': '[^]*', '?': '[^]' };
  const source = pattern.replace(/\\[*?\\]|[*?.+^${}()|[\]\\]/g, (part) => (part.length === 2 ? part : (wildcards[part] ?? `\\${part}`)));
  return new RegExp(`^${source}$`).test(value);
}

const listed = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

const texts = (value: unknown): readonly string[] =>
  listed(value)
    .filter((each) => typeof each === 'string' || typeof each === 'boolean')
    .map(String);

/** Returns the first of the requests that the policies do not allow, and whether a Deny says so. */
export const firstRefused = (
  policies: readonly JsonObject[],
  requests: readonly IamRequest[],
): { readonly request: IamRequest; readonly decision: Decision } | undefined =>
  requests.map((request) => ({ request, decision: evaluate(policies, request) })).find(({ decision }) => decision !== 'allowed');

/** The actions that the policies allow somewhere; for a test that takes one away. */
export const allowedActions = (policy: JsonObject): readonly string[] =>
  statementsOf(policy).flatMap(({ Effect, Action }) => (Effect === 'Allow' ? texts(Action) : []));
