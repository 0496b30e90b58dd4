import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import { parseCompiledBaseline } from '@portcullis/baseline';
import { readTemplate } from '../testing/template.js';
import { synthesise } from './synthesise.js';

const BASELINE = 'version: 1\nbaselines:\n  - { name: web, groups: { ids: [sg-00000001] }, ingress: [] }\n';
const SETTINGS = 'regions: [eu-west-1]\nbaseline: ../baseline.yaml\n';
const ORGANIZATION = 'accountId: "111122223333"\norganization: { id: o-exampleorgid, members: ["777788889999", "444455556666"] }\n';
const FILES = {
  'deep/settings.yaml': SETTINGS,
  'baseline.yaml': BASELINE,
  'r/main.mjs': 'remediator',
  'd/main.mjs': 'detector',
  'd/sns-sink.mjs': 'a module of the detector',
  'd/main.mjs.map': 'a source map',
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'infra-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Synthesises the valid files in `FILES`, some of which `files` replaces. A file whose value is `undefined` does not exist. */
function run(files: Partial<Record<keyof typeof FILES, string | undefined>> = {}) {
  const all: Readonly<Record<string, string | undefined>> = { ...FILES, ...files };
  for (const [name, text] of Object.entries(all)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    if (text !== undefined) writeFileSync(join(folder, name), text);
  }
  return synthesise({
    settingsFile: join(folder, 'deep', 'settings.yaml'),
    bundles: { remediator: join(folder, 'r', 'main.mjs'), detector: join(folder, 'd', 'main.mjs') },
    outdir: join(folder, 'new', 'out'),
  });
}

/** Returns the names of the files in each function's zip, keyed by function name. */
function packagesOf(files: Parameters<typeof run>[0] = {}) {
  const result = run(files);
  if (!result.ok) throw new Error(result.problems.join('\n'));
  const [stack = ''] = result.files;
  const functions = readTemplate(readFileSync(stack, 'utf8')).resources('aws_lambda_function');
  return functions.map(({ filename }) => {
    const zip = unzipSync(readFileSync(join(dirname(stack), String(filename))));
    return Object.fromEntries(Object.entries(zip).map(([name, content]) => [name, strFromU8(content)]));
  });
}

it("the zip of a function contains its bundle, the modules in the bundle's folder, and the baseline", () => {
  const [detector, remediator] = packagesOf();

  expect(run()).toMatchObject({ ok: true, files: [join(folder, 'new/out/stacks/portcullis-eu-west-1/cdk.tf.json')] });
  expect([detector?.['main.mjs'], remediator?.['main.mjs']]).toEqual(['detector', 'remediator']);
  expect(Object.keys(detector ?? {})).toEqual(['baseline.json', 'main.mjs', 'sns-sink.mjs']);
  expect(Object.keys(remediator ?? {})).toEqual(['baseline.json', 'main.mjs']);
  for (const each of [detector, remediator])
    expect(parseCompiledBaseline(each?.['baseline.json'] ?? '').baselines[0]?.groups.ids).toEqual(['sg-00000001']);
});

it('in an organization, the zip of each function contains the list of members', () => {
  const listsOf = (settings: string) => packagesOf({ 'deep/settings.yaml': settings }).map((each) => each['members.json']);

  const sorted = '["444455556666","777788889999"]';
  expect(listsOf(`${SETTINGS}${ORGANIZATION}`)).toEqual([sorted, sorted]);
  expect(listsOf(SETTINGS)).toEqual([undefined, undefined]);
});

it('if every account of an organization is guarded, the zip of each function contains only the list of excluded accounts', () => {
  const organization = 'organization: { id: o-exampleorgid, excludedAccounts: ["777788889999", "444455556666"]';
  const listsOf = (more: string) =>
    packagesOf({ 'deep/settings.yaml': `${SETTINGS}accountId: "111122223333"\n${organization}, ${more} }\n` }).map(
      (each) => each['members.json'],
    );

  const except = '{"except":["444455556666","777788889999"]}';
  expect(listsOf('members: all')).toEqual([except, except]);
  expect(listsOf('stackSet: { organizationalUnits: [r-ab12] }')).toEqual([except, except]);
});

describe('a note', () => {
  const permission = '{ IpProtocol: tcp, FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: 10.0.0.0/8 }] }';
  const ending = `${BASELINE.replace(' }\n', '')}, permit: [{ permission: ${permission}, until: 2027-01-31 }] }\n`;
  const regions = SETTINGS.replace('[eu-west-1]', '[eu-west-1, us-east-1]');

  it.each([
    [
      'says once that a created trail may be a second trail, with its price and how to avoid it',
      '',
      BASELINE,
      [/creates a trail in the account\. .*\$2\.00.*: write `trail: existing`, or `trailEvents: write` to omit read events$/],
    ],
    ['says in how many accounts Terraform creates a trail', ORGANIZATION, BASELINE, [/creates a trail in each of 3 accounts\. /]],
    ['does not recommend a setting that is already set', 'trailEvents: write\n', BASELINE, [/: write `trail: existing`$/]],
    ['about a trail is not printed if no trail is created', 'trail: existing\n', BASELINE, []],
    [
      'says once that a permit with a last day makes evaluations daily',
      'trail: existing\n',
      ending,
      [/baseline\.yaml: a permit has a last day \(`until`\), so AWS Config evaluates every guarded group once a day/],
    ],
    [
      'says once which baselines let the whole world reach a service',
      'trail: existing\n',
      BASELINE.replace(/ingress: \[.*\]/, `ingress: [${permission.replace('10.0.0.0/8', '0.0.0.0/0')}]`),
      [
        /^WARNING: .*baseline\.yaml: the guard leaves these services open to the internet, because a baseline allows them: `.*`: SSH \(tcp\/22\)$/,
      ],
    ],
    [
      'says once for each file what its limits let the remediator change, and what AWS Config evaluates',
      'trail: existing\n',
      'version: 1\nbaselines: []\nlimits:\n  - { name: no-ssh, groups: { all: true }, mode: enforce, ingress: [{ services: [ssh], onlyFrom: {} }] }\n',
      [
        /baseline\.yaml: the limit `no-ssh` lets the remediator revoke ingress rules of every security group of the account and region$/,
        /baseline\.yaml: IAM cannot check ports and addresses/,
        /baseline\.yaml: the limit `no-ssh` covers groups that are not listed by id/,
      ],
    ],
    ['about a permit with a last day is not printed if the settings have a schedule', 'trail: existing\nschedule: One_Hour\n', ending, []],
  ])('a note %s', (_, settings, baseline, notes) => {
    expect(run({ 'deep/settings.yaml': `${regions}${settings}`, 'baseline.yaml': baseline })).toMatchObject({
      ok: true,
      notes: notes.map((note) => expect.stringMatching(note) as string),
    });
  });
});

it.each<[what: string, files: Parameters<typeof run>[0], problems: readonly RegExp[]]>([
  ['a missing settings file', { 'deep/settings.yaml': undefined }, [/deep\/settings\.yaml: cannot be read: ENOENT/]],
  ['a missing baseline', { 'baseline.yaml': undefined }, [/baseline\.yaml: cannot be read: ENOENT/]],
  [
    'every problem of the settings, with its line',
    { 'deep/settings.yaml': `${SETTINGS}memory: 1\nrecorder: no\n` },
    [/settings\.yaml:3:9: .*memory/, /settings\.yaml:4:11: .*recorder/],
  ],
  [
    'every problem of the baseline with its line, and missing bundles',
    { 'baseline.yaml': BASELINE.replace('ingress: []', 'ingres: []').replace('name: web', 'name: 7'), 'r/main.mjs': undefined },
    [/baseline\.yaml:3:\d+: /, /baseline\.yaml:3:\d+: /, /r\/main\.mjs does not exist: build it first with `npx nx run-many -t build`$/],
  ],
  [
    'a tag key that IAM reads as a policy variable, with the file of its baseline',
    { 'baseline.yaml': BASELINE.replace(/ids: \[[^\]]*\]/, "tags: { '${aws:username}': x }") },
    [/baseline\.yaml: the baseline `web` selects by the tag `\$\{aws:username\}`, but IAM reads/],
  ],
])('synthesis reports %s', (_, files, problems) => {
  expect(run(files)).toEqual({ ok: false, problems: problems.map((problem) => expect.stringMatching(problem) as string) });
});
