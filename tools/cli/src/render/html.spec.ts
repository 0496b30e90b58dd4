import { baseline, liveRules } from '@portcullis/security-groups/testing';
import { stateOf, type Drifted, type GroupState } from '../audit/group-state.js';
import { renderHtml } from './html.js';

const group = { id: 'sg-00000002', name: 'web', vpcId: 'vpc-1' };
const drifted = (name = 'web', description?: string): Drifted => {
  const live = liveRules('tcp 22 from 0.0.0.0/0').map((rule) => ({
    ...rule,
    ...(description !== undefined && { description }),
  }));
  const state = stateOf({ ...group, name }, baseline(['tcp 443 from 10.0.0.0/8']), live, '2026-11-23');
  if (state.kind !== 'drifted') throw new Error('it should have drifted');
  return state;
};
const page = (...states: GroupState[]): string =>
  renderHtml({
    title: 'Groups',
    baselineFile: 'baseline.yaml',
    at: '2026-11-23T12:00:00.000Z',
    places: [{ accountId: '111122223333', region: 'eu-west-1', states }],
  });
/** What a person reads. */
const textOf = (html: string): string =>
  html
    .replace(/<style>[^]*<\/style>/, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ');

it('says in the first sentence how it stands, and counts by severity', () => {
  const fine: GroupState = { kind: 'at-baseline', group, baseline: 'web' };

  expect(textOf(page(drifted(), fine))).toMatch(
    /Groups 1 of 2 guarded groups differs from what was declared\. Looked at 2026-11-23 12:00 UTC Declared in baseline\.yaml Where eu-west-1 of account 111122223333 Summary 1 critical 1 as declared/,
  );
  expect(textOf(page(fine))).toContain('Groups 1 guarded group: as declared. Looked at');
});

it('tells of a group what is open, what is closed, what to change and why, and who it was', () => {
  const change = {
    eventId: 'e',
    eventName: 'AuthorizeSecurityGroupIngress',
    time: '2026-11-23T11:00:00Z',
    actor: {
      type: 'Role',
      arn: null,
      issuerArn: 'arn:aws:iam::1:role/ops',
      sessionName: 'mallory',
      userName: null,
      sourceIp: '198.51.100.7',
      mfa: false,
    },
  };

  const text = textOf(page({ ...drifted(), lastChange: change }));

  expect(text).toContain('Let through, and not declared SSH (tcp/22) from anybody on IPv4 (0.0.0.0/0)');
  expect(text).toContain('Declared, and not let through HTTPS (tcp/443) from 10.0.0.0/8');
  expect(text).toContain('authorize ingress tcp/443 10.0.0.0/8 declared by web');
  expect(text).toContain('revoke ingress tcp/22 0.0.0.0/0 not declared by web');
  expect(text).toContain('Last changed: 2026-11-23T11:00:00Z by arn:aws:iam::1:role/ops (session mallory) from 198.51.100.7');
});

it('does not say that nobody changed a group where CloudTrail was not asked about all of its past', () => {
  expect(textOf(page({ ...drifted(), lastChange: null }))).toContain(
    'Last changed: CloudTrail&#39;s newest 200 events on it, of 90 days at most, tell of nobody',
  );
});

it('tells of groups that were not judged, and why', () => {
  const text = textOf(
    page(
      { kind: 'unread', group, baseline: 'web', reason: 'EC2 did not answer' },
      { kind: 'ambiguous', group, baselines: ['a', 'b'] },
      { kind: 'absent', group, baseline: 'web' },
    ),
  );

  expect(text).toContain('Groups 3 groups could not be judged. Looked at');
  expect(text).toContain('3 not judged');
  for (const words of [
    'could not be read: EC2 did not answer',
    'several baselines select it, so it is left alone: a, b',
    'does not exist, and web names it',
  ])
    expect(text).toContain(words);
});

it('writes what owners typed as text: none of it is markup, and none of it turns round what follows', () => {
  const html = page(drifted('<script>alert(1)</script>\u202e', '"><img src=x onerror=alert(1)>'));

  expect(html).not.toMatch(/<script|<img|\u202e/);
  expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;\uFFFD');
  expect(html).toContain('&quot;&gt;&lt;img src=x');
});

it('needs nothing else and runs nothing: no script, no link to load, and a policy that forbids both', () => {
  const html = page(drifted());

  expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
  expect(html).not.toMatch(/<script|<link|<img|src=|url\(|@import/);
});

it('is a well-formed document: every element that begins ends', () => {
  const open: string[] = [];
  for (const [, closing, name = ''] of page(drifted(), { kind: 'at-baseline', group, baseline: 'web' })
    .replace(/<style>[^]*<\/style>/, '')
    .matchAll(/<(\/?)([a-z][a-z0-9]*)/g)) {
    if (['meta'].includes(name)) continue;
    if (closing === '') open.push(name);
    else expect(open.pop()).toBe(name);
  }

  expect(open).toEqual([]);
});

it('keeps short what there is nothing to say of', () => {
  const many = Array.from({ length: 3000 }, (_, i): GroupState => ({
    kind: 'at-baseline',
    group: { ...group, id: `sg-${i}` },
    baseline: 'web',
  }));

  expect(page(...many).match(/<li><code>/g)).toHaveLength(2000);
  expect(textOf(page(...many))).toContain('and 1000 more');
});

it('tells the rules where the exact traffic takes too many ranges, and the ranges on demand', () => {
  const state = stateOf(group, baseline(['tcp 443 from 192.0.2.0/24']), liveRules('-1 from 0.0.0.0/0'), '2026-11-23');
  if (state.kind !== 'drifted') throw new Error('it should have drifted');
  const html = page(state);

  expect(state.gained.length).toBeGreaterThan(20);
  expect(html).toContain('<li>a part of all traffic from anybody on IPv4 (0.0.0.0/0)</li>');
  expect(html).toContain(`<summary>exactly, in ${state.gained.length} ranges</summary>`);
  expect(html.match(/<li>[^<]* from /g)).toHaveLength(state.gained.length + 1);
});
