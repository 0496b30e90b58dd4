import type { AccountRegion } from '../aws/account-region.js';
import type { RegionToGuard } from '../files/load-settings.js';

/** One region of the settings, and the account that they are to be deployed into. */
export interface RegionToCheck extends RegionToGuard {
  readonly place: AccountRegion;
  /** 12 digits: of the credentials. */
  readonly accountId: string;
  /** The region that the trail is made in, where the settings say `trail: create`; it covers all of them. */
  readonly trailIn: string | undefined;
  readonly signal: AbortSignal;
  /** Told how far a check is that takes long. */
  readonly progress: (text: string) => void;
}
