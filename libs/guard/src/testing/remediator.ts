/** Runs the remediator under test: the real handler and the real adapters on a simulated EC2 and a simulated AWS Config. */
import type { Baseline, Limit } from '@portcullis/baseline';
import { baseline, compiled, liveRules, SimulatedEc2 } from '@portcullis/security-groups/testing';
import { configEvaluations } from '../restore/config-evaluations.js';
import { openApprovals } from '../restore/approvals.js';
import { createRemediatorHandler, RetryableError, type RemediatorOutcome } from '../restore/handler.js';
import type { Approvals, Measure } from '../restore/ports.js';
import type { EvaluationSettings } from '../restore/evaluate-trigger.js';
import { changeEvent, configurationOf } from './config-events.js';
import { recordedReporting, type Reported } from './reported.js';
import { SimulatedConfig } from './simulated-config.js';

/** The declared rules of the baseline that most tests use. */
export const AT_BASELINE = ['tcp 80 from 0.0.0.0/0', 'tcp 443 from 0.0.0.0/0'];
export const web = baseline(AT_BASELINE);
/** The rules of `AT_BASELINE` in the notation of `SimulatedEc2.state`. */
export const WEB = ['tcp/443 from 0.0.0.0/0', 'tcp/80 from 0.0.0.0/0'];

export interface World {
  readonly declared?: readonly (Baseline | Limit)[];
  readonly settings?: Partial<EvaluationSettings>;
  readonly config?: SimulatedConfig;
  readonly timeLeft?: () => number;
  readonly now?: Date;
  /** @default a deployment without the mode `approve` */
  readonly approvals?: Approvals;
  /** @default every account is guarded */
  readonly isGuarded?: (accountId: string | null) => boolean;
}

export interface Remediator extends Reported<Measure> {
  readonly config: SimulatedConfig;
  /** Collects the length of each pause of the remediator, in milliseconds. */
  readonly waits: number[];
  /** Handles an event. @default a change of `sg-1`, with the live rules in the configuration item */
  readonly run: (event?: unknown) => Promise<RemediatorOutcome>;
}

/** Returns a simulated EC2 whose group `sg-1` has these rules. */
export function ec2With(...rules: readonly string[]): SimulatedEc2 {
  return new SimulatedEc2(liveRules(...rules));
}

export function remediator(ec2: SimulatedEc2, world: World = {}): Remediator {
  const { declared = [web], settings = {}, config = new SimulatedConfig(), timeLeft = () => Infinity } = world;
  const { now = new Date('2026-11-23T10:02:00.000Z'), isGuarded = () => true } = world;
  const { reporting, ...reported } = recordedReporting<Measure>();
  const waits: number[] = [];
  const handler = createRemediatorHandler(
    compiled(...declared),
    { reportRestored: 'COMPLIANT', maxRevocations: undefined, ...settings },
    {
      accountPorts: (accountId) =>
        isGuarded(accountId) ? { securityGroups: ec2, evaluations: configEvaluations(config.client) } : undefined,
      reporting,
      approvals: world.approvals ?? openApprovals({}),
      now: () => now,
      wait: (milliseconds) => {
        waits.push(milliseconds);
        return Promise.resolve();
      },
    },
  );
  return {
    ...reported,
    config,
    waits,
    run: (event = changeEvent({ configuration: configurationOf(ec2.rules) })) => handler(event, { timeLeft }),
  };
}

export interface Ended extends Remediator {
  readonly results: RemediatorOutcome['results'];
  /** Whether Lambda retries the event. */
  readonly how: 'resolved' | 'retried';
  /** The rules of `sg-1` after the run. */
  readonly state: readonly string[];
  readonly calls: readonly string[];
  /** The first word of each EC2 call, such as `read` or `authorize`. */
  readonly words: readonly string[];
  readonly kept: SimulatedConfig['kept'];
  /** The last annotation that AWS Config stored. */
  readonly annotation: string | undefined;
}

/** Runs the remediator once, and returns everything that a test can observe afterwards. */
export async function outcomeOf(ec2: SimulatedEc2, world: World = {}, event?: unknown): Promise<Ended> {
  const guard = remediator(ec2, world);
  let results: RemediatorOutcome['results'] = [];
  const how = await guard.run(event).then(
    (outcome) => {
      results = outcome.results;
      return 'resolved' as const;
    },
    (error: unknown) => {
      if (error instanceof RetryableError) return 'retried' as const;
      throw error;
    },
  );
  const { kept } = guard.config;
  const { state, calls, words } = ec2;
  return { ...guard, results, how, state, calls, words, kept, annotation: kept.at(-1)?.annotation };
}
