import { baseline, liveRules } from '@portcullis/security-groups/testing';
import type { Drifted, GroupState } from '../plan/group-state.js';
import { stateOfBaseline } from '../testing/states.js';
import { callBy } from '../testing/account-region.js';
import { exampleFleet, examplePlan } from '../testing/example-page.js';
import { exampleSurvey } from '../testing/example-survey.js';
import { foldFindingsIntoCards, foldChangesIntoPageTimeline } from './fold-cards.js';
import { pageOfGroupStates } from './from-states.js';
import type { Flow, PageModel } from './page-model.js';
import { htmlPage } from './page.js';
import { pictureOfFlows, type Picture } from './picture.js';

const group = { id: 'sg-00000002', name: 'web', vpcId: 'vpc-1' };
const fine: GroupState = { kind: 'at-baseline', group, baseline: 'web' };

function driftedWith(declared: string[], live: string[], more: Partial<typeof group> = {}, description?: string): Drifted {
  const rules = liveRules(...live).map((rule) => ({ ...rule, ...(description !== undefined && { description }) }));
  const state = stateOfBaseline({ ...group, ...more }, baseline(declared), rules);
  if (state.kind !== 'drifted') throw new Error('it should have drifted');
  return state;
}

function drifted(name?: string, description?: string): Drifted {
  return driftedWith(['tcp 443 from 10.0.0.0/8'], ['tcp 22 from 0.0.0.0/0'], name === undefined ? {} : { name }, description);
}

function modelOf(...states: GroupState[]): PageModel {
  return pageOfGroupStates({
    baselineFile: 'baseline.yaml',
    at: '2026-11-23T12:00:00.000Z',
    regions: [{ accountId: '111122223333', region: 'eu-west-1', profile: 'prod', states }],
  });
}

/** Returns the visible text of the page. */
function textOf(html: string): string {
  return html
    .replace(/<(style|script|title)>[^]*?<\/\1>/g, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/&#39;/g, "'")
    .replace(/&#38;/g, '&')
    .replace(/\s+/g, ' ');
}

it.each<[string, GroupState[], readonly string[]]>([
  [
    'how many groups drifted, and the totals',
    [drifted(), fine],
    [
      '1 of 2 guarded groups differs from what is declared. To restore the declared rules, authorize 1 rule and revoke 1 rule.',
      'Read at 2026-11-23 12:00 UTC Declared in baseline.yaml Where eu-west-1 of account 111122223333 (prod) 1 critical 1 as declared',
    ],
  ],
  ['that nothing has drifted', [fine], ['1 guarded group: as declared. Read at']],
  [
    'what is wrong, what to change and why, and who changed it',
    [{ ...drifted(), origins: new Map([['sgr-1', { call: callBy(), certain: true }]]), removals: new Map(), historySince: null }],
    [
      'critical web SSH open to the whole internet (not declared) and 1 more role ops, session mallory (unverified) , 1 hour ago',
      'declared but blocked: HTTPS (tcp/443) from 10.0.0.0/8',
      'authorize ingress tcp/443 from 10.0.0.0/8 declared by web',
      'revoke ingress tcp/22 from 0.0.0.0/0 not declared by web sgr-1',
      'Opened 1 hour ago (2026-11-23 11:00:00 UTC) by role ops, session mallory (unverified) from 198.51.100.7',
      "CloudTrail's history of 90 days does not show who removed the rule",
      'Who changed what 2026-11-23 11:00 role ops, session mallory (unverified) opened SSH from 0.0.0.0/0 on web',
    ],
  ],
  [
    'the commands that restore a group, which authorize before they revoke',
    [drifted()],
    [
      'aws ec2 authorize-security-group-ingress --profile prod --region eu-west-1 --group-id sg-00000002 --ip-permissions',
      '&& aws ec2 revoke-security-group-ingress --profile prod --region eu-west-1 --group-id sg-00000002 --security-group-rule-ids sgr-1 Copy',
    ],
  ],
  [
    'which groups were not judged, and why',
    [
      { kind: 'unread', group, baselines: ['web'], reason: 'EC2 did not answer' },
      { kind: 'ambiguous', group, baselines: ['a', 'b'], reason: 'several baselines select the group: a, b' },
      { kind: 'absent', group, baselines: ['web'], reason: 'it does not exist here' },
    ],
    [
      '3 groups could not be compared.',
      '3 not judged',
      'not read: EC2 did not answer (baseline web)',
      'left alone: several baselines select the group: a, b',
      'not found: it does not exist here (baseline web)',
    ],
  ],
])('the page of a plan shows %s', (_what, states, expected) => {
  for (const words of expected) expect(textOf(htmlPage(modelOf(...states)))).toContain(words);
});

it('the page of a survey shows each open group with its caller and its resources, and what could not be read', () => {
  const text = textOf(htmlPage(exampleSurvey()));

  for (const words of [
    'RDP is open to the internet on 5 groups, 5 of them with public addresses behind them.',
    'critical bastion SSH (tcp/22) open to the internet (0.0.0.0/0) user ana , 13 hours ago',
    'Opened 13 hours ago (2026-11-22 23:11:00 UTC) by user ana from 203.0.113.10 with the AWS CLI (unverified), without MFA',
    'AWS console of bastion, in a new tab ; not guarded; behind it: bastion-1 (203.0.113.9); 1 network interface, 1 with a public address',
    '5 groups: build-runner-1, build-runner-2, build-runner-3 and 2 more RDP (tcp/3389) open to the internet (0.0.0.0/0, ::/0)',
    'Accepted until 2026-12-01 (tcp/8001): CHG-77, for the trade fair',
    "Opened by somebody before CloudTrail's history of 90 days, or within the last 15 minutes",
    'prod/ap-south-1 : the credentials are not allowed to call DescribeSecurityGroups in ap-south-1',
    '2026-10-02 08:00 user terraform opened PostgreSQL to the internet on orders-db',
    '1 group without a network interface',
  ])
    expect(text).toContain(words);
});

it('the page escapes names and descriptions, and replaces invisible characters in them', () => {
  const html = htmlPage(modelOf(drifted('<script>alert(1)</script>\u202e', '"><img src=x onerror=alert(1)>')));

  expect(html.match(/<script/g)).toHaveLength(1);
  expect(html).not.toMatch(/<img|\u202e/);
  expect(html).toContain('&#60;script&#62;alert(1)&#60;/script&#62;\uFFFD');
  expect(html).toContain('&#34;&#62;&#60;img src=x');
});

it('the page loads no other file', () => {
  expect(htmlPage(exampleSurvey())).not.toMatch(/<link|<img|src=|@import|url\((?!#head-)/);
});

it('the page closes every element, and every element has its own id', () => {
  const html = htmlPage(examplePlan());
  const open: string[] = [];
  for (const [, closing, name = '', isEmpty] of html
    .replace(/<(style|script)>[^]*?<\/\1>|<meta[^>]*>|<input[^>]*>/g, '')
    .matchAll(/<(\/?)([a-z][a-z0-9]*)[^>]*?(\/?)>/g))
    if (closing !== '') expect(open.pop()).toBe(name);
    else if (isEmpty === '') open.push(name);
  const ids = [...html.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);

  expect(open).toEqual([]);
  expect(new Set(ids).size).toBe(ids.length);
});

it('every link to an element of the page has a target', () => {
  for (const model of [exampleSurvey(), examplePlan(), exampleFleet(120, 180)]) {
    const html = htmlPage(model);
    const ids = new Set([...html.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id));
    const links = [...html.matchAll(/ href="#([^"]*)"/g)].map(([, id]) => id);

    expect(links.length).toBeGreaterThan(5);
    expect(links.filter((id) => !ids.has(id))).toEqual([]);
  }
});

it('the page lists at most 2,000 groups that are as declared', () => {
  const html = htmlPage(modelOf(...Array.from({ length: 3000 }, (_, i): GroupState => ({ ...fine, group: { ...group, id: `sg-${i}` } }))));

  expect(html.match(/<li id="sg-/g)).toHaveLength(2000);
  expect(textOf(html)).toContain('3000 groups as declared');
  expect(textOf(html)).toContain('and 1000 more');
});

it('groups that differ only in their names and baselines share a card, and equal calls by one person on one day share a timeline entry', () => {
  const { findings, changes } = examplePlan();

  expect(foldFindingsIntoCards(findings).map((card) => card.map(({ group: { name } }) => name))).toContainEqual(
    Array.from({ length: 6 }, (_, i) => `worker-${i + 1}`),
  );
  expect(foldChangesIntoPageTimeline(changes).map(({ first, groups }) => `${first.time} ${groups.length}`)).toEqual([
    '2026-11-22T11:00:00Z 1',
    '2026-11-20T11:00:00Z 6',
    '2026-11-17T11:00:00Z 1',
  ]);
});

/** Returns the edges of the picture, e.g. `web > db: PostgreSQL other`. */
function drawn({ nodes, edges }: Picture): string[] {
  const labelOf = new Map(nodes.map(({ key, label }) => [key, label]));
  return edges.map(({ from, to, kind, services }) => `${labelOf.get(from)} > ${labelOf.get(to)}: ${services.join(', ')} ${kind}`).sort();
}

describe('the picture', () => {
  it('the picture shows the path from the internet to an open group, and from there to the groups that allow traffic from the open group', () => {
    expect(drawn(pictureOfFlows(exampleSurvey()))).toEqual([
      '198.51.0.0/16 > partner-api: HTTPS bad',
      'The internet > bastion: SSH bad',
      'The internet > build-runner-1: RDP bad',
      'The internet > demo: tcp/8001 other',
      'The internet > orders-db: PostgreSQL bad',
      'The internet > storefront: HTTPS, HTTP other',
      'bastion > orders-api: SSH other',
      'bastion > payments-db: PostgreSQL other',
      'orders-api > orders-db: PostgreSQL other',
      'storefront > orders-api: HTTP other',
    ]);
  });

  it('the picture shows undeclared traffic, blocked declared traffic, and the groups that a drifted group can reach', () => {
    const db = stateOfBaseline(
      { ...group, id: 'sg-3', name: 'db' },
      baseline(['tcp 5432 from sg-00000002']),
      liveRules('tcp 5432 from sg-00000002'),
    );
    const other = stateOfBaseline({ ...group, id: 'sg-4', name: 'else' }, baseline(['tcp 1 from sg-3']), liveRules('tcp 1 from sg-5'));
    const model = modelOf(drifted(), db, other, { ...fine, group: { ...group, id: 'sg-9' } });

    expect(drawn(pictureOfFlows(model))).toEqual([
      '10.0.0.0/8 > web: HTTPS missing',
      'The internet > web: SSH bad',
      'db > else: tcp/1 missing',
      'sg-5 > else: tcp/1 bad',
      'web > db: PostgreSQL other',
    ]);
    expect(pictureOfFlows(model).notDrawn).toBe(1);
  });

  it('the picture shows an egress rule as a line from the group to the addresses of the rule', () => {
    const state = stateOfBaseline(group, baseline([], { egress: [] }), liveRules('-1 to 0.0.0.0/0'));

    expect(drawn(pictureOfFlows(modelOf(state)))).toEqual(['web > To the internet: all traffic bad']);
  });

  it('the picture of 300 groups has at most 21 nodes, which together stand for every group', () => {
    const { flows, drawn: known } = exampleFleet(300, 0);
    const { nodes, notDrawn } = pictureOfFlows({ flows, drawn: known });

    expect(nodes.length).toBeLessThanOrEqual(21);
    expect(nodes.flatMap(({ groupIds }) => groupIds)).toHaveLength(300);
    expect(notDrawn).toBe(0);
    expect(nodes.filter(({ label }) => label.endsWith(' more groups')).length).toBeGreaterThan(1);
  });

  it('the picture can be drawn if two groups allow traffic from each other', () => {
    const end = (id: string): Flow['from'] => ({ kind: 'group', id });
    const flows: Flow[] = [
      { from: { kind: 'internet' }, to: end('a'), service: 'SSH', kind: 'bad' },
      { from: end('a'), to: end('b'), service: 'SSH', kind: 'other' },
      { from: end('b'), to: end('a'), service: 'SSH', kind: 'other' },
      { from: end('a'), to: end('a'), service: 'SSH', kind: 'other' },
    ];

    expect(drawn(pictureOfFlows({ flows, drawn: [] }))).toEqual(['The internet > a: SSH bad', 'a > b: SSH other', 'b > a: SSH other']);
    expect(htmlPage({ ...modelOf(), flows })).toContain('<svg');
  });
});
