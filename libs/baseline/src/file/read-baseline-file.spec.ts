import { formatRule, sourceKey, type Rule } from '@portcullis/permission-diff';
import { formatFileProblem } from '@portcullis/yaml-file';
import { readValidFile as compiled } from '../testing/valid-files.js';
import type { FileProblem } from './problem.js';
import { readBaselineFile } from './read-baseline-file.js';

const words = (rules: readonly Rule[] = []): string[] =>
  rules.map((rule) => `${formatRule(rule)}${rule.description === undefined ? '' : ` # ${rule.description}`}`);

const problemsIn = (text: string): readonly FileProblem[] => {
  const read = readBaselineFile(text);
  if (read.ok) throw new Error('there was no problem');
  return read.problems;
};

/** Returns line, column, code and text of each problem. */
const problems = (text: string): string[] =>
  problemsIn(text).map(({ line, column, code, text: found }) => `${line}:${column} ${code} ${found}`);

/** Returns a file with one baseline. `lines` are the last keys of the baseline. */
const baseline = (lines: string): string => `version: 1
baselines:
  - name: web
    groups: { ids: [sg-abc12345] }
${lines}`;

describe('a file', () => {
  it('a baseline file compiles with all defaults filled in', () => {
    const defaults = { mode: 'enforce', compare: 'rules', permit: [], ignore: [] };

    expect(compiled(baseline('    ingress: []'))).toEqual({
      baselines: [{ name: 'web', groups: { ids: ['sg-abc12345'] }, ingress: [], ...defaults }],
    });
  });

  it('a baseline file compiles with every key of the format', () => {
    const text = `
version: 1
baselines:
  - name: web
    groups: { ids: [sg-0123456789abcdef0, sg-abc12345] }
    mode: report
    compare: rules
    ingress:
      - { IpProtocol: "6", FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: 10.1.2.3/8, Description: corp }] }
    egress:
      - IpProtocol: "-1"
        Ipv6Ranges: [{ CidrIpv6: "2001:DB8::/32" }]
    permit:
      - permission: { IpProtocol: tcp, FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: 198.51.100.0/24 }] }
        until: 2027-01-31
        reason: CHG-1234 migration
      - permission: { IpProtocol: udp, FromPort: 53, ToPort: 53, PrefixListIds: [{ PrefixListId: pl-63a5400a }] }
        direction: egress
    ignore:
      - descriptionPrefix: elbv2.k8s.aws/
      - tag: { key: team, value: platform }
      - tag: { key: aws:cloudformation:stack-name }
      - sourceGroup: sg-def67890
      - prefixList: pl-63a5400a
`;

    const read = compiled(text).baselines.map(({ ingress, egress, permit, ...rest }) => ({
      ...rest,
      ingress: words(ingress),
      egress: words(egress),
      permit: permit.map(({ rules, ...terms }) => ({ rules: words(rules), ...terms })),
    }));

    expect(read).toEqual([
      {
        name: 'web',
        groups: { ids: ['sg-0123456789abcdef0', 'sg-abc12345'] },
        mode: 'report',
        compare: 'rules',
        ingress: ['tcp/443 from 10.0.0.0/8 # corp'],
        egress: ['all traffic to 2001:db8::/32'],
        permit: [
          { rules: ['tcp/22 from 198.51.100.0/24'], until: '2027-01-31', reason: 'CHG-1234 migration' },
          { rules: ['udp/53 to pl-63a5400a'] },
        ],
        ignore: [
          { descriptionPrefix: 'elbv2.k8s.aws/' },
          { prefixList: 'pl-63a5400a' },
          { sourceGroup: 'sg-def67890' },
          { tag: { key: 'aws:cloudformation:stack-name' } },
          { tag: { key: 'team', value: 'platform' } },
        ],
      },
    ]);
  });

  it('a baseline may select groups by criteria and have `compare: access`', () => {
    const text = `version: 1
baselines:
  - name: web
    groups: { vpcs: [vpc-22222222, vpc-11111111], tags: { Tier: web, App: shop }, names: ["web-*", default] }
    compare: access
    ingress: []`;

    const criteria = { tags: { App: 'shop', Tier: 'web' }, names: ['default', 'web-*'], vpcs: ['vpc-11111111', 'vpc-22222222'] };
    expect(compiled(text).baselines).toMatchObject([{ groups: { ids: [], ...criteria }, compare: 'access' }]);
  });

  it('a baseline file may be JSON that names its schema', () => {
    const baselines = [{ name: 'web', groups: { ids: ['sg-abc12345'] }, ingress: [] }];
    const text = JSON.stringify({ $schema: './baseline.schema.json', version: 1, baselines });

    expect(compiled(text)).toEqual(compiled(baseline('    ingress: []')));
  });

  it('a baseline file may contain the output of `aws ec2 describe-security-groups`, which has empty lists', () => {
    const text = baseline(`    ingress:
      - { "IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "UserIdGroupPairs": [{ "GroupId": "sg-def67890",
          "UserId": "111122223333", "VpcId": "vpc-1", "VpcPeeringConnectionId": "pcx-1", "PeeringStatus": "active" }],
          "IpRanges": [], "Ipv6Ranges": [], "PrefixListIds": [] }`);

    expect(words(compiled(text).baselines[0]?.ingress)).toEqual(['tcp/22 from sg-def67890 (account 111122223333)']);
  });

  it('a baseline file may use aliases to share values between baselines', () => {
    const text = `${baseline('    ingress: &both [{ IpProtocol: "-1", IpRanges: [{ CidrIp: 10.0.0.0/8 }] }]')}
  - name: worker
    groups: { ids: [sg-def67890] }
    ingress: *both`;

    const [web, worker] = compiled(text).baselines;

    expect(worker?.ingress).toEqual(web?.ingress);
  });

  it('readBaselineFile merges permits only if they have the same end and the same reason', () => {
    const of = (cidr: string, terms: string): string =>
      `      - { permission: { IpProtocol: "-1", IpRanges: [{ CidrIp: ${cidr} }] }${terms} }`;
    const text = baseline(`    ingress: []
    permit:
${of('10.2.0.0/16', ', reason: b')}
${of('10.3.0.0/16', ', reason: a, until: 2027-01-31')}
${of('10.1.0.0/16', ', reason: b')}
${of('10.4.0.0/16', '')}`);

    const permits = compiled(text).baselines[0]?.permit.map(({ rules, until, reason }) => [
      rules.map(({ source }) => sourceKey(source)),
      until,
      reason,
    ]);

    expect(permits).toEqual([
      [['10.1.0.0/16', '10.2.0.0/16'], undefined, 'b'],
      [['10.3.0.0/16'], '2027-01-31', 'a'],
      [['10.4.0.0/16'], undefined, undefined],
    ]);
  });

  it('a baseline file may permit a rule in one direction and require the same rule in the other direction', () => {
    const everything = '{ IpProtocol: "-1", IpRanges: [{ CidrIp: 10.0.0.0/8 }] }';
    const text = baseline(`    ingress: [${everything}]
    egress: []
    permit: [{ permission: ${everything}, direction: egress }]`);

    expect(compiled(text).baselines[0]?.permit).toHaveLength(1);
  });

  it('a baseline file may contain unquoted texts that YAML 1.1 would read as dates or booleans', () => {
    const text = `%YAML 1.1
---
${baseline(`    ingress: []
    permit:
      - permission: { IpProtocol: "-1", IpRanges: [{ CidrIp: 10.0.0.0/8, Description: no }] }
        until: 2027-01-31`)}`;

    const permit = compiled(text).baselines[0]?.permit[0];

    expect(permit?.until).toBe('2027-01-31');
    expect(permit?.rules).toMatchObject([{ source: { cidr: '10.0.0.0/8' }, description: 'no' }]);
  });
});

describe('readBaselineFile refuses a text that is not a baseline file', () => {
  it.each([
    ['an empty text', '', ['1:1 empty-file ']],
    ['white space', '\n\n  \n', ['1:1 empty-file ']],
    ['a comment', '# version: 1', ['1:1 empty-file ']],
    ['null', 'null', ['1:1 wrong-type null']],
    ['a list', '- version: 1', ['1:1 wrong-type - version: 1']],
    ['a word', '\n\n  version', ['3:3 wrong-type version']],
    ['an empty object', '{}', ['1:1 missing-key absent', '1:1 missing-key absent']],
    ['tabs', 'version: 1\nbaselines:\n\t- name: web\n', ['3:1 syntax ']],
    ['an open list', 'version: [1\n', ['2:1 syntax ']],
    ['a value inside a value', 'version: 1: 2', ['1:10 syntax 1']],
    ['two documents', `${baseline('    ingress: []')}\n---\nversion: 1\n`, ['6:1 syntax ---']],
    ['an unknown anchor', 'version: *one\nbaselines: *two', ['1:10 unknown-anchor *one', '2:12 unknown-anchor *two']],
    ['an anchor that comes later', 'version: *x\nbaselines: &x 1', ['1:10 unknown-anchor *x']],
    ['an alias inside its own list', 'version: 1\nbaselines: &x [*x]', ['2:16 endless-alias *x']],
    ['a tag', 'version: !one 1\nbaselines: []', ['1:10 syntax !one']],
    ['a tag of YAML 1.1', 'version: 1\nbaselines: !!set {}', ['2:12 syntax !!set']],
    ['a key that is not text', '[version]: 1', ['1:1 syntax [']],
  ])('readBaselineFile refuses %s', (_, text, expected) => {
    expect(problems(text)).toEqual(expected);
  });

  it('readBaselineFile reports every YAML syntax error of a text at once', () => {
    expect(problems('a: @x\nb: "\\q"\nc: `y`\n')).toEqual(['1:4 syntax @', '2:5 syntax \\', '3:4 syntax `']);
  });
});

describe('a file', () => {
  const list = (key: string, items: readonly string[]): string => [`    ${key}:`, ...items.map((item) => `      - ${item}`)].join('\n');
  const withIngress = (...items: readonly string[]): string => baseline(list('ingress', items));
  const withPermit = (...items: readonly string[]): string => baseline(`    ingress: []\n${list('permit', items)}`);
  const withIgnore = (...items: readonly string[]): string => baseline(`    ingress: []\n${list('ignore', items)}`);
  const tcp22 = '{ IpProtocol: tcp, FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: 10.0.0.0/8 }] }';

  it.each([
    ['a version that is text', 'version: "1"\nbaselines: []', ['1:10 wrong-type "1"', '2:12 bad-value []']],
    ['a newer version', 'version: 2\nbaselines: []', ['1:10 unsupported 2', '2:12 bad-value []']],
    ['an invalid version', 'version: 0.5\nbaselines: []', ['1:10 bad-value 0.5', '2:12 bad-value []']],
    ['an unknown key at the top', `tags: x\n${baseline('    ingress: []')}`, ['1:1 unknown-key tags']],
    ['the same key twice', baseline('    ingress: []\n    ingress: []'), ['6:5 duplicate-key ingress']],
    [
      'a key that objects inherit',
      `{ "__proto__": 1, ${JSON.stringify({ version: 1 }).slice(1)}`,
      ['1:1 missing-key absent', '1:3 unknown-key "__proto__"'],
    ],
    ['a merge key', baseline('    ingress: []\n    <<: { mode: report }'), ['6:5 unknown-key <<']],
    ['no `ingress` in a baseline', baseline('    mode: report'), ['3:5 missing-key absent']],
    ['`ingress` without a value', baseline('    ingress:'), ['5:5 wrong-type ingress']],
    ['`egress` that is null', baseline('    ingress: []\n    egress: ~'), ['6:13 wrong-type ~']],
    ['a misspelt key', baseline('    ingress: []\n    egres: []'), ['6:5 unknown-key egres']],
    ['a misspelt required key, which is not reported as missing', baseline('    Ingress: []'), ['5:5 unknown-key Ingress']],
    ['an unknown mode', baseline('    ingress: []\n    mode: Enforce'), ['6:11 bad-value Enforce']],
    [
      'an `approveWithin` of a day and a minute',
      baseline('    ingress: []\n    mode: approve\n    approveWithin: 1441'),
      ['7:20 bad-value 1441'],
    ],
    ['`approveWithin` without `mode: approve`', baseline('    ingress: []\n    approveWithin: 5'), ['6:5 useless-key approveWithin']],
    ['a mode that is a list', baseline('    ingress: []\n    mode: [enforce]'), ['6:11 wrong-type [enforce]']],
    ['an unknown comparison', baseline('    ingress: []\n    compare: rule'), ['6:14 bad-value rule']],
    ['a permission instead of a list', baseline('    ingress: { IpProtocol: "-1" }'), ['5:14 wrong-type { IpProtocol: "-1" }']],
    [
      'a permit for a required rule',
      baseline(`    ingress: [${tcp22}]\n    permit:\n      - permission: ${tcp22}`),
      ['7:77 useless-permit { CidrIp: 10.0.0.0/8 }'],
    ],
  ])('readBaselineFile refuses a file with %s', (_, text, expected) => {
    expect(problems(text)).toEqual(expected);
  });

  it.each([
    ['a protocol that YAML reads as a number', ['{ IpProtocol: -1, IpRanges: [{ CidrIp: 10.0.0.0/8 }] }'], ['6:23 wrong-type -1']],
    [
      'a port that is text',
      ['{ IpProtocol: tcp, FromPort: "22", ToPort: 22, IpRanges: [{ CidrIp: 10.0.0.0/8 }] }'],
      ['6:38 wrong-type "22"'],
    ],
    ['a missing port', ['{ IpProtocol: tcp, FromPort: 22, IpRanges: [{ CidrIp: 10.0.0.0/8 }] }'], ['6:9 missing-port absent']],
    [
      'an empty port',
      ['IpProtocol: tcp\n        FromPort:\n        ToPort: 22\n        IpRanges: [{ CidrIp: 10.0.0.0/8 }]'],
      ['7:9 missing-port FromPort'],
    ],
    [
      'an invalid port, even for a protocol without ports',
      ['{ IpProtocol: "-1", FromPort: 70000, IpRanges: [{ CidrIp: 10.0.0.0/8 }] }'],
      ['6:39 bad-value 70000'],
    ],
    ['no source', ['{ IpProtocol: "-1", IpRanges: [] }'], ['6:9 no-source { IpProtocol: "-1", IpRanges: [] }']],
    [
      'a misspelt list of sources, which is not reported as a missing source',
      ['{ IpProtocol: "-1", IpRange: [{ CidrIp: 10.0.0.0/8 }] }'],
      ['6:29 unknown-key IpRange'],
    ],
    [
      'a misspelt source, which is not reported as a missing source',
      ['{ IpProtocol: "-1", IpRanges: [{ Cidr: 10.0.0.0/8 }] }'],
      ['6:42 unknown-key Cidr'],
    ],
    [
      'an account that YAML reads as a number',
      ['{ IpProtocol: "-1", UserIdGroupPairs: [{ GroupId: sg-abc12345, UserId: 012345678901 }] }'],
      ['6:80 wrong-type 012345678901'],
    ],
    [
      'a rule twice',
      [tcp22, '{ IpProtocol: "6", FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: 10.1.2.3/8 }] }'],
      ['7:65 duplicate-rule { CidrIp: 10.1.2.3/8 }'],
    ],
    [
      'a rule twice, once with its account and once without',
      ['{ IpProtocol: "-1", UserIdGroupPairs: [{ GroupId: sg-1 }, { GroupId: sg-1, UserId: "111122223333" }] }'],
      ['6:67 duplicate-rule { GroupId: sg-1, UserId: "111122223333" }'],
    ],
    [
      'a rule twice, next to an invalid rule',
      [tcp22, tcp22, '{ IpProtocol: "-1", IpRanges: [{ CidrIp: x }] }'],
      ['7:65 duplicate-rule { CidrIp: 10.0.0.0/8 }', '8:50 not-a-cidr x'],
    ],
  ])('readBaselineFile refuses an ingress list with %s', (_, items, expected) => {
    expect(problems(withIngress(...items))).toEqual(expected);
  });

  it.each([
    [
      'a permit twice',
      [`permission: ${tcp22}`, `permission: ${tcp22}\n        until: 2027-01-31`],
      ['8:77 duplicate-rule { CidrIp: 10.0.0.0/8 }'],
    ],
    ['a permit for egress that is not declared', [`permission: ${tcp22}\n        direction: egress`], ['8:20 useless-permit egress']],
    ['a permit that EC2 refuses', ['permission: { IpProtocol: tpc, IpRanges: [{ CidrIp: 10.0.0.0/8 }] }'], ['7:35 unknown-protocol tpc']],
    ['a permit without a permission', ['reason: because'], ['7:9 missing-key absent']],
    ['a permit until an invalid day', [`permission: ${tcp22}\n        until: 2027-02-29`], ['8:16 bad-value 2027-02-29']],
    ['a permit until a number', [`permission: ${tcp22}\n        until: 20270131`], ['8:16 wrong-type 20270131']],
    ['a reason with several lines', [`permission: ${tcp22}\n        reason: "a\\nb"`], ['8:17 bad-value "a\\nb"']],
    ['a permit with an unknown direction', [`permission: ${tcp22}\n        direction: in`], ['8:20 bad-value in']],
  ])('readBaselineFile refuses a permit list with %s', (_, items, expected) => {
    expect(problems(withPermit(...items))).toEqual(expected);
  });

  it.each([
    ['an empty clause', ['{}'], ['7:9 bad-value {}']],
    [
      'a clause with two keys',
      ['{ sourceGroup: sg-abc12345, prefixList: pl-abc12345 }'],
      ['7:9 bad-value { sourceGroup: sg-abc12345, prefixList: pl-abc12345 }'],
    ],
    ['a clause that would ignore everything', ['descriptionPrefix: ""'], ['7:28 bad-value ""']],
    ['a clause with an invalid id', ['sourceGroup: web', 'prefixList: s3'], ['7:22 bad-value web', '8:21 bad-value s3']],
    ['a tag without a key', ['tag: { value: x }'], ['7:14 missing-key absent']],
    ['a tag value that YAML reads as a boolean', ['tag: { key: a, value: true }'], ['7:31 wrong-type true']],
    ['a clause twice', ['tag: { key: a, value: b }', 'tag: { value: b, key: a }'], ['8:9 duplicate-clause tag: { value: b, key: a }']],
  ])('readBaselineFile refuses an ignore list with %s', (_, items, expected) => {
    expect(problems(withIgnore(...items))).toEqual(expected);
  });

  it.each([
    ['by an id in upper case', '{ ids: [sg-ABC12345] }', ['4:21 bad-value sg-ABC12345']],
    ['by nothing', '{}', ['4:13 bad-value {}']],
    ['by no id', '{ ids: [] }', ['4:20 bad-value []']],
    ['by no tag', '{ tags: {} }', ['4:21 bad-value {}']],
    ['by a tag without a value', '{ tags: { Tier: } }', ['4:23 wrong-type Tier']],
    ['by a tag whose value is a number', '{ tags: { Tier: 1 } }', ['4:29 wrong-type 1']],
    ['by a tag whose key is empty', '{ tags: { "": x } }', ['4:23 bad-value ""']],
    ['by tags in a list', '{ tags: [Tier] }', ['4:21 wrong-type [Tier]']],
    ['by no name', '{ names: [] }', ['4:22 bad-value []']],
    ['by an invalid name', '{ names: ["wéb"] }', ['4:23 bad-value "wéb"']],
    ['by an invalid id of a VPC', '{ vpcs: [vpc-1] }', ['4:22 bad-value vpc-1']],
    ['by a misspelt criterion', '{ tag: { Tier: web } }', ['4:15 unknown-key tag']],
  ])('readBaselineFile refuses a baseline that selects groups %s', (_, groups, expected) => {
    const text = `version: 1\nbaselines:\n  - name: web\n    groups: ${groups}\n    ingress: []`;

    expect(problems(text)).toEqual(expected);
  });

  describe('with two baselines', () => {
    const two = (a: string, b: string): string =>
      `version: 1\nbaselines:\n  - { name: a, groups: ${a}, ingress: [] }\n  - { name: b, groups: ${b}, ingress: [] }\n`;

    it.each([
      ['the same tags', '{ tags: { a: x, b: y } }', '{ tags: { b: y, a: x } }'],
      ['more tags', '{ tags: { a: x } }', '{ tags: { a: x, b: y } }'],
      ['fewer tags', '{ tags: { a: x, b: y } }', '{ tags: { a: x } }'],
      ['a name that matches the pattern', '{ names: ["web-*"] }', '{ names: [web-1] }'],
      ['a narrower pattern', '{ names: ["web-*", db] }', '{ names: ["web-*-blue", "db"] }'],
      ['one of the VPCs', '{ vpcs: [vpc-11111111, vpc-22222222] }', '{ vpcs: [vpc-22222222] }'],
      ['an additional criterion', '{ vpcs: [vpc-11111111] }', '{ vpcs: [vpc-11111111], names: [web] }'],
      ['ids in addition to the same criteria', '{ ids: [sg-abc12345], tags: { a: x } }', '{ tags: { a: x } }'],
    ])('readBaselineFile refuses two baselines if one selects every group of the other: %s', (_, a, b) => {
      expect(problems(two(a, b))).toEqual([expect.stringMatching(/^4:24 duplicate-group /)]);
      expect(problems(two(b, a))).toHaveLength(1);
    });

    it.each([
      ['another value of the tag', '{ tags: { a: x } }', '{ tags: { a: y } }'],
      ['another tag', '{ tags: { a: x } }', '{ tags: { b: x } }'],
      ['patterns that only overlap', '{ names: ["web-*"] }', '{ names: ["*-blue"] }'],
      ['different VPCs', '{ vpcs: [vpc-11111111] }', '{ vpcs: [vpc-22222222] }'],
      ['criteria of different kinds', '{ vpcs: [vpc-11111111] }', '{ names: [web] }'],
      ['an id against criteria', '{ ids: [sg-abc12345] }', '{ tags: { a: x } }'],
    ])('two baselines are valid if neither selects all groups of the other: %s', (_, a, b) => {
      expect(compiled(two(a, b)).baselines.map(({ name }) => name)).toEqual(['a', 'b']);
    });
  });

  it('readBaselineFile refuses two baselines with the same name or with the same group id', () => {
    const text = `version: 1
baselines:
  - { name: a, groups: { ids: [sg-abc12345, sg-def67890, sg-abc12345] }, ingress: [] }
  - { name: a, groups: { ids: [sg-def67890] }, ingress: [] }
`;

    expect(problems(text)).toEqual(['3:58 duplicate-group sg-abc12345', '4:13 duplicate-name a', '4:32 duplicate-group sg-def67890']);
  });

  it('a baseline file may declare the same rules in two baselines and in both directions', () => {
    const text = `version: 1
baselines:
  - { name: a, groups: { ids: [sg-abc12345] }, ingress: [${tcp22}], ignore: [{ sourceGroup: sg-abc12345 }] }
  - { name: b, groups: { ids: [sg-def67890] }, ingress: [${tcp22}], egress: [${tcp22}], ignore: [{ sourceGroup: sg-abc12345 }] }
`;

    expect(compiled(text).baselines).toHaveLength(2);
  });

  it('an invalid value that YAML aliases share causes one problem, at the line and column of its anchor', () => {
    const text = `${baseline('    ingress: &both [{ IpProtocol: "-1", IpRanges: [{ CidrIp: x }] }]')}
  - name: worker
    groups: { ids: [sg-def67890] }
    ingress: *both`;

    expect(problems(text)).toEqual(['5:62 not-a-cidr x']);
  });

  it('readBaselineFile reports every problem of a file at once, in text order', () => {
    const text = `version: 1
baselines:
  - name: web
    mode: off
    groups: { ids: [sg-1] }
    ingress: [{ IpProtocol: "-1" }]
    permit: [{ until: soon }]
    extra: 1
  - name: web
`;

    expect(problems(text)).toEqual([
      '4:11 bad-value off',
      '5:21 bad-value sg-1',
      '6:15 no-source { IpProtocol: "-1" }',
      '7:14 missing-key absent',
      '7:23 bad-value soon',
      '8:5 unknown-key extra',
      '9:5 missing-key absent',
      '9:5 missing-key absent',
      '9:11 duplicate-name web',
    ]);
  });
});

describe('a message', () => {
  const messages = (text: string): string[] => problemsIn(text).map(({ message, expected }) => `${message}; expected ${expected}`);

  it.each([
    [baseline('    mode: report'), '`ingress` is missing; expected a list of permissions, or `[]` for no rules'],
    [baseline('    ingress:'), '`ingress` is empty; expected a list of permissions, or `[]` for no rules'],
    [
      baseline('    ingress: []\n    permits: []'),
      'there is no key `permits` here; did you mean `permit`?; expected one of `name`, `groups`, `mode`, `approveWithin`, `compare`, `ingress`, `egress`, `permit`, `ignore`',
    ],
    [
      baseline('    ingress: [{ IpProtocol: -1, IpRanges: [{ CidrIp: 10.0.0.0/8 }] }]'),
      '`IpProtocol` is a number; expected `"-1"`, in quotes',
    ],
    [
      baseline('    ingress: [{ IpProtocol: "-1", UserIdGroupPairs: [{ GroupId: sg-1, UserId: 012345678901 }] }]'),
      '`UserId` is a number; expected `"012345678901"`, in quotes', // the parsed number has no leading zero
    ],
    [
      baseline('    ingress: [{ IpProtocol: udp, FromPort: 53, ToPort: "53", IpRanges: [{ CidrIp: 10.0.0.0/8 }] }]'),
      '`ToPort` is text; expected `53` without quotes',
    ],
    [baseline('    ingress: []\n    mode: Enforce'), '`mode` cannot be `Enforce`; expected `enforce`, `approve` or `report`'],
    [
      'version: 1\nbaselines:\n  - { name: a, groups: {}, ingress: [] }',
      '`groups` has no key; expected an object with `ids`, or with `tags`, `names` or `vpcs`',
    ],
    [
      'version: 1\nbaselines:\n  - { name: a, groups: { tags: { "a\\n": x } }, ingress: [] }',
      'the key cannot be `a\\u000a`; expected the key of a tag, at most 128 characters',
    ],
    [
      'version: 1\nbaselines:\n  - { name: a, groups: { names: [web] }, ingress: [] }\n  - { name: b, groups: { names: [web], vpcs: [vpc-11111111] }, ingress: [] }',
      'every group that meets these criteria also meets the criteria of `a`; first at line 3; expected criteria that select no group of the other baseline, or `ids`, which take precedence over criteria',
    ],
    [
      'version: 1\nbaselines:\n  - { name: a, groups: { ids: [sg-abc12345, sg-abc12345] }, ingress: [] }',
      '`sg-abc12345` is selected twice; first at line 3; expected each group id in only one baseline',
    ],
    [
      baseline('    ingress: []\n    ? "a\\nb\\u001b"\n    : 1'),
      'there is no key `a\\u000ab\\u001b` here; expected one of `name`, `groups`, `mode`, `approveWithin`, `compare`, `ingress`, `egress`, `permit`, `ignore`',
    ],
  ])('the message of a problem says on one line what is wrong and which value is expected', (text, expected) => {
    expect(messages(text)).toEqual([expected]);
  });

  it('the message of a problem begins with file, line and column, so editors and terminals can link to the place', () => {
    const [problem] = problemsIn(baseline('    ingress: []\n    mode: off'));
    if (problem === undefined) throw new Error('there was no problem');

    expect(formatFileProblem('baselines/web.yaml', problem)).toBe(
      'baselines/web.yaml:6:11: bad-value: `mode` cannot be `off`; expected `enforce`, `approve` or `report`',
    );
  });

  it('a problem names the path of the invalid value, such as `baselines[0].ingress`', () => {
    const text = baseline('    ingress: [{ IpProtocol: "-1", IpRanges: [{ CidrIp: 10.0.0.0/8 }, { CidrIp: x }] }]');

    expect(problemsIn(text).map(({ path }) => path)).toEqual(['baselines[0].ingress[0].IpRanges[1].CidrIp']);
  });
});
