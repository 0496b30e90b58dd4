import { GetPolicyCommand, ResourceNotFoundException, type LambdaClient } from '@aws-sdk/client-lambda';
import { isObject, listOf, objectOf, parseObject, textOf } from './json.js';

export interface Invoker {
  /** `events.amazonaws.com` */
  readonly service: string;
  /** The rule in whose name the service calls. */
  readonly sourceArn: string;
  readonly sourceAccount: string;
}

const texts = (value: unknown): readonly string[] =>
  (Array.isArray(value) ? value : [value]).filter((each): each is string => typeof each === 'string');

const like = (pattern: string, value: string): boolean =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  ).test(value);

const operators: Readonly<Record<string, (wanted: string, value: string) => boolean>> = {
  StringEquals: (wanted, value) => wanted === value,
  ArnEquals: like,
  ArnLike: like,
  StringLike: like,
};

/** Whether the conditions hold: every one of them must, and one that this sandbox does not know does not. */
const conditionsHold = (condition: unknown, invoker: Invoker): boolean =>
  !isObject(condition) ||
  Object.entries(condition).every(([operator, keys]) => {
    const compare = operators[operator];
    return (
      compare !== undefined &&
      isObject(keys) &&
      Object.entries(keys).every(([key, wanted]) => {
        const value = { 'aws:sourcearn': invoker.sourceArn, 'aws:sourceaccount': invoker.sourceAccount }[
          key.toLowerCase()
        ];
        return value !== undefined && texts(wanted).some((each) => compare(each, value));
      })
    );
  });

/** Reports whether the function's resource policy lets that service invoke it in the name of that rule. */
export const mayInvoke = async (lambda: LambdaClient, functionName: string, invoker: Invoker): Promise<boolean> => {
  let policy: string | undefined;
  try {
    policy = (await lambda.send(new GetPolicyCommand({ FunctionName: functionName }))).Policy;
  } catch (fault) {
    if (fault instanceof ResourceNotFoundException) return false;
    throw fault;
  }
  return listOf(parseObject(policy ?? ''), 'Statement').some(
    (statement) =>
      textOf(statement, 'Effect') === 'Allow' &&
      isObject(statement) &&
      texts(statement.Action).some((action) => like(action, 'lambda:InvokeFunction')) &&
      texts(objectOf(statement, 'Principal').Service).includes(invoker.service) &&
      conditionsHold(statement.Condition, invoker),
  );
};
