/**
 * What AWS Config keeps of its rules' answers. moto takes PutEvaluations in test mode only, keeps nothing, and answers the queries with HTTP 500.
 *
 * @see https://docs.aws.amazon.com/config/latest/APIReference/API_PutEvaluations.html
 */
import { randomBytes } from 'node:crypto';
import type { AwsError, Verdict } from '../aws/call.js';
import { listOf, textOf, type JsonObject } from '../json.js';

const ACCEPTED = ['COMPLIANT', 'NON_COMPLIANT', 'NOT_APPLICABLE'];

export interface KeptEvaluation {
  readonly ruleName: string;
  readonly resourceType: string;
  readonly resourceId: string;
  /** COMPLIANT, NON_COMPLIANT or NOT_APPLICABLE. */
  readonly compliance: string;
  readonly annotation?: string | undefined;
  readonly orderingTimestamp: Date;
  readonly recordedTime: Date;
  /** When the rule was invoked. */
  readonly invokedTime: Date;
  /** The delivery during which a function gave it; 0 when a person did. */
  readonly deliveryId: number;
}

export class Evaluations {
  /** Every evaluation, in the order in which they were given. */
  readonly history: KeptEvaluation[] = [];
  private readonly tokens = new Map<string, { readonly ruleName: string; readonly invokedTime: Date }>();
  private readonly latest = new Map<string, KeptEvaluation>();

  issueToken(ruleName: string): string {
    const token = randomBytes(48).toString('base64');
    this.tokens.set(token, { ruleName, invokedTime: new Date() });
    return token;
  }

  /** @param during the delivery in which a function made the call: a token can be delivered twice. */
  put(input: JsonObject, during = 0): Verdict {
    const given = listOf(input, 'Evaluations') as readonly JsonObject[]; // by the API's model
    if (given.length === 0) return refuse('InvalidParameterValueException', 'The Evaluations object in your request cannot be null.');
    const error =
      given.length > 100 ? invalid('evaluations', 'have length less than or equal to 100') : given.map(problemWith).find(Boolean);
    if (error !== undefined) return { error };
    if (input.TestMode !== true) {
      const issued = this.tokens.get(textOf(input, 'ResultToken') ?? '');
      if (issued === undefined) return refuse('InvalidResultTokenException', 'The result token is invalid.');
      for (const each of given) this.keep(each, { ...issued, deliveryId: during });
    }
    return { result: { FailedEvaluations: [] } };
  }

  /** Answers the queries by which a person asks what the rules found; undefined for another call. */
  query(operation: string, input: JsonObject, ruleNames: readonly string[]): Verdict | undefined {
    const [type, id, rule = ''] = ['ResourceType', 'ResourceId', 'ConfigRuleName'].map((member) => textOf(input, member));
    const types = listOf(input, 'ComplianceTypes');
    const latest = [...this.latest.values()];
    const details = (isAskedFor: (each: KeptEvaluation) => boolean): Verdict => {
      const isWanted = (found: string): boolean => (types.length === 0 ? found !== 'NOT_APPLICABLE' : types.includes(found));
      return { result: { EvaluationResults: latest.filter((each) => isWanted(each.compliance) && isAskedFor(each)).map(detail) } };
    };
    const refusalOf = (names: readonly string[]): Verdict | undefined => unknownRule(names.find((name) => !ruleNames.includes(name)));
    switch (operation) {
      case 'GetComplianceDetailsByConfigRule':
        return refusalOf([rule]) ?? details(({ ruleName }) => ruleName === rule);
      case 'GetComplianceDetailsByResource':
        return details(({ resourceType, resourceId }) => resourceType === type && resourceId === id);
      case 'DescribeComplianceByConfigRule': {
        const names = listOf(input, 'ConfigRuleNames').map(String);
        const rows = (names.length > 0 ? names : ruleNames)
          .map((name) => ({ ConfigRuleName: name, Compliance: summary(latest.filter(({ ruleName }) => ruleName === name)) }))
          .filter(({ Compliance }) => types.length === 0 || types.includes(Compliance.ComplianceType));
        return refusalOf(names) ?? { result: { ComplianceByConfigRules: rows } };
      }
      default:
        return undefined;
    }
  }

  private keep(evaluation: JsonObject, issued: Pick<KeptEvaluation, 'ruleName' | 'invokedTime' | 'deliveryId'>): void {
    const kept = {
      ...issued,
      resourceType: textOf(evaluation, 'ComplianceResourceType') ?? '',
      resourceId: textOf(evaluation, 'ComplianceResourceId') ?? '',
      compliance: textOf(evaluation, 'ComplianceType') ?? '',
      annotation: textOf(evaluation, 'Annotation'),
      orderingTimestamp: new Date(Number(evaluation.OrderingTimestamp) * 1000),
      recordedTime: new Date(),
    };
    this.history.push(kept);
    const key = JSON.stringify([kept.ruleName, kept.resourceType, kept.resourceId]);
    const earlier = this.latest.get(key);
    // AWS does not say what becomes of an older evaluation that comes late; the name of the timestamp says that it orders them.
    if (earlier === undefined || earlier.orderingTimestamp <= kept.orderingTimestamp) this.latest.set(key, kept);
  }
}

const LENGTHS = { ComplianceResourceType: 256, ComplianceResourceId: 768, Annotation: 256 };

function problemWith(evaluation: JsonObject): AwsError | undefined {
  // In this protocol a time is a number of seconds; a text is what a client sends that was given a text instead of a date.
  if (typeof evaluation.OrderingTimestamp !== 'number')
    return { code: 'SerializationException', message: 'a timestamp is a number of seconds since 1970' };
  for (const [member, most] of Object.entries(LENGTHS)) {
    const { length } = textOf(evaluation, member) ?? '';
    const isLeftOut = member === 'Annotation' && !(member in evaluation);
    if (!isLeftOut && (length < 1 || length > most)) return invalid(member, `have length from 1 to ${most}`);
  }
  const type = textOf(evaluation, 'ComplianceType') ?? '';
  const message = 'AWS Config does not accept INSUFFICIENT_DATA from a PutEvaluations request.';
  if (type === 'INSUFFICIENT_DATA') return { code: 'InvalidParameterValueException', message };
  return ACCEPTED.includes(type) ? undefined : invalid('ComplianceType', `satisfy enum value set: [${ACCEPTED.join(', ')}]`);
}

function invalid(member: string, rule: string): AwsError {
  return {
    code: 'ValidationException',
    message: `1 validation error detected: Value at '${member}' failed to satisfy constraint: Member must ${rule}`,
  };
}

function refuse(code: string, message: string): Verdict {
  return { error: { code, message } };
}

/** The refusal of a name that no rule has. */
export function unknownRule(name: string | undefined): Verdict | undefined {
  return name === undefined
    ? undefined
    : refuse('NoSuchConfigRuleException', `The ConfigRule '${name}' provided in the request is invalid.`);
}

function seconds(time: Date): number {
  return time.getTime() / 1000;
}

function detail({ ruleName: ConfigRuleName, resourceType: ResourceType, resourceId: ResourceId, ...result }: KeptEvaluation): JsonObject {
  return {
    EvaluationResultIdentifier: {
      EvaluationResultQualifier: { ConfigRuleName, ResourceType, ResourceId, EvaluationMode: 'DETECTIVE' },
      OrderingTimestamp: seconds(result.orderingTimestamp),
    },
    ComplianceType: result.compliance,
    ResultRecordedTime: seconds(result.recordedTime),
    ConfigRuleInvokedTime: seconds(result.invokedTime),
    Annotation: result.annotation,
  };
}

/** Non-compliant as soon as one resource is; no data when none was judged. */
function summary(results: readonly KeptEvaluation[]): JsonObject {
  const count = results.filter(({ compliance }) => compliance === 'NON_COMPLIANT').length;
  if (count > 0)
    return { ComplianceType: 'NON_COMPLIANT', ComplianceContributorCount: { CappedCount: Math.min(25, count), CapExceeded: count > 25 } };
  return { ComplianceType: results.some(({ compliance }) => compliance === 'COMPLIANT') ? 'COMPLIANT' : 'INSUFFICIENT_DATA' };
}
