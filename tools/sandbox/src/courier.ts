import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { setTimeout as delay } from 'node:timers/promises';
import { failureRecord, invokeSettings, sendToDestination } from './async-invocation.js';
import type { Attempt, Delivery, DeliveryKind } from './delivery.js';
import type { DeploymentMemo } from './deployment-memo.js';
import type { Functions } from './functions.js';
import type { Work } from './work.js';

export type DeliveryOrder = 'cloudtrail-first' | 'config-first' | 'together';

/** Deliveries that functions cause for each other, in a row, before the courier takes it for an endless loop. */
export const mostRounds = 25;

export interface Parcel {
  readonly kind: DeliveryKind;
  readonly functionName: string;
  readonly ruleName: string;
  readonly event: unknown;
  /** The delivery during which the change was made that caused this one; undefined for a person's. */
  readonly cause: number | undefined;
  /** Told the number of the delivery before the function runs. */
  readonly onNumbered?: (deliveryId: number) => void;
}

export interface CourierOptions {
  readonly functions: Functions;
  readonly work: Work;
  readonly order: DeliveryOrder;
  readonly retryDelay: (attempt: number) => number;
  /** Straight to moto, past the proxy. */
  readonly lambda: LambdaClient;
  readonly sqs: SQSClient;
  readonly memo: DeploymentMemo;
  readonly onStarted: (delivery: Delivery) => void;
  readonly onFinished: (delivery: Delivery) => void;
  readonly onLoop: (reason: string) => void;
}

/** Hands events to functions, asynchronously, and keeps an account of each. */
export interface Courier {
  readonly deliveries: readonly Delivery[];
  /**
   * Counts a job that will lead to deliveries of that kind, so that the other kind can wait for it. The job starts at
   * once.
   */
  plan(kind: DeliveryKind, job: () => Promise<void>): void;
  /**
   * Resolves to the delivery when the function has run, or has failed for the last time; to nothing when a loop was
   * cut.
   */
  deliver(parcel: Parcel): Promise<Delivery | undefined>;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export const createCourier = (options: CourierOptions): Courier => {
  const { functions, work, order } = options;
  const deliveries: Mutable<Delivery>[] = [];
  const planned = { config: 0, cloudtrail: 0, invoke: 0 };
  let waiting: (() => void)[] = [];

  const before: Readonly<Record<DeliveryKind, DeliveryKind | undefined>> = {
    config: order === 'cloudtrail-first' ? 'cloudtrail' : undefined,
    cloudtrail: order === 'config-first' ? 'config' : undefined,
    invoke: undefined,
  };

  const itsTurn = async (kind: DeliveryKind): Promise<void> => {
    const earlier = before[kind];
    while (earlier !== undefined && planned[earlier] > 0) await new Promise<void>((resolve) => waiting.push(resolve));
  };

  const unplan = (kind: DeliveryKind): void => {
    planned[kind] -= 1;
    const woken = waiting;
    waiting = [];
    for (const resolve of woken) resolve();
  };

  const attempt = async (delivery: Mutable<Delivery>, attempts: Attempt[]): Promise<Attempt> => {
    const run = await functions.invoke(delivery.functionName, delivery.event, delivery.id, () => {
      if (delivery.state !== 'queued') return;
      delivery.state = 'running';
      options.onStarted(delivery);
    });
    attempts.push(run);
    delivery.logs = attempts.flatMap(({ logs }) => logs);
    return run;
  };

  const run = async (delivery: Mutable<Delivery>): Promise<void> => {
    const { maximumRetryAttempts, onFailure } = await options.memo.of(
      `invoke settings of ${delivery.functionName}`,
      () => invokeSettings(options.lambda, delivery.functionName),
    );
    const attempts: Attempt[] = [];
    delivery.attempts = attempts;
    let last = await attempt(delivery, attempts);
    while (last.error !== undefined && attempts.length <= maximumRetryAttempts) {
      const milliseconds = options.retryDelay(attempts.length);
      if (milliseconds > 0) await delay(milliseconds);
      last = await attempt(delivery, attempts);
    }
    if (last.error === undefined) {
      delivery.result = last.result;
      delivery.state = 'succeeded';
      return;
    }
    delivery.error = last.error;
    delivery.state = 'failed';
    if (onFailure !== undefined) {
      delivery.onFailureDestination = onFailure;
      const arn = functions.configuration(delivery.functionName)?.arn ?? delivery.functionName;
      await sendToDestination(options.sqs, onFailure, failureRecord(arn, delivery.event, attempts));
    }
  };

  /** The delivery, the one that caused it, the one that caused that, … */
  const chainFrom = (id: number | undefined): readonly Delivery[] => {
    const delivery = deliveries.find((each) => each.id === id);
    return delivery === undefined ? [] : [delivery, ...chainFrom(delivery.cause)];
  };

  return {
    deliveries,
    plan: (kind, job) => {
      planned[kind] += 1;
      work.start(() =>
        job().finally(() => {
          unplan(kind);
        }),
      );
    },
    deliver: async ({ kind, functionName, ruleName, event, cause, onNumbered }) => {
      const chain = chainFrom(cause);
      const round = chain.length + 1;
      if (round > mostRounds) {
        const names = [...new Set(chain.map((each) => `\`${each.functionName}\``))].sort().join(', ');
        const reason = `an endless loop, cut: ${mostRounds} deliveries in a row were each caused by the one before, in ${names}`;
        options.onLoop(reason);
        work.fail(new Error(reason));
        return undefined;
      }
      const delivery: Mutable<Delivery> = {
        id: deliveries.length + 1,
        kind,
        functionName,
        ruleName,
        event,
        round,
        ...(cause !== undefined && { cause }),
        attempts: [],
        state: 'queued',
        logs: [],
      };
      deliveries.push(delivery);
      onNumbered?.(delivery.id);
      await itsTurn(kind);
      await run(delivery);
      options.onFinished(delivery);
      return delivery;
    },
  };
};
