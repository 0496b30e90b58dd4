/**
 * AWS Config as far as `PutEvaluations` goes, behind the SDK's client. It refuses what AWS Config refuses, and keeps what it takes.
 * Source: AWS Config API reference, PutEvaluations.
 */
import { PutEvaluationsCommand, type ConfigServiceClient, type Evaluation } from '@aws-sdk/client-config-service';
import type { Compliance } from '../restore/ports.js';

/** What goes wrong with a call: an error of AWS Config by its name, or success with an evaluation that was not taken. */
export type ConfigFault = 'ThrottlingException' | 'InvalidResultTokenException' | 'NoSuchConfigRuleException' | 'FailedEvaluations';

export const CONFIG_FAULTS: readonly ConfigFault[] = [
  'ThrottlingException',
  'InvalidResultTokenException',
  'NoSuchConfigRuleException',
  'FailedEvaluations',
];

export interface KeptEvaluation {
  readonly resourceId: string;
  readonly compliance: Compliance;
  readonly annotation: string;
  readonly orderingTime: Date;
}

export class SimulatedConfig {
  /** How many evaluations each call brought, those of a test included. */
  readonly calls: number[] = [];
  /** What was stored, in the order it came. */
  readonly kept: (KeptEvaluation & { readonly resourceType: string; readonly resultToken: string })[] = [];
  /** What goes wrong with the next call. */
  before: () => ConfigFault | undefined = () => undefined;

  /** The SDK's client has far more to it than what the adapter uses of it. */
  readonly client = { send: (command: unknown) => this.answer(command) } as unknown as ConfigServiceClient;

  private answer(command: unknown): Promise<object> {
    if (!(command instanceof PutEvaluationsCommand)) throw new Error('the simulated AWS Config does not know this call');
    const { Evaluations = [], ResultToken = '', TestMode = false } = command.input;
    this.calls.push(Evaluations.length);
    const problem = problemOf(Evaluations, ResultToken, TestMode);
    if (problem !== undefined) return refuse('InvalidParameterValueException', problem);
    const fault = this.before();
    if (fault !== undefined && fault !== 'FailedEvaluations') return refuse(fault, 'AWS Config says no');
    const taken = fault === undefined ? Evaluations : Evaluations.slice(1);
    if (!TestMode) this.kept.push(...taken.map((evaluation) => ({ ...keptOf(evaluation), resultToken: ResultToken })));
    return Promise.resolve({ FailedEvaluations: Evaluations.slice(0, Evaluations.length - taken.length) });
  }
}

function problemOf(evaluations: readonly Evaluation[], token: string, testMode: boolean): string | undefined {
  if (token === '' || (token === 'TESTMODE' && !testMode)) return 'the result token is not one';
  if (evaluations.length === 0 || evaluations.length > 100) return `${evaluations.length} evaluations`;
  const annotations = evaluations.map(({ Annotation = 'none' }) => Annotation.length);
  if (annotations.some((length) => length < 1 || length > 256)) return 'the annotation has 1 to 256 characters';
  return evaluations.every(({ OrderingTimestamp }) => OrderingTimestamp instanceof Date) ? undefined : 'the ordering timestamp is no time';
}

function keptOf(evaluation: Evaluation): Omit<SimulatedConfig['kept'][number], 'resultToken'> {
  const { ComplianceResourceType = '', ComplianceResourceId = '', ComplianceType, Annotation = '' } = evaluation;
  return {
    resourceType: ComplianceResourceType,
    resourceId: ComplianceResourceId,
    compliance: ComplianceType as Compliance,
    annotation: Annotation,
    orderingTime: evaluation.OrderingTimestamp ?? new Date(NaN),
  };
}

function refuse(name: string, message: string): Promise<never> {
  return Promise.reject(Object.assign(new Error(message), { name, $metadata: { httpStatusCode: 400 } }));
}
