import { randomBytes } from 'node:crypto';

/** What an evaluation says of a resource. */
export type EvaluatedCompliance = 'COMPLIANT' | 'NON_COMPLIANT' | 'NOT_APPLICABLE';

/** An evaluation that AWS Config would have kept. */
export interface KeptEvaluation {
  readonly ruleName: string;
  readonly resourceType: string;
  readonly resourceId: string;
  readonly compliance: EvaluatedCompliance;
  readonly annotation?: string;
  readonly orderingTimestamp: Date;
  readonly recordedTime: Date;
  /** The delivery that this evaluation answers. */
  readonly deliveryId: number;
}

interface Issued {
  readonly ruleName: string;
  readonly invokedTime: Date;
  deliveryId: number;
}

/** A kept evaluation with the time its rule was invoked. */
export interface EvaluationResult extends KeptEvaluation {
  readonly invokedTime: Date;
}

/** What AWS Config keeps of its rules' answers, and the tokens by which it knows what an answer belongs to. */
export interface Evaluations {
  issueToken(ruleName: string): string;
  /** Notes which delivery carries the token. */
  carried(resultToken: string, deliveryId: number): void;
  /** The rule for whose invocation the token was issued; undefined for a token of somebody else's making. */
  ruleOf(resultToken: string): string | undefined;
  /**
   * `during` is the delivery in which the evaluation was given, when a function gave it: a token can be delivered
   * twice.
   */
  keep(
    resultToken: string,
    evaluation: Omit<KeptEvaluation, 'ruleName' | 'recordedTime' | 'deliveryId'>,
    during?: number,
  ): void;
  /** Every evaluation, in the order in which they were given. */
  readonly history: readonly KeptEvaluation[];
  /**
   * The latest evaluation of each resource by each rule: the one with the latest ordering timestamp, as its name has it;
   * AWS does not say what becomes of an older one that comes late.
   */
  current(): readonly EvaluationResult[];
  /** Forgets what a deleted rule found. */
  forget(ruleName: string): void;
}

export const createEvaluations = (onKept: (evaluation: KeptEvaluation) => void): Evaluations => {
  const tokens = new Map<string, Issued>();
  const history: KeptEvaluation[] = [];
  const latest = new Map<string, EvaluationResult>();

  return {
    issueToken: (ruleName) => {
      const token = randomBytes(48).toString('base64');
      tokens.set(token, { ruleName, invokedTime: new Date(), deliveryId: 0 });
      return token;
    },
    carried: (resultToken, deliveryId) => {
      const issued = tokens.get(resultToken);
      if (issued !== undefined) issued.deliveryId = deliveryId;
    },
    ruleOf: (resultToken) => tokens.get(resultToken)?.ruleName,
    keep: (resultToken, evaluation, during) => {
      const issued = tokens.get(resultToken);
      if (issued === undefined) throw new Error('only evaluations with a token that was issued are kept');
      const { ruleName, invokedTime, deliveryId } = issued;
      const kept: KeptEvaluation = {
        ruleName,
        ...evaluation,
        recordedTime: new Date(),
        deliveryId: during ?? deliveryId,
      };
      history.push(kept);
      const key = JSON.stringify([ruleName, kept.resourceType, kept.resourceId]);
      const earlier = latest.get(key);
      if (earlier === undefined || earlier.orderingTimestamp <= kept.orderingTimestamp)
        latest.set(key, { ...kept, invokedTime });
      onKept(kept);
    },
    history,
    current: () => [...latest.values()],
    forget: (ruleName) => {
      for (const [key, result] of latest) if (result.ruleName === ruleName) latest.delete(key);
    },
  };
};
