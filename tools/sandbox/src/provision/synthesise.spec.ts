import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stackDirectory, synthesise, writeSettings } from './synthesise.js';

jest.setTimeout(60_000);

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portcullis-synthesise-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const sandbox = { endpoint: 'http://127.0.0.1:5000', region: 'us-east-1' };

describe('the settings that are written', () => {
  it.each([
    {
      name: 'go to AWS without a sandbox',
      input: { baselineText: 'b' },
      settings: { regions: ['eu-west-1'], baseline: 'baseline.yaml' },
    },
    {
      name: 'go to the sandbox there is',
      input: { baselineText: 'b', sandbox },
      settings: { regions: ['us-east-1'], baseline: 'baseline.yaml', provider: { endpoint: sandbox.endpoint } },
    },
    {
      name: 'are outweighed by what else is asked for',
      input: { baselineText: 'b', sandbox, settings: { trail: 'existing', regions: ['eu-north-1'] } },
      settings: {
        regions: ['eu-north-1'],
        baseline: 'baseline.yaml',
        trail: 'existing',
        provider: { endpoint: sandbox.endpoint },
      },
    },
    {
      name: 'keep the endpoint beside a version of the provider',
      input: { baselineText: 'b', sandbox, settings: { provider: { version: '5.100.0' } } },
      settings: {
        regions: ['us-east-1'],
        baseline: 'baseline.yaml',
        provider: { endpoint: sandbox.endpoint, version: '5.100.0' },
      },
    },
  ])('$name', async ({ input, settings }) => {
    const file = await writeSettings(folder, input);

    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(settings);
    expect(await readFile(join(folder, 'baseline.yaml'), 'utf8')).toBe('b');
  });
});

describe('a synthesis', () => {
  it('of a baseline that cannot be used fails with every problem and its line', async () => {
    const baselineText = 'version: 1\nbaselines:\n  - name: web\n    groups: { ids: [web] }\n    modus: enforce\n';

    const failed = synthesise({ baselineText, outdir: join(folder, 'out') });

    await expect(failed).rejects.toThrow(/baseline\.yaml:4:\d+.*[^]*baseline\.yaml:5:\d+.*modus/);
  });

  it('of settings that cannot be used fails with what is wrong', async () => {
    const failed = synthesise({ baselineText: '', outdir: join(folder, 'out'), settings: { colour: 'red' } });

    await expect(failed).rejects.toThrow(/portcullis\.yaml:\d+:\d+.*colour/);
  });
});

describe('the folder of a stack', () => {
  it('is not found where nothing was synthesised', async () => {
    await expect(stackDirectory(folder)).rejects.toThrow('manifest.json');
  });
});
