/** Delivers events to functions asynchronously, as AWS does, and records each delivery. */
import { matchesWildcards } from '../simulated-aws/iam-policies.js';
import type { JsonObject } from '../json.js';
import type { Sandbox } from '../sandbox.js';
import type { Attempt, Delivery, DeliveryKind } from './delivery.js';

/** The maximum length of a chain in which each delivery causes the next delivery. A longer chain counts as an endless loop. */
const MAX_ROUNDS = 25;

/**
 * An event to deliver to a function.
 */
export type Parcel = Pick<Delivery, 'kind' | 'functionArn' | 'ruleName' | 'event' | 'cause'>;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export class Courier {
  readonly deliveries: Delivery[] = [];
  private readonly planned: Record<DeliveryKind, number> = { config: 0, cloudtrail: 0, invoke: 0 };
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly sandbox: Sandbox) {}

  /** Starts a job that makes deliveries of this kind. Deliveries of another kind can wait for the end of the job (`Faults.kindBefore`). */
  plan(kind: DeliveryKind, job: () => Promise<void>): void {
    this.planned[kind] += 1;
    this.sandbox.work.start(() =>
      job().finally(() => {
        this.planned[kind] -= 1;
        for (const resolve of this.waiting.splice(0)) resolve();
      }),
    );
  }

  /**
   * Returns the reason if the function's resource policy does not let the service (such as `events.amazonaws.com`) invoke the function.
   * Otherwise returns undefined.
   */
  refusal(functionArn: string, service: string, fromArn: string, fromAccount: string): string | undefined {
    const isAllowed = this.sandbox.functions
      .settings(functionArn)
      ?.permissions.some(
        ({ principal, sourceArn = fromArn, sourceAccount = fromAccount }) =>
          principal === service && matchesWildcards(sourceArn, fromArn) && sourceAccount === fromAccount,
      );
    return isAllowed === true ? undefined : `the resource policy of \`${functionArn}\` does not let ${service} invoke the function`;
  }

  /**
   * Delivers the event, including retries. Resolves to undefined if the event was not delivered.
   */
  async deliver(parcel: Parcel): Promise<Delivery | undefined> {
    const copies = this.sandbox.faults.copiesOf(parcel.kind);
    let first: Delivery | undefined;
    for (let copy = 0; copy < copies; copy += 1) first = (await this.deliverOnce(parcel)) ?? first;
    return copies === 0 ? this.notDelivered(`AWS lost the event for \`${parcel.functionArn}\``) : first;
  }

  private async deliverOnce(parcel: Parcel): Promise<Delivery | undefined> {
    const { functions, faults, work, emit } = this.sandbox;
    const { kind, functionArn } = parcel;
    if (functions.settings(functionArn)?.isStopped === true)
      return this.notDelivered(`\`${functionArn}\` cannot run, because it was deleted or its concurrency is zero`);
    const chain = this.chainFrom(parcel.cause);
    if (chain.length >= MAX_ROUNDS) {
      const names = [...new Set(chain.map(({ functionName }) => `\`${functionName}\``))].sort().join(', ');
      const reason = `stopped an endless loop after ${MAX_ROUNDS} deliveries to ${names}, each caused by the previous one`;
      work.fail(new Error(reason));
      return this.notDelivered(reason);
    }
    const delivery: Delivery = {
      ...parcel,
      id: this.deliveries.length + 1,
      functionName: functionArn.split(':')[6] ?? functionArn,
      round: chain.length + 1,
      attempts: [],
      state: 'queued',
      logs: [],
    };
    this.deliveries.push(delivery);
    const earlier = faults.kindBefore(kind);
    while (earlier !== undefined && this.planned[earlier] > 0) await new Promise<void>((resolve) => this.waiting.push(resolve));
    await this.run(delivery);
    emit({ type: 'delivery-finished', delivery });
    return delivery;
  }

  private async run(delivery: Mutable<Delivery>): Promise<void> {
    const { functions } = this.sandbox;
    const { maximumRetryAttempts = 2, onFailure } = functions.settings(delivery.functionArn) ?? {};
    const attempts: Attempt[] = [];
    delivery.attempts = attempts;
    // The sandbox retries immediately. AWS waits for one minute before the first retry, and for two minutes before the second.
    while (delivery.state === 'queued') {
      const attempt = await functions.invoke(delivery.functionArn, delivery.event, delivery.id);
      const { error, result } = attempt;
      attempts.push(attempt);
      delivery.logs = attempts.flatMap(({ logs }) => logs);
      if (error === undefined) Object.assign(delivery, { state: 'succeeded', result });
      else if (attempts.length > maximumRetryAttempts) Object.assign(delivery, { state: 'failed', error });
    }
    if (delivery.state === 'failed' && onFailure !== undefined)
      await this.sandbox.sendToDestination(delivery.functionArn, onFailure, failedInvocationRecord(delivery));
  }

  private notDelivered(reason: string): Delivery | undefined {
    this.sandbox.emit({ type: 'not-delivered', reason });
    return undefined;
  }

  /** Returns the chain of causes: the given delivery, the delivery that caused the given delivery, and so on. */
  private chainFrom(id: number | undefined): readonly Delivery[] {
    const delivery = this.deliveries.find((each) => each.id === id);
    return delivery === undefined ? [] : [delivery, ...this.chainFrom(delivery.cause)];
  }
}

/**
 * Returns the record that Lambda sends to the destination of failed invocations. Source:
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
function failedInvocationRecord({ functionArn, event, attempts }: Delivery): JsonObject {
  return {
    version: '1.0',
    timestamp: new Date().toISOString(),
    requestContext: {
      requestId: attempts.at(-1)?.requestId ?? '',
      functionArn: `${functionArn}:$LATEST`,
      condition: 'RetriesExhausted',
      approximateInvokeCount: attempts.length,
    },
    requestPayload: event,
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    responsePayload: attempts.at(-1)?.error ?? null,
  };
}
