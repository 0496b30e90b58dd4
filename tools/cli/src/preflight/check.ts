/** One thing that a preflight checked, and the outcome. */
import type { AccountRegion } from '../aws/account-region.js';
import { awsErrorWords, isDenied } from '../aws/error-words.js';
import { Interrupted } from '../program/failure.js';

/**
 * - `fails`: AWS refuses the deployment, or the deployment does not work.
 * - `risk`: the deployment works, but something will not be as expected.
 * - `costs`: the deployment works, but costs more than necessary.
 * - `unchecked`: AWS did not answer.
 */
export const CHECK_OUTCOMES = ['fails', 'risk', 'costs', 'unchecked', 'ok'] as const;
export type CheckOutcome = (typeof CHECK_OUTCOMES)[number];

export type CheckTopic = 'recorder' | 'trail' | 'concurrency' | 'config rules' | 'groups' | 'rules' | 'other owners';

export interface Check {
  readonly about: CheckTopic;
  readonly outcome: CheckOutcome;
  /** What was found, in one line without a full stop. */
  readonly what: string;
  /** Why it matters. Absent if the outcome is `ok`. */
  readonly why?: string;
  /** The setting or the command that fixes it. Absent if the outcome is `ok`. */
  readonly fix?: string;
}

/** AWS did not answer a call. `cause` is the SDK's error. */
class Unanswered extends Error {
  override readonly name = 'Unanswered';

  constructor(
    /** The action as a policy names it, e.g. `config:DescribeConfigRules`. */
    readonly action: string,
    options: ErrorOptions,
  ) {
    super(action, options);
  }
}

/** Awaits a call. If the call fails, the error has the call's name in a policy, to name a missing permission. */
export async function answered<T>(action: string, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw new Unanswered(action, { cause: error });
  }
}

/** Returns all items of all pages. */
export async function allOf<Page, Item>(
  action: string,
  pages: AsyncIterable<Page>,
  itemsOf: (page: Page) => readonly Item[] | undefined,
): Promise<Item[]> {
  const read = async (): Promise<Item[]> => {
    const items: Item[] = [];
    for await (const page of pages) items.push(...(itemsOf(page) ?? []));
    return items;
  };
  return answered(action, read());
}

/** Returns the checks. A call that AWS did not answer becomes a check itself. */
export async function checked(
  about: CheckTopic,
  accountRegion: Pick<AccountRegion, 'region' | 'profile'>,
  signal: AbortSignal,
  check: () => Promise<readonly Check[]>,
): Promise<readonly Check[]> {
  try {
    return await check();
  } catch (error) {
    if (signal.aborted) throw new Interrupted('interrupted', { cause: error });
    if (!(error instanceof Unanswered)) throw error;
    const { action, cause } = error;
    const [problem, why, fix] = isDenied(cause)
      ? [`needs ${action}`, 'the credentials may not call it', `a policy that allows \`${action}\``]
      : [`${action} failed`, awsErrorWords(cause, accountRegion, action), 'run it again, or look it up in the console'];
    return [{ about, outcome: 'unchecked', what: `${about} could not be checked: ${problem}`, why, fix }];
  }
}
