import { renderWrapped } from './wrapped.js';

it.each<[string, Parameters<typeof renderWrapped>, string]>([
  ['breaks between words and indents the lines after the first', ['one two three four', 4, 12], 'one two\n    three\n    four'],
  ['keeps text on one line without a width', ['one two three four', 4], 'one two three four'],
  ['does not break a command in backticks', ['run `aws ec2 describe-vpcs` now', 2, 12], 'run\n  `aws ec2 describe-vpcs`\n  now'],
  ['breaks after a single backtick', ['a ` lone one', 0, 6], 'a `\nlone\none'],
  ['counts two columns for a wide character', ['日本 日本', 0, 5], '日本\n日本'],
])('renderWrapped %s', (_what, args, expected) => {
  expect(renderWrapped(...args)).toBe(expected);
});
