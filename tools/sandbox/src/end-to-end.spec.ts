/** The whole of Portcullis on the sandbox: the built functions, deployed from the synthesised stack, called by the events of real calls. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigServiceClient, GetComplianceDetailsByConfigRuleCommand } from '@aws-sdk/client-config-service';
import { DeleteSecurityGroupCommand, ModifySecurityGroupRulesCommand } from '@aws-sdk/client-ec2';
import type { Call } from './aws/call.js';
import type { Delivery } from './delivery/delivery.js';
import {
  ANYWHERE,
  authorize,
  baselineFor,
  createGroups,
  ingressOf,
  ingressWords,
  revoke,
  tcp,
  type ScenarioGroups,
} from './demo/groups.js';
import { findingsOf } from './demo/narrate.js';
import { compliance, detection, redelivery, straySource, type Scenario } from './demo/scenarios.js';
import type { Deployment } from './deployment/deployment.js';
import { deployStacks } from './deployment/synthesis.js';
import { startSandbox, type Sandbox } from './sandbox.js';

/** No two tests change the same group, so that none sees what another did. */
const PLAYS = ['scenarios', 'again', 'revoked', 'refused', 'deleted', 'many', 'wire'] as const;
type Play = (typeof PLAYS)[number];

jest.setTimeout(60_000);

let sandbox: Sandbox;
let deployed: readonly Deployment[];
let outdir: string;
const groups = new Map<Play, ScenarioGroups>();

beforeAll(async () => {
  outdir = await mkdtemp(join(tmpdir(), 'portcullis-end-to-end-'));
  sandbox = await startSandbox();
  for (const play of PLAYS) groups.set(play, await createGroups(sandbox));
  deployed = await deployStacks(sandbox, { baselineText: baselineFor(...groups.values()), outdir });
  await sandbox.settle();
});

afterAll(async () => {
  await sandbox.stop();
  await rm(outdir, { recursive: true, force: true });
});

const groupOf = (play: Play, name: keyof ScenarioGroups): string => {
  const found = groups.get(play)?.[name];
  if (found === undefined) throw new Error(`no group ${name} was made for ${play}`);
  return found;
};

const broken = async (scenario: Scenario, play: Play): Promise<string[]> => {
  const checks = await scenario.play(sandbox, groupOf(play, scenario.group));
  expect(checks.length).toBeGreaterThan(0);
  return checks.filter(({ kept }) => !kept).map(({ promise }) => promise);
};

/** What happened on the sandbox while `act` ran, and all that it caused. */
const during = async (act: () => Promise<void>): Promise<{ calls: readonly Call[]; deliveries: readonly Delivery[] }> => {
  const [calls, deliveries] = [sandbox.calls.length, sandbox.deliveries.length];
  await act();
  await sandbox.settle();
  return { calls: sandbox.calls.slice(calls), deliveries: sandbox.deliveries.slice(deliveries) };
};

const byFunctions = (calls: readonly Call[]): readonly Call[] => calls.filter(({ caller }) => caller.kind === 'function');
const mallory = () => sandbox.ec2(sandbox.person('mallory'));

describe('the reference scenarios', () => {
  it('{80, 443, 465, 993} ends as {80, 443}, with COMPLIANT in AWS Config', async () => {
    expect(await broken(compliance, 'scenarios')).toEqual([]);
  });

  it('an empty group that gets 445 gives a finding that authorizes 80 and 443 and revokes 445, with the actor, and stays as it is', async () => {
    expect(await broken(detection, 'scenarios')).toEqual([]);
  });

  it('a stray source on a declared port goes; its neighbour is never touched', async () => {
    expect(await broken(straySource, 'scenarios')).toEqual([]);
  });

  it('every event delivered once more changes nothing and costs two or three AWS calls', async () => {
    expect(await broken(compliance, 'again')).toEqual([]);
    expect(await broken(redelivery, 'again')).toEqual([]);
  });
});

describe('a guarded group', () => {
  it('gets back a declared rule that somebody revoked', async () => {
    const groupId = groupOf('revoked', 'web');

    const { deliveries } = await during(() => revoke(mallory(), groupId, [tcp(443, ANYWHERE)]));

    expect(await ingressWords(sandbox.ec2(), groupId)).toEqual(['tcp/80 from 0.0.0.0/0', 'tcp/443 from 0.0.0.0/0']);
    expect(deliveries.flatMap(({ result }) => findingsOf(result)).map(({ kind, severity }) => `${kind} ${severity}`)).toEqual(
      expect.arrayContaining(['drift medium', 'restoration medium', 'restoration info']),
    );
  });

  it('that is edited in place, keeping the rule id, is restored and reported', async () => {
    const groupId = groupOf('again', 'office');
    const [rule] = await ingressOf(sandbox.ec2(), groupId);
    const modified = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIpv4: ANYWHERE };
    const command = new ModifySecurityGroupRulesCommand({
      GroupId: groupId,
      SecurityGroupRules: [{ SecurityGroupRuleId: rule?.id, SecurityGroupRule: modified }],
    });

    const { deliveries } = await during(async () => {
      await mallory().send(command);
    });

    expect(await ingressWords(sandbox.ec2(), groupId)).toEqual(['tcp/22 from 10.0.0.0/8']);
    expect(deliveries.filter(({ kind }) => kind === 'cloudtrail').flatMap(({ result }) => findingsOf(result))).toContainEqual(
      expect.objectContaining({
        kind: 'drift',
        severity: 'critical',
        event: expect.objectContaining({ name: 'ModifySecurityGroupRules' }) as unknown,
      }),
    );
  });

  it('that is deleted is reported, and neither made anew nor an endless failure', async () => {
    const groupId = groupOf('deleted', 'web');

    const { calls, deliveries } = await during(async () => {
      await mallory().send(new DeleteSecurityGroupCommand({ GroupId: groupId }));
    });

    expect(
      byFunctions(calls)
        .map(({ operation }) => operation)
        .filter((operation) => /^(Create|Authorize|Revoke)/.test(operation)),
    ).toEqual([]);
    expect(deliveries.map(({ state }) => state)).not.toContain('failed');
    expect(sandbox.evaluations.filter(({ resourceId }) => resourceId === groupId).at(-1)?.compliance).toBe('NOT_APPLICABLE');
  });

  it('that several people change at once ends at its baseline', async () => {
    const groupId = groupOf('many', 'web');

    await during(async () => {
      await Promise.all(
        [8001, 8002, 8003, 8004].map((port) => authorize(sandbox.ec2(sandbox.person(`person-${port}`)), groupId, [tcp(port, ANYWHERE)])),
      );
    });

    expect(await ingressWords(sandbox.ec2(), groupId)).toEqual(['tcp/80 from 0.0.0.0/0', 'tcp/443 from 0.0.0.0/0']);
  });
});

describe('a call that was refused', () => {
  it('is an attempt, and changes and restores nothing', async () => {
    const groupId = groupOf('refused', 'web');

    const { calls, deliveries } = await during(async () => {
      await expect(authorize(mallory(), groupId, [tcp(443, ANYWHERE)])).rejects.toMatchObject({
        name: 'InvalidPermission.Duplicate',
      });
    });

    expect(deliveries.flatMap(({ result }) => findingsOf(result))).toMatchObject([
      { kind: 'attempt', severity: 'low', actor: { userName: 'mallory' } },
    ]);
    expect(byFunctions(calls)).toEqual([]);
  });
});

describe('a group that no baseline selects', () => {
  it('is neither read nor changed', async () => {
    const groupId = groupOf('scenarios', 'stranger');

    const { calls } = await during(() => authorize(mallory(), groupId, [tcp(22, ANYWHERE)]));

    expect(byFunctions(calls).filter(({ service }) => service === 'ec2')).toEqual([]);
    expect(sandbox.evaluations.filter(({ resourceId }) => resourceId === groupId).map(({ compliance: told }) => told)).toContain(
      'NOT_APPLICABLE',
    );
    expect(await ingressWords(sandbox.ec2(), groupId)).toEqual(['tcp/22 from 0.0.0.0/0']);
  });
});

describe('what is deployed', () => {
  it('tells its last verdict, on what the restoration left, to whoever asks AWS Config', async () => {
    const groupId = groupOf('wire', 'web');
    await during(() => authorize(mallory(), groupId, [tcp(3389, ANYWHERE)]));

    const { EvaluationResults = [] } = await sandbox
      .client(ConfigServiceClient)
      .send(new GetComplianceDetailsByConfigRuleCommand({ ConfigRuleName: deployed[0]?.configRules[0]?.name, Limit: 100 }));

    const result = EvaluationResults.find(
      ({ EvaluationResultIdentifier }) => EvaluationResultIdentifier?.EvaluationResultQualifier?.ResourceId === groupId,
    );
    expect(result).toMatchObject({
      ComplianceType: 'COMPLIANT',
      Annotation: 'the group is at its baseline public-web-7',
    });
  });
});
