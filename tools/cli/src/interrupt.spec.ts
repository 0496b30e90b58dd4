import { interruptible } from './interrupt.js';

it('the first interrupt is the signal, what the terminal says twice is one, and one more ends the process', () => {
  const exits: number[] = [];
  let interrupt: () => void = () => undefined;
  let time = 1000;
  const process = {
    on: (_event: 'SIGINT', listener: () => void) => {
      interrupt = listener;
    },
    exit: (code: number) => {
      exits.push(code);
    },
  };

  const signal = interruptible(process, () => time);
  expect(interruptible(process)).toBe(signal);
  expect(signal.aborted).toBe(false);

  interrupt();
  time += 5;
  interrupt();
  expect({ aborted: signal.aborted, exits }).toEqual({ aborted: true, exits: [] });

  time += 1000;
  interrupt();
  expect(exits).toEqual([130]);
});
