import { createJobQueue, Work } from './work.js';

function gate(): { readonly passed: Promise<void>; readonly open: () => void } {
  let open = (): void => undefined;
  const passed = new Promise<void>((resolve) => (open = resolve));
  return { passed, open };
}

it('`settled` also waits for jobs that another job started', async () => {
  const work = new Work();
  const [first, second] = [gate(), gate()];
  const done: string[] = [];
  work.start(async () => {
    await first.passed;
    done.push('first');
    work.start(() => second.passed.then(() => void done.push('second')));
  });

  const settled = work.settled().then(() => done.push('settled'));
  first.open();
  second.open();
  await settled;

  expect(done).toEqual(['first', 'second', 'settled']);
});

it('`settled` rejects with the first error of a job, and rejects only once', async () => {
  const work = new Work();
  for (const message of ['the first', 'the second']) work.start(() => Promise.reject(new Error(message)));

  await expect(work.settled()).rejects.toThrow('the first');
  await expect(work.settled()).resolves.toBeUndefined();
});

it('`createJobQueue` runs one job after another, and continues after a failed job', async () => {
  const inTurn = createJobQueue();
  const first = gate();
  const order: string[] = [];
  const failed = inTurn(() => first.passed.then(() => Promise.reject(new Error(`no, after ${order.length}`))));
  const next = inTurn(() => Promise.resolve(order.push('next')));
  first.open();

  await expect(failed).rejects.toThrow('no, after 0');
  await expect(next).resolves.toBe(1);
});
