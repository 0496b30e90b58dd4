import { readRules } from '../read/read-rules.js';
import { formatRule, type Rule } from '../rule/rule.js';
import { perms, words } from '../testing/notation.js';
import { accessBeyond, type Bound, type BoundOptions } from './bounds.js';
import { narrowRules } from './narrow.js';

const rules = (...lines: string[]): readonly Rule[] => {
  const read = readRules(perms(...lines));
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.value;
};

/** Returns a bound for the traffic and the senders of rules: `tcp 22 from 10.0.0.0/8` allows the block to use the port. */
const bound = (services: string, ...senders: string[]): Bound => ({
  services: [...new Set(rules(...services.split(', ').map((traffic) => `${traffic} from ::/0`)).map(({ traffic }) => traffic))],
  senders: senders.flatMap((sender) => rules(`-1 from ${sender}`).map(({ source }) => source)),
  groups: 'none',
});

const SSH_FROM_INSIDE = bound('tcp 22', '10.0.0.0/8');

const beyond = (given: readonly Rule[], bounds: readonly Bound[], options?: BoundOptions) => {
  const { ranges, rules: broken } = accessBeyond(given, bounds, options);
  return { ranges: words(ranges), rules: broken.map(formatRule) };
};
const narrowed = (given: readonly Rule[], bounds: readonly Bound[], options?: Parameters<typeof narrowRules>[2]) =>
  narrowRules(given, bounds, options)?.map(formatRule);

it('finds the traffic of a bounded service from senders that are not listed', () => {
  expect(beyond(rules('tcp 20-30 from 11.0.0.0/8', 'tcp 22 from 10.1.0.0/16', 'tcp 80 from 0.0.0.0/0'), [SSH_FROM_INSIDE])).toEqual({
    ranges: ['tcp 22 from 11.0.0.0/8'],
    rules: ['tcp/20-30 from 11.0.0.0/8'],
  });
});

it('narrows rules to the part that a bound allows', () => {
  expect(narrowed(rules('tcp 20-30 from 10.0.0.0/7'), [SSH_FROM_INSIDE])).toEqual([
    'tcp/20-21 from 10.0.0.0/7',
    'tcp/20-30 from 10.0.0.0/8',
    'tcp/23-30 from 10.0.0.0/7',
  ]);
  expect(narrowed(rules('-1 from 11.0.0.0/8'), [SSH_FROM_INSIDE])).toBeUndefined();
  expect(narrowed(rules('-1 from 11.0.0.0/8'), [SSH_FROM_INSIDE], { maxRules: 257 })).toHaveLength(257);
  expect(narrowed(rules('-1 from 10.0.0.0/8'), [SSH_FROM_INSIDE])).toEqual(['all traffic from 10.0.0.0/8']);
});
