/**
 * Whether the remediator is to be woken for a finding. It cannot recurse: a call of the remediator's own role wakes nobody, so each wake is
 * owed to a call of somebody else, and there are no more wakes than such calls. And two owners do not fight at the speed of machines: a
 * group that is changed again and again is left to the pace of AWS Config.
 */
import type { Baseline } from '@portcullis/baseline';
import type { ApiCall } from '@portcullis/cloudtrail';
import { OUTLOOK, type FindingWake } from '@portcullis/finding';
import type { Verdict } from './decide.js';
import type { Remediator } from './ports.js';

export interface Awakening {
  readonly wake?: FindingWake;
  /** What is going to restore the group, or that nothing is. */
  readonly outlook?: string;
}

export interface Drifted {
  readonly verdict: Verdict;
  readonly call: ApiCall;
  readonly baseline: Baseline;
  readonly group: { readonly id: string; readonly name: string | null; readonly vpcId: string | null };
  readonly byRemediator: boolean;
}

export interface WakerOptions {
  /** Absent: nobody is woken. */
  readonly remediator: Remediator | undefined;
  /** Whether there is a remediator at all, which restores the group once AWS Config has recorded the change. */
  readonly isRestored: boolean;
  readonly now: () => Date;
  /** Told of a remediator that could not be woken. */
  readonly failed: (error: unknown, groupId: string) => void;
}

/** Some calls belong together, as those of one command do: they count as one change. Milliseconds. */
const TOGETHER = 15_000;

/** How many times in how many milliseconds a group may be restored at once. */
const MOST = 3;
const WITHIN = 10 * 60_000;

/** What is known is known to one instance of the function; Lambda gives events that come one after the other to the same as a rule. */
export class Waker {
  private readonly wakes = new Map<string, Wakes>();

  constructor(private readonly options: WakerOptions) {}

  /** Wakes the remediator where that is right, and returns what to expect. Never rejects. */
  async consider(drifted: Drifted): Promise<Awakening> {
    const { verdict, baseline, call, group, byRemediator } = drifted;
    const { remediator, isRestored } = this.options;
    // Of a group that is gone nothing is restored.
    if (
      verdict.kind !== 'drift' ||
      (verdict.authorize.length + verdict.revoke.length === 0 && verdict.egress === undefined)
    )
      return {};
    if (baseline.mode === 'report') return { outlook: OUTLOOK.reportOnly };
    if (!isRestored) return {};
    if (remediator === undefined || byRemediator) return { outlook: OUTLOOK.byConfig };
    const wakes = this.wakesOf(group.id);
    if (wakes.rounds.length > MOST) return withheld(call);
    try {
      const { eventId, eventName, eventTime, accountId, region } = call;
      const cause = { eventId, eventName, eventTime, accountId, region };
      await remediator.restore({ portcullis: 'restore', version: 1, group, cause });
      return { wake: { outcome: 'sent', otherOwner: null }, outlook: OUTLOOK.woken };
    } catch (error) {
      this.options.failed(error, group.id);
      return { wake: { outcome: 'failed', otherOwner: null }, outlook: OUTLOOK.byConfig };
    }
  }

  /** Counts the change. */
  private wakesOf(groupId: string): Wakes {
    const now = this.options.now().getTime();
    for (const [id, { rounds }] of this.wakes) if ((rounds.at(-1) ?? 0) <= now - WITHIN) this.wakes.delete(id);
    const rounds = (this.wakes.get(groupId)?.rounds ?? []).filter((start) => start > now - WITHIN);
    const last = rounds.at(-1);
    const wakes = { rounds: last !== undefined && now - last < TOGETHER ? rounds : [...rounds, now] };
    this.wakes.set(groupId, wakes);
    return wakes;
  }
}

interface Wakes {
  /** When each of the changes began that were not over for long: epoch milliseconds, ascending. */
  readonly rounds: readonly number[];
}

function withheld({ actor }: ApiCall): Awakening {
  const otherOwner = actor.issuerArn ?? actor.arn ?? actor.userName;
  const by = otherOwner ?? 'somebody';
  return {
    wake: { outcome: 'withheld', otherOwner },
    outlook: `restored ${MOST} times within ${WITHIN / 60_000} minutes and changed again by ${by}: it is left to the pace of AWS Config`,
  };
}
