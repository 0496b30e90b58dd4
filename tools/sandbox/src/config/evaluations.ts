/** What AWS Config keeps of its rules' answers, and the tokens by which it knows what an answer belongs to. */
import { randomBytes } from 'node:crypto';

export type EvaluatedCompliance = 'COMPLIANT' | 'NON_COMPLIANT' | 'NOT_APPLICABLE';

/** An evaluation as a function gives it. */
export interface GivenEvaluation {
  readonly resourceType: string;
  readonly resourceId: string;
  readonly compliance: EvaluatedCompliance;
  readonly annotation?: string;
  readonly orderingTimestamp: Date;
}

export interface KeptEvaluation extends GivenEvaluation {
  readonly ruleName: string;
  readonly recordedTime: Date;
  /** The delivery that this evaluation answers. */
  readonly deliveryId: number;
}

export interface EvaluationResult extends KeptEvaluation {
  /** When the rule was invoked. */
  readonly invokedTime: Date;
}

export class Evaluations {
  /** Every evaluation, in the order in which they were given. */
  readonly history: KeptEvaluation[] = [];
  private readonly tokens = new Map<string, { readonly ruleName: string; readonly invokedTime: Date; deliveryId: number }>();
  private readonly latest = new Map<string, EvaluationResult>();

  constructor(private readonly onKept: (evaluation: KeptEvaluation) => void) {}

  issueToken(ruleName: string): string {
    const token = randomBytes(48).toString('base64');
    this.tokens.set(token, { ruleName, invokedTime: new Date(), deliveryId: 0 });
    return token;
  }

  /** Notes which delivery carries the token. */
  carried(token: string, deliveryId: number): void {
    const issued = this.tokens.get(token);
    if (issued !== undefined) issued.deliveryId = deliveryId;
  }

  /** Reports whether the token was issued here. */
  knows(token: string): boolean {
    return this.tokens.has(token);
  }

  /** @param during the delivery in which the evaluation was given: a token can be delivered twice. */
  keep(token: string, evaluation: GivenEvaluation, during?: number): void {
    const issued = this.tokens.get(token);
    if (issued === undefined) throw new Error('only an evaluation with a token that was issued is kept');
    const { ruleName, invokedTime, deliveryId } = issued;
    const kept = { ruleName, ...evaluation, recordedTime: new Date(), deliveryId: during ?? deliveryId };
    this.history.push(kept);
    const key = JSON.stringify([ruleName, kept.resourceType, kept.resourceId]);
    const earlier = this.latest.get(key);
    // AWS does not say what becomes of an older evaluation that comes late; the name of the timestamp says that it orders them.
    if (earlier === undefined || earlier.orderingTimestamp <= kept.orderingTimestamp) this.latest.set(key, { ...kept, invokedTime });
    this.onKept(kept);
  }

  /** The latest evaluation of each resource by each rule. */
  current(): readonly EvaluationResult[] {
    return [...this.latest.values()];
  }
}
