/**
 * AWS Config's calls about evaluations. moto takes PutEvaluations in test mode only, keeps nothing, and answers the queries with HTTP 500.
 *
 * @see https://docs.aws.amazon.com/config/latest/APIReference/API_PutEvaluations.html
 */
import type { AwsError, Verdict } from '../aws/call.js';
import { isObject, listOf, textOf, type JsonObject } from '../json.js';
import type { EvaluatedCompliance, EvaluationResult, Evaluations, GivenEvaluation } from './evaluations.js';

const ACCEPTED: readonly EvaluatedCompliance[] = ['COMPLIANT', 'NON_COMPLIANT', 'NOT_APPLICABLE'];

/** @param during the delivery in which a function made the call. */
export function putEvaluations(input: JsonObject, evaluations: Evaluations, during: number | undefined): Verdict {
  const given = listOf(input, 'Evaluations');
  if (given.length === 0)
    return refuse(
      'InvalidParameterValueException',
      'The Evaluations object in your request cannot be null. Add the required parameters and try again.',
    );
  if (given.length > 100)
    return refuse(
      'ValidationException',
      "1 validation error detected: Value at 'evaluations' failed to satisfy constraint: Member must have length less than or equal to 100",
    );
  const read = given.map((evaluation) => readEvaluation(isObject(evaluation) ? evaluation : {}));
  for (const each of read) if ('code' in each) return { error: each };
  if (input.TestMode === true) return { result: { FailedEvaluations: [] } };
  const token = textOf(input, 'ResultToken') ?? '';
  if (!evaluations.knows(token)) return refuse('InvalidResultTokenException', 'The result token is invalid.');
  for (const each of read) if (!('code' in each)) evaluations.keep(token, each, during);
  return { result: { FailedEvaluations: [] } };
}

function readEvaluation(evaluation: JsonObject): GivenEvaluation | AwsError {
  const { OrderingTimestamp: timestamp } = evaluation;
  // In this protocol a time is a number of seconds; a text is what a client sends that was given a text instead of a date.
  if (typeof timestamp !== 'number') return { code: 'SerializationException', message: 'a timestamp is a number of seconds since 1970' };
  const [type, resourceType, resourceId] = ['ComplianceType', 'ComplianceResourceType', 'ComplianceResourceId'].map((member) =>
    textOf(evaluation, member),
  );
  const annotation = textOf(evaluation, 'Annotation');
  const problem =
    lengthProblem('complianceResourceType', resourceType, 256) ??
    lengthProblem('complianceResourceId', resourceId, 768) ??
    ('Annotation' in evaluation ? lengthProblem('annotation', annotation, 256) : undefined);
  if (problem !== undefined) return { code: 'ValidationException', message: problem };
  const compliance = ACCEPTED.find((each) => each === type);
  if (compliance === undefined)
    return type === 'INSUFFICIENT_DATA'
      ? {
          code: 'InvalidParameterValueException',
          message: 'AWS Config does not accept INSUFFICIENT_DATA as the value for ComplianceType from a PutEvaluations request.',
        }
      : {
          code: 'ValidationException',
          message: constraint(
            'complianceType',
            type,
            'satisfy enum value set: [COMPLIANT, NON_COMPLIANT, NOT_APPLICABLE, INSUFFICIENT_DATA]',
          ),
        };
  return {
    resourceType: resourceType ?? '',
    resourceId: resourceId ?? '',
    compliance,
    ...(annotation !== undefined && { annotation }),
    orderingTimestamp: new Date(timestamp * 1000),
  };
}

const constraint = (member: string, value: unknown, rule: string): string =>
  `1 validation error detected: Value '${String(value)}' at 'evaluations.1.member.${member}' failed to satisfy constraint: Member must ${rule}`;

function lengthProblem(member: string, value: string | undefined, most: number): string | undefined {
  if (value === undefined) return constraint(member, 'null', 'not be null');
  if (value.length < 1) return constraint(member, value, 'have length greater than or equal to 1');
  return value.length > most ? constraint(member, value, `have length less than or equal to ${most}`) : undefined;
}

const refuse = (code: string, message: string): Verdict => ({ error: { code, message } });

/** The queries by which a person asks what the rules found; undefined for another call. */
export function complianceQuery(
  operation: string,
  input: JsonObject,
  evaluations: Evaluations,
  ruleNames: readonly string[],
): Verdict | undefined {
  const unknown = (names: readonly string[]): Verdict | undefined => {
    const name = names.find((each) => !ruleNames.includes(each));
    return name === undefined
      ? undefined
      : refuse('NoSuchConfigRuleException', `The ConfigRule '${name}' provided in the request is invalid.`);
  };
  const types = listOf(input, 'ComplianceTypes');
  const [type, id, rule = ''] = ['ResourceType', 'ResourceId', 'ConfigRuleName'].map((member) => textOf(input, member));
  const current = evaluations.current();
  const ofResource = current.filter(
    (each) => (type === undefined || each.resourceType === type) && (id === undefined || each.resourceId === id),
  );
  const details = (results: readonly EvaluationResult[]): Verdict => ({
    result: {
      EvaluationResults: results
        .filter(({ compliance }) => (types.length === 0 ? compliance !== 'NOT_APPLICABLE' : types.includes(compliance)))
        .map(detail),
    },
  });
  switch (operation) {
    case 'GetComplianceDetailsByConfigRule':
      return unknown([rule]) ?? details(current.filter(({ ruleName }) => ruleName === rule));
    case 'GetComplianceDetailsByResource':
      return details(ofResource);
    case 'DescribeComplianceByConfigRule': {
      const names = listOf(input, 'ConfigRuleNames').map(String);
      const rows = (names.length > 0 ? names : ruleNames).map((ConfigRuleName) => ({
        ConfigRuleName,
        Compliance: compliance(current.filter(({ ruleName }) => ruleName === ConfigRuleName)),
      }));
      return (
        unknown(names) ?? {
          result: {
            ComplianceByConfigRules: rows.filter(({ Compliance }) => types.length === 0 || types.includes(Compliance.ComplianceType)),
          },
        }
      );
    }
    case 'DescribeComplianceByResource': {
      const resources = new Map(ofResource.map((each) => [`${each.resourceType} ${each.resourceId}`, each]));
      const rows = [...resources.values()].map(({ resourceType, resourceId }) => ({
        ResourceType: resourceType,
        ResourceId: resourceId,
        Compliance: compliance(ofResource.filter((each) => each.resourceType === resourceType && each.resourceId === resourceId)),
      }));
      return {
        result: { ComplianceByResources: rows.filter(({ Compliance }) => types.length === 0 || types.includes(Compliance.ComplianceType)) },
      };
    }
    default:
      return undefined;
  }
}

const seconds = (time: Date): number => time.getTime() / 1000;

const detail = (result: EvaluationResult): JsonObject => ({
  EvaluationResultIdentifier: {
    EvaluationResultQualifier: {
      ConfigRuleName: result.ruleName,
      ResourceType: result.resourceType,
      ResourceId: result.resourceId,
      EvaluationMode: 'DETECTIVE',
    },
    OrderingTimestamp: seconds(result.orderingTimestamp),
  },
  ComplianceType: result.compliance,
  ResultRecordedTime: seconds(result.recordedTime),
  ConfigRuleInvokedTime: seconds(result.invokedTime),
  ...(result.annotation !== undefined && { Annotation: result.annotation }),
});

/** Non-compliant as soon as one resource is; no data when none was judged. */
function compliance(results: readonly EvaluationResult[]): { readonly ComplianceType: string } & JsonObject {
  const count = results.filter((result) => result.compliance === 'NON_COMPLIANT').length;
  if (count > 0)
    return { ComplianceType: 'NON_COMPLIANT', ComplianceContributorCount: { CappedCount: Math.min(25, count), CapExceeded: count > 25 } };
  return { ComplianceType: results.some((result) => result.compliance === 'COMPLIANT') ? 'COMPLIANT' : 'INSUFFICIENT_DATA' };
}
