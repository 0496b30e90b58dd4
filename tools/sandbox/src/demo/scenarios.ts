/** The reference scenarios: what somebody does, and the promised outcome. */
import { formatRule } from '@portcullis/permission-diff';
import type { Delivery } from '../delivery/delivery.js';
import type { Sandbox } from '../sandbox.js';
import { ANYWHERE, authorize, ingressOf, ingressWords, tcp, type ScenarioGroups } from './groups.js';
import { findingsOf } from './narrate.js';
import type { Stage } from './stage.js';

/** One promise, and whether it was kept. */
export interface Check {
  readonly promise: string;
  readonly kept: boolean;
}

/** The checks of a table of promises, in its order. */
export function promised(promises: Readonly<Record<string, boolean>>): readonly Check[] {
  return Object.entries(promises).map(([promise, kept]) => ({ promise, kept }));
}

export interface Scenario {
  readonly title: string;
  readonly explanation: string;
  readonly group: keyof ScenarioGroups;
  /** The baseline, in words: its name and mode, then its rules. */
  readonly declared: readonly string[];
  play(sandbox: Sandbox, groupId: string): Promise<readonly Check[]>;
}

const SSH = ['tcp/22 from 10.0.0.0/8'];
const WEB = ['tcp/80 from 0.0.0.0/0', 'tcp/443 from 0.0.0.0/0'];

/** {80, 443, 465, 993} ends as {80, 443}. */
export const compliance: Scenario = {
  title: '1  Compliance: four ports are open, two are declared',
  explanation: '   AWS Config → config-remediator, which restores',
  group: 'web',
  declared: ['public-web, enforced', ...WEB],
  play: async (sandbox, groupId) => {
    await authorize(sandbox.ec2(sandbox.person('mallory')), groupId, [tcp(465, ANYWHERE), tcp(993, ANYWHERE)]);
    await sandbox.settle();
    const evaluation = sandbox.evaluations.findLast(({ resourceId }) => resourceId === groupId);
    return promised({
      'only tcp/80 and tcp/443 remain': same(await ingressWords(sandbox.ec2(), groupId), WEB),
      'AWS Config holds COMPLIANT': evaluation?.compliance === 'COMPLIANT',
    });
  },
};

/** An empty group that gets 445: a finding that authorizes 80 and 443 and revokes 445. */
export const detection: Scenario = {
  title: '2  Detection: a group without ingress gets tcp/445',
  explanation:
    '   CloudTrail → EventBridge → cloudtrail-detector, which reports and changes nothing; the baseline is in report mode, so nobody does',
  group: 'shop',
  declared: ['shop, reported only', ...WEB],
  play: async (sandbox, groupId) => {
    const since = sandbox.deliveries.length;
    await authorize(sandbox.ec2(sandbox.person('mallory')), groupId, [tcp(445, ANYWHERE)]);
    await sandbox.settle();
    const delivery = sandbox.deliveries.slice(since).find(({ kind }) => kind === 'cloudtrail');
    const [finding] = findingsOf(delivery?.result);
    const calls = sandbox.calls.filter(({ during }) => during !== undefined && during === delivery?.id);
    return promised({
      'the finding revokes tcp/445': same(finding?.revoke, [tcp(445, ANYWHERE)]),
      'the finding authorizes tcp/80 and tcp/443': same(finding?.authorize, [tcp(80, ANYWHERE), tcp(443, ANYWHERE)]),
      'the finding names mallory': finding?.actor?.userName === 'mallory',
      'every call of the detector was a read': calls.length > 0 && calls.every(({ operation }) => operation.startsWith('Describe')),
      'the group is as mallory left it': same(await ingressWords(sandbox.ec2(), groupId), ['tcp/445 from 0.0.0.0/0']),
    });
  },
};

/** The case that defeats a rule which compares whole permissions: a second source on a port that is declared for another. */
export const straySource: Scenario = {
  title: '3  A stray source on a declared port',
  explanation: '   10.0.0.0/8 never loses SSH: the stray goes by its rule id, and no call touches the neighbour',
  group: 'office',
  declared: ['office-ssh, enforced', ...SSH],
  play: async (sandbox, groupId) => {
    const [declared] = await ingressOf(sandbox.ec2(), groupId);
    const callsSince = sandbox.calls.length;
    for (const stray of ['203.0.113.7/32', '::/0']) {
      await authorize(sandbox.ec2(sandbox.person('mallory')), groupId, [tcp(22, stray)]);
      await sandbox.settle();
    }
    const after = await ingressOf(sandbox.ec2(), groupId);
    const calls = sandbox.calls.slice(callsSince).filter(({ caller, groupId: on }) => caller.kind === 'function' && on === groupId);
    const writes = calls.filter(({ operation }) => !operation.startsWith('Describe'));
    return promised({
      'tcp/22 from 10.0.0.0/8 is all that remains': same(await ingressWords(sandbox.ec2(), groupId), SSH),
      'it is the same rule as before': same(after, [declared]),
      'no call named it': !JSON.stringify(writes.map(({ parameters }) => parameters)).includes(declared?.id ?? ''),
      'nothing was authorized': writes.every(({ operation }) => !operation.startsWith('Authorize')),
    });
  },
};

/** Every event once more: the same result, no second change. */
export const redelivery: Scenario = {
  title: '4  Every event is delivered once more',
  explanation:
    '   AWS promises at least once: the same result, no second change, two AWS calls; three where the event shows a drift that is gone',
  group: 'web',
  declared: ['public-web, enforced', ...WEB],
  play: async (sandbox, groupId) => {
    const callsSince = sandbox.calls.length;
    const again: Delivery[] = [];
    for (const delivery of [...sandbox.deliveries])
      if (JSON.stringify(delivery.event).includes(groupId)) again.push(await sandbox.redeliver(delivery));
    await sandbox.settle();
    const calls = sandbox.calls.slice(callsSince).filter(({ caller }) => caller.kind === 'function');
    const config = again.filter(({ kind }) => kind === 'config');
    const callsOf = (delivery: Delivery): number => calls.filter(({ during }) => during === delivery.id).length;
    return promised({
      'no function changed anything': calls.every(({ operation }) => /^(Describe|PutEvaluations)/.test(operation)),
      'the remediator made two AWS calls for each, and read once more where the event shows a drift that is gone':
        config.length > 0 && config.every((delivery) => [2, 3].includes(callsOf(delivery))),
      'only tcp/80 and tcp/443 remain': same(await ingressWords(sandbox.ec2(), groupId), WEB),
    });
  },
};

export const SCENARIOS: readonly Scenario[] = [compliance, detection, straySource, redelivery];

/** Plays the scenario on the stage; returns its checks. */
export async function perform(scenario: Scenario, sandbox: Sandbox, groups: ScenarioGroups, stage: Stage): Promise<readonly Check[]> {
  const groupId = groups[scenario.group];
  stage.heading(scenario.title, scenario.explanation);
  stage.line('group', `${scenario.group}, ${groupId}`);
  stage.line('declared', scenario.declared);
  stage.line('before', await shown(sandbox, groupId), 'bold');
  stage.gap();
  const checks = await scenario.play(sandbox, groupId);
  stage.gap();
  stage.line('after', await shown(sandbox, groupId), 'bold');
  stage.checks(checks);
  return checks;
}

async function shown(sandbox: Sandbox, groupId: string): Promise<string[]> {
  const rules = (await ingressOf(sandbox.ec2(), groupId)).map(({ rule, id }) => ({ id, words: formatRule(rule) }));
  const width = Math.max(...rules.map(({ words }) => words.length));
  return rules.length === 0 ? ['no ingress'] : rules.map(({ id, words }) => `${words.padEnd(width)}  ${id}`);
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
