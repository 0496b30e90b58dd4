import { at, holdsObject, isOmitted, isPresent, omittedProblem, problemAt, readText, type Located } from './located.js';
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
export function parametersOf(record: Located, eventName: string, outcome: CallOutcome, problems: RecordProblem[]): CallParameters {
  return {
    eventName,
    outcome,
    request: unwrapped(at(record, 'requestParameters'), `${eventName}Request`),
    response: unwrapped(at(record, 'responseElements'), `${eventName}Response`),
    problems,
  };
}

/** Returns the rule ids from the request of a Revoke call. */
export function revokedIdsIn({ request }: CallParameters): Located {
  return at(request, 'securityGroupRuleIds', 'securityGroupRuleId');
}

/** Returns the rules and their new content from the request of a Modify call. */
export function modifiedRulesIn({ request }: CallParameters): Located {
  return at(request, 'securityGroupRule', 'securityGroupRules');
}

/** Returns the rule ids and their new descriptions from the request. */
export function describedIdsIn({ request }: CallParameters): Located {
  return at(request, 'securityGroupRuleDescription', 'securityGroupRuleDescriptions');
}

/** Reads a required text of the request. */
export function readRequired(call: CallParameters, located: Located, expected: string): string | null {
  if (!isPresent(located)) call.problems.push(missingFrom(call, located, expected));
  return readText(located, call.problems);
}

/** Returns the problem of a value that is missing in the request. If the whole request is missing, returns that problem instead. */
export function missingFrom(call: CallParameters, located: Located, expected: string): RecordProblem {
  return requestProblems(call)[0] ?? problemAt('missing', located, expected);
}

/** Returns why the request may be incomplete. Returns nothing if the request is complete. */
export function requestProblems({ request }: CallParameters): readonly RecordProblem[] {
  const expected = 'the parameters of the call';
  return isPresent(request) ? objectProblems(request, expected) : [problemAt('missing', request, expected)];
}

/** Returns why EC2's answer may be incomplete. Returns nothing if the answer is complete or absent. */
export function responseProblems({ response }: CallParameters): readonly RecordProblem[] {
  return isPresent(response) ? objectProblems(response, 'the answer to the call') : [];
}

function objectProblems(located: Located, expected: string): readonly RecordProblem[] {
  if (isOmitted(located)) return [omittedProblem(located)];
  return holdsObject(located) ? [] : [problemAt('wrong-type', located, expected)];
}

function unwrapped(parameters: Located, wrapper: string): Located {
  const inner = at(parameters, wrapper);
  return isPresent(inner) ? inner : parameters;
}
