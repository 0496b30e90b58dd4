import { baseline, liveRules, SimulatedEc2 } from '@portcullis/security-groups/testing';
import { detector, findingsOf, guarding } from '../testing/detector.js';
import { addEntry, ANYWHERE, tagCall } from '../testing/records.js';

const tagged = baseline(['tcp 443 from 10.0.0.0/8'], {
  name: 'tagged',
  groups: { ids: [], tags: { Tier: 'web' } },
  ignore: [{ tag: { key: 'Managed' } }],
});
/** The maximum number of resources in one call. Source: EC2 API reference, DeleteTags, ResourceId. */
const IDS = Array.from({ length: 1_000 }, (_, i) => `sg-${String(i).padStart(17, '0')}`);
const deleteTier = tagCall('DeleteTags', { Tier: 'web' }, IDS);

const world = (rule = 'tcp 443 from 10.0.0.0/8', tags: Record<string, string> = {}): SimulatedEc2 => {
  const ec2 = new SimulatedEc2([], IDS[0]);
  for (const id of IDS) ec2.add(id, liveRules(rule), { tags });
  return ec2;
};
const words = ({ calls }: SimulatedEc2): (string | undefined)[] => calls.map((call) => call.split(' ')[0]);

describe('The detector makes few EC2 calls for one DeleteTags call on 1,000 security groups or rules', () => {
  it.each([
    ['groups', { Owner: 'ana', Managed: 'yes' }, IDS],
    ['rules', { Owner: 'ana', Tier: 'web' }, IDS.map((id) => id.replace('sg-', 'sgr-'))],
  ])('the detector does not call EC2 if a call deletes only tags that no baseline and no limit uses: tags of %s', async (_, tags, ids) => {
    const ec2 = world();

    expect(await findingsOf(tagCall('DeleteTags', tags, ids), ec2, tagged)).toEqual([]);
    expect(ec2.calls).toEqual([]);
  });

  it('the detector reports every group with only ten EC2 calls, and reports each batch before it reads the next batch', async () => {
    const ec2 = world();
    const detecting = detector(ec2, { declared: [tagged], emitted: (findings) => ec2.calls.push(`emit-${findings.length}`) });

    const findings = await detecting.run(deleteTier);

    expect(findings).toHaveLength(1_000);
    expect(findings.every(({ severity, group }) => severity === 'high' && group.name === 'web')).toBe(true);
    expect(words(ec2)).toEqual(Array.from({ length: 5 }, () => ['list', 'read', 'emit-200']).flat());
  });

  it('the detector does not read the rules of a group if no baseline selected the group before or after the call', async () => {
    const ec2 = world(undefined, { Tier: 'db' });

    expect(await findingsOf(deleteTier, ec2, tagged)).toEqual([]);
    expect(words(ec2)).toEqual(Array(5).fill('list'));
  });

  it('the detector names the groups that it did not read before the deadline', async () => {
    const ec2 = world();
    const timeLeft = (): number => (ec2.calls.length < 4 ? 1 : 0);

    const findings = await detector(ec2, { declared: [tagged], timeLeft }).run(deleteTier);

    expect(ec2.calls).toHaveLength(4);
    // The detector was checking the first five groups of the second batch at the deadline. The detector still reported these five groups.
    expect(findings).toHaveLength(200 + 5 + 1);
    const summary = `the function ran out of time before it checked 795 groups that the call may affect: ${IDS.slice(205).join(', ')}`;
    expect(findings.at(-1)).toMatchObject({ id: 'event-1:-', kind: 'undetermined', severity: 'high', group: { id: null }, summary });
  });

  it('if EC2 fails to return a batch of groups, the detector reports each of these groups as undetermined, and checks the other groups', async () => {
    const ec2 = world();
    let lists = 0;
    ec2.before = (call) => (call.startsWith('list') && ++lists === 2 ? 'transient' : undefined);

    const findings = await findingsOf(deleteTier, ec2, tagged);

    expect(findings).toHaveLength(1_000);
    expect(findings.filter(({ kind }) => kind === 'undetermined')).toHaveLength(200);
  });
});

it('if 1,000 groups refer to a changed prefix list, the detector names the groups that it did not check before the deadline', async () => {
  const ec2 = world('tcp 443 from pl-1');
  ec2.prefixLists.set('pl-1', [[], [ANYWHERE]]);
  const declared = [guarding(['tcp 443 from pl-1'], { groups: { ids: IDS } })];
  const timeLeft = (): number => (ec2.calls.some((call) => call.startsWith('read ')) ? 0 : 1);

  const findings = await detector(ec2, { declared, timeLeft }).run(addEntry(ANYWHERE));

  expect(findings.at(-1)).toMatchObject({ kind: 'undetermined', severity: 'high', group: { id: null } });
  expect(findings.slice(0, -1).every(({ kind }) => kind === 'change')).toBe(true);
});
