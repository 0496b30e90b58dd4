/** The whole of Portcullis on the sandbox: the built functions, deployed from the synthesised stack, called by the events of real calls. */
import { ConfigServiceClient, GetComplianceDetailsByConfigRuleCommand } from '@aws-sdk/client-config-service';
import { DeleteSecurityGroupCommand, ModifySecurityGroupRulesCommand } from '@aws-sdk/client-ec2';
import { ANYWHERE, authorize, baselinesOf, createGroups, ingressOf, ingressWords, tcp, type ScenarioGroups } from './demo/groups.js';
import { findingsOf } from './demo/narrate.js';
import { compliance, detection, redelivery, straySource, type Scenario } from './demo/scenarios.js';
import type { Deployment } from './deployment/deployment.js';
import { createGroup, deployBaselines, during, given, mallory, sandbox, useSandbox, revoke, runInstance } from './testing/fixture.js';

/** No two tests change the same group, so that none sees what another did. */
const PLAYS = ['scenarios', 'again', 'revoked', 'refused', 'deleted', 'many'] as const;
type Play = (typeof PLAYS)[number];

const WEB = ['tcp/80 from 0.0.0.0/0', 'tcp/443 from 0.0.0.0/0'];

let deployed: readonly Deployment[];
const groups = new Map<Play, ScenarioGroups>();

useSandbox(async () => {
  for (const play of PLAYS) groups.set(play, await createGroups(sandbox));
  deployed = await deployBaselines(baselinesOf(...groups.values()));
});

const groupOf = (play: Play, name: keyof ScenarioGroups): string => given(groups.get(play))[name];

const broken = async (scenario: Scenario, play: Play): Promise<string[]> => {
  const checks = await scenario.play(sandbox, groupOf(play, scenario.group));
  expect(checks.length).toBeGreaterThan(0);
  return checks.filter(({ kept }) => !kept).map(({ promise }) => promise);
};

describe('the reference scenarios', () => {
  it('{80, 443, 465, 993} ends as {80, 443}, which AWS Config answers as COMPLIANT', async () => {
    expect(await broken(compliance, 'scenarios')).toEqual([]);
    const query = new GetComplianceDetailsByConfigRuleCommand({ ConfigRuleName: deployed[0]?.configRules[0]?.name, Limit: 100 });
    const { EvaluationResults = [] } = await sandbox.client(ConfigServiceClient).send(query);
    const result = EvaluationResults.find(
      ({ EvaluationResultIdentifier: of }) => of?.EvaluationResultQualifier?.ResourceId === groupOf('scenarios', 'web'),
    );
    expect(result).toMatchObject({ ComplianceType: 'COMPLIANT', Annotation: 'the group is at its baseline public-web' });
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

    const { findings } = await during(() => revoke(mallory(), groupId, [tcp(443, ANYWHERE)]));

    expect(await ingressWords(sandbox.ec2(), groupId)).toEqual(WEB);
    expect(findings.map(({ kind, severity }) => `${kind} ${severity}`)).toEqual(
      expect.arrayContaining(['drift medium', 'restoration medium', 'restoration info']),
    );
  });

  it('that is edited in place, keeping the rule id, is restored and reported', async () => {
    const GroupId = groupOf('again', 'office');
    await runInstance('bastion', GroupId);
    const [rule] = await ingressOf(sandbox.ec2(), GroupId);
    const SecurityGroupRule = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIpv4: ANYWHERE };
    const SecurityGroupRules = [{ SecurityGroupRuleId: rule?.id, SecurityGroupRule }];

    const { deliveries } = await during(() => mallory().send(new ModifySecurityGroupRulesCommand({ GroupId, SecurityGroupRules })));

    expect(await ingressWords(sandbox.ec2(), GroupId)).toEqual(['tcp/22 from 10.0.0.0/8']);
    const event = expect.objectContaining({ name: 'ModifySecurityGroupRules' }) as unknown;
    expect(deliveries.filter(({ kind }) => kind === 'cloudtrail').flatMap(({ result }) => findingsOf(result))).toContainEqual(
      expect.objectContaining({ kind: 'drift', severity: 'critical', event }),
    );
  });

  it('that is deleted is reported, and neither made anew nor an endless failure', async () => {
    const GroupId = groupOf('deleted', 'web');

    const { byFunctions, deliveries } = await during(() => mallory().send(new DeleteSecurityGroupCommand({ GroupId })));

    expect(byFunctions.filter(({ operation }) => /^(Create|Authorize|Revoke)/.test(operation))).toEqual([]);
    expect(deliveries.map(({ state }) => state)).not.toContain('failed');
    expect(sandbox.evaluations.filter(({ resourceId }) => resourceId === GroupId).at(-1)?.compliance).toBe('NOT_APPLICABLE');
  });

  it('that several people change at once ends at its baseline', async () => {
    const groupId = groupOf('many', 'web');
    const open = (port: number) => authorize(sandbox.ec2(sandbox.person(`person-${port}`)), groupId, [tcp(port, ANYWHERE)]);

    await during(() => Promise.all([8001, 8002, 8003, 8004].map(open)));

    expect(await ingressWords(sandbox.ec2(), groupId)).toEqual(WEB);
  });
});

it('a call that was refused is an attempt with its error, is no change to AWS Config, and restores nothing', async () => {
  const again = () => authorize(mallory(), groupOf('refused', 'web'), [tcp(443, ANYWHERE)]);

  const { byFunctions, deliveries, findings } = await during(() =>
    expect(again()).rejects.toMatchObject({ name: 'InvalidPermission.Duplicate' }),
  );

  const errorCode = 'Client.InvalidPermission.Duplicate';
  expect(findings).toMatchObject([{ kind: 'attempt', severity: 'low', actor: { userName: 'mallory' }, event: { errorCode } }]);
  expect(deliveries.map(({ kind }) => kind)).toEqual(['cloudtrail']);
  expect(byFunctions).toEqual([]);
});

it('a group that no baseline selects is neither read nor changed', async () => {
  const groupId = await createGroup('stranger');

  const { byFunctions } = await during(() => authorize(mallory(), groupId, [tcp(22, ANYWHERE)]));

  expect(byFunctions.filter(({ service }) => service === 'ec2')).toEqual([]);
  const verdicts = sandbox.evaluations.filter(({ resourceId }) => resourceId === groupId);
  expect(verdicts.map(({ compliance: told }) => told)).toContain('NOT_APPLICABLE');
  expect(await ingressWords(sandbox.ec2(), groupId)).toEqual(['tcp/22 from 0.0.0.0/0']);
});
