/**
 * Tests Portcullis on the sandbox. The synthesised stack deploys the built functions. Calls to the simulated AWS cause the events that
 * invoke the functions.
 */
import { ConfigServiceClient, StopConfigurationRecorderCommand } from '@aws-sdk/client-config-service';
import type { IpPermission } from '@aws-sdk/client-ec2';
import { invokeDueSchedules } from '../delivery/schedules.js';
import { ANYWHERE, authorizeIngress, readDemoGroupRuleTexts, demoTcpPermission } from '../demo/groups.js';
import { expectMotoValue } from '../simulated-aws/moto.js';
import type { Deployment } from '../deployment/deployment.js';
import type { Evaluation } from '../sandbox.js';
import { createGroupsNamed, deployBaselines, during, mallory, revoke, sandbox, useSandbox } from '../testing/fixture.js';
import { portcullis } from '../testing/portcullis.js';

const NAMES = ['full', 'bound', 'waiting', 'overdue'] as const;
/** The groups whose restoration waits for an approval, because their baseline has mode `approve`. */
const WAITING: readonly Name[] = ['waiting', 'overdue'];
type Name = (typeof NAMES)[number];

const WEB = ['tcp/80 from 0.0.0.0/0', 'tcp/443 from 0.0.0.0/0'];
const web: IpPermission[] = [demoTcpPermission(80, ANYWHERE), demoTcpPermission(443, ANYWHERE)];
/** Returns `count` rules that no baseline declares. */
const strays = (count: number): IpPermission[] => Array.from({ length: count }, (_, i) => demoTcpPermission(1000 + i, ANYWHERE));

let deployed: readonly Deployment[];
let ids: Readonly<Record<Name, string>>;

useSandbox(async () => {
  ids = await createGroupsNamed(NAMES);
  for (const name of NAMES) await authorizeIngress(sandbox.ec2(), ids[name], web);
  const baselines = NAMES.map((name) => ({
    name,
    groups: { ids: [ids[name]] },
    ingress: web,
    ...(WAITING.includes(name) && { mode: 'approve' }),
  }));
  deployed = await deployBaselines(baselines, { schedule: 'One_Hour' });
});

const rulesOf = (name: Name): Promise<string[]> => readDemoGroupRuleTexts(sandbox.ec2(), ids[name]);
const evaluationOf = (groupId: string): Evaluation | undefined => sandbox.evaluations.findLast(({ resourceId }) => resourceId === groupId);

/** Returns the names of the calls by which functions changed groups. */
const writesDuring = async (act: () => Promise<unknown>): Promise<string[]> =>
  (await during(act)).byFunctions.map(({ operation }) => operation).filter((operation) => /^(Authorize|Revoke|Modify)/.test(operation));

describe('mode `approve` delays the restoration of a group', () => {
  const STRAY = 'tcp/1000 from 0.0.0.0/0';
  const open = (name: Name) => during(() => authorizeIngress(mallory(), ids[name], strays(1)));
  const inHours = (hours: number): Date => new Date(Date.now() + hours * 3_600_000);

  it('a group in mode `approve` still waits after the next event, until `portcullis approve` restores the group', async () => {
    const { findings } = await open('waiting');
    sandbox.recorder.evaluate(expectMotoValue(deployed[0]?.configRules[0]?.name));
    await sandbox.settle();

    expect(await rulesOf('waiting')).toEqual([...WEB, STRAY]);
    expect(evaluationOf(ids.waiting)).toMatchObject({
      compliance: 'NON_COMPLIANT',
      annotation: expect.stringMatching(/^waits for approval until \d{4}-\S+Z: tcp\/1000 from 0\.0\.0\.0\/0 must be revoked$/) as string,
    });
    const approval = findings.find((finding) => finding.approval !== undefined)?.approval;
    expect(findings.map(({ kind }) => kind).sort()).toEqual(['drift', 'drift']);

    const { stdout, exitCode } = await portcullis(...expectMotoValue(approval?.command).split(' ').slice(2), '--yes');
    await sandbox.settle();

    expect(stdout).toContain(`restored ${ids.waiting}: restored to waiting: revoked ${STRAY}`);
    expect(exitCode).toBe(0);
    expect(await rulesOf('waiting')).toEqual(WEB);
    expect(await invokeDueSchedules(sandbox, inHours(2))).toEqual([]);
  });

  it('EventBridge Scheduler restores a group in mode `approve` after the deadline for an approval, and not before', async () => {
    await open('overdue');

    expect(await invokeDueSchedules(sandbox, inHours(0.9))).toEqual([]);
    const { findings } = await during(() => invokeDueSchedules(sandbox, inHours(1.1)));

    expect(await rulesOf('overdue')).toEqual(WEB);
    expect(findings.map(({ kind }) => kind)).toContain('restoration');
    expect(findings.map(({ kind }) => kind)).not.toContain('tampering');
  });
});

describe('scheduled evaluation', () => {
  beforeAll(async () => {
    await sandbox.client(ConfigServiceClient).send(new StopConfigurationRecorderCommand({ ConfigurationRecorderName: 'portcullis' }));
  });

  it.each<readonly [string, Name, declared: number, foreign: IpPermission[], call: string]>([
    ['is filled with undeclared rules', 'full', 443, strays(59), 'RevokeSecurityGroupIngress'],
    [
      'is filled with parts of a declared rule',
      'bound',
      80,
      [demoTcpPermission(80, ...Array.from({ length: 59 }, (_, i) => `10.0.${i}.0/24`))],
      'ModifySecurityGroupRules',
    ],
  ])(
    'while the recorder is stopped, the scheduled evaluation restores a group whose quota %s',
    async (_, name, declared, foreign, call) => {
      await revoke(mallory(), ids[name], [demoTcpPermission(declared, ANYWHERE)]);
      await authorizeIngress(mallory(), ids[name], foreign);

      expect(await writesDuring(() => sandbox.recorder.schedule())).toContain(call);

      expect(await rulesOf(name)).toEqual(WEB);
      expect(evaluationOf(ids[name])?.compliance).toBe('COMPLIANT');
    },
  );
});
