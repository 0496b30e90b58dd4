/** Which of the tellings of the same rules to believe: what the request asks for, or what EC2 answered. */
import { diffRules } from '@portcullis/permission-diff';
import type { Telling } from './recorded-rules.js';

/**
 * Returns the most reliable telling of the same rules: EC2's answer where it gives one that can be read, for it is canonical and names
 * the ids; else the request; else whatever can be read of both, with the problems of both.
 */
export function mostReliable(response: Telling, request: Telling): Telling {
  if (response.rules.length > 0 && response.problems.length === 0) return response;
  if (request.problems.length === 0) return request;
  return combined(response, request);
}

/** Returns what can be read of either, with the problems of both. */
export function combined(response: Telling, request: Telling): Telling {
  const onlyRequested = diffRules(request.rules, response.rules).missing;
  return { rules: [...response.rules, ...onlyRequested], problems: [...response.problems, ...request.problems] };
}
