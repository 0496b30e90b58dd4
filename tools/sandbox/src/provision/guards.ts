import { listOf, parseObject, type JsonObject } from '../json.js';
import type { ProvisionedStack } from './provision.js';
import { valueAt } from './stack.js';

/** The names of what Portcullis is in AWS. */
export interface Guards {
  readonly functions: {
    /** The function that the AWS Config rule invokes. */
    readonly configRemediator: string;
    /** The function that the EventBridge rules invoke. */
    readonly cloudtrailDetector: string;
  };
  readonly configRuleName: string;
  /** The rule on calls of EC2. */
  readonly eventRuleName: string;
}

/** Finds the guards by how the resources are wired, whatever they are called. Throws when a rule or its function is not the only one. */
export const guardsOf = ({ resources }: ProvisionedStack): Guards => {
  const ofType = (type: string): readonly JsonObject[] =>
    Object.entries(resources)
      .filter(([address]) => address.startsWith(`${type}.`))
      .map(([, values]) => values);
  const functionOf = (what: string, arn: unknown): string => {
    const names = ofType('aws_lambda_function')
      .filter((each) => each.arn === arn)
      .map(({ function_name: name }) => String(name));
    return only(names, `a function that the ${what} invokes`);
  };
  const configRule = only(ofType('aws_config_config_rule'), 'an `aws_config_config_rule`');
  const eventRule = only(
    ofType('aws_cloudwatch_event_rule').filter((rule) => listOf(patternOf(rule), 'source').includes('aws.ec2')),
    'an `aws_cloudwatch_event_rule` on calls of EC2',
  );
  const eventTarget = only(
    ofType('aws_cloudwatch_event_target').filter(({ rule }) => rule === eventRule.name),
    `an \`aws_cloudwatch_event_target\` of ${String(eventRule.name)}`,
  );
  return {
    functions: {
      configRemediator: functionOf('AWS Config rule', valueAt(configRule, ['source', 'source_identifier'])),
      cloudtrailDetector: functionOf('EventBridge rule', eventTarget.arn),
    },
    configRuleName: String(configRule.name),
    eventRuleName: String(eventRule.name),
  };
};

const patternOf = ({ event_pattern: pattern }: JsonObject): JsonObject => parseObject(String(pattern)) ?? {};

const only = <T>(found: readonly T[], what: string): T => {
  const [first] = found;
  if (first === undefined || found.length > 1)
    throw new Error(`the stack was expected to hold exactly one of ${what}, and holds ${found.length}`);
  return first;
};
