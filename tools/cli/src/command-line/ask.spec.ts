import { PassThrough } from 'node:stream';
import { Interrupted } from './failure.js';
import { askAtTerminal } from './ask.js';

const asking = (signal = new AbortController().signal) => {
  const [input, output] = [new PassThrough(), new PassThrough()];
  return { input, output, answer: askAtTerminal(input, output, 'Really? ', signal) };
};

it('`askAtTerminal` writes the question to the output and returns the first line of the input', async () => {
  const { input, output, answer } = asking();
  input.write('yes\nmore\n');

  expect(await answer).toBe('yes');
  expect(String(output.read())).toBe('Really? ');
});

it('`askAtTerminal` returns an empty answer if the input ends', async () => {
  const { input, answer } = asking();
  input.end();

  expect(await answer).toBe('');
});

it('`askAtTerminal` throws Interrupted if the signal is aborted', async () => {
  const interrupt = new AbortController();
  const { answer } = asking(interrupt.signal);
  interrupt.abort();

  await expect(answer).rejects.toThrow(new Interrupted('interrupted; nothing was changed'));
});
