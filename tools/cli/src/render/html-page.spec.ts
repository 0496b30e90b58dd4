import { baseline, liveRules } from '@portcullis/security-groups/testing';
import { stateOf, type Drifted, type GroupState } from '../audit/group-state.js';
import { callBy } from '../testing/account-region.js';
import { htmlPage } from './html-page.js';

const group = { id: 'sg-00000002', name: 'web', vpcId: 'vpc-1' };
const fine: GroupState = { kind: 'at-baseline', group, baseline: 'web' };

function driftedWith(declared: string[], live: string[], name = 'web', description?: string): Drifted {
  const rules = liveRules(...live).map((rule) => ({ ...rule, ...(description !== undefined && { description }) }));
  const state = stateOf({ ...group, name }, baseline(declared), rules, '2026-11-23');
  if (state.kind !== 'drifted') throw new Error('it should have drifted');
  return state;
}
const drifted = (name?: string, description?: string): Drifted =>
  driftedWith(['tcp 443 from 10.0.0.0/8'], ['tcp 22 from 0.0.0.0/0'], name, description);

const page = (...states: GroupState[]): string =>
  htmlPage({
    baselineFile: 'baseline.yaml',
    at: '2026-11-23T12:00:00.000Z',
    regions: [{ accountId: '111122223333', region: 'eu-west-1', states }],
  });
/** Returns the visible text. */
const textOf = (html: string): string =>
  html
    .replace(/<style>[^]*<\/style>/, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/&#39;/g, "'")
    .replace(/\s+/g, ' ');

it.each<[string, GroupState[], readonly string[]]>([
  [
    'the state in the first sentence, and totals',
    [drifted(), fine],
    [
      '1 of 2 guarded groups differs from what was declared. Read at 2026-11-23 12:00 UTC',
      'Declared in baseline.yaml Where eu-west-1 of account 111122223333 Summary 1 critical 1 as declared',
    ],
  ],
  ['that all is well', [fine], ['1 guarded group: as declared. Read at']],
  [
    'what is open, what is closed, what to change and why, and who changed it',
    [{ ...drifted(), origins: new Map([['sgr-1', { call: callBy(), certain: true }]]) }],
    [
      'Let through, and not declared SSH open to the whole internet (not declared)',
      'Declared, and not let through HTTPS (tcp/443) from 10.0.0.0/8',
      'authorize ingress tcp/443 10.0.0.0/8 declared by web',
      'revoke ingress tcp/22 0.0.0.0/0 not declared by web',
      'tcp/22 from 0.0.0.0/0: opened 1 hour ago (2026-11-23 11:00:00 UTC) by role ops, session mallory (unverified) from 198.51.100.7',
    ],
  ],
  [
    'that CloudTrail does not tell who changed a group',
    [{ ...drifted(), origins: new Map(), removals: new Map(), historySince: null }],
    ["tcp/443 from 10.0.0.0/8: CloudTrail's history of 90 days does not tell who removed it"],
  ],
  [
    'which groups were not judged, and why',
    [
      { kind: 'unread', group, baselines: ['web'], reason: 'EC2 did not answer' },
      { kind: 'ambiguous', group, baselines: ['a', 'b'], reason: 'several baselines select it: a, b' },
      { kind: 'absent', group, baselines: ['web'], reason: 'it does not exist here' },
    ],
    [
      '3 groups could not be judged.',
      '3 not judged',
      'not read: EC2 did not answer (baseline web)',
      'left alone: several baselines select it: a, b',
      'not found: it does not exist here (baseline web)',
    ],
  ],
])('shows %s', (_what, states, expected) => {
  for (const words of expected) expect(textOf(page(...states))).toContain(words);
});

it('escapes names and descriptions, and replaces invisible characters', () => {
  const html = page(drifted('<script>alert(1)</script>\u202e', '"><img src=x onerror=alert(1)>'));

  expect(html).not.toMatch(/<script|<img|\u202e/);
  expect(html).toContain('&#60;script&#62;alert(1)&#60;/script&#62;\uFFFD');
  expect(html).toContain('&#34;&#62;&#60;img src=x');
});

it('loads nothing, runs no script, and has a policy that forbids both', () => {
  const html = page(drifted());

  expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
  expect(html).not.toMatch(/<script|<link|<img|src=|url\(|@import/);
});

it('closes every element', () => {
  const open: string[] = [];
  const body = page(drifted(), fine).replace(/<style>[^]*<\/style>|<meta[^>]*>/g, '');
  for (const [, closing, name = ''] of body.matchAll(/<(\/?)([a-z][a-z0-9]*)/g))
    if (closing === '') open.push(name);
    else expect(open.pop()).toBe(name);

  expect(open).toEqual([]);
});

it('lists at most 2,000 groups that are as declared', () => {
  const html = page(...Array.from({ length: 3000 }, (_, i): GroupState => ({ ...fine, group: { ...group, id: `sg-${i}` } })));

  expect(html.match(/<li><code>/g)).toHaveLength(2000);
  expect(textOf(html)).toContain('and 1000 more');
});

it('lists the rules instead of many ranges, and the ranges in details', () => {
  const state = driftedWith(['tcp 443 from 192.0.2.0/24'], ['-1 from 0.0.0.0/0']);
  const html = page(state);

  expect(state.gained.length).toBeGreaterThan(20);
  expect(html).toContain('<li>all traffic open to the whole internet (declared: tcp/443 192.0.2.0/24)</li>');
  expect(html).toContain(`<summary>exactly, in ${state.gained.length} ranges</summary>`);
  expect(html.match(/<li>[^<]* from /g)).toHaveLength(state.gained.length);
});
