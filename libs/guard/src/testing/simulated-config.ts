/**
 * A simulated AWS Config behind the SDK's client. The simulation supports only `PutEvaluations`. The simulation refuses evaluations that
 * AWS Config would refuse, and stores all other evaluations. Source: AWS Config API reference, PutEvaluations.
 */
import { PutEvaluationsCommand, type ConfigServiceClient, type Evaluation } from '@aws-sdk/client-config-service';
import type { Compliance } from '../restore/ports.js';

/**
 * The error with which a call fails. `FailedEvaluations` is no error: the call succeeds, but AWS Config refuses an evaluation.
 */
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
  /** The number of evaluations in each call, including calls in test mode. */
  readonly calls: number[] = [];
  /** The stored evaluations, in the order of their arrival. */
  readonly kept: (KeptEvaluation & { readonly resourceType: string; readonly resultToken: string })[] = [];
  /** Returns the fault of the next call, if any. */
  before: () => ConfigFault | undefined = () => undefined;

  /** The code under test uses only the method `send` of the SDK's client. */
  readonly client = { send: (command: unknown) => this.answer(command) } as unknown as ConfigServiceClient;

  private answer(command: unknown): Promise<object> {
    if (!(command instanceof PutEvaluationsCommand)) throw new Error('the simulated AWS Config supports only PutEvaluations');
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
  if (token === '' || (token === 'TESTMODE' && !testMode)) return 'the result token is invalid';
  if (evaluations.length === 0 || evaluations.length > 100) return `${evaluations.length} evaluations, expected 1 to 100`;
  const annotations = evaluations.map(({ Annotation = 'none' }) => Annotation.length);
  if (annotations.some((length) => length < 1 || length > 256)) return 'an annotation must have 1 to 256 characters';
  return evaluations.every(({ OrderingTimestamp }) => OrderingTimestamp instanceof Date)
    ? undefined
    : 'an ordering timestamp is not a Date';
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
