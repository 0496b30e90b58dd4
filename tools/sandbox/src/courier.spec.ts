import { LambdaClient } from '@aws-sdk/client-lambda';
import { SQSClient } from '@aws-sdk/client-sqs';
import { createCourier, mostRounds, type Courier, type DeliveryOrder, type Parcel } from './courier.js';
import type { DeploymentMemo } from './deployment-memo.js';
import type { Functions } from './functions.js';
import { createWork, type Work } from './work.js';

interface Stage {
  readonly courier: Courier;
  readonly work: Work;
  /** The functions in the order in which they ran, with the event each got. */
  readonly ran: string[];
}

const unused = (): never => {
  throw new Error('nothing here deploys');
};

/** A courier whose functions only note that they ran. */
const stageWith = (order: DeliveryOrder): Stage => {
  const ran: string[] = [];
  const work = createWork();
  const functions: Functions = {
    deploy: unused,
    configure: unused,
    remove: unused,
    configuration: () => undefined,
    invoke: (functionName, event, _cause, onStart) => {
      onStart?.();
      ran.push(`${functionName} ${String(event)}`);
      return Promise.resolve({ requestId: '1', result: null, logs: [], milliseconds: 0 });
    },
    runningCause: () => undefined,
    stop: unused,
  };
  // Every function has Lambda's own settings, as if that had been read before.
  const memo = {
    of: () => Promise.resolve({ maximumRetryAttempts: 2 }),
    interceptor: { matches: () => false, handle: unused },
  } as unknown as DeploymentMemo;
  const courier = createCourier({
    functions,
    work,
    memo,
    order,
    retryDelay: () => 0,
    lambda: new LambdaClient({}),
    sqs: new SQSClient({}),
    onStarted: () => undefined,
    onFinished: () => undefined,
    onLoop: () => undefined,
  });
  return { courier, work, ran };
};

const parcel = (kind: Parcel['kind'], event: unknown = 1, cause?: number): Parcel => ({
  kind,
  functionName: kind,
  ruleName: 'rule',
  event,
  cause,
});

describe('of two deliveries of one change', () => {
  it.each<readonly [DeliveryOrder, readonly string[]]>([
    ['cloudtrail-first', ['cloudtrail 1', 'config 1']],
    ['config-first', ['config 1', 'cloudtrail 1']],
    ['together', ['config 1', 'cloudtrail 1']],
  ])('%s is kept, however long the first takes to come about', async (order, expected) => {
    const { courier, work, ran } = stageWith(order);
    let findOut = (): void => undefined;
    const found = new Promise<void>((resolve) => {
      findOut = resolve;
    });

    // CloudTrail's delivery is planned, but whom it goes to is found out only after Config's is ready to go.
    courier.plan('cloudtrail', async () => {
      await found;
      await courier.deliver(parcel('cloudtrail'));
    });
    courier.plan('config', async () => {
      const delivery = courier.deliver(parcel('config'));
      await new Promise((resolve) => setImmediate(resolve));
      findOut();
      await delivery;
    });
    await work.settled();

    expect(ran).toEqual(expected);
  });
});

describe('a row of deliveries', () => {
  it('is cut when it is longer than any that ends', async () => {
    const { courier, work, ran } = stageWith('together');
    let cause: number | undefined;
    for (let round = 1; round <= mostRounds; round += 1) {
      const delivery = await courier.deliver(parcel('config', round, cause));
      expect(delivery).toMatchObject({ round, ...(cause !== undefined && { cause }) });
      cause = delivery?.id;
    }

    expect(await courier.deliver(parcel('config', 'one too many', cause))).toBeUndefined();

    expect(ran).toHaveLength(mostRounds);
    await expect(work.settled()).rejects.toThrow('an endless loop, cut: 25 deliveries in a row');
  });
});
