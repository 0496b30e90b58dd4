import { baseline, liveRules, permissions } from '@portcullis/security-groups/testing';
import { changeEvent, configurationOf, oversizedEvent } from '../../testing/config-events.js';
import { AT_BASELINE, ec2With, outcomeOf, web, WEB } from '../../testing/remediator.js';

const DRIFTED = [...AT_BASELINE, 'tcp 465 from 0.0.0.0/0', 'tcp 993 from 0.0.0.0/0'];

describe('3. The remediator restores a group with few calls', () => {
  it('the remediator makes two calls for a group at its baseline: one to read the group, and one to report the compliance', async () => {
    const { calls, config, results, findings } = await outcomeOf(ec2With(...AT_BASELINE));

    expect([calls, config.calls, findings]).toEqual([['read'], [1], []]);
    const annotation = 'the group is at its baseline web';
    expect(results).toEqual([{ groupId: 'sg-1', compliance: 'COMPLIANT', annotation, authorized: [], revoked: [] }]);
  });

  it('the remediator makes five calls to restore a group: read, authorize, revoke, read again, report', async () => {
    const { words, config, state } = await outcomeOf(ec2With('tcp 445 from 0.0.0.0/0'));

    expect([words, config.calls, state]).toEqual([['read', 'authorize', 'revoke', 'read'], [1], WEB]);
  });

  it('the remediator closes ports 465 and 993 if the baseline declares only ports 80 and 443, and changes nothing when the event is delivered again', async () => {
    const ec2 = ec2With(...DRIFTED);

    const { results } = await outcomeOf(ec2);
    await outcomeOf(ec2);

    expect([ec2.state, ec2.words]).toEqual([WEB, ['read', 'revoke', 'read', 'read']]);
    const annotation = 'restored to web: revoked tcp/465, tcp/993 from 0.0.0.0/0';
    const revoked = permissions('tcp 465 from 0.0.0.0/0', 'tcp 993 from 0.0.0.0/0');
    expect(results).toEqual([{ groupId: 'sg-1', compliance: 'COMPLIANT', annotation, authorized: [], revoked }]);
  });

  it('if the quota is full and an undeclared rule lets in declared traffic from another group, the remediator says what a person must do', async () => {
    const kept = Array.from({ length: 59 }, (_, i) => `tcp ${1000 + i} from 0.0.0.0/0`);
    const declared = [baseline([...kept, 'tcp 22 from sg-2'])];

    const { findings, annotation } = await outcomeOf(ec2With(...kept, '-1 from sg-2'), { declared });

    const told =
      'not restored: AuthorizeSecurityGroupIngress failed with RulesPerSecurityGroupLimitExceeded; not revoked, to keep declared traffic: all traffic from sg-2; raise the quota of rules, or remove one of these rules yourself; ';
    expect(findings[0]?.summary).toBe(`${told}all traffic from sg-2 must be revoked; tcp/22 from sg-2 must be authorized`);
    expect(annotation).toContain(told);
  });
});

describe('3. If a group is at its baseline, the remediator reads the group twice only if the event shows a drift', () => {
  const itemOf = (...rules: string[]): unknown => changeEvent({ configuration: configurationOf(liveRules(...rules)) });

  it('if the first read contradicts the event, the remediator reads the group again, because the read may be stale', async () => {
    const ec2 = ec2With(...AT_BASELINE, 'tcp 445 from 0.0.0.0/0').lag(1, liveRules(...AT_BASELINE));

    const { state, results } = await outcomeOf(ec2, {}, itemOf(...AT_BASELINE, 'tcp 445 from 0.0.0.0/0'));

    expect(state).toEqual(WEB);
    expect(results).toMatchObject([{ annotation: 'restored to web: revoked tcp/445 from 0.0.0.0/0' }]);
  });

  it('if the second read also contradicts the event, the remediator trusts the read, because somebody else may have restored the group', async () => {
    const { results, words } = await outcomeOf(ec2With(...AT_BASELINE), {}, itemOf('tcp 445 from 0.0.0.0/0'));

    expect([results[0]?.compliance, words]).toEqual(['COMPLIANT', ['read', 'read']]);
  });

  it.each([
    ['shows a drift only in a rule that the baseline ignores because of its tag', itemOf(...AT_BASELINE, 'tcp 1 from 10.0.0.0/8')],
    ['shows other rules that are also at the baseline', itemOf(...AT_BASELINE)],
    ['is too large for the event', oversizedEvent()],
    ['is unreadable', changeEvent({ configuration: { ipPermissions: [{ ipProtocol: 7 }] } })],
  ])('the remediator reads the group once when the configuration item %s', async (_, event) => {
    const ec2 = ec2With('tcp 1 from 10.0.0.0/8', ...AT_BASELINE);
    ec2.rules = ec2.rules.map((rule) => (rule.ruleId === 'sgr-1' ? { ...rule, tags: { owner: 'them' } } : rule));

    const { results, words } = await outcomeOf(ec2, { declared: [{ ...web, ignore: [{ tag: { key: 'owner' } }] }] }, event);

    expect([results[0]?.compliance, words]).toEqual(['COMPLIANT', ['read']]);
  });
});
