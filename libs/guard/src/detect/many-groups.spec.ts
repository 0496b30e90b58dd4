import { baseline, liveRules, SimulatedEc2, compiled } from '@portcullis/security-groups/testing';
import type { Finding } from '@portcullis/finding';
import { detector, type World } from '../testing/detector.js';
import { record } from '../testing/records.js';

const tagged = baseline(['tcp 443 from 10.0.0.0/8'], {
  name: 'tagged',
  groups: { ids: [], tags: { Tier: 'web' } },
  ignore: [{ tag: { key: 'Managed' } }],
});
const IDS = Array.from({ length: 1_000 }, (_, i) => `sg-${String(i).padStart(17, '0')}`);

/** The most that one call may name. Source: EC2 API reference, DeleteTags, ResourceId. */
const deleteTags = (tags: Record<string, string>, ids: readonly string[] = IDS) =>
  record('DeleteTags', {
    resourcesSet: { items: ids.map((resourceId) => ({ resourceId })) },
    tagSet: { items: Object.entries(tags).map(([key, value]) => ({ key, value })) },
  });

const world = (live: readonly string[] = ['tcp 443 from 10.0.0.0/8'], tags: Record<string, string> = {}) => {
  const ec2 = new SimulatedEc2(liveRules(...live), IDS[0]);
  for (const id of IDS) ec2.add(id, liveRules(...live), { tags });
  return ec2;
};
const guardOf = (ec2: SimulatedEc2, rest: World = {}) => detector(ec2, { declared: compiled(tagged), ...rest });

describe('one DeleteTags on 1,000 security groups', () => {
  it('asks EC2 nothing if no baseline is selected and no rule ignored by the tags that it names', async () => {
    const ec2 = world();

    expect(await guardOf(ec2).run(deleteTags({ Owner: 'ana', Managed: 'yes' }))).toEqual([]);
    expect(ec2.calls).toEqual([]);
  });

  it('asks EC2 nothing about rules if none is ignored by the tags that it names', async () => {
    const ec2 = world();
    const rules = IDS.map((id) => id.replace('sg-', 'sgr-'));

    expect(await guardOf(ec2).run(deleteTags({ Owner: 'ana', Tier: 'web' }, rules))).toEqual([]);
    expect(ec2.calls).toEqual([]);
  });

  it('is judged for ten calls of EC2, with a finding for each group', async () => {
    const ec2 = world();

    const findings = await guardOf(ec2).run(deleteTags({ Tier: 'web' }));

    expect(findings).toHaveLength(1_000);
    expect(findings.every(({ severity, group }) => severity === 'high' && group.name === 'web')).toBe(true);
    expect(ec2.calls.map((call) => call.split(' ')[0])).toEqual(Array.from({ length: 5 }, () => ['list', 'read']).flat());
  });

  it('reads the rules only of groups that a baseline selects or selected', async () => {
    const ec2 = world(undefined, { Tier: 'db' });

    expect(await guardOf(ec2).run(deleteTags({ Tier: 'web' }))).toEqual([]);
    expect(ec2.calls).toHaveLength(5);
  });

  it('is told in five batches, each before the next groups are read', async () => {
    const ec2 = world();
    const emitted = (findings: readonly Finding[]): void => {
      ec2.calls.push(`tell ${findings.length}`);
    };

    await guardOf(ec2, { emitted }).run(deleteTags({ Tier: 'web' }));

    expect(ec2.calls.map((call) => (call.startsWith('tell') ? call : call.split(' ')[0]))).toEqual(
      Array.from({ length: 5 }, () => ['list', 'read', 'tell 200']).flat(),
    );
  });

  it('names the groups that could not be reached before the deadline', async () => {
    const ec2 = world();
    const timeLeft = (): number => (ec2.calls.length < 4 ? 1 : 0);

    const findings = await guardOf(ec2, { timeLeft }).run(deleteTags({ Tier: 'web' }));

    expect(ec2.calls).toHaveLength(4);
    // The first five groups of the second batch were judged, too: they had been read.
    expect(findings).toHaveLength(200 + 5 + 1);
    expect(findings.at(-1)).toMatchObject({
      id: 'event-1:-',
      kind: 'undetermined',
      severity: 'high',
      group: { id: null },
      summary: `the time was up before 795 groups that it may concern could be judged: ${[...IDS.slice(400), ...IDS.slice(205, 400)].sort().join(', ')}`,
    });
  });

  it('is told for each group that is not read for an error of EC2, and the others are judged', async () => {
    const ec2 = world();
    let lists = 0;
    ec2.before = (call) => (call.startsWith('list') && ++lists === 2 ? 'transient' : undefined);

    const findings = await guardOf(ec2).run(deleteTags({ Tier: 'web' }));

    expect(findings).toHaveLength(1_000);
    expect(findings.filter(({ kind }) => kind === 'undetermined')).toHaveLength(200);
  });
});

it('a call on a list that 1,000 groups may refer to names those that could not be reached', async () => {
  const ec2 = world(['tcp 443 from pl-1']);
  ec2.prefixLists.set('pl-1', [[], ['0.0.0.0/0']]);
  const declared = compiled(baseline(['tcp 443 from pl-1'], { groups: { ids: IDS } }));
  const timeLeft = (): number => (ec2.calls.some((call) => call.startsWith('read ')) ? 0 : 1);
  const event = record('ModifyManagedPrefixList', {
    ModifyManagedPrefixListRequest: { PrefixListId: 'pl-1', AddEntry: { tag: 1, Cidr: '0.0.0.0/0' } },
  });

  const findings = await guardOf(ec2, { declared, timeLeft }).run(event);

  expect(findings.at(-1)).toMatchObject({ kind: 'undetermined', severity: 'high', group: { id: null } });
  expect(findings.slice(0, -1).every(({ kind }) => kind === 'change')).toBe(true);
});
