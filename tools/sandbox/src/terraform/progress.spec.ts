import { createProgress } from './progress.js';

const told = (lines: readonly string[]): readonly string[] => {
  const said: string[] = [];
  const progress = createProgress((line) => said.push(line));
  for (const line of lines) progress(line);
  return said;
};

const completions = (count: number, what: string): readonly string[] =>
  Array.from({ length: count }, (_, n) => `portcullis  aws_x.y${n}: ${what} complete after 0s [id=z]`);

describe('the progress of a deployment', () => {
  it('is how much there is to do, how far it is, and how it ended', () => {
    expect(
      told([
        'portcullis  Initializing the backend...',
        '            Plan: 21 to add, 0 to change, 0 to destroy.',
        ...completions(21, 'Creation'),
        'portcullis',
        '            Apply complete! Resources: 21 added, 0 changed, 0 destroyed.',
        '⠋  Processing',
      ]),
    ).toEqual([
      'Plan: 21 to add, 0 to change, 0 to destroy',
      '10 of 21 resources done',
      '20 of 21 resources done',
      'Apply complete! Resources: 21 added, 0 changed, 0 destroyed.',
    ]);
  });

  it('counts what is changed and what is destroyed', () => {
    const lines = [
      'Plan: 0 to add, 4 to change, 6 to destroy.',
      ...completions(4, 'Modifications'),
      ...completions(6, 'Destruction'),
    ];

    expect(told(lines)).toEqual(['Plan: 0 to add, 4 to change, 6 to destroy', '10 of 10 resources done']);
  });

  it('tells a plan once, though cdktf shows it twice', () => {
    expect(
      told(['Plan: 1 to add, 0 to change, 0 to destroy.', 'Plan: 1 to add, 0 to change, 0 to destroy.']),
    ).toHaveLength(1);
  });
});
