import { wrapped } from './wrapped.js';

it('breaks between words and indents the lines after the first', () => {
  expect(wrapped('one two three four', 4, 12)).toBe('one two\n    three\n    four');
});

it('keeps text on one line where nothing limits it', () => {
  expect(wrapped('one two three four', 4)).toBe('one two three four');
});

it('breaks no command between backticks, so that it can be copied', () => {
  expect(wrapped('run `aws ec2 describe-vpcs` now', 2, 12)).toBe('run\n  `aws ec2 describe-vpcs`\n  now');
});

it('takes a backtick without its second as any other character', () => {
  expect(wrapped('a ` lone one', 0, 6)).toBe('a `\nlone\none');
});

it('counts the columns of a terminal, of which a wide character takes two', () => {
  expect(wrapped('日本 日本', 0, 5)).toBe('日本\n日本');
});
