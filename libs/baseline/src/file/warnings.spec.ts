import { formatFileProblem } from '@portcullis/yaml-file';
import { baselineWarnings } from './warnings.js';

const TODAY = '2026-11-23';

const warnings = (text: string): string[] => baselineWarnings(text, TODAY).map((warning) => formatFileProblem('b.yaml', warning));

const ingress = (...permissions: string[]): string => `version: 1
baselines:
  - name: web
    groups: { ids: [sg-abc12345] }
    ingress:
${permissions.map((permission) => `      - { ${permission} }`).join('\n')}
`;

it.each([
  ['FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: 0.0.0.0/0 }]', '`tcp/22 from 0.0.0.0/0` lets the world reach SSH (tcp/22)'],
  [
    'FromPort: 3000, ToPort: 6000, Ipv6Ranges: [{ CidrIpv6: "::/0" }]',
    '`tcp/3000-6000 from ::/0` lets the world reach MySQL (tcp/3306), RDP (tcp/3389), mSQL (tcp/4333), Salt (tcp/4505) and 10 more',
  ],
])('warns of sensitive services that a permission exposes: %s', (ports, message) => {
  const [warning = ''] = warnings(ingress(`IpProtocol: tcp, ${ports}`));

  expect(warning).toContain(`exposed-service: ${message}; expected only the addresses or security groups that need the service`);
});

it('warns at the line and column of the source that exposes a service', () => {
  const text = ingress('IpProtocol: tcp, FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: 10.0.0.0/8 }, { CidrIp: 0.0.0.0/0 }]');

  expect(baselineWarnings(text, TODAY)).toEqual([
    expect.objectContaining({
      code: 'exposed-service',
      line: 6,
      column: 89,
      path: 'baselines[0].ingress[0].IpRanges[1]',
      text: '{ CidrIp: 0.0.0.0/0 }',
    }),
  ]);
});

it('warns of a service that is exposed only by several permissions together', () => {
  const halves = Array.from({ length: 16 }, (_, i) => `{ CidrIp: ${16 + i}.0.0.0/8 }`).join(', ');

  expect(warnings(ingress(`IpProtocol: tcp, FromPort: 22, ToPort: 22, IpRanges: [${halves}]`))).toEqual([
    'b.yaml:5:5: exposed-service: the permissions of the baseline together let the world reach SSH (tcp/22); expected only the addresses or security groups that need the service',
  ]);
});

it('warns of a permit that exposes an administration port to the world', () => {
  const text = `${ingress('IpProtocol: tcp, FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: 0.0.0.0/0 }]')}    permit:
      - permission: { IpProtocol: tcp, FromPort: 3389, ToPort: 3389, IpRanges: [{ CidrIp: 0.0.0.0/0 }] }
`;

  expect(warnings(text).join()).toContain('b.yaml:8:');
});

it.each([
  ['a web port open to the world', ingress('IpProtocol: tcp, FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: 0.0.0.0/0 }]')],
  ['SSH from a private block', ingress('IpProtocol: tcp, FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: 10.0.0.0/8 }]')],
  ['a text that is not YAML', '{'],
  ['a text that is not a baseline file', 'a: [1, null]'],
])('does not warn of %s', (_what, text) => {
  expect(warnings(text)).toEqual([]);
});

const permitUntil = (until: string): string => `${ingress('IpProtocol: "50", IpRanges: [{ CidrIp: 10.0.0.0/8 }]')}    permit:
      - permission: { IpProtocol: tcp, FromPort: 25, ToPort: 25, IpRanges: [{ CidrIp: 10.0.0.0/8 }] }
        until: ${until}
`;

it('warns of a permit after its last day, but not on that day', () => {
  expect(warnings(permitUntil('2026-11-22'))).toEqual([
    'b.yaml:9:16: expired-permit: the permit ended on 2026-11-22: its rules are now drift; expected a later day in `until`, or no permit',
  ]);
  expect(warnings(permitUntil(TODAY))).toEqual([]);
});

const selecting = (...groups: string[]): string => `version: 1
baselines:
${groups.map((each, i) => `  - name: b${i + 1}\n    groups: { ${each} }\n    ingress: []`).join('\n')}
`;

it.each([
  ['tags of different keys', 'tags: { Tier: web }', 'tags: { Team: shop }'],
  ['a tag and a name', 'tags: { Tier: web }', 'names: ["web-*"]'],
  ['a VPC and a tag', 'vpcs: [vpc-0a1b2c3d]', 'tags: { Tier: web }'],
  ['patterns that one name can match', 'names: ["web-*"]', 'names: ["*-prod"]'],
])('warns of overlapping selections if one group could meet the criteria of two baselines: %s', (_what, one, other) => {
  expect(warnings(selecting(one, other))).toEqual([
    expect.stringMatching(
      /^b\.yaml:7:13: overlapping-selection: a group can meet these criteria and also the criteria of `b1`: .*; first at line 4; expected criteria/,
    ),
  ]);
});

it.each([
  ['two values of one tag', 'tags: { Tier: web }', 'tags: { Tier: db, Team: shop }'],
  ['different VPCs', 'vpcs: [vpc-0a1b2c3d], tags: { A: b }', 'vpcs: [vpc-0a1b2c3e], tags: { C: d }'],
  ['patterns that no name can match', 'names: ["web-*", api]', 'names: ["db-*", "api-*"]'],
  ['ids, which beat criteria', 'ids: [sg-abc12345]', 'tags: { Tier: web }'],
])('does not warn of overlapping selections if no group can meet the criteria of both baselines: %s', (_what, one, other) => {
  expect(warnings(selecting(one, other))).toEqual([]);
});

it('returns all warnings in text order', () => {
  const text = `${permitUntil('2020-01-01')}  - name: other
    groups: { names: [a] }
    ingress: [{ IpProtocol: "-1", IpRanges: [{ CidrIp: 0.0.0.0/0 }] }]
`;

  expect(baselineWarnings(text, TODAY).map(({ code, line }) => `${line} ${code}`)).toEqual(['9 expired-permit', '12 exposed-service']);
});
