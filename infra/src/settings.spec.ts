import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSettings } from './settings.js';

const minimal = 'region: eu-west-1\nbaseline: baseline.yaml\n';

const problemsOf = (text: string): readonly string[] => {
  const result = readSettings(text);
  return result.ok
    ? []
    : result.problems.map(
        ({ line, column, path, text: found, message }) => `${line}:${column} ${path} ${message} ${found}`,
      );
};

it('needs a region and a baseline; all else has a value that works', () => {
  expect(readSettings(minimal)).toEqual({
    ok: true,
    value: {
      name: 'portcullis',
      region: 'eu-west-1',
      baseline: 'baseline.yaml',
      recorder: 'create',
      trail: 'create',
      runtime: 'nodejs24.x',
      architecture: 'arm64',
      memory: 256,
      logRetentionDays: 90,
      reportRestored: 'COMPLIANT',
      tags: {},
    },
  });
});

describe('the example', () => {
  const example = readFileSync(join(__dirname, '..', 'portcullis.yaml'), 'utf8');

  it('can be used as it is', () => {
    expect(problemsOf(example)).toEqual([]);
  });

  it('explains every key, and no key that is not there', () => {
    const withEverything = example.replace(/^# ((?: {2}\w|[a-z])\w*:.*)$/gm, '$1');
    const result = readSettings(withEverything);
    const keys = (
      readSettings('nothing: of the kind') as { problems: { code: string; expected: string }[] }
    ).problems.find(({ code }) => code === 'unknown-key')?.expected;

    expect(problemsOf(withEverything)).toEqual([]);
    expect(Object.keys(result.ok ? result.value : {}).sort()).toEqual(
      [...(keys ?? '').matchAll(/`(\w+)`/g)].map(([, key]) => key).sort(),
    );
  });
});

it('reports every problem at once, each where it is written', () => {
  const result = readSettings(`name: Portcullis
region: eu-west
memroy: 512
tags:
  aws:team: platform
  CostCenter: 1234
state: { bucket: states, lock: true }
provider:
  version: "5"
`);

  expect(result).toMatchObject({
    ok: false,
    problems: [
      { code: 'missing', path: 'baseline', line: 1, text: '', message: 'this is missing' },
      { code: 'wrong-value', path: 'name', line: 1, column: 7, text: '"Portcullis"' },
      {
        code: 'wrong-value',
        path: 'region',
        line: 2,
        text: '"eu-west"',
        expected: expect.stringContaining('`eu-west-1`'),
      },
      {
        code: 'unknown-key',
        path: 'memroy',
        line: 3,
        column: 1,
        text: 'memroy',
        expected: expect.stringContaining('`memory`'),
      },
      {
        code: 'wrong-value',
        path: 'tags.aws:team',
        line: 5,
        expected: expect.stringContaining('not starting with `aws:`'),
      },
      {
        code: 'wrong-value',
        path: 'tags.CostCenter',
        line: 6,
        text: '1234',
        expected: expect.stringContaining('in quotes if it is a number'),
      },
      { code: 'missing', path: 'state.region', line: 7, column: 8 },
      { code: 'unknown-key', path: 'state.lock', line: 7, column: 26, expected: expect.stringContaining('`locking`') },
      { code: 'wrong-value', path: 'provider.version', line: 9, column: 12, text: '"5"' },
    ],
  });
});

it.each([
  ['an account id YAML took for a number', 'accountId: 111122223333', 'accountId', 'in quotes'],
  ['a name too long for the bucket made with it', `name: ${'a'.repeat(29)}`, 'name', 'at most 28'],
  ['a name with a double hyphen', 'name: a--b', 'name', 'single hyphens'],
  ['a runtime that is not Node.js', 'runtime: python3.12', 'runtime', '`nodejs20.x`'],
  ['a runtime that cannot run the bundle', 'runtime: nodejs18.x', 'runtime', '`nodejs20.x`'],
  ['a retention CloudWatch Logs refuses', 'logRetentionDays: 100', 'logRetentionDays', '`90`, `120`'],
  ['keeping logs for ever', 'logRetentionDays: 0', 'logRetentionDays', '`1`'],
  ['memory in gigabytes', 'memory: 1GB', 'memory', 'whole MB'],
  ['memory below what Lambda has', 'memory: 64', 'memory', '128'],
  ['a schedule in words of ours', 'schedule: daily', 'schedule', '`TwentyFour_Hours`'],
  ['a recorder that is neither', 'recorder: none', 'recorder', '`create`, `existing`'],
  ['an expression that Terraform would run', 'tags: { Team: "${file(\'/etc/passwd\')}" }', 'tags.Team', 'without `${`'],
  [
    'an endpoint that is no address',
    'provider: { endpoint: localhost }',
    'provider.endpoint',
    '`http://127.0.0.1:5000`',
  ],
])('refuses %s, and says what would be right', (_, line, path, expected) => {
  expect(readSettings(`${minimal}${line}\n`)).toMatchObject({
    ok: false,
    problems: [{ code: 'wrong-value', path, line: 3, expected: expect.stringContaining(expected) }],
  });
});

it.each([
  ['text that is not YAML', 'region: [eu-west-1\nbaseline: x', 'yaml-'],
  ['a key written twice', `${minimal}region: eu-west-2`, 'yaml-duplicate-key'],
  ['two documents', `${minimal}---\n${minimal}`, 'yaml-multiple-docs'],
])('refuses %s', (_, text, code) => {
  expect(readSettings(text)).toMatchObject({ ok: false, problems: [{ code: expect.stringContaining(code) }] });
});

it.each(['', '# only a comment', '- a list', 'text'])('refuses a file that is no mapping: `%s`', (text) => {
  expect(readSettings(text)).toMatchObject({
    ok: false,
    problems: [{ path: '', line: 1, expected: expect.stringMatching(/^a mapping with/) }],
  });
});
