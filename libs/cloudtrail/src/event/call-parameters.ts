import {
  recordField,
  isRecordedObject,
  isOmittedFromRecord,
  isFieldRecorded,
  omittedFromRecord,
  recordProblem,
  readRecordedText,
  type Located,
} from './located.js';
import type { RecordProblem } from './problem.js';
import type { CallOutcome } from './recorded-call.js';

/** The request of a call and EC2's answer, for the readers of one record. The readers add unreadable values to `problems`. */
export interface CallParameters {
  readonly eventName: string;
  readonly outcome: CallOutcome;
  /** Not an object if the record has no parameters. */
  readonly request: Located;
  readonly response: Located;
  readonly problems: RecordProblem[];
}

/** Unwraps request and response from `<Operation>Request` and `<Operation>Response`, if the record has these wrappers. */
export function callParameters(record: Located, eventName: string, outcome: CallOutcome, problems: RecordProblem[]): CallParameters {
  return {
    eventName,
    outcome,
    request: unwrapCallParameters(recordField(record, 'requestParameters'), `${eventName}Request`),
    response: unwrapCallParameters(recordField(record, 'responseElements'), `${eventName}Response`),
    problems,
  };
}

/** Returns the rule ids from the request of a Revoke call. */
export function revokedRuleIds({ request }: CallParameters): Located {
  return recordField(request, 'securityGroupRuleIds', 'securityGroupRuleId');
}

/** Returns the rules and their new content from the request of a Modify call. */
export function modifiedRuleItems({ request }: CallParameters): Located {
  return recordField(request, 'securityGroupRule', 'securityGroupRules');
}

/** Returns the rule ids and their new descriptions from the request. */
export function describedRuleItems({ request }: CallParameters): Located {
  return recordField(request, 'securityGroupRuleDescription', 'securityGroupRuleDescriptions');
}

/** Reads a required text of the request. */
export function readRequiredParameter(call: CallParameters, located: Located, expected: string): string | null {
  if (!isFieldRecorded(located)) call.problems.push(missingParameterProblem(call, located, expected));
  return readRecordedText(located, call.problems);
}

/** Returns the problem of a value that is missing in the request. If the whole request is missing, returns that problem instead. */
export function missingParameterProblem(call: CallParameters, located: Located, expected: string): RecordProblem {
  return callRequestProblems(call)[0] ?? recordProblem('missing', located, expected);
}

/** Returns why the request may be incomplete. Returns nothing if the request is complete. */
export function callRequestProblems({ request }: CallParameters): readonly RecordProblem[] {
  const expected = 'the parameters of the call';
  return isFieldRecorded(request) ? parameterObjectProblems(request, expected) : [recordProblem('missing', request, expected)];
}

/** Returns why EC2's answer may be incomplete. Returns nothing if the answer is complete or absent. */
export function callResponseProblems({ response }: CallParameters): readonly RecordProblem[] {
  return isFieldRecorded(response) ? parameterObjectProblems(response, 'the answer to the call') : [];
}

function parameterObjectProblems(located: Located, expected: string): readonly RecordProblem[] {
  if (isOmittedFromRecord(located)) return [omittedFromRecord(located)];
  return isRecordedObject(located) ? [] : [recordProblem('wrong-type', located, expected)];
}

function unwrapCallParameters(parameters: Located, wrapper: string): Located {
  const inner = recordField(parameters, wrapper);
  return isFieldRecorded(inner) ? inner : parameters;
}
