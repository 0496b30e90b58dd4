import { baseline, liveRules, SimulatedEc2, compiled } from '@portcullis/security-groups/testing';
import { detector, ec2With } from '../testing/detector.js';
import { GROUP, record } from '../testing/records.js';

const viaList = baseline(['tcp 443 from pl-1'], { groups: { ids: [GROUP] } });
const world = (versions: string[][], live = ['tcp 443 from pl-1']): SimulatedEc2 => {
  const ec2 = ec2With(liveRules(...live));
  ec2.prefixLists.set('pl-1', versions);
  return ec2;
};
const modified = (request: Record<string, unknown>, rest = {}) =>
  record('ModifyManagedPrefixList', { ModifyManagedPrefixListRequest: { PrefixListId: 'pl-1', ...request } }, rest);
const restored = (PreviousVersion: number, CurrentVersion: number) =>
  record('RestoreManagedPrefixListVersion', {
    RestoreManagedPrefixListVersionRequest: { PrefixListId: 'pl-1', PreviousVersion, CurrentVersion },
  });
const told = (event: unknown, ec2: SimulatedEc2, declared = viaList) => detector(ec2, { declared: compiled(declared) }).run(event);

describe('a list that grows', () => {
  it.each([
    ['10.1.0.0/16', 'medium'],
    ['0.0.0.0/0', 'high'],
    ['2000::/3', 'high'],
  ])('by %s is told as %s: the rules are as declared, and let in more', async (Cidr, severity) => {
    const [finding] = await told(modified({ CurrentVersion: 1, AddEntry: { tag: 1, Cidr } }), world([['192.0.2.0/24']]));

    expect(finding).toMatchObject({
      kind: 'change',
      severity,
      atBaseline: true,
      authorize: [],
      revoke: [],
      summary: `the group is at its baseline after ModifyManagedPrefixList; through pl-1 the group now lets in tcp/443 from ${Cidr}`,
      access: { gained: [{ protocol: 'tcp', source: { cidr: Cidr }, fromPort: 443, toPort: 443 }], lost: [] },
    });
  });

  it('lets in to a database or to administration: critical', async () => {
    const ssh = baseline(['tcp 20-30 from pl-1'], { groups: { ids: [GROUP] } });
    const event = modified({ AddEntry: { tag: 1, Cidr: '0.0.0.0/0' } });

    expect(await told(event, world([], ['tcp 20-30 from pl-1']), ssh)).toMatchObject([{ severity: 'critical' }]);
  });

  it('by an entry that it has, with another description, lets in nothing', async () => {
    const event = modified({ CurrentVersion: 1, AddEntry: { tag: 1, Cidr: '192.0.2.0/24', Description: 'new' } });

    expect(await told(event, world([['192.0.2.0/24']]))).toMatchObject([{ kind: 'change', severity: 'info' }]);
  });

  it('is judged by the record where the version before cannot be read: at worst too much is told', async () => {
    const event = modified({ CurrentVersion: 9, AddEntry: { tag: 1, Cidr: '0.0.0.0/0' } });

    expect(await told(event, world([['0.0.0.0/0']]))).toMatchObject([{ kind: 'change', severity: 'high' }]);
  });

  it('is for information where the baseline leaves its rules to somebody else', async () => {
    const ignoring = { ...viaList, ignore: [{ prefixList: 'pl-1' }] };

    expect(await told(modified({ AddEntry: { tag: 1, Cidr: '0.0.0.0/0' } }), world([['0.0.0.0/0']]), ignoring)).toMatchObject([
      { kind: 'change', severity: 'info' },
    ]);
  });

  it('is told of a group that refers to it though its baseline does not, with the drift', async () => {
    const other = baseline(['tcp 80 from 0.0.0.0/0'], { groups: { ids: [GROUP] } });
    const event = modified({ AddEntry: { tag: 1, Cidr: '0.0.0.0/0' } });

    expect(await told(event, world([['0.0.0.0/0']], ['tcp 80 from 0.0.0.0/0', 'tcp 22 from pl-1']), other)).toMatchObject([
      {
        kind: 'drift',
        severity: 'critical',
        summary: 'tcp/22 from pl-1 must be revoked; through pl-1 the group now lets in tcp/22 from 0.0.0.0/0',
      },
    ]);
  });

  it('is judged by all that it holds, since it may have grown in steps', async () => {
    const steps = Array.from({ length: 16 }, (_, i) => `${16 + i}.0.0.0/8`);
    const last = modified({ CurrentVersion: 1, AddEntry: { tag: 1, Cidr: '31.0.0.0/8' } });

    expect(await told(last, world([steps.slice(0, 15), steps]))).toMatchObject([{ kind: 'change', severity: 'high' }]);
    // EC2 applies the change after it has answered: what the list is about to hold counts.
    expect(await told(last, world([steps.slice(0, 15)]))).toMatchObject([{ kind: 'change', severity: 'high' }]);
    expect(await told(last, world([steps.slice(0, 4), steps.slice(12)]))).toMatchObject([{ severity: 'medium' }]);
  });

  it('is high at least while what it holds cannot be read', async () => {
    expect(await told(modified({ AddEntry: { tag: 1, Cidr: '10.1.0.0/16' } }), world([]))).toMatchObject([
      {
        kind: 'change',
        severity: 'high',
        summary: expect.stringContaining(
          'what pl-1 holds could not be read: GetManagedPrefixListEntries failed with InvalidPrefixListVersion.NotFound',
        ) as string,
      },
    ]);
  });

  it('is critical where the world reaches a sensitive port by it, although the baseline leaves its rules to another owner', async () => {
    const ssh = baseline(['tcp 22 from pl-1'], { groups: { ids: [GROUP] }, ignore: [{ prefixList: 'pl-1' }] });
    const event = modified({ AddEntry: { tag: 1, Cidr: '0.0.0.0/0' } });

    expect(await told(event, world([['0.0.0.0/0']], ['tcp 22 from pl-1']), ssh)).toMatchObject([{ kind: 'change', severity: 'critical' }]);
  });

  it('lets out to more where egress is declared: medium, for nobody comes in', async () => {
    const out = baseline([], { groups: { ids: [GROUP] }, egress: ['tcp 443 to pl-1'] });
    const event = modified({ AddEntry: { tag: 1, Cidr: '0.0.0.0/0' }, RemoveEntry: { tag: 1, Cidr: '192.0.2.0/24' } });

    expect(await told(event, world([['0.0.0.0/0']], ['tcp 443 to pl-1']), out)).toMatchObject([
      {
        kind: 'change',
        severity: 'medium',
        summary:
          'the group is at its baseline after ModifyManagedPrefixList; through pl-1 the group now lets out tcp/443 to 0.0.0.0/0; through pl-1 the group no longer lets out tcp/443 to 192.0.2.0/24',
        access: { gained: [], lost: [] },
      },
    ]);
  });

  it('is for information by a rule of egress where egress is not declared', async () => {
    const event = modified({ AddEntry: { tag: 1, Cidr: '0.0.0.0/0' } });

    expect(await told(event, world([['0.0.0.0/0']], ['tcp 443 to pl-1']), baseline([], { groups: { ids: [GROUP] } }))).toMatchObject([
      { kind: 'change', severity: 'info', access: { gained: [], lost: [] } },
    ]);
  });

  it('was refused is an attempt', async () => {
    const event = modified({ AddEntry: { tag: 1, Cidr: '0.0.0.0/0' } }, { errorCode: 'Client.UnauthorizedOperation' });

    expect(await told(event, world([]))).toMatchObject([{ kind: 'attempt', severity: 'low' }]);
  });
});

it('a list that shrinks is an outage', async () => {
  const event = modified({ CurrentVersion: 1, RemoveEntry: { tag: 1, Cidr: '192.0.2.0/24' } });

  expect(await told(event, world([['192.0.2.0/24']]))).toMatchObject([
    {
      kind: 'change',
      severity: 'medium',
      summary:
        'the group is at its baseline after ModifyManagedPrefixList; through pl-1 the group no longer lets in tcp/443 from 192.0.2.0/24',
      access: { gained: [], lost: [{ source: { cidr: '192.0.2.0/24' } }] },
    },
  ]);
});

describe('a list that gets back an old version', () => {
  it('lets in what that has and the last one had not, and no longer what only the last one had', async () => {
    expect(
      await told(
        restored(1, 2),
        world([
          ['0.0.0.0/0', '192.0.2.0/24'],
          ['192.0.2.0/24', '198.51.100.0/24'],
        ]),
      ),
    ).toMatchObject([
      {
        kind: 'change',
        severity: 'high',
        summary:
          'the group is at its baseline after RestoreManagedPrefixListVersion; through pl-1 the group now lets in tcp/443 from 0.0.0.0/0; through pl-1 the group no longer lets in tcp/443 from 198.51.100.0/24',
      },
    ]);
  });

  it('is high where its versions cannot be read: what it lets in is not known', async () => {
    expect(await told(restored(1, 2), world([]))).toMatchObject([
      {
        kind: 'change',
        severity: 'high',
        summary:
          'the group is at its baseline after RestoreManagedPrefixListVersion; what the call has changed in pl-1 could not be read: GetManagedPrefixListEntries failed with InvalidPrefixListVersion.NotFound; what pl-1 holds could not be read: GetManagedPrefixListEntries failed with InvalidPrefixListVersion.NotFound',
      },
    ]);
  });
});

it('a group whose rules cannot be read is told as such: it may refer to the list', async () => {
  const ec2 = world([]);
  ec2.before = (call) => (call.startsWith('read') ? 'denied' : undefined);
  const other = baseline([], { groups: { ids: [GROUP] } });

  expect(await told(modified({ AddEntry: { tag: 1, Cidr: '0.0.0.0/0' } }), ec2, other)).toMatchObject([
    { kind: 'undetermined', severity: 'high', group: { id: GROUP } },
  ]);
});

it('a list that hundreds of groups refer to is judged for a few calls', async () => {
  const ids = Array.from({ length: 300 }, (_, i) => `sg-${String(i).padStart(17, '0')}`);
  const ec2 = new SimulatedEc2(liveRules('tcp 443 from pl-1'), ids[0]);
  for (const id of ids.slice(1)) ec2.add(id, liveRules('tcp 443 from pl-1'));
  ec2.prefixLists.set('pl-1', [[]]);
  const event = modified({ CurrentVersion: 1, AddEntry: { tag: 1, Cidr: '0.0.0.0/0' } });

  const findings = await told(event, ec2, { ...viaList, groups: { ids } });

  expect(findings).toHaveLength(300);
  expect(findings.every(({ severity, group }) => severity === 'high' && group.name === 'web')).toBe(true);
  // Two for the groups, two for their rules, two for the list: as it was before the call, and as it is.
  expect(ec2.calls).toHaveLength(6);
});

describe('a rule that is not declared and whose source is a prefix list', () => {
  const closed = baseline([], { groups: { ids: [GROUP] } });
  const added = (port: number) =>
    record('AuthorizeSecurityGroupIngress', {
      groupId: GROUP,
      ipPermissions: {
        items: [{ ipProtocol: 'tcp', fromPort: port, toPort: port, prefixListIds: { items: [{ prefixListId: 'pl-1' }] } }],
      },
    });

  it.each<[string, string[], number, string]>([
    ['SSH from a list that holds the world', ['0.0.0.0/0'], 22, 'critical'],
    ['SSH from a list that holds the world in halves', ['0.0.0.0/1', '128.0.0.0/1'], 22, 'critical'],
    ['SSH from a list that holds the world of IPv6', ['2000::/3'], 22, 'critical'],
    ['a web port from a list that holds the world', ['0.0.0.0/0'], 443, 'high'],
    ['SSH from a list that holds a private network', ['10.0.0.0/8'], 22, 'medium'],
    ['SSH from an empty list', [], 22, 'medium'],
  ])('is judged by what the list holds: %s', async (_what, held, port, severity) => {
    const [finding] = await told(added(port), world([held], [`tcp ${port} from pl-1`]), closed);

    expect(finding).toMatchObject({ kind: 'drift', severity, summary: `tcp/${port} from pl-1 must be revoked` });
  });

  it('is judged together with the other rules', async () => {
    const live = ['tcp 22 from pl-1', 'tcp 22 from 24.0.0.0/5'];

    expect(await told(added(22), world([['16.0.0.0/5']], live), closed)).toMatchObject([{ severity: 'critical' }]);
  });

  it('is high while the list cannot be read, and the finding and the log say so', async () => {
    const ec2 = ec2With(liveRules('tcp 22 from pl-1'));
    const watched = detector(ec2, { declared: compiled(closed) });

    expect(await watched.run(added(22))).toMatchObject([
      {
        kind: 'drift',
        severity: 'high',
        summary:
          'tcp/22 from pl-1 must be revoked; what pl-1 holds could not be read: GetManagedPrefixListEntries failed with InvalidPrefixListID.NotFound',
      },
    ]);
    expect(watched.logged).toContainEqual({ level: 'warn', message: expect.stringContaining('EC2 says no') as string });
    expect(watched.measured).toMatchObject({ CallFailures: 1 });
  });

  it('is judged by what the list holds when the live rules cannot be read, too', async () => {
    const ec2 = world([['0.0.0.0/0']]);
    ec2.before = (call) => (call === 'read' ? 'denied' : undefined);

    expect(await told(added(22), ec2, closed)).toMatchObject([{ kind: 'drift', severity: 'critical', basis: 'event' }]);
  });

  it('is no reason to read a list that declared rules alone refer to', async () => {
    const ec2 = world([['10.0.0.0/8']]);
    await told(record('AuthorizeSecurityGroupIngress', { groupId: GROUP, ipPermissions: {} }), ec2);

    expect(ec2.calls.filter((call) => call.includes('pl-1'))).toEqual([]);
  });
});
