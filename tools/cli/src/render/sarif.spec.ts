import { baseline, liveRules } from '@portcullis/security-groups/testing';
import { stateOf, type GroupState } from '../audit/group-state.js';
import { planSarif } from './sarif.js';

const text = `version: 1
baselines:
  - name: other
    groups: { ids: [sg-00000001] }
    ingress: []
  - name: web
    groups: { ids: [sg-00000002] }
    ingress: []
`;
const place = { accountId: '111122223333', region: 'eu-west-1' };
const group = { id: 'sg-00000002', name: 'web', vpcId: 'vpc-1' };
const drifted = stateOf(
  group,
  baseline(['tcp 443 from 0.0.0.0/0']),
  liveRules('tcp 22 from 0.0.0.0/0', 'tcp 8080 from 10.0.0.0/8'),
  '2026-11-23',
);
const logOf = (...states: GroupState[]) => planSarif(states, place, { fileName: 'infra/base line.yaml', text }, '1.2.3');

it('has a result for each rule, at the baseline of the group in its file', () => {
  const [run] = logOf(drifted).runs;

  expect(run?.results?.map(({ ruleId, level, message }) => [ruleId, level, message.text])).toEqual([
    [
      'undeclared-rule-critical',
      'error',
      'sg-00000002 (web) in vpc-1, eu-west-1, account 111122223333: ingress tcp/22 from 0.0.0.0/0 is not declared by `web`; the group lets through: SSH (tcp/22) from anybody on IPv4 (0.0.0.0/0), HTTP (tcp/8080) from 10.0.0.0/8',
    ],
    ['undeclared-rule-medium', 'warning', expect.stringContaining('tcp/8080 from 10.0.0.0/8 is not declared by `web`')],
    [
      'missing-rule',
      'warning',
      'sg-00000002 (web) in vpc-1, eu-west-1, account 111122223333: ingress tcp/443 from 0.0.0.0/0 is declared by `web` and not there',
    ],
  ]);
  expect(run?.results?.[0]?.locations).toEqual([
    {
      physicalLocation: {
        artifactLocation: { uri: 'infra/base%20line.yaml' },
        region: { startLine: 6, startColumn: 11 },
      },
    },
  ]);
});

it('makes no link and no placeholder of a name: brackets, braces and backslashes are escaped', () => {
  const hostile = { ...drifted, group: { ...group, name: String.raw`[a](https://example.com) {0} \\` } };

  expect(logOf(hostile).runs[0]?.results?.[0]?.message.text).toContain(String.raw`(\[a\](https://example.com) {{0}} \\\\) in vpc-1`);
});

it('has only rules that it describes, and every result has one', () => {
  const states: GroupState[] = [
    drifted,
    { kind: 'ambiguous', group, baselines: ['other', 'web'] },
    { kind: 'absent', group, baseline: 'other' },
    { kind: 'unread', group, baseline: 'web', reason: 'no' },
    { kind: 'at-baseline', group, baseline: 'web' },
  ];

  const [run] = logOf(...states).runs;
  const described = run?.tool.driver.rules?.map(({ id }) => id) ?? [];

  for (const { ruleId } of run?.results ?? []) expect(described).toContain(ruleId);
  expect(run?.results).toHaveLength(6);
  expect(described).toHaveLength(new Set(described).size);
});

it('describes each rule with all that GitHub requires, and says which version found it', () => {
  const driver = logOf(drifted).runs[0]?.tool.driver;

  expect(driver).toMatchObject({ name: 'portcullis', version: '1.2.3' });
  for (const { shortDescription, fullDescription, help } of driver?.rules ?? [])
    for (const told of [shortDescription, fullDescription, help]) expect(told?.text).toMatch(/^[A-Z].{10,}/);
});

it('gives a result the same fingerprint from run to run, and no other one', () => {
  const prints = (...states: GroupState[]): (string | undefined)[] =>
    logOf(...states).runs[0]?.results?.map(({ partialFingerprints }) => partialFingerprints?.['portcullis/v1']) ?? [];
  const others = stateOf({ ...group, id: 'sg-00000001' }, baseline([]), liveRules('tcp 22 from 0.0.0.0/0'), '2026-11-23');

  const all = prints(drifted, others);

  expect(new Set(all).size).toBe(4);
  expect(all).toEqual(expect.arrayContaining(prints(drifted)));
});

it('tells an undeclared rule the same whatever else drifted, so that its alert stays one', () => {
  const alone = stateOf(
    group,
    baseline(['tcp 443 from 0.0.0.0/0', 'tcp 8080 from 10.0.0.0/8']),
    liveRules('tcp 22 from 0.0.0.0/0', 'tcp 443 from 0.0.0.0/0', 'tcp 8080 from 10.0.0.0/8'),
    '2026-11-23',
  );

  const print = (state: GroupState) => logOf(state).runs[0]?.results?.[0]?.partialFingerprints;

  expect(print(alone)).toEqual(print(drifted));
});

it('ranks what is bad only together as bad for each', () => {
  const halves = stateOf(
    group,
    baseline([]),
    liveRules(...Array.from({ length: 16 }, (_, i) => `tcp 22 from ${16 + i}.0.0.0/8`)),
    '2026-11-23',
  );

  expect(new Set(logOf(halves).runs[0]?.results?.map(({ ruleId }) => ruleId))).toEqual(new Set(['undeclared-rule-critical']));
});
