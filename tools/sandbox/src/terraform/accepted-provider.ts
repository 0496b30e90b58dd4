import { compareVersions, type Version } from './version.js';

/** The oldest AWS provider that a synthesised stack accepts, unless its settings name one: `useProvider` in infra/src/guard-stack.ts. */
export const oldestProvider: Version = [6, 40, 0];

/** Reports whether a provider is of the same major version as the oldest that is accepted, and not older. */
export const isAccepted = (provider: Version, oldest: Version): boolean =>
  provider[0] === oldest[0] && compareVersions(provider, oldest) >= 0;
