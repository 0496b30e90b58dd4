// What AWS Config tells of its rules' answers. moto keeps none and answers these calls with HTTP 500.
import { jsonError, jsonResponse } from '../api-response.js';
import type { EvaluationResult, Evaluations } from '../evaluations.js';
import { listOf, textOf, type JsonObject } from '../json.js';
import { on, type Interceptor } from '../pipeline.js';

const secondsOf = (time: Date): number => time.getTime() / 1000;

const resultFrom = (result: EvaluationResult): JsonObject => ({
  EvaluationResultIdentifier: {
    EvaluationResultQualifier: {
      ConfigRuleName: result.ruleName,
      ResourceType: result.resourceType,
      ResourceId: result.resourceId,
      EvaluationMode: 'DETECTIVE',
    },
    OrderingTimestamp: secondsOf(result.orderingTimestamp),
  },
  ComplianceType: result.compliance,
  ResultRecordedTime: secondsOf(result.recordedTime),
  ConfigRuleInvokedTime: secondsOf(result.invokedTime),
  ...(result.annotation !== undefined && { Annotation: result.annotation }),
});

/** The results whose compliance the call asks for: all but NOT_APPLICABLE unless it names types. */
const asked = (results: readonly EvaluationResult[], input: JsonObject): readonly EvaluationResult[] => {
  const types = listOf(input, 'ComplianceTypes');
  return results.filter(({ compliance }) =>
    types.length === 0 ? compliance !== 'NOT_APPLICABLE' : types.includes(compliance),
  );
};

// Non-compliant as soon as one resource is; no data when none was judged.
const compliance = (results: readonly EvaluationResult[]): JsonObject => {
  const nonCompliant = results.filter((result) => result.compliance === 'NON_COMPLIANT');
  if (nonCompliant.length > 0) {
    return {
      ComplianceType: 'NON_COMPLIANT',
      ComplianceContributorCount: {
        CappedCount: Math.min(25, nonCompliant.length),
        CapExceeded: nonCompliant.length > 25,
      },
    };
  }
  return {
    ComplianceType: results.some((result) => result.compliance === 'COMPLIANT') ? 'COMPLIANT' : 'INSUFFICIENT_DATA',
  };
};

const ofAskedType = (input: JsonObject, rows: readonly JsonObject[]): readonly JsonObject[] => {
  const types = listOf(input, 'ComplianceTypes');
  return types.length === 0
    ? rows
    : rows.filter(({ Compliance: row }) => types.includes(textOf(row, 'ComplianceType')));
};

export interface ComplianceQueriesOptions {
  readonly evaluations: Evaluations;
  /** The names of the deployed rules. */
  readonly ruleNames: () => Promise<readonly string[]>;
}

export const complianceQueries = ({ evaluations, ruleNames }: ComplianceQueriesOptions): readonly Interceptor[] => [
  {
    matches: on('config', 'GetComplianceDetailsByConfigRule'),
    handle: async ({ input }) => {
      const name = textOf(input, 'ConfigRuleName') ?? '';
      if (!(await ruleNames()).includes(name))
        return jsonError('NoSuchConfigRuleException', `The ConfigRule '${name}' provided in the request is invalid.`);
      const results = evaluations.current().filter(({ ruleName }) => ruleName === name);
      return jsonResponse({ EvaluationResults: asked(results, input).map(resultFrom) });
    },
  },
  {
    matches: on('config', 'GetComplianceDetailsByResource'),
    handle: ({ input }) => {
      const results = evaluations
        .current()
        .filter(
          ({ resourceType, resourceId }) =>
            resourceType === textOf(input, 'ResourceType') && resourceId === textOf(input, 'ResourceId'),
        );
      return Promise.resolve(jsonResponse({ EvaluationResults: asked(results, input).map(resultFrom) }));
    },
  },
  {
    matches: on('config', 'DescribeComplianceByConfigRule'),
    handle: async ({ input }) => {
      const deployed = await ruleNames();
      const named = listOf(input, 'ConfigRuleNames').filter((name): name is string => typeof name === 'string');
      const unknown = named.find((name) => !deployed.includes(name));
      if (unknown !== undefined)
        return jsonError(
          'NoSuchConfigRuleException',
          `The ConfigRule '${unknown}' provided in the request is invalid.`,
        );
      const rows = (named.length > 0 ? named : deployed).map((name) => ({
        ConfigRuleName: name,
        Compliance: compliance(evaluations.current().filter(({ ruleName }) => ruleName === name)),
      }));
      return jsonResponse({ ComplianceByConfigRules: ofAskedType(input, rows) });
    },
  },
  {
    matches: on('config', 'DescribeComplianceByResource'),
    handle: ({ input }) => {
      const type = textOf(input, 'ResourceType');
      const id = textOf(input, 'ResourceId');
      const results = evaluations
        .current()
        .filter(
          (result) =>
            (type === undefined || result.resourceType === type) && (id === undefined || result.resourceId === id),
        );
      const resources = new Set(
        results.map(({ resourceType, resourceId }) => JSON.stringify([resourceType, resourceId])),
      );
      const rows = [...resources].map((key) => {
        const [first, ...others] = results.filter(
          ({ resourceType, resourceId }) => JSON.stringify([resourceType, resourceId]) === key,
        );
        return {
          ResourceType: first?.resourceType,
          ResourceId: first?.resourceId,
          Compliance: compliance(first ? [first, ...others] : []),
        };
      });
      return Promise.resolve(jsonResponse({ ComplianceByResources: ofAskedType(input, rows) }));
    },
  },
];
