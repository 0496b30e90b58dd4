import { baseline, liveRules, SimulatedEc2 } from '@portcullis/security-groups/testing';
import { compiled, detector, ec2With } from './testing/detector.js';
import { GROUP, record } from './testing/records.js';

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
const told = (event: unknown, ec2: SimulatedEc2, declared = viaList) =>
  detector(ec2, { declared: compiled(declared) }).run(event);

describe('a list that grows', () => {
  it.each([
    ['10.1.0.0/16', 'medium'],
    ['0.0.0.0/0', 'high'],
    ['2000::/3', 'high'],
  ])('by %s is told as %s: the rules are as declared, and let in more', async (Cidr, severity) => {
    const [finding] = await told(
      modified({ CurrentVersion: 1, AddEntry: { tag: 1, Cidr } }),
      world([['192.0.2.0/24']]),
    );

    expect(finding).toMatchObject({
      kind: 'change',
      severity,
      atBaseline: true,
      authorize: [],
      revoke: [],
      summary: `the group is at its baseline after ModifyManagedPrefixList; by pl-1 is let in tcp/443 from ${Cidr}`,
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

    expect(await told(modified({ AddEntry: { tag: 1, Cidr: '0.0.0.0/0' } }), world([]), ignoring)).toMatchObject([
      { kind: 'change', severity: 'info' },
    ]);
  });

  it('is told of a group that refers to it though its baseline does not, with the drift', async () => {
    const other = baseline(['tcp 80 from 0.0.0.0/0'], { groups: { ids: [GROUP] } });
    const event = modified({ AddEntry: { tag: 1, Cidr: '0.0.0.0/0' } });

    expect(await told(event, world([], ['tcp 80 from 0.0.0.0/0', 'tcp 22 from pl-1']), other)).toMatchObject([
      {
        kind: 'drift',
        severity: 'critical',
        summary: 'tcp/22 from pl-1 must be revoked; by pl-1 is let in tcp/22 from 0.0.0.0/0',
      },
    ]);
  });

  it('lets nobody in through a rule of egress', async () => {
    const out = { ...viaList, ingress: [], egress: viaList.ingress };
    const event = modified({ AddEntry: { tag: 1, Cidr: '0.0.0.0/0' } });

    expect(await told(event, world([], ['tcp 443 to pl-1']), out)).toMatchObject([
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
        'the group is at its baseline after ModifyManagedPrefixList; by pl-1 is no longer let in tcp/443 from 192.0.2.0/24',
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
          'the group is at its baseline after RestoreManagedPrefixListVersion; by pl-1 is let in tcp/443 from 0.0.0.0/0; by pl-1 is no longer let in tcp/443 from 198.51.100.0/24',
      },
    ]);
  });

  it('is high where its versions cannot be read: what it lets in is not known', async () => {
    expect(await told(restored(1, 2), world([]))).toMatchObject([
      {
        kind: 'change',
        severity: 'high',
        summary:
          'the group is at its baseline after RestoreManagedPrefixListVersion; what pl-1 lets in now could not be read: GetManagedPrefixListEntries failed with InvalidPrefixListVersion.NotFound',
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
  // Two for the groups, two for their rules, one for the list.
  expect(ec2.calls).toHaveLength(5);
});
