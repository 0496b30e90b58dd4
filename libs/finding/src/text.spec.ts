import { describeRules, sentence, shorten } from './text.js';
import { rules, tcp } from './testing/rules.js';

describe('rules in words', () => {
  it('name those of one source together', () => {
    const some = rules([tcp(443, '0.0.0.0/0', '10.0.0.0/8'), tcp(80, '0.0.0.0/0')]);

    expect(describeRules(some)).toBe('tcp/80, tcp/443 from 0.0.0.0/0 and tcp/443 from 10.0.0.0/8');
  });

  it('keep ingress and egress apart', () => {
    expect(describeRules([...rules([tcp(80, '10.0.0.0/8')]), ...rules([tcp(80, '10.0.0.0/8')], 'egress')])).toBe(
      'tcp/80 from 10.0.0.0/8 and tcp/80 to 10.0.0.0/8',
    );
  });

  it('count what would make the sentence too long', () => {
    const many = rules(Array.from({ length: 60 }, (_, i) => tcp(1000 + i, '0.0.0.0/0')));

    expect(describeRules(many)).toMatch(/^tcp\/1000, .*tcp\/1011 from 0\.0\.0\.0\/0 and 48 more$/);
  });
});

describe('a sentence', () => {
  it('leaves out the parts that say nothing', () => {
    expect(sentence('one', false, '', 'two')).toBe('one; two');
  });
});

describe('shortening', () => {
  it.each([
    ['a text that fits', 'a text', 6, 'a text'],
    ['at a word', 'three small words', 14, 'three small…'],
    ['inside a word where the words are too long', 'incomprehensibilities', 6, 'incom…'],
  ])('%s', (_name, text, max, expected) => {
    expect(shorten(text, max)).toBe(expected);
    expect(shorten(text, max).length).toBeLessThanOrEqual(max);
  });
});
