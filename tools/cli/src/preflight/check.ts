/** One thing that a preflight looked at, and what came of it. */
import type { AccountRegion } from '../aws/account-region.js';
import { isDenied, awsErrorWords } from '../aws/error-words.js';
import { Interrupted } from '../program/failure.js';

/**
 * - `fails`: the deployment is refused, or does not work.
 * - `risk`: it works, and something about it will not be as expected.
 * - `costs`: it works, and costs more than it must.
 * - `unchecked`: AWS did not say.
 */
export const OUTCOMES = ['fails', 'risk', 'costs', 'unchecked', 'ok'] as const;
export type Outcome = (typeof OUTCOMES)[number];

export interface Check {
  readonly about: 'recorder' | 'trail' | 'concurrency' | 'config rules' | 'groups' | 'rules' | 'other owners';
  readonly outcome: Outcome;
  /** What there is, in one line without a final stop. */
  readonly what: string;
  /** Why it matters. Absent if it is `ok`. */
  readonly why?: string;
  /** The setting or the command that fixes it. Absent if it is `ok`. */
  readonly fix?: string;
}

/** AWS did not answer a call. `cause` is the SDK's error. */
class Unanswered extends Error {
  override readonly name = 'Unanswered';

  constructor(
    /** As a policy names it: `config:DescribeConfigRules`. */
    readonly action: string,
    options: ErrorOptions,
  ) {
    super(action, options);
  }
}

/** Awaits a call of which the policy's name is known, so that a missing permission can be named. */
export async function answered<T>(action: string, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw new Unanswered(action, { cause: error });
  }
}

/** Returns what the checks found; what AWS did not answer is one of them, and no reason to know nothing of the rest. */
export async function checked(
  about: Check['about'],
  place: Pick<AccountRegion, 'region' | 'profile'>,
  signal: AbortSignal,
  look: () => Promise<readonly Check[]>,
): Promise<readonly Check[]> {
  try {
    return await look();
  } catch (error) {
    if (signal.aborted) throw new Interrupted('interrupted', { cause: error });
    if (!(error instanceof Unanswered)) throw error;
    const unchecked = { about, outcome: 'unchecked' } as const;
    if (isDenied(error.cause))
      return [
        {
          ...unchecked,
          what: `${about} could not be checked: needs ${error.action}`,
          why: 'the credentials may not ask',
          fix: `a policy that allows \`${error.action}\``,
        },
      ];
    return [
      {
        ...unchecked,
        what: `${about} could not be checked: ${error.action} failed`,
        why: awsErrorWords(error.cause, place, error.action),
        fix: 'run it again, or look it up in the console',
      },
    ];
  }
}
