/** Reads the rules in CloudTrail's records of the calls that authorize and revoke them. */
import { offendingText, readResult, type ReadResult } from '../problem.js';
import { readFlatPermission, readPermissions, readRuleSet, type DocumentOptions, type RecordedRule } from './document-rules.js';
import { at, fieldsIn, isObject, isOmitted, omittedProblem, type Located } from './located.js';

export interface CloudTrailOptions extends DocumentOptions {
  /** How the paths of problems begin. @default 'parameters' */
  readonly path?: string;
}

/**
 * Returns the rules in the `requestParameters` or the `responseElements` of `AuthorizeSecurityGroup…` and `RevokeSecurityGroup…`, or every
 * problem. In both of CloudTrail's encodings: camelCase with `{"items": […]}`, and the query turned to JSON, under `…Request` or
 * `…Response`; as a list of permissions, as one flat permission, and as the rule set that EC2 answers. None where the call names rules
 * by their ids only. Never throws.
 *
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
export function readCloudTrailRules(
  parameters: unknown,
  { path = 'parameters', ...options }: CloudTrailOptions = {},
): ReadResult<readonly RecordedRule[]> {
  const whole = unwrapped({ value: parameters, path });
  if (!isObject(whole) || isOmitted(whole)) {
    const expected = 'the parameters of a call, or what EC2 answered: an object';
    const problem = { code: 'wrong-type', path: whole.path, text: offendingText(whole.value), expected } as const;
    return { ok: false, problems: [isOmitted(whole) ? omittedProblem(whole) : problem] };
  }
  const readings = [
    readPermissions(at(whole, 'ipPermissions'), options),
    readFlatPermission(whole, options),
    readRuleSet(at(whole, 'securityGroupRuleSet'), options),
    readRuleSet(at(whole, 'revokedSecurityGroupRuleSet'), options),
  ];
  return readResult(
    readings.flatMap(({ rules }) => rules),
    readings.flatMap(({ problems }) => problems),
  );
}

/** Takes the parameters out of `<Operation>Request` or `<Operation>Response`, where the call is recorded so. */
function unwrapped(parameters: Located): Located {
  const wrapped = fieldsIn(parameters).find(([name, field]) => /(Request|Response)$/.test(name) && isObject(field));
  return wrapped?.[1] ?? parameters;
}
