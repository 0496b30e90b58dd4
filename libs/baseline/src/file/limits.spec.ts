import { formatTraffic, sourceKey } from '@portcullis/permission-diff';
import { formatFileProblem } from '@portcullis/yaml-file';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { CompiledBaseline, Limit } from '../compiled/baseline.js';
import { renderCompiledBaseline } from '../compiled/compiled.js';
import { readValidFile as compiled } from '../testing/valid-files.js';
import { readBaselineFile } from './read-baseline-file.js';
import { baselineWarnings } from './warnings.js';

/** Returns line, column, code and message of each problem. */
function problems(text: string): string[] {
  const read = readBaselineFile(text);
  return read.ok ? [] : read.problems.map(({ line, column, code, message }) => `${line}:${column} ${code} ${message}`);
}

function expected(text: string): string[] {
  const read = readBaselineFile(text);
  return read.ok ? [] : read.problems.map((problem) => problem.expected);
}

/** Returns a file with one limit that applies to all groups. `lines` are the last keys of the limit. */
const limit = (lines: string, baselines = '[]'): string => `version: 1
baselines: ${baselines}
limits:
  - name: ssh
    groups: { all: true }
${lines}`;

/** Returns a file with one limit that has one bound. */
const bound = (text: string, rest = ''): string => limit(`    ingress:\n      - ${text}\n${rest}`);

const only = ({ limits = [] }: CompiledBaseline): Limit => {
  const [first, ...others] = limits;
  if (first === undefined || others.length > 0) throw new Error(`${limits.length} limits`);
  return first;
};

const words = (bounds: Limit['ingress'] = []): string[] =>
  bounds.map(({ services, senders, groups, notWiderThan }) =>
    [services.map(formatTraffic).join(', '), senders.map(sourceKey).join(', '), groups, JSON.stringify(notWiderThan ?? {})].join(' | '),
  );

describe('a file can contain limits', () => {
  it('a file with limits compiles with all defaults filled in', () => {
    expect(compiled(bound('{ services: all, onlyFrom: {} }'))).toEqual({
      baselines: [],
      limits: [
        {
          name: 'ssh',
          groups: { all: true, ids: [] },
          mode: 'report',
          repair: 'revoke',
          otherwise: 'revoke',
          ingress: [{ services: [{ kind: 'all' }], senders: [], groups: 'none' }],
          permit: [],
        },
      ],
    });
  });

  it('a file with limits compiles with every key of the format', () => {
    const text = `version: 1
baselines: []
limits:
  - name: admin
    groups: { names: ['web-*'], tags: { A: b }, vpcs: [vpc-11111111], ids: [sg-abc12345], except: { ids: [sg-0badf00d], tags: { B: c } } }
    mode: enforce
    repair: narrow
    otherwise: report
    ingress:
      - services: [rdp, { IpProtocol: '6', FromPort: 22, ToPort: 22 }, ftp]
        onlyFrom:
          IpRanges: [{ CidrIp: 10.1.2.3/8 }]
          Ipv6Ranges: [{ CidrIpv6: '2001:DB8::/32' }]
          PrefixListIds: [{ PrefixListId: pl-63a5400a }]
          securityGroups: [sg-def67890]
          notWiderThan: { ipv6: 48, ipv4: 16 }
    egress:
      - { services: [ssh], onlyTo: { securityGroups: any } }
    permit:
      - { permission: { IpProtocol: tcp, FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: 1.0.0.0/8 }] }, until: 2027-01-31, reason: CHG-1 }
`;
    const { ingress, egress, permit, ...rest } = only(compiled(text));

    expect(rest).toEqual({
      name: 'admin',
      groups: {
        ids: ['sg-abc12345'],
        tags: { A: 'b' },
        names: ['web-*'],
        vpcs: ['vpc-11111111'],
        except: { ids: ['sg-0badf00d'], tags: { B: 'c' } },
      },
      mode: 'enforce',
      repair: 'narrow',
      otherwise: 'report',
    });
    expect(words(ingress)).toEqual([
      'tcp/20, tcp/21, tcp/22, tcp/3389, udp/3389 | 10.0.0.0/8, 2001:db8::/32, sg-def67890, pl-63a5400a | none | {"ipv4":16,"ipv6":48}',
    ]);
    expect(words(egress)).toEqual(['tcp/22 |  | any | {}']);
    expect(permit).toMatchObject([{ until: '2027-01-31', reason: 'CHG-1', rules: [{ source: { cidr: '1.0.0.0/8' } }] }]);
  });

  it.each([
    ['`all` and `-1`', '{ services: all, onlyFrom: {} }', "{ services: [{ IpProtocol: '-1' }, ssh], onlyFrom: { IpRanges: [] } }"],
    [
      'a name and its port',
      '{ services: [ssh], onlyFrom: {} }',
      '{ services: [{ IpProtocol: TCP, FromPort: 22, ToPort: 22 }], onlyFrom: { securityGroups: none } }',
    ],
  ])('a limit compiles to the same bytes in two spellings: %s', (_what, one, other) => {
    expect(renderCompiledBaseline(compiled(bound(one)))).toBe(renderCompiledBaseline(compiled(bound(other))));
  });

  it('a file with limits or with `within` compiles to format version 3, and any other file to version 2', () => {
    const versionOf = (text: string): unknown => (JSON.parse(renderCompiledBaseline(compiled(text))) as { version: unknown }).version;
    const ignoring = (clause: string): string =>
      `version: 1\nbaselines: [{ name: a, groups: { ids: [sg-abc12345] }, ingress: [], ignore: [${clause}] }]`;

    expect(versionOf(bound('{ services: all, onlyFrom: {} }'))).toBe(3);
    expect(versionOf(ignoring("{ descriptionPrefix: x, within: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: 10.0.0.0/8 }] }] }"))).toBe(3);
    expect(versionOf(ignoring('{ descriptionPrefix: x }'))).toBe(2);
  });

  it.each(readdirSync(join(__dirname, '../../starter')))('the starter file %s is valid and causes no warning', (file) => {
    const text = readFileSync(join(__dirname, '../../starter', file), 'utf8');

    expect(compiled(text).limits?.length).toBeGreaterThan(0);
    expect(baselineWarnings(text, '2026-11-27')).toEqual([]);
  });

  it('an `ignore` clause may have bounds for ingress and for egress', () => {
    const text = `version: 1
baselines:
  - name: web
    groups: { ids: [sg-abc12345] }
    ingress: []
    egress: []
    ignore:
      - descriptionPrefix: elbv2.k8s.aws/
        within: [{ IpProtocol: tcp, FromPort: 30000, ToPort: 32767, UserIdGroupPairs: [{ GroupId: sg-0a1b2c3d }] }]
        withinEgress: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: 10.0.0.0/8 }] }]`;

    expect(compiled(text).baselines[0]?.ignore).toMatchObject([
      {
        descriptionPrefix: 'elbv2.k8s.aws/',
        within: [
          { direction: 'ingress', traffic: { fromPort: 30000 }, source: { groupId: 'sg-0a1b2c3d' } },
          { direction: 'egress', source: { cidr: '10.0.0.0/8' } },
        ],
      },
    ]);
  });
});

describe('readBaselineFile refuses an invalid limit', () => {
  const ssh = '{ services: [ssh], onlyFrom: { IpRanges: [{ CidrIp: 10.0.0.0/8 }], securityGroups: ownAccount } }';

  it.each([
    ['neither baselines nor limits', 'version: 1\nbaselines: []\nlimits: []', ['2:12 bad-value `baselines` is an empty list']],
    [
      'an unknown service',
      bound('{ services: [shh], onlyFrom: {} }'),
      ['7:22 bad-value `services[0]` cannot be `shh`; did you mean `ssh`?'],
    ],
    ['an invalid service', bound('{ services: [22], onlyFrom: {} }'), ['7:22 wrong-type `services[0]` is a number']],
    ['one service instead of a list', bound('{ services: ssh, onlyFrom: {} }'), ['7:21 bad-value `services` cannot be `ssh`']],
    ['an empty list of services', bound('{ services: [], onlyFrom: {} }'), ['7:21 bad-value `services` is an empty list']],
    [
      'a service with a source',
      bound("{ services: [{ IpProtocol: '50', IpRanges: [{ CidrIp: 10.0.0.0/8 }] }], onlyFrom: {} }"),
      ['7:42 unknown-key there is no key `IpRanges` here'],
    ],
    [
      'a service without a port',
      bound('{ services: [{ IpProtocol: tcp, FromPort: 22 }], onlyFrom: {} }'),
      ['7:22 missing-port `ToPort` is missing'],
    ],
    [
      'a service twice, once by its name',
      bound('{ services: [rdp, { IpProtocol: udp, FromPort: 3389, ToPort: 3389 }], onlyFrom: {} }'),
      ['7:27 duplicate-service udp/3389 is listed already; first at line 7'],
    ],
    ['a bound without `onlyFrom`', bound('{ services: all }'), ['7:9 missing-key `onlyFrom` is missing']],
    [
      'an invalid block',
      bound('{ services: all, onlyFrom: { IpRanges: [{ CidrIp: 10.0.0.0 }] } }'),
      ['7:59 missing-prefix-length `10.0.0.0` has no prefix length'],
    ],
    [
      'a source that is a permission',
      bound('{ services: all, onlyFrom: { UserIdGroupPairs: [] } }'),
      ['7:38 unknown-key there is no key `UserIdGroupPairs` here'],
    ],
    [
      'an unknown word for `securityGroups`',
      bound('{ services: all, onlyFrom: { securityGroups: own } }'),
      ['7:54 bad-value `securityGroups` cannot be `own`'],
    ],
    [
      'an invalid id in `securityGroups`',
      bound('{ services: all, onlyFrom: { securityGroups: [sg-1] } }'),
      ['7:55 bad-value `securityGroups[0]` cannot be `sg-1`'],
    ],
    [
      'an impossible prefix length',
      bound('{ services: all, onlyFrom: { notWiderThan: { ipv4: 33, ipv6: -1 } } }'),
      ['7:60 bad-value `ipv4` cannot be `33`', '7:70 bad-value `ipv6` cannot be `-1`'],
    ],
    ['an empty `notWiderThan`', bound('{ services: all, onlyFrom: { notWiderThan: {} } }'), ['7:52 bad-value `notWiderThan` has no key']],
    ['an unknown mode', limit(`    mode: observe\n    ingress: [${ssh}]`), ['6:11 bad-value `mode` cannot be `observe`']],
    [
      '`otherwise` without `narrow`',
      limit(`    otherwise: revoke\n    ingress: [${ssh}]`),
      ['6:16 useless-limit `otherwise` has no effect, because the limit does not narrow rules'],
    ],
    ['a limit without bounds', limit('    ingress: []'), ['6:14 useless-limit the limit has no bounds']],
    [
      'a bound that allows everybody',
      bound('{ services: [ssh], onlyFrom: { notWiderThan: { ipv4: 0, ipv6: 0 }, securityGroups: any } }'),
      ['7:38 useless-limit `onlyFrom` allows everybody, so the bound forbids nothing'],
    ],
    [
      'a permit for a rule that the limit allows',
      bound(ssh, '    permit: [{ permission: { IpProtocol: tcp, FromPort: 80, ToPort: 80, IpRanges: [{ CidrIp: 0.0.0.0/0 }] } }]'),
      ['8:84 useless-permit the limit allows `tcp/80 from 0.0.0.0/0` already'],
    ],
    [
      'a limit with the name of a baseline',
      limit(`    ingress: [${ssh}]`, '[{ name: ssh, groups: { ids: [sg-abc12345] }, ingress: [] }]'),
      ['4:11 duplicate-name another baseline or limit is called `ssh`; first at line 2'],
    ],
  ])('readBaselineFile refuses a file with limits if the file has %s', (_what, text, messages) => {
    expect(problems(text)).toEqual(messages);
  });

  it.each([
    ['all groups and some groups', '{ all: true, ids: [sg-abc12345] }', ['5:13 bad-value `groups` has 2 keys']],
    ['no groups but has `except`', '{ except: { ids: [sg-abc12345] } }', ['5:13 bad-value `groups` has only the key `except`']],
    ['groups with `all: false`', '{ all: false }', ['5:20 bad-value `all` cannot be `false`']],
    ['nothing', '{}', ['5:13 bad-value `groups` has no key']],
    ['one group twice', '{ ids: [sg-abc12345, sg-abc12345] }', ['5:34 duplicate-group `sg-abc12345` is listed twice; first at line 5']],
    [
      'only groups whose ids are in `except`',
      '{ ids: [sg-abc12345], except: { ids: [sg-abc12345] } }',
      ['5:43 useless-limit the limit applies to no group, because `except` contains all of its groups'],
    ],
    [
      'only groups that match the criteria of `except`',
      "{ names: [web-1], except: { names: ['web-*'] } }",
      ['5:39 useless-limit the limit applies to no group, because `except` contains all of its groups'],
    ],
  ])('readBaselineFile refuses a limit that selects %s', (_what, groups, messages) => {
    expect(problems(limit(`    ingress: [${ssh}]`).replace('{ all: true }', groups))).toEqual(messages);
  });

  it.each([
    ['no permission', '[]', '[]', ['2:122 bad-value `within` is an empty list', '2:140 bad-value `withinEgress` is an empty list']],
    [
      'a permission that EC2 refuses',
      "[{ IpProtocol: '-1' }]",
      "[{ IpProtocol: '-1', IpRanges: [{ CidrIp: 10.0.0.0/8 }] }]",
      ['2:123 no-source the permission has no source'],
    ],
    [
      'a rule twice',
      "[{ IpProtocol: '50', IpRanges: [{ CidrIp: 10.0.0.0/8 }, { CidrIp: 10.1.0.0/8 }] }]",
      "[{ IpProtocol: '-1', IpRanges: [{ CidrIp: 10.0.0.0/8 }] }]",
      ['2:178 duplicate-rule `protocol 50 from 10.0.0.0/8` is allowed twice; first at line 2'],
    ],
  ])('readBaselineFile refuses an `ignore` clause if the bounds have %s', (_what, within, withinEgress, messages) => {
    const clause = `{ descriptionPrefix: x, within: ${within}, withinEgress: ${withinEgress} }`;

    expect(
      problems(`version: 1\nbaselines: [{ name: a, groups: { ids: [sg-abc12345] }, ingress: [], egress: [], ignore: [${clause}] }]`),
    ).toEqual(messages);
  });

  it('readBaselineFile refuses `withinEgress` in a baseline that does not declare egress', () => {
    const clause = "{ descriptionPrefix: x, withinEgress: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: 10.0.0.0/8 }] }] }";

    expect(problems(`version: 1\nbaselines: [{ name: a, groups: { ids: [sg-abc12345] }, ingress: [], ignore: [${clause}] }]`)).toEqual([
      '2:116 useless-permit egress is not compared, because the baseline does not declare it',
    ]);
  });

  it('the message for an unknown service names every known service', () => {
    expect(expected(bound('{ services: [shh], onlyFrom: {} }'))).toEqual([
      expect.stringMatching(/^one of `cassandra`, .*`sql-server`, .*`ssh`, .*; or an object such as `\{ IpProtocol: tcp/),
    ]);
  });
});

/** Returns a file with one baseline and a limit on SSH. */
const both = (
  limited: string,
  guarded: string,
  rule: string,
  onlyFrom = '{ IpRanges: [{ CidrIp: 10.0.0.0/8 }] }',
  rest = '',
): string => `version: 1
limits:
  - name: no-ssh
    groups: ${limited}
    ingress: [{ services: [ssh], onlyFrom: ${onlyFrom} }]${rest}
baselines:
  - name: web
    groups: ${guarded}
    ingress:
      - ${rule}`;

const ports = 'IpProtocol: tcp, FromPort: 20, ToPort: 30';
const world = `{ ${ports}, IpRanges: [{ CidrIp: 0.0.0.0/0 }] }`;

describe('a baseline can declare a rule that a limit forbids', () => {
  const warnings = (text: string): string[] => baselineWarnings(text, '2026-11-27').map((warning) => formatFileProblem('b.yaml', warning));

  it.each([
    ['all groups', '{ all: true }', '{ ids: [sg-abc12345] }'],
    ['all groups, also those that the baseline selects by tag', '{ all: true }', '{ tags: { A: b } }'],
    ['all groups except another id', '{ all: true, except: { ids: [sg-def67890] } }', '{ ids: [sg-abc12345] }'],
    ['all groups except those with another value of the tag', '{ all: true, except: { tags: { A: c } } }', '{ tags: { A: b } }'],
    ['one of the ids in the baseline', '{ ids: [sg-abc12345] }', '{ ids: [sg-def67890, sg-abc12345] }'],
    ['groups with one of the tags that the baseline requires', '{ tags: { A: b } }', '{ tags: { A: b, C: d } }'],
  ])('readBaselineFile reports a forbidden rule at its line and column if the limit applies to %s', (_what, limited, guarded) => {
    expect(problems(both(limited, guarded, world))).toEqual([
      '10:65 beyond-limit the limit `no-ssh` forbids tcp/22 of `tcp/20-30 from 0.0.0.0/0`',
    ]);
  });

  it.each([
    [
      '`except` of the limit has a tag that the listed group may have',
      '{ all: true, except: { tags: { A: b } } }',
      '{ ids: [sg-abc12345] }',
    ],
    ['`except` of the limit has another tag than the baseline', '{ all: true, except: { tags: { C: d } } }', '{ tags: { A: b } }'],
    [
      '`except` of the limit lists an id that the tag of the baseline may select',
      '{ all: true, except: { ids: [sg-abc12345] } }',
      '{ tags: { A: b } }',
    ],
    ['the limit selects by tag, and the baseline lists ids', '{ tags: { A: b } }', '{ ids: [sg-abc12345] }'],
    ['the limit selects a VPC, and the baseline selects a tag', '{ vpcs: [vpc-11111111] }', '{ tags: { A: b } }'],
    ['the limit lists an id, and the baseline selects by tag', '{ ids: [sg-abc12345] }', '{ tags: { A: b } }'],
  ])('a rule that a limit possibly forbids causes only a warning if %s', (_what, limited, guarded) => {
    const text = both(limited, guarded, world);

    expect(problems(text)).toEqual([]);
    expect(warnings(text).filter((each) => !each.includes('exposed-service'))).toEqual([
      'b.yaml:10:65: may-be-beyond-limit: the limit `no-ssh` possibly forbids tcp/22 of `tcp/20-30 from 0.0.0.0/0`; expected only sources that the limit allows (`10.0.0.0/8`), or an `except` or a `permit` in the limit',
    ]);
  });

  it.each([
    ['`except` lists the id of the group', '{ all: true, except: { ids: [sg-abc12345] } }', '{ ids: [sg-abc12345] }'],
    ['`except` has a pattern that matches the name in the baseline', "{ all: true, except: { names: ['web-*'] } }", "{ names: ['web-1'] }"],
    ['the limit lists other ids', '{ ids: [sg-def67890] }', '{ ids: [sg-abc12345] }'],
    ['the limit and the baseline require different values of a tag', '{ tags: { A: b } }', '{ tags: { A: c } }'],
    ['the limit and the baseline select different VPCs', '{ vpcs: [vpc-11111111] }', '{ vpcs: [vpc-22222222] }'],
  ])('a rule that a limit forbids in other groups is valid if %s', (_what, limited, guarded) => {
    const text = both(limited, guarded, world);

    expect(problems(text)).toEqual([]);
    expect(warnings(text).filter((each) => each.includes('limit'))).toEqual([]);
  });

  it.each([
    ['IPv6', `{ ${ports}, Ipv6Ranges: [{ CidrIpv6: '2001:db8::/32' }] }`, ['10:67 tcp/22 of `tcp/20-30 from 2001:db8::/32`']],
    ['all traffic', "{ IpProtocol: '-1', IpRanges: [{ CidrIp: 8.8.8.8/32 }] }", ['10:40 tcp/22 of `all traffic from 8.8.8.8/32`']],
    [
      'two halves, and each is reported',
      "{ IpProtocol: '6', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: 0.0.0.0/1 }, { CidrIp: 128.0.0.0/1 }] }",
      ['10:65 `tcp/22 from 0.0.0.0/1`', '10:88 `tcp/22 from 128.0.0.0/1`'],
    ],
    ['a group', `{ ${ports}, UserIdGroupPairs: [{ GroupId: sg-def67890 }] }`, ['10:73 tcp/22 of `tcp/20-30 from sg-def67890`']],
  ])('readBaselineFile refuses a rule that a limit forbids: %s', (_what, rule, messages) => {
    expect(
      problems(both('{ all: true }', '{ ids: [sg-abc12345] }', rule)).map((each) =>
        each.replace('beyond-limit the limit `no-ssh` forbids ', ''),
      ),
    ).toEqual(messages);
  });

  it('readBaselineFile refuses a forbidden rule also if the rule is in `permit` or in `egress` of a baseline', () => {
    const text = both(
      '{ all: true }',
      '{ ids: [sg-abc12345] }',
      "{ IpProtocol: '50', IpRanges: [{ CidrIp: 10.0.0.0/8 }] }",
      undefined,
      `\n    egress: [{ services: [ssh], onlyTo: {} }]`,
    );
    const rest = `\n    permit: [{ permission: ${world} }]\n    egress: [${world}]`;

    expect(problems(text + rest).map((each) => each.split(' ').slice(0, 2).join(' '))).toEqual([
      '12:84 beyond-limit',
      '13:70 beyond-limit',
    ]);
  });

  it('a rule is valid if the limit allows its narrow block, allows its source group, or has a permit for the rule', () => {
    const of = (rule: string, onlyFrom: string, rest = ''): string => both('{ all: true }', '{ ids: [sg-abc12345] }', rule, onlyFrom, rest);
    const group = `{ ${ports}, UserIdGroupPairs: [{ GroupId: sg-def67890, UserId: '111122223333' }] }`;

    expect(problems(of(`{ ${ports}, IpRanges: [{ CidrIp: 8.8.0.0/16 }] }`, '{ notWiderThan: { ipv4: 16 } }'))).toEqual([]);
    expect(problems(of(group, '{ securityGroups: ownAccount }'))).toEqual([]);
    expect(problems(of(world, '{}', `\n    permit: [{ permission: ${world} }]`))).toEqual([]);
  });

  it('readBaselineFile refuses two adjacent blocks that together are wider than a limit allows', () => {
    const rule = `{ ${ports}, IpRanges: [{ CidrIp: 8.8.0.0/16 }, { CidrIp: 8.9.0.0/16 }] }`;

    expect(problems(both('{ all: true }', '{ ids: [sg-abc12345] }', rule, '{ notWiderThan: { ipv4: 16 } }'))).toEqual([
      '10:65 beyond-limit the limit `no-ssh` forbids `tcp/20-30 from 8.8.0.0/16`',
      '10:89 beyond-limit the limit `no-ssh` forbids `tcp/20-30 from 8.9.0.0/16`',
    ]);
  });

  it('readBaselineFile does not refuse a rule that the unknown entries of a prefix list could allow', () => {
    const listing = '{ PrefixListIds: [{ PrefixListId: pl-63a5400a }] }';
    const of = (rule: string): string => both('{ all: true }', '{ ids: [sg-abc12345] }', rule, listing);
    const block = of(`{ ${ports}, IpRanges: [{ CidrIp: 8.8.8.0/24 }] }`);

    expect(problems(of(`{ ${ports}, PrefixListIds: [{ PrefixListId: pl-0a1b2c3d }] }`))).toEqual([]);
    expect(problems(block)).toEqual([]);
    expect(warnings(block)).toHaveLength(1);
    expect(problems(of(world))).toHaveLength(1);
    expect(problems(of(`{ ${ports}, UserIdGroupPairs: [{ GroupId: sg-def67890 }] }`))).toHaveLength(1);
  });

  it('an invalid limit causes one problem, and no problems of the baseline rules that the limit would forbid', () => {
    const of = (limited: string, onlyFrom: string): string => both(limited, '{ ids: [sg-abc12345] }', world, onlyFrom);

    expect(problems(of('{ all: true }', '{ IpRange: [{ CidrIp: 0.0.0.0/0 }] }'))).toHaveLength(1);
    expect(problems(of('{ all: true, excpt: { ids: [sg-abc12345] } }', '{}'))).toHaveLength(1);
    expect(problems(of('{ all: true }', '{ IpRanges: [{ CidrIp: x }] }'))).toHaveLength(1);
  });

  it.each([
    ['{}', 'no such rule, or an `except` or a `permit` in the limit'],
    [
      '{ IpRanges: [{ CidrIp: 10.0.0.0/8 }, { CidrIp: 11.0.0.0/8 }, { CidrIp: 12.0.0.0/8 }], notWiderThan: { ipv4: 16, ipv6: 48 }, securityGroups: any }',
      'only sources that the limit allows (`10.0.0.0/8`, `11.0.0.0/8`, `12.0.0.0/8` and 3 more), or an `except` or a `permit` in the limit',
    ],
    [
      '{ notWiderThan: { ipv4: 16 }, securityGroups: ownAccount }',
      'only sources that the limit allows (IPv4 blocks of /16 or narrower and security groups of the account), or an `except` or a `permit` in the limit',
    ],
  ])('the message for a forbidden rule says which sources the limit allows: %s', (onlyFrom, right) => {
    expect(expected(both('{ all: true }', '{ ids: [sg-abc12345] }', world, onlyFrom))).toEqual([right]);
  });

  it('a forbidden rule causes only warnings if the permit in the limit has expired', () => {
    const text = both(
      '{ all: true }',
      '{ ids: [sg-abc12345] }',
      world,
      '{}',
      `\n    permit: [{ permission: ${world}, until: 2026-01-31 }]`,
    );

    expect(problems(text)).toEqual([]);
    expect(warnings(text).map((each) => each.split('; ')[0])).toEqual([
      'b.yaml:6:117: expired-permit: the permit ended on 2026-01-31: its rules now break the limit',
      expect.stringMatching(/^b\.yaml:11:65: exposed-service/),
      'b.yaml:11:65: may-be-beyond-limit: the limit `no-ssh` forbids tcp/22 of `tcp/20-30 from 0.0.0.0/0`, because a permit ended',
    ]);
  });
});

describe('baselineWarnings warns of a limit that revokes rules everywhere', () => {
  it.each([
    ['is present if an enforced limit applies to all groups', '{ all: true }', 'mode: enforce', true],
    [
      'is present if an enforced limit applies to all groups except one',
      '{ all: true, except: { ids: [sg-abc12345] } }',
      'mode: enforce',
      true,
    ],
    ['is absent if the limit applies to one VPC', '{ vpcs: [vpc-11111111] }', 'mode: enforce', false],
    ['is absent if the limit only reports', '{ all: true }', 'mode: report', false],
    ['is absent if the limit narrows rules', '{ all: true }', 'mode: enforce\n    repair: narrow', false],
  ])('the warning `revokes-everywhere` %s', (_what, groups, mode, isWarned) => {
    const text = limit(`    ${mode}\n    ingress: [{ services: [ssh], onlyFrom: {} }]`).replace('{ all: true }', groups);

    expect(problems(text)).toEqual([]);
    expect(baselineWarnings(text, '2026-11-27').map(({ code, line, path }) => `${line} ${code} ${path}`)).toEqual(
      isWarned ? ['5 revokes-everywhere limits[0].groups.all'] : [],
    );
  });
});
