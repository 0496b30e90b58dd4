import { createQueue, createWork } from './work.js';

interface Gate {
  readonly passed: Promise<void>;
  readonly open: () => void;
}

const gate = (): Gate => {
  let open = (): void => undefined;
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open };
};

describe('work', () => {
  it('is settled when nothing was started', async () => {
    await expect(createWork().settled()).resolves.toBeUndefined();
  });

  it('is settled only when what a job started is done too', async () => {
    const work = createWork();
    const [first, second] = [gate(), gate()];
    const done: string[] = [];
    work.start(async () => {
      await first.passed;
      done.push('first');
      work.start(async () => {
        await second.passed;
        done.push('second');
      });
    });

    const settled = work.settled().then(() => done.push('settled'));
    first.open();
    second.open();
    await settled;

    expect(done).toEqual(['first', 'second', 'settled']);
  });

  it('rejects with the first fault, and only once', async () => {
    const work = createWork();
    work.start(() => Promise.reject(new Error('the first')));
    work.start(() => Promise.reject(new Error('the second')));

    await expect(work.settled()).rejects.toThrow('the first');
    await expect(work.settled()).resolves.toBeUndefined();
  });
});

describe('a queue', () => {
  it('runs one job after the other', async () => {
    const inTurn = createQueue();
    const first = gate();
    const order: string[] = [];
    const jobs = [
      inTurn(async () => {
        await first.passed;
        order.push('first');
      }),
      inTurn(() => {
        order.push('second');
        return Promise.resolve();
      }),
    ];
    first.open();
    await Promise.all(jobs);

    expect(order).toEqual(['first', 'second']);
  });

  it('goes on after a job that failed', async () => {
    const inTurn = createQueue();
    const failed = inTurn(() => Promise.reject(new Error('no')));

    await expect(inTurn(() => Promise.resolve('yes'))).resolves.toBe('yes');
    await expect(failed).rejects.toThrow('no');
  });
});
