import { bindings } from './bindings.js';
import { overridesFor } from './overrides.js';

describe('a stack that is deployed with another provider', () => {
  it('is deployed as it is with the one it wants', () => {
    expect(overridesFor([6, 25, 0], [6, 25, 0])).toEqual({ settings: {}, reasons: [] });
  });

  it('has its constraint overridden, and says so', () => {
    expect(overridesFor([6, 30, 1], [6, 25, 0])).toEqual({
      settings: { provider: { version: '6.30.1' } },
      reasons: ['the bindings want provider 6.25.0, the mirror holds 6.30.1: constraint overridden'],
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

describe('the bindings', () => {
  it('say which provider they were generated from', async () => {
    const { version } = await bindings();

    expect(version[0]).toBeGreaterThanOrEqual(6);
  });
});
