import { progressLineOn } from './progress.js';

/** Returns a progress display, its clock, and a function that returns the written text without escape sequences. */
function started(isTTY: boolean, columns = 200) {
  const written: string[] = [];
  let seconds = 0;
  // The display writes its escape sequences as markers, which this function removes.
  const plain = (text: string): string => text.replaceAll(/\ue000[0-9a-f]+\ue001\[\w/g, '');
  const output = { isTTY, columns, write: (text: string) => written.push(plain(text)) };
  const progress = progressLineOn(output, () => new Date(seconds * 1000));
  return { progress, written, wait: (more: number) => (seconds += more) };
}

it('on a terminal, the progress display shows a bar, and after two seconds also the rate and the remaining time', () => {
  const { progress, written, wait } = started(true);
  progress.bar(0, 100, 'regions');
  wait(1);
  progress.bar(5, 100, 'regions');
  wait(1);
  progress.bar(10, 100, 'regions');
  wait(2);
  progress.bar(40, 100, 'regions');

  expect(written.map((text) => text.replaceAll(/[█░]/g, ''))).toEqual([
    ' 0/100 regions',
    ' 5/100 regions',
    ' 10/100 regions, 5.0 a second, 18 s left',
    ' 40/100 regions, 10 a second, 6 s left',
  ]);
  expect(written[3]?.startsWith(`${'█'.repeat(10)}${'░'.repeat(14)} `)).toBe(true);
});

it('the progress display measures the rate from the time when the text last changed', () => {
  const { progress, written, wait } = started(true);
  progress.bar(1, 10, 'a');
  wait(60);
  progress.bar(1, 1000, 'b');
  wait(10);
  progress.bar(11, 1000, 'b');

  expect(written.at(-1)).toContain('11/1000 b, 1.0 a second, 17 min left');
});

it('the progress display shortens the line to the width of the terminal, and removes the line when the work is done', () => {
  const { progress, written } = started(true, 10);
  progress.show('a text that is longer');
  progress.clear();
  progress.clear();

  expect(written).toEqual(['a text th', '']);
});

it('the progress display writes no line to a pipe in the first 30 seconds, and then at most one line every 30 seconds', () => {
  const { progress, written, wait } = started(false);
  progress.show('a');
  wait(29);
  progress.show('b');
  wait(1);
  progress.bar(1, 10, 'c');
  progress.show('d');
  wait(30);
  progress.bar(4, 10, 'c');
  progress.clear();

  expect(written).toEqual(['portcullis: 1/10 c\n', 'portcullis: 4/10 c, 0.1 a second, 60 s left\n']);
});
