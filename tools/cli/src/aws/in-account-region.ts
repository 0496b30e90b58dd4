import { Failure, Interrupted } from '../command-line/failure.js';
import type { Io } from '../command-line/io.js';
import type { AccountRegion, AccountRegionOptions } from './account-region.js';
import { awsErrorWords } from './error-words.js';

/**
 * Opens an account and region, and calls `run` with the opened account and region.
 *
 * @throws {Failure} with the reason, if AWS refuses a call or does not answer.
 * @throws {Interrupted} if the signal is aborted.
 */
export async function inAccountRegion<T>(
  options: AccountRegionOptions,
  { openAccountRegion, signal }: Pick<Io, 'openAccountRegion' | 'signal'>,
  run: (accountRegion: AccountRegion) => Promise<T>,
): Promise<T> {
  let where: Pick<AccountRegion, 'region' | 'profile'> = { region: options.region ?? 'the default region', profile: options.profile };
  try {
    const accountRegion = await openAccountRegion(options, signal);
    where = accountRegion;
    return await run(accountRegion);
  } catch (error) {
    if (error instanceof Failure || error instanceof Interrupted) throw error;
    if (signal.aborted) throw new Interrupted('interrupted', { cause: error });
    throw new Failure(awsErrorWords(error, where), { cause: error });
  }
}
