import * as fc from 'fast-check';
import { ruleKey, type Rule } from '@portcullis/permission-diff';
import { rulesFromWords } from '@portcullis/permission-diff/testing';
import { parse, stringify } from 'yaml';
import type { Baseline, CompiledBaseline } from '../compiled/baseline.js';
import { compiledBaselines, spelt } from '../testing/baselines.js';
import { readValidFile as compiledOf } from '../testing/valid-files.js';
import { editBaselineFile, type BaselineEdit } from './edit-baseline-file.js';
import { writeBaselineFile } from './write-baseline-file.js';

function tcp(port: number, cidr: string): Rule {
  const [rule] = rulesFromWords([`tcp ${port} from ${cidr}`]);
  if (rule === undefined) throw new Error(`no rule from ${cidr}`);
  return rule;
}

function edited(text: string, ...edits: readonly BaselineEdit[]): string {
  const result = editBaselineFile(text, edits);
  if (!result.ok) throw new Error(result.problems.join('\n'));
  return result.text;
}

const FILE = `# The shop's groups. Ask ana before you change anything.
version: 1
baselines:
- name: 'web'   # the shop
  groups: {ids: [sg-abc12345]}
  ingress:
    # customers
    - {IpProtocol: tcp, FromPort: 443, ToPort: 443, IpRanges: [{CidrIp: 0.0.0.0/0}]} # everybody

    # offices
    - IpProtocol: tcp
      FromPort: 22
      ToPort: 22
      IpRanges:
        - CidrIp: 10.1.0.0/16
        - CidrIp: 10.2.0.0/16
  egress: []   # nothing
  permit:
  - permission: { IpProtocol: tcp, FromPort: 8080, ToPort: 8080, IpRanges: [{ CidrIp: 10.0.0.0/8 }] }
    reason: "a trial"
  mode: report

# Closed since 2019.
- { name: closed, groups: { ids: [sg-0000000c] }, ingress: [ ] }
# the end
`;

/** Returns `FILE` with the first text of each pair replaced by the second text. */
function withChanges(...changes: readonly (readonly [string, string])[]): string {
  return changes.reduce((text, [before, after]) => {
    if (!text.includes(before)) throw new Error(before);
    return text.replace(before, () => after);
  }, FILE);
}

const HTTPS_LINE = '    - {IpProtocol: tcp, FromPort: 443, ToPort: 443, IpRanges: [{CidrIp: 0.0.0.0/0}]} # everybody\n';
const OFFICES = `    - IpProtocol: tcp
      FromPort: 22
      ToPort: 22
      IpRanges:
        - CidrIp: 10.1.0.0/16
        - CidrIp: 10.2.0.0/16
`;
const REST = '    - { IpProtocol: tcp, FromPort: 22, ToPort: 22, IpRanges: [ { CidrIp: 10.2.0.0/16 } ] }\n';
const ADDED = '    - { IpProtocol: tcp, FromPort: 80, ToPort: 80, IpRanges: [ { CidrIp: 0.0.0.0/0 } ] }\n';
const PROPOSAL = { comment: ['opened by user ana'], rule: tcp(22, '0.0.0.0/0'), until: '2026-12-31', reason: 'why' };

it.each<[string, Omit<BaselineEdit, 'name'>, string]>([
  ['nothing', {}, FILE],
  ['a removed permission', { undeclare: [tcp(443, '0.0.0.0/0')] }, withChanges([HTTPS_LINE, ''])],
  ['a removed source of a permission', { undeclare: [tcp(22, '10.1.0.0/16')] }, withChanges([OFFICES, REST])],
  [
    'the removal of every rule',
    { undeclare: [tcp(443, '0.0.0.0/0'), tcp(22, '10.1.0.0/16'), tcp(22, '10.2.0.0/16')] },
    withChanges([HTTPS_LINE, ''], [OFFICES, ''], ['  ingress:\n', '  ingress: []\n']),
  ],
  ['a new rule', { declare: [{ comment: [], rule: tcp(80, '0.0.0.0/0') }] }, withChanges([OFFICES, OFFICES + ADDED])],
  [
    'a new rule with a comment',
    { declare: [{ comment: ['by ana\nx: y'], rule: tcp(80, '0.0.0.0/0') }] },
    withChanges([OFFICES, `${OFFICES}    # by ana x: y\n${ADDED}`]),
  ],
  [
    'a rule in an empty list',
    { declare: [{ comment: [], rule: { ...tcp(80, '0.0.0.0/0'), direction: 'egress' } }] },
    withChanges(['  egress: []   # nothing\n', `  egress:   # nothing\n${ADDED}`]),
  ],
  [
    'a permit that replaces another permit',
    {
      unpermit: [tcp(8080, '10.0.0.0/8')],
      permit: [{ comment: ['by ana'], rule: tcp(80, '10.0.0.0/8'), until: '2026-12-31', reason: 'CHG-1' }],
    },
    withChanges([
      `  - permission: { IpProtocol: tcp, FromPort: 8080, ToPort: 8080, IpRanges: [{ CidrIp: 10.0.0.0/8 }] }
    reason: "a trial"
`,
      `  # by ana
  - permission: { IpProtocol: tcp, FromPort: 80, ToPort: 80, IpRanges: [ { CidrIp: 10.0.0.0/8 } ] }
    until: 2026-12-31
    reason: CHG-1
`,
    ]),
  ],
  [
    'a proposed permit after the existing permits',
    { propose: [PROPOSAL] },
    withChanges([
      '    reason: "a trial"\n',
      `    reason: "a trial"
  # Open to the internet, so not declared: the guard reports it as drift. To accept a rule, remove the \`# \` before \`permit:\`
  # and before its lines, and write why it must stay open. To drop a rule, revoke it, and delete its lines.
  #   # opened by user ana
  #   - permission: { IpProtocol: tcp, FromPort: 22, ToPort: 22, IpRanges: [ { CidrIp: 0.0.0.0/0 } ] }
  #     until: 2026-12-31
  #     reason: why
`,
    ]),
  ],
])('editBaselineFile changes only the bytes of the edit: %s', (_what, edit, expected) => {
  const change = { name: 'web', ...edit };
  expect(edited(FILE, change)).toBe(expected);
  const windows = (text: string): string => `\uFEFF${text.replaceAll('\n', '\r\n')}`;
  expect(edited(windows(FILE), change)).toBe(windows(expected));
  compiledOf(expected);
});

it.each<[string, Omit<BaselineEdit, 'name'>, string]>([
  [
    'a new rule',
    { declare: [{ comment: ['no place for it'], rule: tcp(80, '10.0.0.0/8') }] },
    '{ IpProtocol: tcp, FromPort: 80, ToPort: 80, IpRanges: [ { CidrIp: 10.0.0.0/8 } ] }',
  ],
  ['a permit', { permit: [{ comment: [], rule: tcp(80, '10.0.0.0/8'), reason: 'CHG-1' }] }, 'permit: [ { permission: { IpProtocol: tcp'],
])('adds %s to a baseline that is written on one line', (_what, edit, expected) => {
  const text = edited(FILE, { name: 'closed', ...edit });

  expect(text).toContain(expected);
  expect(text.split('\n')).toHaveLength(FILE.split('\n').length);
  compiledOf(text);
});

it('editBaselineFile proposes each permit once, and removes the heading together with the last proposal', () => {
  const file = FILE.replace(/ {2}permit:\n.*\n.*\n/, '');
  const another = { ...PROPOSAL, rule: tcp(3389, '0.0.0.0/0') };
  const once = edited(file, { name: 'web', propose: [PROPOSAL] });

  expect(once.match(/# permit:/g)).toHaveLength(1);
  expect(edited(once, { name: 'web', propose: [{ ...PROPOSAL, comment: ['other words'] }] })).toBe(once);
  const twice = edited(once, { name: 'web', propose: [PROPOSAL, another] });
  expect(twice.match(/# permit:/g)).toHaveLength(1);
  expect(edited(twice, { name: 'web', keepsProposed: ({ traffic }) => 'fromPort' in traffic && traffic.fromPort === 22 })).toBe(once);
  expect(edited(twice, { name: 'web', keepsProposed: () => false })).toBe(file);
});

it('after a person accepts one proposal, the person can still accept the remaining proposals', () => {
  const rules = [tcp(22, '0.0.0.0/0'), tcp(3389, '0.0.0.0/0')];
  const [ssh] = rules;
  const proposed = rules.map((rule) => ({ ...PROPOSAL, rule }));
  const written = writeBaselineFile([], [{ comment: [], baseline: { ...baseOf(FILE, 'web'), permit: [] }, proposed }]);

  const text = edited(written, {
    name: 'web',
    permit: [{ comment: [], rule: tcp(22, '0.0.0.0/0'), reason: 'CHG-1' }],
    keepsProposed: (rule) => ssh !== undefined && ruleKey(rule) !== ruleKey(ssh),
  });

  expect(text).not.toContain('# permit:');
  const uncommented = compiledOf(text.replace(/^( +)# ( +.*)$/gm, '$1$2'));
  expect(uncommented.baselines[0]?.permit.flatMap((permit) => permit.rules).map(ruleKey)).toEqual(rules.map(ruleKey));
});

function baseOf(text: string, name: string): Baseline {
  const found = compiledOf(text).baselines.find((baseline) => baseline.name === name);
  if (found === undefined) throw new Error(name);
  return found;
}

it('refuses to edit a list of rules that has a YAML anchor or is a YAML alias', () => {
  const text = FILE.replace('egress: []', 'egress: &none []').replace('ingress: [ ]', 'ingress: *none');
  compiledOf(text);

  for (const [name, direction] of [
    ['web', 'egress'],
    ['closed', 'ingress'],
  ] as const)
    expect(editBaselineFile(text, [{ name, declare: [{ comment: [], rule: { ...tcp(80, '10.0.0.0/8'), direction } }] }])).toEqual({
      ok: false,
      problems: [`\`${direction}\` of the baseline \`${name}\` uses an anchor or an alias; expected a list without anchors and aliases`],
    });
});

const styles: Readonly<Record<string, (compiled: CompiledBaseline) => string>> = {
  YAML: (compiled) =>
    writeBaselineFile(
      ['# a comment'],
      compiled.baselines.map((baseline) => ({ comment: ['above'], baseline })),
    ) + limitsText(compiled),
  JSON: (compiled) => JSON.stringify(fileOf(compiled)),
  'indented JSON': (compiled) => JSON.stringify(fileOf(compiled), null, 2),
};

function fileOf(compiled: CompiledBaseline): unknown {
  const text = writeBaselineFile(
    [],
    compiled.baselines.map((baseline) => ({ comment: [], baseline })),
  );
  return { ...(parse(text) as object), limits: limitsData(compiled) };
}

/** Returns the end of a YAML file: a comment and the limits. If there are no limits, returns an empty text. */
function limitsText(compiled: CompiledBaseline): string {
  const limits = limitsData(compiled);
  return limits === undefined ? '' : `\n# permit:\n${stringify({ limits })}# the end\n`;
}

function limitsData(compiled: CompiledBaseline): unknown {
  return (parse(spelt(compiled, () => 0)) as Readonly<Record<string, unknown>>).limits;
}

it.each(Object.keys(styles))('replaces the rules of a random baseline file by the rules of another random file, in %s', (style) => {
  fc.assert(
    fc.property(compiledBaselines, compiledBaselines, fc.boolean(), (before, wanted, partly) => {
      const text = styles[style]?.(before) ?? '';
      const goals = before.baselines.map((baseline, i) => {
        const { ingress, egress = [] } = wanted.baselines[i % wanted.baselines.length] ?? baseline;
        return { baseline, goal: [...ingress, ...(baseline.egress === undefined ? [] : egress)].filter((_, j) => !partly || j % 2 === 0) };
      });
      const edits = goals.map(({ baseline, goal }): BaselineEdit => {
        const own = [...baseline.ingress, ...(baseline.egress ?? [])];
        return {
          name: baseline.name,
          undeclare: without(own, goal),
          declare: without(goal, own).map((rule) => ({ comment: [], rule })),
          unpermit: baseline.permit.flatMap(({ rules }) => rules),
        };
      });

      const result = edited(text, ...edits);
      const { baselines: after, limits } = compiledOf(result);

      expect(limits).toEqual(before.limits);
      if (style === 'YAML') expect(result.endsWith(limitsText(before))).toBe(true);
      expect(after.map(({ permit }) => permit)).toEqual(after.map(() => []));
      for (const { baseline, goal } of goals) {
        const edit = after.find(({ name }) => name === baseline.name);
        expect([...(edit?.ingress ?? []), ...(edit?.egress ?? [])].map(ruleKey).sort()).toEqual([...new Set(goal.map(ruleKey))].sort());
        expect({ ...edit, ingress: [], egress: [], permit: [] }).toEqual({ ...baseline, ingress: [], egress: [], permit: [] });
      }
    }),
    { numRuns: 50 },
  );
});

function without(rules: readonly Rule[], others: readonly Rule[]): Rule[] {
  const keys = new Set(others.map(ruleKey));
  return rules.filter((rule) => !keys.has(ruleKey(rule)));
}

it.each(Object.keys(styles))('adds new baselines at the end of a baseline file, in %s', (style) => {
  fc.assert(
    fc.property(compiledBaselines, (compiled) => {
      const [first, ...others] = compiled.baselines;
      if (first === undefined || others.length === 0) return;
      const text = styles[style]?.({ ...compiled, baselines: [first] }) ?? '';

      const result = editBaselineFile(
        text,
        [],
        others.map((baseline) => ({ comment: ['new'], baseline })),
      );

      expect(result.ok && compiledOf(result.text)).toEqual(compiled);
      if (style === 'YAML') expect(result.ok && result.text.endsWith(limitsText(compiled))).toBe(true);
    }),
    { numRuns: 50 },
  );
});

const LIMITS = `
# Nobody opens SSH to the world. Ask ana.
limits:
- {name: 'ssh',   groups: { all: true, except: { names: [bastion] } }, ingress: [{ services: [ssh], onlyFrom: {securityGroups: any} }]}
`;
const CLOSED = { comment: ['by ana'], baseline: baseOf(FILE, 'closed') };

it.each([
  ['nothing', `version: 1\nbaselines: []\n${LIMITS}`, 'baselines:\n'],
  ['a comment', `version: 1\nbaselines: [ ]   # none yet\n${LIMITS}`, 'baselines:   # none yet\n'],
])(
  'adds a baseline to a file that has only limits, with %s after `baselines: []`, and keeps every byte of the limits',
  (_what, text, line) => {
    const result = editBaselineFile(text, [], [CLOSED]);

    expect(result).toEqual({
      ok: true,
      text: `version: 1\n${line}  # by ana\n  - name: closed\n    groups: { ids: [ sg-0000000c ] }\n    ingress: []\n${LIMITS}`,
    });
    expect(result.ok && compiledOf(result.text).baselines.map(({ name }) => name)).toEqual(['closed']);
  },
);

it('adds a baseline to a JSON file that has only limits', () => {
  const limits = [{ name: 'ssh', groups: { ids: ['sg-abc12345'] }, ingress: [{ services: ['ssh'], onlyFrom: {} }] }];
  const result = editBaselineFile(JSON.stringify({ version: 1, baselines: [], limits }), [], [CLOSED]);

  expect(result.ok && compiledOf(result.text).baselines.map(({ name }) => name)).toEqual(['closed']);
});

it('writes a proposed permit at the end of the last baseline, above the limits', () => {
  const text = `version: 1\nbaselines:\n  - name: web\n    groups: { ids: [sg-abc12345] }\n    ingress: []\n`;

  const result = edited(text + LIMITS, { name: 'web', propose: [PROPOSAL] });

  expect(result).toBe(edited(text, { name: 'web', propose: [PROPOSAL] }) + LIMITS);
  expect(edited(result, { name: 'web', keepsProposed: () => false })).toBe(text + LIMITS);
});
