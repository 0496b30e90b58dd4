/** Hands events to functions, asynchronously as AWS does, and keeps a record of each delivery. */
import { like } from '../iam/evaluate.js';
import type { JsonObject } from '../json.js';
import type { Sandbox } from '../sandbox.js';
import type { Attempt, Delivery, DeliveryKind } from './delivery.js';

/** Deliveries that functions cause for each other, in a row, before the courier takes it for an endless loop. */
const MAX_ROUNDS = 25;

/** What to deliver. `cause` is the delivery during which the change was made that caused this one; undefined for a person's. */
export type Parcel = Pick<Delivery, 'kind' | 'functionArn' | 'ruleName' | 'event' | 'cause'>;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export class Courier {
  readonly deliveries: Delivery[] = [];
  private readonly planned: Record<DeliveryKind, number> = { config: 0, cloudtrail: 0, invoke: 0 };
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly sandbox: Sandbox) {}

  /** Counts a job that will lead to deliveries of that kind, so that the other kind can wait for it. The job starts at once. */
  plan(kind: DeliveryKind, job: () => Promise<void>): void {
    this.planned[kind] += 1;
    this.sandbox.work.start(() =>
      job().finally(() => {
        this.planned[kind] -= 1;
        for (const resolve of this.waiting.splice(0)) resolve();
      }),
    );
  }

  /** Returns why the function's resource policy does not let the service (`events.amazonaws.com`) invoke it; undefined when it does. */
  refusal(functionArn: string, service: string, fromArn: string, fromAccount: string): string | undefined {
    const isAllowed = this.sandbox.functions
      .settings(functionArn)
      ?.permissions.some(
        ({ principal, sourceArn = fromArn, sourceAccount = fromAccount }) =>
          principal === service && like(sourceArn, fromArn) && sourceAccount === fromAccount,
      );
    return isAllowed === true ? undefined : `\`${functionArn}\` has no permission for ${service}`;
  }

  /** Resolves to the delivery when the function has run, or has failed for the last time; to nothing when a loop was cut or the event was lost. */
  async deliver(parcel: Parcel): Promise<Delivery | undefined> {
    const copies = this.sandbox.weather.copiesOf(parcel.kind);
    let first: Delivery | undefined;
    for (let copy = 0; copy < copies; copy += 1) first = (await this.deliverOnce(parcel)) ?? first;
    return copies === 0 ? this.notDelivered(`the event for \`${parcel.functionArn}\` was lost on the way`) : first;
  }

  private async deliverOnce(parcel: Parcel): Promise<Delivery | undefined> {
    const { functions, weather, work, emit } = this.sandbox;
    const { kind, functionArn } = parcel;
    if (functions.settings(functionArn)?.isStopped === true)
      return this.notDelivered(`\`${functionArn}\` runs no instance: it was deleted, or its concurrency is zero`);
    const chain = this.chainFrom(parcel.cause);
    if (chain.length >= MAX_ROUNDS) {
      const names = [...new Set(chain.map(({ functionName }) => `\`${functionName}\``))].sort().join(', ');
      const reason = `an endless loop, cut: ${MAX_ROUNDS} deliveries in a row were each caused by the one before, in ${names}`;
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
    // Its minutes count from when it was sent.
    await weather.arrival(kind);
    const earlier = weather.before(kind);
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
    // On AWS the retries follow after one and two minutes.
    while (delivery.state === 'queued') {
      const attempt = await functions.invoke(delivery.functionArn, delivery.event, delivery.id);
      const { error, result } = attempt;
      attempts.push(attempt);
      delivery.logs = attempts.flatMap(({ logs }) => logs);
      if (error === undefined) Object.assign(delivery, { state: 'succeeded', result });
      else if (attempts.length > maximumRetryAttempts) Object.assign(delivery, { state: 'failed', error });
    }
    if (delivery.state === 'failed' && onFailure !== undefined)
      await this.sandbox.sendToDestination(delivery.functionArn, onFailure, failureRecord(delivery));
  }

  private notDelivered(reason: string): Delivery | undefined {
    this.sandbox.emit({ type: 'not-delivered', reason });
    return undefined;
  }

  /** The delivery, the one that caused it, the one that caused that, … */
  private chainFrom(id: number | undefined): readonly Delivery[] {
    const delivery = this.deliveries.find((each) => each.id === id);
    return delivery === undefined ? [] : [delivery, ...this.chainFrom(delivery.cause)];
  }
}

/** What a destination gets of a failed invocation. https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
function failureRecord({ functionArn, event, attempts }: Delivery): JsonObject {
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
