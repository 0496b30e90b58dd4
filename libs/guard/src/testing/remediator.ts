/** The remediator under test: the real handler and the real adapters, on a simulated EC2 and AWS Config. */
import type { Baseline } from '@portcullis/baseline';
import type { Finding, LogLevel } from '@portcullis/finding';
import { baseline, compiled, type SimulatedEc2 } from '@portcullis/security-groups/testing';
import { configEvaluations } from '../restore/config-evaluations.js';
import { createHandler, RetryableError, type Outcome } from '../restore/handler.js';
import type { Measure } from '../restore/ports.js';
import type { EvaluationSettings } from '../restore/evaluate.js';
import { changeEvent, configurationOf } from './config-events.js';
import { SimulatedConfig } from './simulated-config.js';

/** The declared rules of the reference scenario. */
export const AT_BASELINE = ['tcp 80 from 0.0.0.0/0', 'tcp 443 from 0.0.0.0/0'];
export const web = baseline(AT_BASELINE);
/** The same rules in the simulated EC2's words. */
export const WEB = ['tcp/443 from 0.0.0.0/0', 'tcp/80 from 0.0.0.0/0'];

export interface World {
  readonly declared?: readonly Baseline[];
  readonly settings?: Partial<EvaluationSettings>;
  readonly config?: SimulatedConfig;
  readonly timeLeft?: () => number;
  readonly now?: Date;
  /** @default every account is guarded */
  readonly isGuarded?: (accountId: string | null) => boolean;
}

export interface Remediator {
  readonly config: SimulatedConfig;
  /** The findings that the sinks received. */
  readonly findings: Finding[];
  readonly logged: { readonly level: LogLevel; readonly message: string; readonly details: Details }[];
  readonly measured: Partial<Record<Measure, number>>;
  /** The length of each pause, in milliseconds. */
  readonly waits: number[];
  readonly isVerbose: () => boolean;
  /** @default a change of `sg-1` whose item holds the live rules */
  readonly run: (event?: unknown) => Promise<Outcome>;
  /** Runs like `run`, and resolves to whether Lambda retries the event. */
  readonly ended: (event?: unknown) => Promise<'resolved' | 'retried'>;
}

type Details = Readonly<Record<string, unknown>>;

export function remediator(ec2: SimulatedEc2, world: World = {}): Remediator {
  const { declared = [web], settings = {}, config = new SimulatedConfig(), timeLeft = () => Infinity } = world;
  const { now = new Date('2026-11-23T10:02:00.000Z'), isGuarded = () => true } = world;
  const findings: Finding[] = [];
  const logged: Remediator['logged'] = [];
  const measured: Partial<Record<Measure, number>> = {};
  const waits: number[] = [];
  let verbose = false;
  const handler = createHandler(
    compiled(...declared),
    { reportRestored: 'COMPLIANT', maxRevocations: undefined, ...settings },
    {
      accountPorts: (accountId) =>
        isGuarded(accountId) ? { securityGroups: ec2, evaluations: configEvaluations(config.client) } : undefined,
      reporting: {
        findings: (told) => {
          findings.push(...told);
          return Promise.resolve();
        },
        measure: (name, value) => {
          measured[name] = (measured[name] ?? 0) + value;
        },
        log: (level, message, details = {}) => {
          logged.push({ level, message, details });
        },
        verbose: () => {
          verbose = true;
        },
      },
      now: () => now,
      wait: (milliseconds) => {
        waits.push(milliseconds);
        return Promise.resolve();
      },
    },
  );
  const run: Remediator['run'] = (event = changeEvent({ configuration: configurationOf(ec2.rules) })) => handler(event, { timeLeft });
  return {
    config,
    findings,
    logged,
    measured,
    waits,
    isVerbose: () => verbose,
    run,
    ended: async (event) => {
      try {
        await run(event);
        return 'resolved';
      } catch (error) {
        if (error instanceof RetryableError) return 'retried';
        throw error;
      }
    },
  };
}
