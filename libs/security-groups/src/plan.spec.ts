import { formatRule } from '@portcullis/permission-diff';
import { isAtBaseline, planFor, type Plan } from './plan.js';
import { baseline, liveRules } from './testing/notation.js';

const TODAY = '2026-11-23';

const words = ({ authorize, revoke, tolerated }: Plan) => ({
  authorize: authorize.map(({ rule }) => formatRule(rule)),
  revoke: revoke.map(({ rule }) => `${rule.ruleId} ${formatRule(rule)}`),
  tolerated: tolerated.map(({ rule, reason }) => `${formatRule(rule)}: ${reason}`),
});

describe('a plan', () => {
  it('is empty for a group at its baseline, however its rules are spelled', () => {
    const plan = planFor(
      baseline(['tcp 80 from 0.0.0.0/0', '6 22 from 10.1.2.3/8']),
      liveRules('tcp 22 from 10.0.0.0/8', 'tcp 80 from 0.0.0.0/0'),
      TODAY,
    );

    expect(isAtBaseline(plan)).toBe(true);
  });

  it('authorizes what is declared and not there, and revokes by id what is there and not declared', () => {
    const plan = planFor(
      baseline(['tcp 80 from 0.0.0.0/0', 'tcp 443 from 0.0.0.0/0']),
      liveRules('tcp 445 from 0.0.0.0/0', 'tcp 80 from 0.0.0.0/0'),
      TODAY,
    );

    expect(words(plan)).toEqual({
      authorize: ['tcp/443 from 0.0.0.0/0'],
      revoke: ['sgr-1 tcp/445 from 0.0.0.0/0'],
      tolerated: [],
    });
  });

  it('revokes only the stray source of a port', () => {
    const plan = planFor(
      baseline(['tcp 22 from 10.0.0.0/8']),
      liveRules('tcp 22 from 10.0.0.0/8', 'tcp 22 from 203.0.113.7/32', 'tcp 22 from ::/0'),
      TODAY,
    );

    expect(words(plan).revoke).toEqual(['sgr-2 tcp/22 from 203.0.113.7/32', 'sgr-3 tcp/22 from ::/0']);
  });

  it('closes a group whose baseline is empty', () => {
    expect(words(planFor(baseline([]), liveRules('tcp 80 from 0.0.0.0/0'), TODAY)).revoke).toHaveLength(1);
  });

  it('does not look at egress where the baseline declares none', () => {
    expect(isAtBaseline(planFor(baseline([]), liveRules('-1 to 0.0.0.0/0'), TODAY))).toBe(true);
  });

  it('looks at egress where the baseline declares it, and never takes one direction for the other', () => {
    const declared = baseline(['tcp 443 from 10.0.0.0/8'], { egress: ['tcp 443 to 10.0.0.0/8'] });

    expect(words(planFor(declared, liveRules('tcp 443 from 10.0.0.0/8', '-1 to 0.0.0.0/0'), TODAY))).toEqual({
      authorize: ['tcp/443 to 10.0.0.0/8'],
      revoke: ['sgr-2 all traffic to 0.0.0.0/0'],
      tolerated: [],
    });
  });

  it('says why', () => {
    const plan = planFor(baseline(['tcp 80 from 0.0.0.0/0']), liveRules('tcp 22 from 0.0.0.0/0'), TODAY);

    expect([...plan.authorize, ...plan.revoke].map(({ reason }) => reason)).toEqual(['declared by `web`', 'not declared by `web`']);
  });
});

describe('a permitted rule', () => {
  const permit = (until?: string) => ({
    permit: [{ rule: 'tcp 22 from 198.51.100.0/24', reason: 'CHG-1234', ...(until !== undefined && { until }) }],
  });

  it('is left alone when it is there', () => {
    const plan = planFor(baseline([], permit()), liveRules('tcp 22 from 198.51.100.0/24'), TODAY);

    expect(words(plan)).toEqual({
      authorize: [],
      revoke: [],
      tolerated: ['tcp/22 from 198.51.100.0/24: permitted: CHG-1234'],
    });
  });

  it('is never required', () => {
    expect(isAtBaseline(planFor(baseline([], permit()), [], TODAY))).toBe(true);
  });

  it.each([
    ['2026-11-24', true],
    ['2026-11-23', true], // the last day
    ['2026-11-22', false],
  ])('until %s is tolerated today: %s', (until, tolerated) => {
    const plan = planFor(baseline([], permit(until)), liveRules('tcp 22 from 198.51.100.0/24'), TODAY);

    expect(isAtBaseline(plan)).toBe(tolerated);
  });

  it('is revoked with its end as the reason once it is over', () => {
    const plan = planFor(baseline([], permit('2026-11-22')), liveRules('tcp 22 from 198.51.100.0/24'), TODAY);

    expect(plan.revoke.map(({ reason }) => reason)).toEqual(['permitted only until 2026-11-22']);
  });
});

describe('a rule that belongs to somebody else', () => {
  const stray = { ruleId: 'sgr-1', tags: { owner: 'fms', empty: '' } };
  const [described] = liveRules('tcp 22 from 10.0.0.0/8 # elbv2.k8s.aws/target');
  const [group] = liveRules('-1 from sg-2');
  const [list] = liveRules('-1 from pl-1');
  if (described === undefined || group === undefined || list === undefined) throw new Error('three rules were written');

  it.each([
    ['by the beginning of its description', { descriptionPrefix: 'elbv2.k8s.aws' }, described, true],
    ['not by the middle of its description', { descriptionPrefix: 'k8s' }, described, false],
    ['by a tag and its value', { tag: { key: 'owner', value: 'fms' } }, { ...group, ...stray }, true],
    ['by a tag of any value', { tag: { key: 'owner' } }, { ...group, ...stray }, true],
    ['by a tag without a value', { tag: { key: 'empty' } }, { ...group, ...stray }, true],
    ['not by a tag of another value', { tag: { key: 'owner', value: 'lbc' } }, { ...group, ...stray }, false],
    ['not by a tag that only every object has', { tag: { key: 'constructor' } }, { ...group, ...stray }, false],
    ['by its source group', { sourceGroup: 'sg-2' }, group, true],
    ['not by another source group', { sourceGroup: 'sg-3' }, group, false],
    ['by its prefix list', { prefixList: 'pl-1' }, list, true],
    ['not by another prefix list', { prefixList: 'pl-2' }, list, false],
  ])('is told %s', (_name, clause, live, ignored) => {
    expect(isAtBaseline(planFor(baseline([], { ignore: [clause] }), [live], TODAY))).toBe(ignored);
  });

  it('still counts as the declared rule when it is declared', () => {
    const declared = baseline(['tcp 22 from 10.0.0.0/8'], { ignore: [{ descriptionPrefix: 'elbv2' }] });

    expect(words(planFor(declared, [described], TODAY))).toEqual({ authorize: [], revoke: [], tolerated: [] });
  });
});

describe('with `compare: access`, a plan', () => {
  const access = (ingress: string[], rest: Parameters<typeof baseline>[1] = {}) => baseline(ingress, { compare: 'access', ...rest });

  it('is empty where other rules let in the same traffic', () => {
    const plan = planFor(
      access(['tcp 22 from 10.0.0.0/8', 'tcp 80-81 from 0.0.0.0/0']),
      liveRules('tcp 22 from 10.0.0.0/9', 'tcp 22 from 10.128.0.0/9', 'tcp 80 from 0.0.0.0/0', 'tcp 81 from 0.0.0.0/0'),
      TODAY,
    );

    expect(isAtBaseline(plan)).toBe(true);
    expect(plan.kept).toHaveLength(4);
  });

  it('revokes what lets in more than is declared, and authorizes the declared rule that goes missing with it', () => {
    const plan = planFor(access(['tcp 80 from 0.0.0.0/0']), liveRules('tcp 80-81 from 0.0.0.0/0'), TODAY);

    expect(words(plan)).toEqual({
      authorize: ['tcp/80 from 0.0.0.0/0'],
      revoke: ['sgr-1 tcp/80-81 from 0.0.0.0/0'],
      tolerated: [],
    });
  });

  it('never takes one direction for the other', () => {
    const declared = access([], { egress: ['tcp 443 to 10.0.0.0/8'] });

    expect(words(planFor(declared, liveRules('tcp 443 from 10.0.0.0/8', 'tcp 443 to 10.0.0.0/8'), TODAY)).revoke).toEqual([
      'sgr-1 tcp/443 from 10.0.0.0/8',
    ]);
  });

  it('tolerates a part of what is permitted, and says by which permit', () => {
    const permit = [{ rule: 'tcp 20-29 from 198.51.100.0/24', until: '2026-11-23', reason: 'CHG-1' }];

    expect(words(planFor(access([], { permit }), liveRules('tcp 22 from 198.51.100.7/32'), TODAY)).tolerated).toEqual([
      'tcp/22 from 198.51.100.7/32: permitted until 2026-11-23: CHG-1',
    ]);
    expect(planFor(access([], { permit }), liveRules('tcp 22 from 198.51.100.7/32'), '2026-11-24').revoke).toMatchObject([
      { reason: 'permitted only until 2026-11-23' },
    ]);
  });

  it('tolerates a rule of which one half is declared and the other permitted', () => {
    const permit = [{ rule: 'tcp 23 from 10.0.0.0/8' }];

    const plan = planFor(access(['tcp 22 from 10.0.0.0/8'], { permit }), liveRules('tcp 22-23 from 10.0.0.0/8'), TODAY);

    expect(words(plan)).toEqual({ authorize: [], revoke: [], tolerated: ['tcp/22-23 from 10.0.0.0/8: permitted'] });
  });

  it('leaves alone what is ignored, and does not count on it for what is declared', () => {
    const declared = access(['tcp 22 from 10.0.0.0/8'], { ignore: [{ descriptionPrefix: 'elb' }] });

    expect(words(planFor(declared, liveRules('tcp 22-23 from 10.0.0.0/8 # elb'), TODAY))).toEqual({
      authorize: ['tcp/22 from 10.0.0.0/8'],
      revoke: [],
      tolerated: ['tcp/22-23 from 10.0.0.0/8: ignored: its description begins with `elb`'],
    });
  });
});
