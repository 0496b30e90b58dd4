// PutEvaluations: moto takes it in test mode only and keeps nothing. Here it is checked by AWS's limits and kept.
// Limits: https://docs.aws.amazon.com/config/latest/APIReference/API_PutEvaluations.html and API_Evaluation.html.
import type { ApiRequest } from '../api-request.js';
import { jsonError, jsonResponse, type ApiResponse } from '../api-response.js';
import type { Evaluations, EvaluatedCompliance } from '../evaluations.js';
import { isObject, listOf, textOf, type JsonObject } from '../json.js';
import { on, type Interceptor } from '../pipeline.js';

const accepted: readonly EvaluatedCompliance[] = ['COMPLIANT', 'NON_COMPLIANT', 'NOT_APPLICABLE'];
const modelled: readonly string[] = [...accepted, 'INSUFFICIENT_DATA'];

const isAccepted = (type: string | undefined): type is EvaluatedCompliance => accepted.some((each) => each === type);

interface Given {
  readonly resourceType: string;
  readonly resourceId: string;
  readonly compliance: EvaluatedCompliance;
  readonly annotation?: string;
  readonly orderingTimestamp: Date;
}

const constraint = (member: string, value: unknown, rule: string): string =>
  `1 validation error detected: Value '${String(value)}' at 'evaluations.1.member.${member}' failed to satisfy constraint: Member must ${rule}`;

const lengthProblem = (member: string, value: string | undefined, most: number): string | undefined => {
  if (value === undefined)
    return `1 validation error detected: Value null at 'evaluations.1.member.${member}' failed to satisfy constraint: Member must not be null`;
  if (value.length < 1) return constraint(member, value, 'have length greater than or equal to 1');
  if (value.length > most) return constraint(member, value, `have length less than or equal to ${most}`);
  return undefined;
};

const validationProblem = (evaluation: JsonObject): string | undefined => {
  const type = textOf(evaluation, 'ComplianceType');
  if (type === undefined || !modelled.includes(type)) {
    return constraint('complianceType', type ?? 'null', `satisfy enum value set: [${modelled.join(', ')}]`);
  }
  return (
    lengthProblem('complianceResourceType', textOf(evaluation, 'ComplianceResourceType'), 256) ??
    lengthProblem('complianceResourceId', textOf(evaluation, 'ComplianceResourceId'), 768) ??
    ('Annotation' in evaluation ? lengthProblem('annotation', textOf(evaluation, 'Annotation'), 256) : undefined)
  );
};

const givenBy = (evaluation: JsonObject): Given | ApiResponse => {
  const timestamp = evaluation.OrderingTimestamp;
  // In this protocol a time is a number of seconds; a text is what a client sends that was given one instead of a date.
  if (typeof timestamp !== 'number')
    return jsonError('SerializationException', 'a timestamp is a number of seconds since 1970');
  const problem = validationProblem(evaluation);
  if (problem !== undefined) return jsonError('ValidationException', problem);
  const compliance = textOf(evaluation, 'ComplianceType');
  if (!isAccepted(compliance)) {
    return jsonError(
      'InvalidParameterValueException',
      'AWS Config does not accept INSUFFICIENT_DATA as the value for ComplianceType from a PutEvaluations request.',
    );
  }
  const annotation = textOf(evaluation, 'Annotation');
  return {
    resourceType: textOf(evaluation, 'ComplianceResourceType') ?? '',
    resourceId: textOf(evaluation, 'ComplianceResourceId') ?? '',
    compliance,
    ...(annotation !== undefined && { annotation }),
    orderingTimestamp: new Date(timestamp * 1000),
  };
};

const nothingGiven =
  'The Evaluations object in your request cannot be null. Add the required parameters and try again.';
const tooMany =
  "1 validation error detected: Value at 'evaluations' failed to satisfy constraint: Member must have length less than or equal to 100";

const check = (input: JsonObject): readonly Given[] | ApiResponse => {
  const list = listOf(input, 'Evaluations');
  if (list.length === 0) return jsonError('InvalidParameterValueException', nothingGiven);
  if (list.length > 100) return jsonError('ValidationException', tooMany);
  const given: Given[] = [];
  for (const evaluation of list) {
    const read = givenBy(isObject(evaluation) ? evaluation : {});
    if ('status' in read) return read;
    given.push(read);
  }
  return given;
};

export interface PutEvaluationsOptions {
  readonly evaluations: Evaluations;
  /** The delivery during which the call was made, if a function made it. */
  readonly causeOf: (request: ApiRequest) => Promise<number | undefined>;
}

export const putEvaluations = ({ evaluations, causeOf }: PutEvaluationsOptions): Interceptor => ({
  matches: on('config', 'PutEvaluations'),
  handle: async (request) => {
    const given = check(request.input);
    if ('status' in given) return given;
    if (request.input.TestMode !== true) {
      const token = textOf(request.input, 'ResultToken') ?? '';
      if (evaluations.ruleOf(token) === undefined) {
        return jsonError('InvalidResultTokenException', 'The result token is invalid.');
      }
      const during = await causeOf(request);
      for (const each of given) evaluations.keep(token, each, during);
    }
    return jsonResponse({ FailedEvaluations: [] });
  },
});
