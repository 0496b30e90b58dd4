import {
  cloudTrailField,
  isCloudTrailObject,
  isOmittedByCloudTrail,
  isCloudTrailFieldPresent,
  omittedByCloudTrailProblem,
  cloudTrailProblem,
  readOptionalCloudTrailText,
  type Located,
} from './located.js';
import type { RecordProblem } from './problem.js';
import type { CallOutcome } from './recorded-call.js';

/** The request and the response of one recorded call. A function that cannot read a value adds a problem to `problems`. */
export interface CallParameters {
  readonly eventName: string;
  readonly outcome: CallOutcome;
  /** `value` is undefined if the record has no parameters. */
  readonly request: Located;
  readonly response: Located;
  readonly problems: RecordProblem[];
}

/**
 * Returns the request and the response of the call. If the record has the wrappers `<Operation>Request` and `<Operation>Response`, returns
 * their contents.
 */
export function callParameters(record: Located, eventName: string, outcome: CallOutcome, problems: RecordProblem[]): CallParameters {
  return {
    eventName,
    outcome,
    request: unwrapCallParameters(cloudTrailField(record, 'requestParameters'), `${eventName}Request`),
    response: unwrapCallParameters(cloudTrailField(record, 'responseElements'), `${eventName}Response`),
    problems,
  };
}

/** Returns the list of rule ids in the request of a Revoke call. */
export function revokedRuleIds({ request }: CallParameters): Located {
  return cloudTrailField(request, 'securityGroupRuleIds', 'securityGroupRuleId');
}

/** Returns the list of changed rules in the request of a Modify call. Each entry has the id and the new content of a rule. */
export function modifiedRuleItems({ request }: CallParameters): Located {
  return cloudTrailField(request, 'securityGroupRule', 'securityGroupRules');
}

/**
 * Returns the list of rules in the request of an UpdateSecurityGroupRuleDescriptions call. Each entry has the id and the new description of
 * a rule.
 */
export function cloudTrailRuleDescriptionItems({ request }: CallParameters): Located {
  return cloudTrailField(request, 'securityGroupRuleDescription', 'securityGroupRuleDescriptions');
}

/** Returns the text of a required parameter. If the text is absent or unreadable, returns null and adds a problem to `call.problems`. */
export function readRequiredParameter(call: CallParameters, located: Located, expected: string): string | null {
  if (!isCloudTrailFieldPresent(located)) call.problems.push(missingCloudTrailParameterProblem(call, located, expected));
  return readOptionalCloudTrailText(located, call.problems);
}

/**
 * Returns the problem of a required value that the request lacks. If the whole request is missing or unreadable, returns a problem of the
 * request instead.
 */
export function missingCloudTrailParameterProblem(call: CallParameters, located: Located, expected: string): RecordProblem {
  return cloudTrailRequestProblems(call)[0] ?? cloudTrailProblem('missing', located, expected);
}

/** Returns a problem if the request is missing, is not an object, or was partly omitted by CloudTrail. Otherwise, returns an empty list. */
export function cloudTrailRequestProblems({ request }: CallParameters): readonly RecordProblem[] {
  const expected = 'the parameters of the call';
  return isCloudTrailFieldPresent(request)
    ? cloudTrailParameterProblems(request, expected)
    : [cloudTrailProblem('missing', request, expected)];
}

/** Returns a problem if EC2's response is not an object, or was partly omitted by CloudTrail. Otherwise, returns an empty list. */
export function cloudTrailResponseProblems({ response }: CallParameters): readonly RecordProblem[] {
  return isCloudTrailFieldPresent(response) ? cloudTrailParameterProblems(response, 'the response of the call') : [];
}

function cloudTrailParameterProblems(located: Located, expected: string): readonly RecordProblem[] {
  if (isOmittedByCloudTrail(located)) return [omittedByCloudTrailProblem(located)];
  return isCloudTrailObject(located) ? [] : [cloudTrailProblem('wrong-type', located, expected)];
}

function unwrapCallParameters(parameters: Located, wrapper: string): Located {
  const inner = cloudTrailField(parameters, wrapper);
  return isCloudTrailFieldPresent(inner) ? inner : parameters;
}
