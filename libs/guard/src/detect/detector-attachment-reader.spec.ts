/** Tests that a finding names what is attached to an open group, and that the attachments never affect the restoration. */
import type { NetworkInterface } from '@aws-sdk/client-ec2';
import type { Finding } from '@portcullis/finding';
import { findingSchema } from '@portcullis/finding/schema';
import { readGroupAttachments, type GroupAttachments } from '@portcullis/security-groups';
import { baseline, liveRules, type SimulatedEc2 } from '@portcullis/security-groups/testing';
import type { RestorationRequest } from '../runtime/restoration-request.js';
import { AT_BASELINE, detector, ec2With, guarding, unreadable, type World } from '../testing/detector.js';
import { ANYWHERE, authorizeTcp, GROUP, modify, REMEDIATOR, revokeTcp, tagCall } from '../testing/records.js';

function instance(id: string, PublicIp?: string): NetworkInterface {
  return {
    NetworkInterfaceId: `eni-${id}`,
    Groups: [{ GroupId: GROUP }],
    Attachment: { InstanceId: id },
    ...(PublicIp !== undefined && { Association: { PublicIp } }),
  };
}

const BASTION = [instance('i-1', '203.0.113.9')];
const openSsh = authorizeTcp(22, ANYWHERE);
const SSH = [...AT_BASELINE, 'tcp 22 from 0.0.0.0/0'];
const MUST = 'tcp/22 from 0.0.0.0/0 must be revoked';

function ec2Holding(
  rules: readonly string[],
  interfaces: readonly NetworkInterface[],
  tags: Readonly<Record<string, string>> = {},
): SimulatedEc2 {
  const ec2 = ec2With(rules, tags);
  ec2.interfaces = interfaces;
  ec2.instanceNames = { 'i-1': 'bastion-1' };
  return ec2;
}

/** Returns a detector that reads the attached interfaces from the simulated EC2. */
function seeing(ec2: SimulatedEc2, world: World = {}): ReturnType<typeof detector> {
  return detector(ec2, { behind: (_, groupId, signal) => readGroupAttachments(ec2.client, groupId, signal), ...world });
}

const words = ({ kind, severity, summary }: Finding): string => `${kind}, ${severity}: ${summary}`;
const interfacesRead = (ec2: SimulatedEc2): number => ec2.callsOf('find interfaces').length;

it('a finding names the machine on which a service is open, the fix, the link to the console and the owner of the group', async () => {
  const ec2 = ec2Holding(SSH, BASTION, { Owner: 'ana', Team: 'web', Env: 'prod' });

  const [finding] = await seeing(ec2).run(openSsh);

  expect(finding).toMatchObject({
    severity: 'critical',
    summary: `SSH open to the internet on bastion-1 (203.0.113.9); ${MUST}`,
    group: { id: GROUP, tags: { Owner: 'ana', Team: 'web' } },
    exposure: {
      services: ['SSH'],
      attached: {
        ...{ interfaces: 1, withPublicAddress: 1, moreUsers: 0 },
        users: [{ kind: 'instance', id: 'i-1', name: 'bastion-1', publicAddresses: ['203.0.113.9'] }],
      },
    },
    fix: {
      commands: [expect.stringContaining(`revoke-security-group-ingress --region eu-west-1 --group-id ${GROUP}`)],
      console: expect.stringContaining(GROUP) as string,
    },
  });
  expect(findingSchema.safeParse(JSON.parse(JSON.stringify(finding))).error).toBeUndefined();
});

const fromInside = guarding([...AT_BASELINE, 'tcp 22 from 10.0.0.0/8']);
const edited = modify('sgr-3', { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIpv4: ANYWHERE });
const DECLARED = 'tcp/22 from 10.0.0.0/8 must be authorized';
const on8001 = [...AT_BASELINE, 'tcp 8001 from 0.0.0.0/0'];
const MUST_8001 = 'tcp/8001 from 0.0.0.0/0 must be revoked';

it.each<[string, string, unknown, readonly string[], readonly NetworkInterface[], World]>([
  [
    'an instance without a public address',
    `critical: SSH open to the internet on bastion-1 (no public address); ${MUST}`,
    openSsh,
    SSH,
    [instance('i-1')],
    {},
  ],
  ['nothing attached', `high: SSH open to the internet, but nothing is attached to the group; ${MUST}`, openSsh, SSH, [], {}],
  [
    'another port than SSH, and an instance with a public address',
    `high: tcp/8001 open to the internet on bastion-1 (203.0.113.9); ${MUST_8001}`,
    authorizeTcp(8001, ANYWHERE),
    on8001,
    BASTION,
    {},
  ],
  [
    'another port than SSH, and nothing attached',
    `medium: tcp/8001 open to the internet, but nothing is attached to the group; ${MUST_8001}`,
    authorizeTcp(8001, ANYWHERE),
    on8001,
    [],
    {},
  ],
  [
    'an instance with a public address, and a declared source',
    `critical: SSH open to the internet on bastion-1 (203.0.113.9), declared: 10.0.0.0/8; ${MUST}; ${DECLARED}`,
    edited,
    SSH,
    BASTION,
    { declared: [fromInside] },
  ],
])(
  'the severity and the summary of a drift depend on the attachments of the group: %s',
  async (_, expected, event, rules, interfaces, world) => {
    expect((await seeing(ec2Holding(rules, interfaces), world).run(event)).map(words)).toEqual([`drift, ${expected}`]);
  },
);

it.each<[string, unknown, readonly string[] | SimulatedEc2, World]>([
  ['a group at its baseline', authorizeTcp(443, ANYWHERE), AT_BASELINE, {}],
  ['a drift that opens nothing to the internet', authorizeTcp(22, '10.0.0.0/8'), [...AT_BASELINE, 'tcp 22 from 10.0.0.0/8'], {}],
  ['an outage', revokeTcp(443, ANYWHERE), ['tcp 80 from 0.0.0.0/0'], {}],
  ['a refused call', authorizeTcp(22, ANYWHERE, { errorCode: 'Client.UnauthorizedOperation' }), AT_BASELINE, {}],
  ['the restoration by the remediator', revokeTcp(445, ANYWHERE, { userIdentity: REMEDIATOR }), SSH, {}],
  ['a group whose rules cannot be read', openSsh, unreadable(), {}],
  ['an invocation that has no time left', openSsh, SSH, { timeLeft: () => 1_000 }],
])('the detector does not read the attached interfaces for %s', async (_, event, group, world) => {
  const ec2 = 'client' in group ? group : ec2Holding(group, BASTION);
  const [finding] = await seeing(ec2, world).run(event);

  expect([interfacesRead(ec2), finding?.exposure?.attached]).toEqual([0, undefined]);
});

it.each<[string, NonNullable<World['behind']>]>([
  ['is refused', () => Promise.reject(new Error('UnauthorizedOperation'))],
  ['never answers', () => new Promise<GroupAttachments>(() => undefined)],
])('the detector does not lower the severity of a drift if the read of the attached interfaces %s', async (_, behind) => {
  const guard = seeing(ec2Holding(SSH, []), { behind });
  const start = Date.now();

  expect((await guard.run(openSsh)).map(words)).toEqual([`drift, critical: SSH open to the internet; ${MUST}`]);
  expect(Date.now() - start).toBeLessThan(3_500);
  expect(guard.measured.CallFailures).toBe(1);
});

const CROWD = Array.from({ length: 60 }, (_, i) => `sg-${i.toString(16).padStart(17, '0')}`);
const tagged = baseline([], { groups: { ids: [], tags: { Tier: 'web' } } });
/** A call whose tags put 60 open groups into a baseline. */
const taggingMany = tagCall('CreateTags', { Tier: 'web' }, CROWD);

it.each<[string, NonNullable<World['behind']>, asked: number]>([
  ['20 groups', () => Promise.resolve({ interfaces: 0, withPublicAddress: 0, users: [] }), 20],
  ['five groups, if none of the reads answers', () => new Promise<GroupAttachments>(() => undefined), 5],
])(
  'for 60 groups in one event, the detector reads the attached interfaces of at most %s, and reports every group',
  async (_, behind, expected) => {
    const ec2 = ec2With([]);
    for (const id of CROWD) ec2.add(id, liveRules('tcp 22 from 0.0.0.0/0'), { tags: { Tier: 'web' } });
    let asked = 0;
    const counting: World['behind'] = (...group) => {
      asked += 1;
      return behind(...group);
    };
    const start = Date.now();
    const findings = await seeing(ec2, { declared: [tagged], behind: counting }).run(taggingMany);

    expect(findings).toHaveLength(60);
    expect(findings.filter(({ severity }) => severity === 'critical')).toHaveLength(expected === 20 ? 40 : 60);
    expect(asked).toBe(expected);
    // With a timeout of two seconds for each group, the run would take at least 24 seconds.
    expect(Date.now() - start).toBeLessThan(10_000);
  },
  15_000,
);

it('the attachments of a group do not affect when the detector invokes the remediator', async () => {
  const outcomes = async (interfaces: readonly NetworkInterface[]): Promise<unknown[]> => {
    const requests: RestorationRequest[] = [];
    let seconds = 0;
    const guard = seeing(ec2Holding(on8001, interfaces), {
      wake: (request) => {
        requests.push(request);
      },
      now: () => new Date(Date.parse('2026-11-23T10:00:05Z') + seconds * 1_000),
    });
    const wakes: unknown[] = [];
    for (let n = 0; n < 8; n++) {
      seconds = n * 20;
      const [finding] = await guard.run(authorizeTcp(8001, ANYWHERE, { eventID: `event-${n}` }));
      wakes.push([finding?.wake, finding?.outlook, finding?.severity]);
    }
    return [wakes.map((wake) => (wake as unknown[]).slice(0, 2)), requests, new Set(wakes.map((wake) => (wake as unknown[])[2]))];
  };
  const [empty, crowded] = [await outcomes([]), await outcomes(BASTION)];

  expect(empty.slice(0, 2)).toEqual(crowded.slice(0, 2));
  // The detector sends a fourth request only for severe drift. For a group without attachments, the finding has only severity medium, but
  // this severity must not prevent the request.
  expect([empty[2], crowded[2]]).toEqual([new Set(['medium']), new Set(['high'])]);
  expect(JSON.stringify(empty[0])).not.toContain('withheld');
});

it('the detector invokes the remediator without waiting for the read of the attached interfaces', async () => {
  const order: string[] = [];
  const guard = seeing(ec2Holding(SSH, BASTION), {
    wake: () => {
      order.push('wake');
    },
    behind: async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      order.push('attached');
      return { interfaces: 0, withPublicAddress: 0, users: [] };
    },
  });
  await guard.run(openSsh);

  expect(order).toEqual(['wake', 'attached']);
});

it('the severity of a group that left its baseline is at least high, and the finding names the attachments', async () => {
  const guard = seeing(ec2Holding(SSH, []), { declared: [baseline(AT_BASELINE, { groups: { ids: [], tags: { Tier: 'web' } } })] });

  expect(await guard.run(tagCall('DeleteTags', { Tier: 'web' }))).toMatchObject([
    { kind: 'drift', severity: 'high', exposure: { attached: { interfaces: 0 } } },
  ]);
});
