import { liveRules, SimulatedEc2 } from '@portcullis/security-groups/testing';
import { detector, ec2With, findingsOf, guarding, isFound, type Case } from '../testing/detector.js';
import { addEntry, ANYWHERE, authorize, GROUP, list, modifyList, record, restoreList, tcp } from '../testing/records.js';

const HTTPS = ['tcp 443 from pl-1'];
const viaList = guarding(HTTPS);
const closed = guarding([]);
/**
 * Returns a simulated EC2 whose group has a rule for the prefix list `pl-1`. `versions` contains the entries of each version of the list.
 */
const world = (versions: string[][], live = HTTPS): SimulatedEc2 => {
  const ec2 = ec2With(live);
  ec2.prefixLists.set('pl-1', versions);
  return ec2;
};
const from = (CurrentVersion: number) => ({ CurrentVersion });
const AFTER = 'the group is at its baseline after ModifyManagedPrefixList; through pl-1, the group';
const RESTORED = 'the group is at its baseline after RestoreManagedPrefixListVersion';
const SSH = ['tcp 20-30 from pl-1'];
const UNREAD = 'could not be read: GetManagedPrefixListEntries failed with InvalidPrefixListVersion.NotFound';
const LIST_UNREAD = `prefix list pl-1 ${UNREAD}`;
const ignoring = { ignore: [{ prefixList: 'pl-1' }] };
const describedAnew = modifyList({ ...from(1), AddEntry: { tag: 1, Cidr: '192.0.2.0/24', Description: 'new' } });
/**
 * The last of sixteen calls that each add one entry to the list. Together, the sixteen entries let in so many addresses that the detector
 * treats the list as open to the world.
 */
const lastStep = addEntry('31.0.0.0/8', from(1));
const STEPS = Array.from({ length: 16 }, (_, i) => `${16 + i}.0.0.0/8`);

describe('The finding about a grown prefix list names the access that the new entries opened', () => {
  it.each([
    ['10.1.0.0/16', 'medium'],
    [ANYWHERE, 'high'],
    ['2000::/3', 'high'],
  ])(
    'if a prefix list gets the new entry %s, the finding has severity %s and names the access that the entry opened',
    async (Cidr, severity) => {
      expect(await findingsOf(addEntry(Cidr, from(1)), world([['192.0.2.0/24']]), viaList)).toMatchObject([
        {
          kind: 'change',
          severity,
          atBaseline: true,
          authorize: [],
          revoke: [],
          summary: `${AFTER} now lets in tcp/443 from ${Cidr}`,
          access: { gained: [{ protocol: 'tcp', source: { cidr: Cidr }, fromPort: 443, toPort: 443 }], lost: [] },
        },
      ]);
    },
  );

  const sshToo = world([[ANYWHERE]], ['tcp 80 from 0.0.0.0/0', 'tcp 22 from pl-1']);
  const onlyUndeclared =
    'drift, critical: SSH open to the internet; tcp/22 from pl-1 must be revoked; through pl-1, the group now lets in tcp/22 from 0.0.0.0/0';
  const unread = `change, high: ${AFTER} now lets in tcp/443 from 10.1.0.0/16; ${LIST_UNREAD}`;

  it.each<Case>([
    ['info if the list already had the entry', 'change, info', describedAnew, world([['192.0.2.0/24']]), viaList],
    [
      'high because of the record if the previous version cannot be read',
      'change, high',
      addEntry(ANYWHERE, from(9)),
      world([[ANYWHERE]]),
      viaList,
    ],
    [
      'info if the baseline ignores the rules that refer to the list',
      'change, info',
      addEntry(ANYWHERE),
      world([[ANYWHERE]]),
      guarding(HTTPS, ignoring),
    ],
    [
      'critical if the baseline ignores the rules that refer to the list, but these rules open SSH',
      'change, critical',
      addEntry(ANYWHERE),
      world([[ANYWHERE]], SSH),
      guarding(SSH, ignoring),
    ],
    [
      'high because of all entries, since the list may have grown in steps',
      'change, high',
      lastStep,
      world([STEPS.slice(0, 15), STEPS]),
      viaList,
    ],
    ['high because of the recorded entries that EC2 does not show yet', 'change, high', lastStep, world([STEPS.slice(0, 15)]), viaList],
    [
      'medium if all entries together cover less than the world',
      'change, medium',
      lastStep,
      world([STEPS.slice(0, 4), STEPS.slice(12)]),
      viaList,
    ],
    [
      'info if only undeclared egress refers to the list',
      'change, info',
      addEntry(ANYWHERE),
      world([[ANYWHERE]], ['tcp 443 to pl-1']),
      closed,
    ],
    ['high if the entries cannot be read', unread, addEntry('10.1.0.0/16'), world([]), viaList],
    ['critical if undeclared rules refer to the list', onlyUndeclared, addEntry(ANYWHERE), sshToo, guarding(['tcp 80 from 0.0.0.0/0'])],
  ])('the detector reports a grown prefix list as %s', isFound);

  it('the detector rates a grown prefix list as medium if only declared egress rules refer to the list, because egress lets nobody in', async () => {
    const event = modifyList({ AddEntry: { tag: 1, Cidr: ANYWHERE }, RemoveEntry: { tag: 1, Cidr: '192.0.2.0/24' } });

    expect(await findingsOf(event, world([[ANYWHERE]], ['tcp 443 to pl-1']), guarding([], { egress: ['tcp 443 to pl-1'] }))).toMatchObject([
      {
        kind: 'change',
        severity: 'medium',
        summary: `${AFTER} now lets out tcp/443 to 0.0.0.0/0; through pl-1, the group no longer lets out tcp/443 to 192.0.2.0/24`,
        access: { gained: [], lost: [] },
      },
    ]);
  });
});

it('the detector reports the access that a group loses when a prefix list shrinks', async () => {
  const event = modifyList({ ...from(1), RemoveEntry: { tag: 1, Cidr: '192.0.2.0/24' } });

  expect(await findingsOf(event, world([['192.0.2.0/24']]), viaList)).toMatchObject([
    {
      kind: 'change',
      severity: 'medium',
      summary: `${AFTER} no longer lets in tcp/443 from 192.0.2.0/24`,
      access: { gained: [], lost: [{ source: { cidr: '192.0.2.0/24' } }] },
    },
  ]);
});

const VERSIONS = [
  [ANYWHERE, '192.0.2.0/24'],
  ['192.0.2.0/24', '198.51.100.0/24'],
];
const restored = `now lets in tcp/443 from 0.0.0.0/0; through pl-1, the group no longer lets in tcp/443 from 198.51.100.0/24`;
const refused = addEntry(ANYWHERE, {}, { errorCode: 'Client.UnauthorizedOperation' });
it.each<Case>([
  [
    'restored, with the difference from the previous version',
    `change, high: ${RESTORED}; through pl-1, the group ${restored}`,
    restoreList(1, 2),
    world(VERSIONS),
    viaList,
  ],
  [
    'restored, with severity high if the versions cannot be read',
    `change, high: ${RESTORED}; the changed entries of pl-1 ${UNREAD}; ${LIST_UNREAD}`,
    restoreList(1, 2),
    world([]),
    viaList,
  ],
  ['left unchanged, as an attempt, if EC2 refused the call', 'attempt, low', refused, world([]), viaList],
])('the detector reports a prefix list that was %s', isFound);

it('if a prefix list changes, the detector reports each group with unreadable rules, because these rules may refer to the list', async () => {
  const ec2 = world([]).fail('read', 'denied');

  expect(await findingsOf(addEntry(ANYWHERE), ec2, closed)).toMatchObject([
    { kind: 'undetermined', severity: 'high', group: { id: GROUP } },
  ]);
});

it('if a prefix list changes and 300 groups refer to the list, the detector makes only six EC2 calls', async () => {
  const ids = Array.from({ length: 300 }, (_, i) => `sg-${String(i).padStart(17, '0')}`);
  const ec2 = new SimulatedEc2(liveRules('tcp 443 from pl-1'), ids[0]);
  for (const id of ids.slice(1)) ec2.add(id, liveRules('tcp 443 from pl-1'));
  ec2.prefixLists.set('pl-1', [[]]);

  const findings = await findingsOf(addEntry(ANYWHERE, from(1)), ec2, guarding(HTTPS, { groups: { ids } }));

  expect(findings).toHaveLength(300);
  expect(findings.every(({ severity, group }) => severity === 'high' && group.name === 'web')).toBe(true);
  expect(ec2.calls).toHaveLength(6);
});

describe('The severity of an undeclared rule for a prefix list depends on the entries of the list', () => {
  const added = (port: number) => authorize(tcp(port, list('pl-1')));

  it.each<[string, string[], number, string, string?]>([
    ['SSH from a list with both halves of the world', ['0.0.0.0/1', '128.0.0.0/1'], 22, 'critical'],
    ['SSH from a list with the whole world in IPv6', ['2000::/3'], 22, 'critical'],
    ['SSH from a list with a part of the world, and a rule for the rest', ['16.0.0.0/5'], 22, 'critical', 'tcp 22 from 24.0.0.0/5'],
    ['a web port from a list with the whole world', [ANYWHERE], 443, 'high'],
    ['SSH from a list with a private network', ['10.0.0.0/8'], 22, 'medium'],
    ['SSH from an empty list', [], 22, 'medium'],
  ])('the severity of an undeclared rule depends on the entries of its prefix list: %s', (_, held, port, severity, ...others) => {
    const live = [`tcp ${port} from pl-1`, ...others.flatMap((rule) => rule ?? [])];
    return isFound('', `drift, ${severity}`, added(port), world([held], live), closed);
  });

  it('the severity of an undeclared rule depends on the entries of its prefix list even if the live rules cannot be read', async () => {
    const ec2 = world([[ANYWHERE]]);
    ec2.before = (call) => (call === 'read' ? 'denied' : undefined);

    expect(await findingsOf(added(22), ec2, closed)).toMatchObject([{ kind: 'drift', severity: 'critical', basis: 'event' }]);
  });

  it('an undeclared rule has severity high if its prefix list cannot be read, and the finding and the log name the failed read', async () => {
    const detecting = detector(ec2With(['tcp 22 from pl-1']), { declared: [closed] });

    const unread = 'prefix list pl-1 could not be read: GetManagedPrefixListEntries failed with InvalidPrefixListID.NotFound';
    const summary = `tcp/22 from pl-1 must be revoked; ${unread}`;
    expect(await detecting.run(added(22))).toMatchObject([{ kind: 'drift', severity: 'high', summary }]);
    expect(detecting.logged.find(({ level }) => level === 'warn')?.message).toContain('EC2 says no');
    expect(detecting.measured).toMatchObject({ CallFailures: 1 });
  });
});

it('the detector does not read a prefix list that only declared rules refer to', async () => {
  const ec2 = world([['10.0.0.0/8']]);
  await findingsOf(record('AuthorizeSecurityGroupIngress', { groupId: GROUP, ipPermissions: {} }), ec2, viaList);

  expect(ec2.calls.filter((call) => call.includes('pl-1'))).toEqual([]);
});
