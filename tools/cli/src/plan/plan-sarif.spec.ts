import { baseline, liveRules } from '@portcullis/security-groups/testing';
import type { Result } from 'sarif';
import type { GroupState } from './group-state.js';
import { stateOfBaseline } from '../testing/states.js';
import { planSarif } from './plan-sarif.js';

const text = `version: 1
baselines:
  - name: other
    groups: { ids: [sg-00000001] }
    ingress: []
  - name: web
    groups: { ids: [sg-00000002] }
    ingress: []
`;
const group = { id: 'sg-00000002', name: 'web', vpcId: 'vpc-1' };
const stateWith = (declared: string[], live: string[], id = group.id): GroupState =>
  stateOfBaseline({ ...group, id }, baseline(declared), liveRules(...live));
const drifted = stateWith(['tcp 443 from 0.0.0.0/0'], ['tcp 22 from 0.0.0.0/0', 'tcp 8080 from 10.0.0.0/8']);

const runOf = (...states: GroupState[]) =>
  planSarif([{ accountId: '111122223333', region: 'eu-west-1', states }], { fileName: 'infra/base line.yaml', text }, '1.2.3').runs[0];
const resultsOf = (...states: GroupState[]): Result[] => runOf(...states)?.results ?? [];
const fingerprints = (...states: GroupState[]) =>
  resultsOf(...states).map(({ partialFingerprints }) => partialFingerprints?.['portcullis/v1']);

it("planSarif returns a result for each drifted rule, and the result points at the group's baseline in the file", () => {
  const what = 'sg-00000002 (web) in vpc-1, eu-west-1, account 111122223333: ingress';

  expect(resultsOf(drifted).map(({ ruleId, level, message }) => [ruleId, level, message.text])).toEqual([
    [
      'undeclared-rule-critical',
      'error',
      `${what} tcp/22 from 0.0.0.0/0 is not declared by \`web\`; the group has: SSH open to the whole internet (not declared), HTTP (tcp/8080) open to 10.0.0.0/8 (not declared)`,
    ],
    ['undeclared-rule-medium', 'warning', expect.stringContaining('tcp/8080 from 10.0.0.0/8 is not declared by `web`')],
    ['missing-rule', 'warning', `${what} tcp/443 from 0.0.0.0/0 is declared by \`web\` and not there`],
  ]);
  expect(resultsOf(drifted)[0]?.locations).toEqual([
    { physicalLocation: { artifactLocation: { uri: 'infra/base%20line.yaml' }, region: { startLine: 6, startColumn: 11 } } },
  ]);
});

it('planSarif escapes text in group names that SARIF would read as a link or a placeholder', () => {
  const hostile = { ...drifted, group: { ...group, name: String.raw`[a](https://example.com) {0} \\` } };

  expect(resultsOf(hostile)[0]?.message.text).toContain(String.raw`(\[a\](https://example.com) {{0}} \\\\) in vpc-1`);
});

it('planSarif returns the texts that GitHub requires for the SARIF rule of every result', () => {
  const notJudged = (['ambiguous', 'absent', 'unread'] as const).map((kind): GroupState => ({
    kind,
    group,
    baselines: ['web'],
    reason: 'no',
  }));
  const run = runOf(drifted, ...notJudged, { kind: 'at-baseline', group, baseline: 'web' });
  const rules = run?.tool.driver.rules ?? [];

  expect(run?.tool.driver).toMatchObject({ name: 'portcullis', version: '1.2.3' });
  expect(run?.results).toHaveLength(6);
  for (const { ruleId } of run?.results ?? []) expect(rules.filter(({ id }) => id === ruleId)).toHaveLength(1);
  for (const { shortDescription, fullDescription, help } of rules)
    for (const each of [shortDescription, fullDescription, help]) expect(each?.text).toMatch(/^[A-Z].{10,}/);
});

it('planSarif gives every result a unique fingerprint, which stays the same if other rules drift', () => {
  const other = stateWith([], ['tcp 22 from 0.0.0.0/0'], 'sg-00000001');
  const alone = stateWith(
    ['tcp 443 from 0.0.0.0/0', 'tcp 8080 from 10.0.0.0/8'],
    ['tcp 22 from 0.0.0.0/0', 'tcp 443 from 0.0.0.0/0', 'tcp 8080 from 10.0.0.0/8'],
  );

  expect(new Set(fingerprints(drifted, other)).size).toBe(4);
  expect(fingerprints(drifted, other)).toEqual(expect.arrayContaining(fingerprints(drifted)));
  expect(fingerprints(alone)[0]).toBe(fingerprints(drifted)[0]);
});

it('planSarif reports every undeclared rule of a group as critical if the rules are critical only together', () => {
  const halves = stateWith(
    [],
    Array.from({ length: 16 }, (_, i) => `tcp 22 from ${16 + i}.0.0.0/8`),
  );

  expect(new Set(resultsOf(halves).map(({ ruleId }) => ruleId))).toEqual(new Set(['undeclared-rule-critical']));
});
