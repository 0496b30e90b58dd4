import * as fc from 'fast-check';
import { InvalidBaselineError, parseCompiledBaseline, renderCompiledBaseline } from './compiled.js';
import { choices, compiledBaselines, spelt } from '../testing/baselines.js';
import { readValidFile } from '../testing/valid-files.js';

const FILE = `
version: 1
baselines:
  - name: web
    groups: { ids: [sg-abc12345] }
    ingress:
      - { IpProtocol: tcp, FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: 0.0.0.0/0, Description: all }] }
      - { IpProtocol: "-1", UserIdGroupPairs: [{ GroupId: sg-0badf00d, UserId: "111122223333" }] }
    egress: []
    permit:
      - { permission: { IpProtocol: icmp, FromPort: 8, ToPort: -1, PrefixListIds: [{ PrefixListId: pl-abc12345 }] }, until: 2027-01-31 }
    ignore:
      - { tag: { key: elbv2.k8s.aws/cluster } }
`;

const LIMITED = `${FILE}limits: [{ name: no-ssh, groups: { all: true }, ingress: [{ services: [ssh], onlyFrom: { securityGroups: any, IpRanges: [{ CidrIp: 0.0.0.0/0 }] } }] }]`;

const compiled = (text: string): string => renderCompiledBaseline(readValidFile(text));

it("writes each rule in the shape of EC2's DescribeSecurityGroupRules", () => {
  expect(JSON.parse(compiled(FILE))).toEqual({
    format: 'portcullis-baseline',
    version: 2,
    digest: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    baselines: [
      {
        name: 'web',
        groups: { ids: ['sg-abc12345'] },
        mode: 'enforce',
        compare: 'rules',
        ingress: [
          {
            IsEgress: false,
            IpProtocol: '-1',
            FromPort: -1,
            ToPort: -1,
            ReferencedGroupInfo: { GroupId: 'sg-0badf00d', UserId: '111122223333' },
          },
          { IsEgress: false, IpProtocol: 'tcp', FromPort: 443, ToPort: 443, CidrIpv4: '0.0.0.0/0', Description: 'all' },
        ],
        egress: [],
        permit: [
          {
            rules: [{ IsEgress: false, IpProtocol: 'icmp', FromPort: 8, ToPort: -1, PrefixListId: 'pl-abc12345' }],
            until: '2027-01-31',
          },
        ],
        ignore: [{ tag: { key: 'elbv2.k8s.aws/cluster' } }],
      },
    ],
  });
});

it('writes the traffic of a bound in the fields of EC2, and each sender of the bound as text', () => {
  const text = `
version: 1
baselines: []
limits:
  - name: no-ssh
    groups: { all: true }
    ingress:
      - services: [ssh, { IpProtocol: icmp, FromPort: 8, ToPort: -1 }, { IpProtocol: '50' }]
        onlyFrom: { IpRanges: [{ CidrIp: 10.0.0.0/8 }], PrefixListIds: [{ PrefixListId: pl-abc12345 }], securityGroups: [sg-0badf00d] }
`;

  expect(JSON.parse(compiled(text))).toEqual({
    format: 'portcullis-baseline',
    version: 3,
    digest: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    baselines: [],
    limits: [
      {
        ...{ name: 'no-ssh', groups: { all: true, ids: [] }, mode: 'report', repair: 'revoke', otherwise: 'revoke', permit: [] },
        ingress: [
          {
            services: [
              { IpProtocol: 'icmp', FromPort: 8, ToPort: -1 },
              { IpProtocol: 'tcp', FromPort: 22, ToPort: 22 },
              { IpProtocol: '50' },
            ],
            senders: ['10.0.0.0/8', 'sg-0badf00d', 'pl-abc12345'],
            groups: 'none',
          },
        ],
      },
    ],
  });
});

it('writes a baseline of mode `approve` with the default `approveWithin`, in a format version that older functions refuse', () => {
  const text = 'version: 1\nbaselines:\n  - { name: web, groups: { ids: [sg-abc12345] }, mode: approve, ingress: [] }\n';

  expect(JSON.parse(compiled(text))).toMatchObject({ version: 4, baselines: [{ mode: 'approve', approveWithin: 60 }] });
});

it('refuses a compiled file if somebody added limits to the file, or removed its limits', () => {
  const limited = JSON.parse(compiled(LIMITED)) as Readonly<Record<string, unknown>>;
  const { limits, ...rest } = limited;

  for (const changed of [rest, { ...rest, version: 2 }, { ...(JSON.parse(compiled(FILE)) as object), limits }])
    expect(() => parseCompiledBaseline(JSON.stringify(changed))).toThrow('was changed after it was compiled');
});

it('reads back exactly the baselines that it compiled', () => {
  fc.assert(
    fc.property(compiledBaselines, (baselines) => {
      expect(parseCompiledBaseline(renderCompiledBaseline(baselines))).toEqual(baselines);
    }),
  );
});

it('reads a compiled baseline after its JSON was reformatted', () => {
  const text = compiled(FILE);

  expect(parseCompiledBaseline(JSON.stringify(JSON.parse(text)))).toEqual(parseCompiledBaseline(text));
});

it('compiles every spelling of the same baselines to identical bytes', () => {
  fc.assert(
    fc.property(compiledBaselines, choices, (baselines, choose) => {
      expect(compiled(spelt(baselines, choose))).toBe(renderCompiledBaseline(baselines));
    }),
    { numRuns: 150 },
  );
});

it.each([
  ['a text that is not JSON', 'version: 1', 'the compiled baseline is not JSON'],
  ['a text that was cut off', compiled(FILE).slice(0, -20), 'the compiled baseline is not JSON'],
  ['an empty text', '', 'the compiled baseline is not JSON'],
  ['null', 'null', 'the text is not a compiled baseline'],
  ['a baseline file that was not compiled', '{"version":1,"baselines":[]}', 'the text is not a compiled baseline'],
  [
    'the format of an older release',
    '{"format":"portcullis-baseline","version":1,"baselines":[]}',
    'the compiled baseline has version 1, but this function reads only versions 2 to 4',
  ],
  ['a file without a digest', '{"format":"portcullis-baseline","version":2,"baselines":[]}', 'the compiled baseline was changed'],
])('parseCompiledBaseline refuses %s, and says how to compile the baseline again', (_, text, problem) => {
  expect(() => parseCompiledBaseline(text)).toThrow(InvalidBaselineError);
  expect(() => parseCompiledBaseline(text)).toThrow(problem);
  expect(() => parseCompiledBaseline(text)).toThrow('npx @portcullis/cli compile baseline.yaml --out baseline.json');
});

it('refuses a compiled baseline after any one character of a value was changed', () => {
  const text = JSON.stringify(JSON.parse(compiled(LIMITED)));
  const from = text.indexOf('"baselines"') + 14;

  fc.assert(
    fc.property(fc.integer({ min: from, max: text.length - 3 }), fc.constantFrom('0', 'a', '"', ','), (at, other) => {
      fc.pre(text[at] !== other);
      expect(() => parseCompiledBaseline(`${text.slice(0, at)}${other}${text.slice(at + 1)}`)).toThrow(InvalidBaselineError);
    }),
  );
});
