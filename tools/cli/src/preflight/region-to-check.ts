import type { AccountRegion } from '../aws/account-region.js';
import type { GuardedRegion } from '../files/load-settings.js';

/** One region of the settings, in the account that the credentials belong to. */
export interface RegionToCheck extends GuardedRegion {
  readonly accountRegion: AccountRegion;
  /** The account that the credentials belong to: 12 digits. */
  readonly accountId: string;
  /** The region where `trail: create` creates the trail, which covers all regions; `undefined` with `trail: existing`. */
  readonly trailRegion: string | undefined;
  readonly signal: AbortSignal;
  /** Shows how far a long check has got. */
  readonly progress: (text: string) => void;
}
