import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import { parseCompiledBaseline } from '@portcullis/baseline';
import { synthesise, type Synthesis } from './synthesise.js';
import { readTemplate } from '../testing/template.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'infra-'));
  for (const name of ['deep', 'r', 'd']) mkdirSync(join(folder, name));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function write(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

const baseline = 'version: 1\nbaselines:\n  - { name: web, groups: { ids: [sg-00000001] }, ingress: [] }\n';
const settings = 'regions: [eu-west-1]\nbaseline: ../baseline.yaml\n';

function run(bundles: Partial<Record<'remediator' | 'detector', string>> = {}): Synthesis {
  return synthesise({
    settingsFile: join(folder, 'deep', 'settings.yaml'),
    bundles: { remediator: join(folder, 'r', 'main.mjs'), detector: join(folder, 'd', 'main.mjs'), ...bundles },
    outdir: join(folder, 'new', 'out'),
  });
}

it('finds the baseline beside the settings file and sends it along with each bundle', () => {
  write('deep/settings.yaml', settings);
  write('baseline.yaml', baseline);
  write('r/main.mjs', 'remediator');
  write('d/main.mjs', 'detector');
  write('d/sns-sink.mjs', 'a part of the detector');

  const result = run();

  expect(result).toMatchObject({
    ok: true,
    files: [join(folder, 'new', 'out', 'stacks', 'portcullis-eu-west-1', 'cdk.tf.json')],
  });
  const template = readTemplate(readFileSync(join(folder, 'new', 'out', 'stacks', 'portcullis-eu-west-1', 'cdk.tf.json'), 'utf8'));
  for (const [name, bundle] of [
    ['config-remediator', 'remediator'],
    ['cloudtrail-detector', 'detector'],
  ] as const) {
    const { filename } = template.resource('aws_lambda_function', `${name}_function`);
    const files = unzipSync(readFileSync(join(folder, 'new', 'out', 'stacks', 'portcullis-eu-west-1', String(filename))));
    expect(strFromU8(files['main.mjs'] ?? new Uint8Array())).toBe(bundle);
    expect(parseCompiledBaseline(strFromU8(files['baseline.json'] ?? new Uint8Array())).baselines[0]?.groups.ids).toEqual(['sg-00000001']);
    expect(Object.keys(files).includes('sns-sink.mjs')).toBe(bundle === 'detector');
  }
});

describe('a trail that is made', () => {
  const notesOf = (more: string): unknown => {
    write('deep/settings.yaml', `regions: [eu-west-1, us-east-1]\nbaseline: ../baseline.yaml\n${more}`);
    write('baseline.yaml', baseline);
    write('r/main.mjs', 'remediator');
    write('d/main.mjs', 'detector');
    const result = run();
    return result.ok ? result.notes : result.problems;
  };
  const organization = 'accountId: "111122223333"\norganization: { id: o-exampleorgid, members: ["444455556666"] }\n';

  it('is said to be a second copy of management events if there is one, with the price and the way out, once', () => {
    expect(notesOf('')).toEqual([
      "`trail: create` makes a trail in the account. If there is one already (an organization's, Control Tower's), this is a second copy of management events, at $2.00 for 100,000 events (https://aws.amazon.com/cloudtrail/pricing/): write `trail: existing`; `trailEvents: write` leaves out the reads",
    ]);
    expect(notesOf(organization)).toEqual([expect.stringContaining('makes a trail in each of 2 accounts. ')]);
    expect(notesOf('trailEvents: write\n')).toEqual([expect.stringMatching(/: write `trail: existing`$/)]);
  });

  it('and nothing is said if none is made', () => {
    expect(notesOf('trail: existing\n')).toEqual([]);
  });
});

it('sends the list of members along with each bundle, and none where there is no organization', () => {
  const organization = 'organization: { id: o-exampleorgid, members: ["777788889999", "444455556666"] }';
  write('baseline.yaml', baseline);
  write('r/main.mjs', 'remediator');
  write('d/main.mjs', 'detector');
  const lists = (text: string): (string | undefined)[] => {
    write('deep/settings.yaml', text);
    const result = run();
    if (!result.ok) throw new Error(result.problems.join('\n'));
    const [file = ''] = result.files;
    return readTemplate(readFileSync(file, 'utf8'))
      .resources('aws_lambda_function')
      .map(({ filename }) => unzipSync(readFileSync(join(dirname(file), String(filename))))['members.json'])
      .map((list) => list && strFromU8(list));
  };

  const sorted = '["444455556666","777788889999"]';
  expect(lists(`${settings}accountId: "111122223333"\n${organization}\n`)).toEqual([sorted, sorted]);
  expect(lists(settings)).toEqual([undefined, undefined]);
});

describe('a permit that ends', () => {
  const notesOf = (more = ''): unknown => {
    write('deep/settings.yaml', `regions: [eu-west-1, us-east-1]\nbaseline: ../baseline.yaml\ntrail: existing\n${more}`);
    const permission = '{ IpProtocol: tcp, FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: 10.0.0.0/8 }] }';
    write('baseline.yaml', `${baseline.replace(' }\n', '')}, permit: [{ permission: ${permission}, until: 2027-01-31 }] }\n`);
    write('r/main.mjs', 'remediator');
    write('d/main.mjs', 'detector');
    const result = run();
    return result.ok ? result.notes : result.problems;
  };

  it('is said to have every group evaluated once a day, once for all regions', () => {
    expect(notesOf()).toEqual([
      expect.stringMatching(
        /baseline\.yaml: a permit ends \(`until`\), so AWS Config evaluates every guarded group once a day, and what it permitted is revoked within a day of its end; `schedule` in the settings sets another pace$/,
      ),
    ]);
  });

  it('and nothing is said if the settings have a schedule', () => {
    expect(notesOf('schedule: One_Hour\n')).toEqual([]);
  });
});

it('reports a settings file that is not there', () => {
  expect(run()).toEqual({
    ok: false,
    problems: [expect.stringMatching(/deep\/settings\.yaml: cannot be read: ENOENT: no such file or directory/)],
  });
});

it('reports every problem of the settings with its line', () => {
  write('deep/settings.yaml', `${settings}memory: 1\nrecorder: no\n`);

  expect(run()).toEqual({
    ok: false,
    problems: [expect.stringMatching(/settings\.yaml:3:9: .*memory/), expect.stringMatching(/settings\.yaml:4:11: .*recorder/)],
  });
});

it('reports every problem of the baseline with its line, and the bundles that are missing besides', () => {
  write('deep/settings.yaml', settings);
  write('baseline.yaml', baseline.replace('ingress: []', 'ingres: []').replace('name: web', 'name: 7'));
  write('d/main.mjs', 'detector');

  const result = run();
  const problems = result.ok ? [] : result.problems;

  expect(problems.filter((problem) => /baseline\.yaml:3:\d+: /.test(problem)).length).toBeGreaterThan(1);
  expect(problems.at(-1)).toMatch(/r\/main\.mjs does not exist: build it first with `npx nx run-many -t build`$/);
});

it('names the file of a baseline that selects by a tag whose key IAM takes for a policy variable', () => {
  write('deep/settings.yaml', settings);
  write('baseline.yaml', baseline.replace(/ids: \[[^\]]*\]/, "tags: { '${aws:username}': x }"));
  write('r/main.mjs', 'remediator');
  write('d/main.mjs', 'detector');

  expect(run()).toEqual({
    ok: false,
    problems: [expect.stringMatching(/baseline\.yaml: the baseline `web` selects by the tag `\$\{aws:username\}`, and IAM takes/)],
  });
});

it('reports a baseline that is not there', () => {
  write('deep/settings.yaml', settings);

  expect(run()).toMatchObject({
    ok: false,
    problems: [
      expect.stringMatching(/baseline\.yaml: cannot be read: ENOENT: no such file or directory/),
      expect.anything(),
      expect.anything(),
    ],
  });
});
