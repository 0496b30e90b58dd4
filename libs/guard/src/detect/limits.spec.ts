import type { Limit } from '@portcullis/baseline';
import { baseline, limit, liveRules, SimulatedEc2 } from '@portcullis/security-groups/testing';
import { AT_BASELINE, detector, ec2With, findingsOf, guarding, isFound, unreadable, web, type Case } from '../testing/detector.js';
import { EVASIONS } from '../testing/evasions.js';
import { addEntry, ANYWHERE, authorizeTcp, GROUP, modifyList, revokeById, tagCall } from '../testing/records.js';

/** Only 10.0.0.0/8 may reach a service other than HTTP and HTTPS. */
const bounds = [{ services: ['tcp 0-79', 'tcp 81-442', 'tcp 444-65535', 'udp 0-65535', 'icmp -1'], onlyFrom: ['10.0.0.0/8'] }];
const noWorld = limit(bounds, { name: 'no-world', egress: bounds });
const ssh = [{ services: ['tcp 22'], onlyFrom: ['10.0.0.0/8'] }];
const noAdmin = limit(ssh);
const SSH = 'tcp 22 from 0.0.0.0/0';
const BROKEN = 'broken limit no-admin: SSH from 0.0.0.0/0 minus 10.0.0.0/8';
const openSsh = authorizeTcp(22, ANYWHERE);
const refused = { errorCode: 'Client.UnauthorizedOperation', responseElements: null };

describe('The detector reports the broken limit when an evasion opens an unguarded group', () => {
  /**
   * The expected findings of those evasions that this limit reports differently from the baseline. `null` means no finding.
   */
  const OUTCOMES: Readonly<Record<string, string | null>> = {
    'adds an entry to a declared prefix list': 'drift, critical',
    'adds entries to a declared prefix list in several calls': 'drift, critical',
    'adds an entry to a prefix list in declared egress': 'drift, medium',
    'revokes a declared rule by its id': 'change, info',
    'opens a port in a rule with a description that the baseline ignores': 'drift, critical',
    'gives an open rule a description that the baseline ignores': 'drift, critical',
    "uses a role that has the name of the remediator's role, but another path": 'change, info',
    'deletes the group': 'change, info',
    // These attacks change tags, and this limit does not select groups by tag.
    'removes the tag that selects the group': null,
    'overwrites the tag that selects the group': null,
    'removes the selecting tag without naming its value, and opens the group before the record arrives': null,
    'removes all tags of the group, and opens the group before the record arrives': null,
    'changes the selecting tag so that a laxer baseline selects the group': null,
  };

  it.each(EVASIONS.map((evasion) => [evasion.name, evasion] as const))(
    'the detector names the broken limit in its finding when Mallory %s',
    async (name, { group, event, outcome }) => {
      const ec2 = group instanceof SimulatedEc2 ? group : ec2With(group);

      const findings = await findingsOf(event, ec2, noWorld);

      const expected = OUTCOMES[name] === undefined ? outcome : OUTCOMES[name];
      expect(findings.map(({ kind, severity }) => `${kind}, ${severity}`)).toEqual(expected === null ? [] : [expected]);
      for (const finding of findings) {
        expect(finding.baseline).toBeNull();
        if (finding.kind !== 'drift') continue;
        expect(finding).toMatchObject({ limits: ['no-world'], actor: { sourceIp: expect.any(String) as string } });
        expect(finding.summary).toContain('broken limit no-world: ');
        expect(finding.fix?.commands.join()).toContain('aws ec2 revoke-security-group-');
      }
      expect(ec2.calls.filter((call) => /^read(?! the list)/.test(call)).length).toBeLessThanOrEqual(1);
      expect(ec2.calls.filter((call) => call.startsWith('describe')).length).toBeLessThanOrEqual(1);
    },
  );
});

it.each<Case>([
  ['a change within the limit has severity info', 'change, info', authorizeTcp(22, '10.1.0.0/16'), ['tcp 22 from 10.1.0.0/16'], noAdmin],
  [
    'a change of a service that the limit does not restrict has severity info',
    'change, info',
    authorizeTcp(443, ANYWHERE),
    ['tcp 443 from 0.0.0.0/0'],
    noAdmin,
  ],
  [
    'the detector reports nothing for an excepted group',
    '',
    openSsh,
    [SSH],
    limit(ssh, { groups: { ids: [], all: true, except: { ids: [GROUP] } } }),
  ],
  [
    'the detector reports a group whose name the limit selects',
    'drift, critical',
    openSsh,
    [SSH],
    limit(ssh, { groups: { ids: [], names: ['we*'] } }),
  ],
  [
    'a broken limit in report mode has the same severity as in enforce mode',
    `drift, critical: SSH open to the internet; ${BROKEN}; tcp/22 from 0.0.0.0/0 must be revoked`,
    openSsh,
    [SSH],
    { ...noAdmin, mode: 'report' },
  ],
  ['a refused call within the limits has severity info', 'attempt, info', authorizeTcp(443, ANYWHERE, refused), [], noAdmin],
  [
    'a refused call that would have broken a limit has severity low',
    'attempt, low: AuthorizeSecurityGroupIngress was refused with Client.UnauthorizedOperation; the call named tcp/22 from 0.0.0.0/0; these rules would break the limit no-admin',
    authorizeTcp(22, ANYWHERE, refused),
    [],
    noAdmin,
  ],
  ['the detector does not report a removed rule as drift if the group has no baseline', 'change, info', revokeById('sgr-9'), [], noAdmin],
  [
    'the detector reports a declared rule as drift if the rule breaks a limit',
    `drift, critical: SSH open…`,
    openSsh,
    [...AT_BASELINE, SSH],
    guarding([...AT_BASELINE, SSH]),
    noAdmin,
  ],
  [
    'the detector reports a broken limit even if several baselines select the group',
    'drift, critical: several baselines select the group: other, web; SSH open…',
    openSsh,
    [SSH],
    web,
    { ...web, name: 'other' },
    noAdmin,
  ],
  [
    'the detector reports that several baselines select a group even if the group breaks no limit',
    'undetermined, high: several baselines select the group: other, web',
    openSsh,
    [],
    web,
    { ...web, name: 'other' },
    limit([{ services: ['tcp 9'] }]),
  ],
  [
    'if the live rules cannot be read, the detector checks the rules in the record against the limit',
    `drift, critical: SSH open to the internet; ${BROKEN}; …`,
    openSsh,
    unreadable(),
    noAdmin,
  ],
  [
    'if the live rules cannot be read, a call within the limits has severity info',
    'change, info: AuthorizeSecurityGroupIngress conforms to the limits; …',
    authorizeTcp(443, ANYWHERE),
    unreadable(),
    noAdmin,
  ],
])('%s', async (title, expected, ...given) => {
  if (expected === '') expect(await findingsOf(...given)).toEqual([]);
  else await isFound(title, expected, ...given);
});

describe('The detector invokes the remediator only for a limit or a baseline in enforce mode', () => {
  const wokenBy = async (...declared: readonly Parameters<typeof findingsOf>[2][]): Promise<readonly [number, string | undefined]> => {
    let wakes = 0;
    const { run } = detector(ec2With([SSH]), {
      declared,
      wake: () => {
        wakes++;
      },
    });
    const [finding] = await run(openSsh);
    return [wakes, finding?.outlook];
  };

  it('the detector invokes the remediator for a limit in enforce mode', async () => {
    expect(await wokenBy(noAdmin)).toEqual([1, 'the remediator has been asked to restore the group now']);
  });

  it.each<[string, Limit]>([
    ['is in report mode', { ...noAdmin, mode: 'report' }],
    ['cannot narrow the rule', limit([{ services: ['tcp 22'], onlyFrom: ['10.0.0.0/8', 'pl-9'] }])],
  ])('the detector does not invoke the remediator for a limit that %s', async (_, declared) => {
    expect(await wokenBy(declared)).toEqual([
      0,
      'Portcullis does not restore the group: the rules that break its limits are only reported',
    ]);
  });

  it('the detector invokes the remediator for a baseline in enforce mode, although the broken limit is in report mode', async () => {
    expect((await wokenBy(web, { ...noAdmin, mode: 'report' }))[0]).toBe(1);
  });
});

describe('A tag that takes a group out of a limit is reported like a tag that takes a group out of a baseline', () => {
  const excepting = limit(ssh, { groups: { ids: [], all: true, except: { ids: [], tags: { Bastion: 'yes' } } } });
  const onlyProd = limit(ssh, { groups: { ids: [], tags: { Env: 'prod' } } });
  const bastion = tagCall('CreateTags', { Bastion: 'yes' });

  it.each<Case>([
    [
      'a tag in `except`',
      'change, high: CreateTags took the group out of the limit no-admin: no limit applies to the group',
      bastion,
      ec2With([], { Bastion: 'yes' }),
      excepting,
    ],
    [
      'a tag in `except` on a group that breaks the limit',
      `drift, critical: CreateTags took the group out of the limit no-admin: no limit applies to the group; SSH open to the internet; ${BROKEN}; tcp/22 from 0.0.0.0/0 must be revoked`,
      bastion,
      ec2With([SSH], { Bastion: 'yes' }),
      excepting,
    ],
    [
      'the removal of a tag from a group to which another limit still applies',
      'change, high: DeleteTags took the group out of the limit no-admin: only the limit no-world applies',
      tagCall('DeleteTags', { Env: 'prod' }),
      ec2With([]),
      onlyProd,
      noWorld,
    ],
    [
      'a tag in `except` on a group with a baseline',
      'change, high: CreateTags took the group out of the limit no-admin: the group is still guarded by web',
      bastion,
      ec2With(AT_BASELINE, { Bastion: 'yes' }),
      web,
      excepting,
    ],
    [
      'a new value of a tag whose old value is unknown',
      'undetermined, low: if CreateTags took the group out of the limit no-admin, the group is no longer limited',
      tagCall('CreateTags', { Env: 'test' }),
      ec2With([], { Env: 'test' }),
      onlyProd,
    ],
    ['a refused call', 'attempt, low', tagCall('CreateTags', { Bastion: 'yes' }, [GROUP], refused), ec2With([]), excepting],
    [
      'the removal of a tag in `except`',
      `drift, critical: SSH open to the internet; ${BROKEN}; tcp/22 from 0.0.0.0/0 must be revoked`,
      tagCall('DeleteTags', { Bastion: 'yes' }),
      ec2With([SSH]),
      excepting,
    ],
    [
      'the removal of a tag that a baseline and a limit require',
      'change, high: DeleteTags took the group out of tagged and the limit no-admin: the group is no longer guarded',
      tagCall('DeleteTags', { Env: 'prod' }),
      ec2With([]),
      baseline([], { name: 'tagged', groups: { ids: [], tags: { Env: 'prod' } } }),
      onlyProd,
    ],
  ])('the detector reports %s with the expected kind and severity', isFound);

  it('after a group left a limit, the detector checks later calls against this limit, and says how to make the limit apply again', async () => {
    const ec2 = ec2With([], { Bastion: 'yes' });
    const { run } = detector(ec2, { declared: [excepting] });
    await run(bastion);
    ec2.rules = liveRules(SSH);

    const [finding] = await run(openSsh);

    expect(finding).toMatchObject({ kind: 'drift', severity: 'critical', limits: ['no-admin'] });
    expect(finding?.outlook).toMatch(/the limit no-admin applies to the group again after the tag Bastion is removed$/);
  });
});

describe('If a prefix list changes, the detector checks every limited group', () => {
  const from = (CurrentVersion: number) => ({ CurrentVersion });
  const groups = (entries: readonly string[][], ...rules: readonly string[][]): SimulatedEc2 => {
    const ec2 = ec2With([]);
    for (const [i, each] of rules.entries()) ec2.add(i === 0 ? GROUP : `sg-${i}`, liveRules(...each));
    ec2.prefixLists.set('pl-1', entries);
    return ec2;
  };

  it('if a prefix list grows, the detector reports only the groups that break a limit because of the new entries', async () => {
    const ec2 = groups(
      [['10.1.0.0/16'], ['10.1.0.0/16', ANYWHERE]],
      ['tcp 22 from pl-1'],
      ['tcp 443 from pl-1'],
      ['tcp 22 from 10.0.0.0/8'],
    );

    const findings = await findingsOf(addEntry(ANYWHERE, from(1)), ec2, noAdmin);

    const gained = 'through pl-1, the group now lets in tcp/22 from 0.0.0.0/0';
    const summary = `SSH open to the internet; broken limit no-admin: SSH from pl-1; tcp/22 from pl-1 must be revoked; ${gained}`;
    expect(findings).toMatchObject([{ group: { id: GROUP }, kind: 'drift', severity: 'critical', summary }]);
  });

  it('if the prefix list in a limit shrinks, the detector reports only the groups that break the limit because of the removed entries', async () => {
    const listed = limit([{ services: ['tcp 22'], onlyFrom: ['pl-1'] }]);
    const ec2 = groups([['10.0.0.0/8', '192.0.2.0/24'], ['10.0.0.0/8']], ['tcp 22 from 192.0.2.0/24'], ['tcp 22 from 10.0.0.0/8']);

    const findings = await findingsOf(modifyList({ ...from(1), RemoveEntry: { tag: 1, Cidr: '192.0.2.0/24' } }), ec2, listed);

    expect(findings.map(({ group: { id }, kind, limits }) => [id, kind, limits])).toEqual([[GROUP, 'drift', ['no-admin']]]);
  });
});
