import type { Rule } from '@portcullis/permission-diff';
import { rulesFromWords as rules } from '@portcullis/permission-diff/testing';
import { describeDrift, describeRules, findingAccessRangeWords, joinFindingSentence, shortenAtWord } from './describe-rules.js';

const WEB = 'tcp 80 from 10.0.0.0/8';
const many = rules(Array.from({ length: 60 }, (_, i) => `tcp ${1000 + i} from 0.0.0.0/0`));
const ports = Array.from({ length: 12 }, (_, i) => `tcp/${1000 + i}`).join(', ');

it.each<[string, readonly Rule[], string]>([
  [
    'grouped by source',
    rules(['tcp 443 from 0.0.0.0/0 10.0.0.0/8', 'tcp 80 from 0.0.0.0/0']),
    'tcp/80, tcp/443 from 0.0.0.0/0 and tcp/443 from 10.0.0.0/8',
  ],
  ['with ingress and egress separated', [...rules([WEB]), ...rules([WEB], 'egress')], 'tcp/80 from 10.0.0.0/8 and tcp/80 to 10.0.0.0/8'],
  ['by naming twelve rules and counting the others', many, `${ports} from 0.0.0.0/0 and 48 more`],
])('describes rules %s', (_, described, text) => {
  expect(describeRules(described)).toBe(text);
});

it.each<[string, readonly string[], string]>([
  ['two sources', ['0.0.0.0/1', '128.0.0.0/1'], 'tcp/22 from 0.0.0.0/1 and tcp/22 from 128.0.0.0/1'],
  ['more than two sources, by counting them', ['0.0.0.0/2', '64.0.0.0/2', '128.0.0.0/1'], 'tcp/22 from 3 sources'],
])('`describeDrift` describes the rules to revoke if they open traffic to %s', (_, blocks, words) => {
  const opening = rules(blocks.map((block) => `tcp 22 from ${block}`));

  expect(describeDrift([], [...opening, ...rules([WEB])], opening)).toContain(words);
  expect(describeDrift([], [...opening, ...rules([WEB])], opening)).toContain('tcp/80 from 10.0.0.0/8');
});

it('`joinFindingSentence` joins the nonempty parts of a sentence with semicolons', () => {
  expect(joinFindingSentence('one', false, '', 'two')).toBe('one; two');
});

it.each([
  ['keeps a text that fits', 'a text', 6, 'a text'],
  ['cuts after a word', 'three small words', 14, 'three small…'],
  ['cuts inside a word that is too long', 'incomprehensibilities', 6, 'incom…'],
])('shortenAtWord %s', (_, text, max, expected) => {
  expect(shortenAtWord(text, max)).toBe(expected);
});

it.each([
  ['ingress', 'from'],
  ['egress', 'to'],
] as const)('for %s, `findingAccessRangeWords` writes "%s" before the CIDR block', (direction, word) => {
  const ranges = [
    { protocol: 'tcp', source: { cidr: '10.0.0.0/8' }, fromPort: 80, toPort: 81 },
    { protocol: '-1', source: { groupId: 'sg-1' } },
  ] as const;

  expect(findingAccessRangeWords(direction, ranges)).toEqual([`tcp/80-81 ${word} 10.0.0.0/8`, `all traffic ${word} sg-1`]);
});
