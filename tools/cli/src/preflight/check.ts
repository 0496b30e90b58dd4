/** Types and functions that all preflight checks use for their results and for their calls to AWS. */
import type { AccountRegion } from '../aws/account-region.js';
import { awsErrorWords, isAccessDenied } from '../aws/error-words.js';
import type { GuardedRegion } from '../files/load-settings.js';
import { Interrupted } from '../command-line/failure.js';
import type { FoundGroup } from './selected-groups.js';

/**
 * - `fails`: AWS would refuse the deployment, or the deployed guard would not work.
 * - `risk`: the deployment would work, but not as expected.
 * - `costs`: the deployment would work, but cost more than necessary.
 * - `unchecked`: the check is incomplete, because one of its calls to AWS failed.
 */
export const CHECK_OUTCOMES = ['fails', 'risk', 'costs', 'unchecked', 'ok'] as const;
export type CheckOutcome = (typeof CHECK_OUTCOMES)[number];

export interface CheckResult {
  readonly outcome: CheckOutcome;
  /** What the check found, in one line without a full stop. */
  readonly what: string;
  /** Why the finding is a problem. Absent if the outcome is `ok`. */
  readonly why?: string;
  /** The setting to change or the command to run. Absent if the outcome is `ok`. */
  readonly fix?: string;
}

export function preflightOk(what: string): CheckResult {
  return { outcome: 'ok', what };
}

export function preflightFails(what: string, why: string, fix: string): CheckResult {
  return { outcome: 'fails', what, why, fix };
}

export function preflightRisk(what: string, why: string, fix: string): CheckResult {
  return { outcome: 'risk', what, why, fix };
}

/** One region of the settings, in the account that the credentials belong to. */
export interface RegionToCheck extends GuardedRegion {
  readonly accountRegion: AccountRegion;
  /** The account that the credentials belong to: 12 digits. */
  readonly accountId: string;
  /** The region where `trail: create` creates the trail for all regions; `undefined` with `trail: existing`. */
  readonly trailRegion: string | undefined;
  /** The groups that a baseline or a limit selects, including groups of other accounts. An error if the groups could not be read. */
  readonly groups: readonly FoundGroup[] | CheckCallError;
  /** Whether to search CloudTrail's event history for users and roles that change the guarded groups. */
  readonly history: boolean;
  readonly signal: AbortSignal;
  readonly progress: (text: string) => void;
}

/** Checks one topic in one region. Returns an empty list if the topic does not apply to the region. */
export type Check = (region: RegionToCheck, regions: readonly RegionToCheck[]) => Promise<CheckResult | readonly CheckResult[]>;

/** The error of a check whose call to AWS failed. `cause` is the SDK's error. */
export class CheckCallError extends Error {
  override readonly name = 'CheckCallError';

  constructor(
    /** The IAM action of the call, e.g. `config:DescribeConfigRules`. */
    readonly action: string,
    options: ErrorOptions,
  ) {
    super(action, options);
  }
}

/**
 * Awaits a call to AWS.
 *
 * @throws {CheckCallError} if the call fails
 */
export async function awaitPreflightCall<T>(action: string, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw new CheckCallError(action, { cause: error });
  }
}

/** Returns the items of all pages. @throws {CheckCallError} */
export async function readAllPreflightPages<Page, Item>(
  action: string,
  pages: AsyncIterable<Page>,
  itemsOf: (page: Page) => readonly Item[] | undefined,
): Promise<Item[]> {
  const items: Item[] = [];
  const read = async (): Promise<void> => {
    for await (const page of pages) items.push(...(itemsOf(page) ?? []));
  };
  await awaitPreflightCall(action, read());
  return items;
}

/**
 * Runs a check, and returns its results. If one of the check's calls to AWS fails, returns a result with the outcome `unchecked`. @throws
 * {Interrupted}
 */
export async function runPreflightCheck(
  check: Check,
  topic: string,
  region: RegionToCheck,
  regions: readonly RegionToCheck[],
): Promise<readonly CheckResult[]> {
  try {
    return [await check(region, regions)].flat();
  } catch (error) {
    if (region.signal.aborted) throw new Interrupted('interrupted', { cause: error });
    if (!(error instanceof CheckCallError)) throw error;
    const { action, cause } = error;
    const [problem, why, fix] = isAccessDenied(cause)
      ? [`needs ${action}`, `the credentials are not allowed to call ${action}`, `attach a policy that allows \`${action}\``]
      : [`${action} failed`, awsErrorWords(cause, region.accountRegion, action), 'run `preflight` again, or check it in the AWS console'];
    return [{ outcome: 'unchecked', what: `${topic} could not be checked: ${problem}`, why, fix }];
  }
}
