import { PassThrough } from 'node:stream';
import { askOn } from './ask.js';
import { Interrupted } from '../program/failure.js';

const asked = (signal = new AbortController().signal) => {
  const [input, output] = [new PassThrough(), new PassThrough()];
  return { input, output, answer: askOn(input, output, 'Really? ', signal) };
};

it('returns the line that is answered, and asks where it is told to', async () => {
  const { input, output, answer } = asked();
  input.write('yes\nmore\n');

  expect(await answer).toBe('yes');
  expect(String(output.read())).toBe('Really? ');
});

it('takes the end of the input for no answer', async () => {
  const { input, answer } = asked();
  input.end();

  expect(await answer).toBe('');
});

it('is interrupted by the signal', async () => {
  const interrupt = new AbortController();
  const { answer } = asked(interrupt.signal);
  interrupt.abort();

  await expect(answer).rejects.toThrow(new Interrupted('interrupted; nothing was changed'));
});
