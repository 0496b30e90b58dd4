import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthesise } from '../provision/synthesise.js';
import { oldestProvider } from './accepted-provider.js';
import { overridesFor } from './overrides.js';
import { formatVersion } from './version.js';

describe('a stack that is deployed with another provider', () => {
  it.each([[[6, 25, 0] as const], [[6, 26, 1] as const]])(
    'is deployed as it is with %p, which it accepts',
    (provider) => {
      expect(overridesFor(provider, [6, 25, 0])).toEqual({ settings: {}, reasons: [] });
    },
  );

  it('has its constraint overridden, and says so', () => {
    expect(overridesFor([6, 24, 1], [6, 25, 0])).toEqual({
      settings: { provider: { version: '6.24.1' } },
      reasons: ['the stack accepts provider 6.25.0 or later, the mirror holds 6.24.1: constraint overridden'],
    });
  });

  it.each([
    { provider: [6, 19, 0] as const, runtime: undefined },
    { provider: [6, 18, 9] as const, runtime: 'nodejs22.x' },
    { provider: [5, 100, 0] as const, runtime: 'nodejs22.x' },
  ])('has the runtime $runtime with provider $provider', ({ provider, runtime }) => {
    const { settings, reasons } = overridesFor(provider, [6, 25, 0]);

    expect(settings.runtime).toBe(runtime);
    expect(reasons.some((reason) => reason.includes('nodejs22.x'))).toBe(runtime !== undefined);
  });
});

it('the oldest provider that the sandbox looks for is the oldest that a synthesised stack accepts', async () => {
  const outdir = await mkdtemp(join(tmpdir(), 'portcullis-provider-'));
  try {
    const baselineText = 'version: 1\nbaselines: [{ name: web, groups: { ids: [sg-00000001] }, ingress: [] }]\n';
    const stack = await readFile(join(await synthesise({ baselineText, outdir }), 'cdk.tf.json'), 'utf8');

    expect(JSON.parse(stack)).toHaveProperty(
      'terraform.required_providers.aws.version',
      `>= ${formatVersion(oldestProvider)}, < ${oldestProvider[0] + 1}.0.0`,
    );
  } finally {
    await rm(outdir, { recursive: true, force: true });
  }
}, 60_000);
