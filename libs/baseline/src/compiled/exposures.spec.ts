import { readValidFile } from '../testing/valid-files.js';
import { baselineExposures, baselineExposureWarning } from './exposures.js';

const permission = (port: number, cidr = '0.0.0.0/0'): string =>
  `{ IpProtocol: tcp, FromPort: ${port}, ToPort: ${port}, IpRanges: [{ CidrIp: ${cidr} }] }`;

function warningOf(baselines: readonly string[], today?: string): string | undefined {
  const text = `version: 1\nbaselines:\n${baselines.map((each, i) => `  - { groups: { ids: [sg-0000000${i}] }, ${each} }\n`).join('')}`;
  return baselineExposureWarning(baselineExposures(readValidFile(text), today));
}

const ssh = `name: bastion, ingress: [${permission(22)}]`;
const permitted = `name: db, ingress: [], permit: [{ permission: ${permission(3306)}, until: 2026-11-23 }]`;
const START = 'the guard leaves these services open to the internet, because a baseline allows them: ';

it.each<[string, string[], string | undefined, string | undefined]>([
  ['a declared service', [ssh], undefined, `${START}\`bastion\`: SSH (tcp/22)`],
  ['a permitted service, on the last day of the permit', [permitted], '2026-11-23', `${START}\`db\`: MySQL (tcp/3306)`],
  ['no expired permit', [permitted], '2026-11-24', undefined],
  [
    'a service that only two rules together expose',
    [`name: a, ingress: [${permission(22, '0.0.0.0/1')}, ${permission(22, '128.0.0.0/1')}]`],
    undefined,
    `${START}\`a\`: SSH (tcp/22)`,
  ],
  [
    'no web server, and no service for few addresses',
    [`name: a, ingress: [${permission(443)}, ${permission(22, '198.51.100.0/24')}]`],
    undefined,
    undefined,
  ],
  ['no egress', [`name: a, ingress: [], egress: [${permission(22)}]`], undefined, undefined],
  ['every baseline', [permitted, ssh], undefined, `${START}\`bastion\`: SSH (tcp/22); \`db\`: MySQL (tcp/3306)`],
  [
    'the first six baselines and the number of the others',
    Array.from({ length: 8 }, (_, i) => `name: a${i}, ingress: [${permission(22)}]`),
    undefined,
    `${START}${Array.from({ length: 6 }, (_, i) => `\`a${i}\`: SSH (tcp/22)`).join('; ')}; and 2 more baselines`,
  ],
])('the warning about exposed services names %s', (_, baselines, today, expected) => {
  expect(warningOf(baselines, today)).toBe(expected);
});
