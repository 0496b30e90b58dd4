/** Loads the module again, because the module keeps one signal for the whole process. */
const fresh = async () => {
  jest.resetModules();
  return import('./interrupt.js');
};

function fakeProcess() {
  const exits: number[] = [];
  const listeners = new Map<string, () => void>();
  return {
    exits,
    on: (event: string, listener: () => void) => listeners.set(event, listener),
    exit: (code: number) => exits.push(code),
    send: (signal: string) => listeners.get(signal)?.(),
  };
}

it.each(['SIGINT', 'SIGTERM', 'SIGHUP'])(
  '%s interrupts the command, a second signal within a second is ignored, and a later signal ends the process',
  async (name) => {
    const { processInterruptSignal } = await fresh();
    const process = fakeProcess();
    let time = 1000;

    const signal = processInterruptSignal(process, () => time);
    expect(processInterruptSignal(process)).toBe(signal);
    expect(signal.aborted).toBe(false);

    process.send(name);
    time += 5;
    process.send('SIGINT');
    expect({ aborted: signal.aborted, exits: process.exits }).toEqual({ aborted: true, exits: [] });

    time += 1000;
    process.send('SIGTERM');
    expect(process.exits).toEqual([130]);
  },
);

it('`interruptCommand` interrupts only a command that has called `processInterruptSignal`', async () => {
  const { interruptCommand, processInterruptSignal } = await fresh();
  expect(interruptCommand()).toBe(false);

  const signal = processInterruptSignal(fakeProcess());

  expect(interruptCommand()).toBe(true);
  expect(signal.aborted).toBe(true);
});
