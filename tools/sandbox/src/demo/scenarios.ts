/** The reference scenarios: what mallory does, and what must be true afterwards. */
import { describeRules } from '@portcullis/finding';
import type { Delivery } from '../delivery/delivery.js';
import type { Sandbox } from '../sandbox.js';
import {
  ANYWHERE,
  authorizeIngress,
  declaredDemoRules,
  readDemoGroupRules,
  readDemoGroupRuleTexts,
  demoTcpPermission,
  type ScenarioGroups,
} from './groups.js';
import { expectMotoValue } from '../simulated-aws/moto.js';
import { narratedFindings, narrateSandbox } from './narrate.js';
import { printDemoLines, printDemoChecks, printDemoHeading, printDemoLabelled } from './terminal.js';

/** The text of each check, and whether the check passed. */
export type Checks = Readonly<Record<string, boolean>>;

interface Scenario {
  readonly title: string;
  readonly explanation: string;
  readonly group: keyof ScenarioGroups;
  play(sandbox: Sandbox, groupId: string): Promise<Checks>;
}

const WEB = ['tcp/80 from 0.0.0.0/0', 'tcp/443 from 0.0.0.0/0'];

/** A group with the open ports 80, 443, 465 and 993 is restored to the ports 80 and 443. */
export const compliance: Scenario = {
  title: '1  Mallory opens two more ports of the web server to the whole internet',
  explanation:
    'HTTP and HTTPS (ports 80 and 443) are declared. Portcullis closes the mail ports 465 and 993 again, because nobody declared these ports.',
  group: 'web',
  play: async (sandbox, groupId) => {
    await authorizeIngress(sandbox.ec2(sandbox.person('mallory')), groupId, [
      demoTcpPermission(465, ANYWHERE),
      demoTcpPermission(993, ANYWHERE),
    ]);
    await sandbox.settle();
    const evaluation = sandbox.evaluations.findLast(({ resourceId }) => resourceId === groupId);
    return {
      'the ports 465 and 993 are closed again, and the ports 80 and 443 are open': isSameDemoResult(
        await readDemoGroupRuleTexts(sandbox.ec2(), groupId),
        WEB,
      ),
      'the evaluation in AWS Config is COMPLIANT': evaluation?.compliance === 'COMPLIANT',
    };
  },
};

/** Mallory opens port 445 of an empty group. The finding must say to authorize ports 80 and 443, and to revoke port 445. */
const detection: Scenario = {
  title: '2  Mallory opens port 445 (file sharing) of the shop, whose declared ports are closed',
  explanation:
    'The baseline of this group is in report mode, the mode to start with: Portcullis reports who did what and how to fix it, and changes nothing.',
  group: 'shop',
  play: async (sandbox, groupId) => {
    const since = sandbox.deliveries.length;
    await authorizeIngress(sandbox.ec2(sandbox.person('mallory')), groupId, [demoTcpPermission(445, ANYWHERE)]);
    await sandbox.settle();
    const delivery = sandbox.deliveries.slice(since).find(({ kind }) => kind === 'cloudtrail');
    const [finding] = narratedFindings(delivery?.result);
    const calls = sandbox.calls.filter(({ during }) => during !== undefined && during === delivery?.id);
    return {
      'the alert says to revoke port 445': isSameDemoResult(finding?.revoke, [demoTcpPermission(445, ANYWHERE)]),
      'the alert says to authorize the ports 80 and 443': isSameDemoResult(finding?.authorize, [
        demoTcpPermission(80, ANYWHERE),
        demoTcpPermission(443, ANYWHERE),
      ]),
      'the alert names mallory': finding?.actor?.userName === 'mallory',
      'the detector made only Describe calls': calls.length > 0 && calls.every(({ operation }) => operation.startsWith('Describe')),
      'Portcullis did not change the group': isSameDemoResult(await readDemoGroupRuleTexts(sandbox.ec2(), groupId), [
        'tcp/445 from 0.0.0.0/0',
      ]),
    };
  },
};

/**
 * Mallory adds a source to a port that is declared for another source. A tool that compares whole permissions would also revoke the
 * declared source.
 */
const straySource: Scenario = {
  title: '3  Mallory opens a port of the office to himself',
  explanation:
    'SSH (port 22) is declared for the office network 10.0.0.0/8. Mallory adds his own address, then the whole IPv6 internet. Portcullis removes only these two sources, so the office never loses access.',
  group: 'office',
  play: async (sandbox, groupId) => {
    const [declared] = await readDemoGroupRules(sandbox.ec2(), groupId);
    const callsSince = sandbox.calls.length;
    for (const stray of ['203.0.113.7/32', '::/0']) {
      await authorizeIngress(sandbox.ec2(sandbox.person('mallory')), groupId, [demoTcpPermission(22, stray)]);
      await sandbox.settle();
    }
    const after = await readDemoGroupRules(sandbox.ec2(), groupId);
    const calls = sandbox.calls.slice(callsSince).filter(({ caller, groupId: on }) => caller.kind === 'function' && on === groupId);
    const writes = calls.filter(({ operation }) => !operation.startsWith('Describe'));
    return {
      'only the office can reach port 22': isSameDemoResult(await readDemoGroupRuleTexts(sandbox.ec2(), groupId), [
        'tcp/22 from 10.0.0.0/8',
      ]),
      "the office's rule keeps its id": isSameDemoResult(after, [declared]),
      "no call of Portcullis changed the office's rule": !JSON.stringify(writes.map(({ parameters }) => parameters)).includes(
        declared?.id ?? '',
      ),
      'nothing was authorized': writes.every(({ operation }) => !operation.startsWith('Authorize')),
    };
  },
};

/** A group without a baseline breaks the limit. A guard that looks for `0.0.0.0/0` or port 22 literally would find nothing. */
const limited: Scenario = {
  title: '4  Mallory opens a range of ports that contains SSH, in a group without a baseline',
  explanation:
    'A limit that applies to all groups allows SSH and RDP only from 10.0.0.0/8. Mallory opens the ports 20 to 30 to both halves of the internet. Portcullis revokes both rules, and nothing else.',
  group: 'lab',
  play: async (sandbox, groupId) => {
    const since = sandbox.deliveries.length;
    const before = await readDemoGroupRules(sandbox.ec2(), groupId);
    const range = { ...demoTcpPermission(20, '0.0.0.0/1', '128.0.0.0/1'), ToPort: 30 };
    await authorizeIngress(sandbox.ec2(sandbox.person('mallory')), groupId, [range]);
    await sandbox.settle();
    const findings = sandbox.deliveries.slice(since).flatMap(({ result }) => narratedFindings(result));
    const drift = findings.find(({ kind }) => kind === 'drift');
    return {
      'the alert names the limit and mallory': isSameDemoResult(
        [drift?.limits, drift?.actor?.userName],
        [['no-admin-from-outside'], 'mallory'],
      ),
      'the ports are closed again': isSameDemoResult(await readDemoGroupRules(sandbox.ec2(), groupId), before),
    };
  },
};

/** Although every event is delivered again, the functions must not change anything. */
const redelivery: Scenario = {
  title: '5  AWS delivers all events about the web server a second time',
  explanation: 'AWS delivers each event at least once, and some events twice. Portcullis changes nothing after the second delivery.',
  group: 'web',
  play: async (sandbox, groupId) => {
    const callsSince = sandbox.calls.length;
    const again: Delivery[] = [];
    for (const { kind, functionArn, ruleName, event } of [...sandbox.deliveries])
      if (JSON.stringify(event).includes(groupId))
        again.push(expectMotoValue(await sandbox.courier.deliver({ kind, functionArn, ruleName, event, cause: undefined })));
    await sandbox.settle();
    const calls = sandbox.calls.slice(callsSince).filter(({ caller }) => caller.kind === 'function');
    const config = again.filter(({ kind }) => kind === 'config');
    const callsOf = (delivery: Delivery): number => calls.filter(({ during }) => during === delivery.id).length;
    return {
      'no function changed anything': calls.every(({ operation }) => /^(Describe|PutEvaluations)/.test(operation)),
      'the remediator made two or three AWS calls for each event':
        config.length > 0 && config.every((delivery) => [2, 3].includes(callsOf(delivery))),
      'only the ports 80 and 443 are open': isSameDemoResult(await readDemoGroupRuleTexts(sandbox.ec2(), groupId), WEB),
    };
  },
};

export const SCENARIOS: readonly Scenario[] = [compliance, detection, straySource, limited, redelivery];

/** Plays the scenario and prints what happens. Returns the checks of the scenario. */
export async function playScenario(
  scenario: Scenario,
  sandbox: Sandbox,
  groups: ScenarioGroups,
  options: { readonly wholeEvents: boolean },
): Promise<Checks> {
  const groupId = groups[scenario.group];
  const openNow = async (): Promise<string> => {
    const rules = await readDemoGroupRules(sandbox.ec2(), groupId);
    return rules.length === 0 ? 'nothing' : describeRules(rules.map(({ rule }) => rule));
  };
  printDemoHeading(scenario.title, scenario.explanation);
  const declared = declaredDemoRules(scenario.group);
  printDemoLabelled(
    'declared',
    declared.length > 0 ? describeRules(declared) : 'no baseline; the limit allows SSH and RDP only from 10.0.0.0/8',
  );
  printDemoLabelled('open before', await openNow());
  printDemoLines('');
  const start = performance.now();
  const stopNarrating = narrateSandbox(sandbox, options);
  const checks = await scenario.play(sandbox, groupId);
  stopNarrating();
  const time = `${(performance.now() - start).toFixed(0)} ms`;
  printDemoLines('');
  printDemoLabelled('open after', await openNow(), 'plain', time);
  printDemoChecks(checks);
  return checks;
}

function isSameDemoResult(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
