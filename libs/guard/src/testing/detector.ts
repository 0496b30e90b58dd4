/** Runs the detector under test: the real handler and the real reader on a simulated EC2. */
import type { Baseline, Limit } from '@portcullis/baseline';
import type { Finding } from '@portcullis/finding';
import { baseline, compiled, liveRules, SimulatedEc2, type BaselineNotation } from '@portcullis/security-groups/testing';
import type { RestorationRequest } from '../runtime/restoration-request.js';
import type { TimeLimits } from '../runtime/time-limits.js';
import { createDetectorHandler, type DetectorSettings } from '../detect/handler.js';
import type { Measure, Ports } from '../detect/ports.js';
import { GROUP, REMEDIATOR_ROLE } from './records.js';
import { recordedReporting, type Reported } from './reported.js';

/** Returns a baseline that names the guarded group by id. */
export function guarding(ingress: readonly string[], rest: BaselineNotation = {}): Baseline {
  return baseline(ingress, { groups: { ids: [GROUP] }, ...rest });
}

export const AT_BASELINE = ['tcp 80 from 0.0.0.0/0', 'tcp 443 from 0.0.0.0/0'];
/** The baseline of most tests. */
export const web = guarding(AT_BASELINE);

/** Returns a simulated EC2 whose guarded group has these rules and tags. */
export function ec2With(rules: readonly string[], tags: Readonly<Record<string, string>> = {}): SimulatedEc2 {
  const ec2 = new SimulatedEc2([], GROUP);
  ec2.add(GROUP, liveRules(...rules), { tags });
  return ec2;
}

/** Returns a simulated EC2 in which every call about the guarded group fails. */
export function unreadable(fault: 'transient' | 'denied' = 'transient'): SimulatedEc2 {
  return ec2With([]).fail('', fault);
}

/** Returns a simulated EC2 in which the guarded group does not exist. */
export function withoutGroup(): SimulatedEc2 {
  return Object.assign(ec2With([]), { exists: false });
}

const NOW = new Date('2026-11-23T10:00:05.000Z');

export interface World {
  readonly declared?: readonly (Baseline | Limit)[];
  readonly settings?: DetectorSettings;
  /** Receives each request that the detector sends to the remediator. If absent, the detector has no remediator. */
  readonly wake?: (request: RestorationRequest) => void | Promise<void>;
  readonly now?: () => Date;
  /** Returns what is attached to a group. @default findings do not say what is attached */
  readonly behind?: Ports['behind'];
  /** @default every account is guarded */
  readonly isGuarded?: (accountId: string) => boolean;
  /** @default no time limit */
  readonly timeLeft?: TimeLimits['timeLeft'];
  /** Receives each batch of findings. */
  readonly emitted?: (findings: readonly Finding[]) => void;
}

export interface Detector extends Reported<Measure> {
  /** Resolves to the findings about one event. */
  readonly run: (event: unknown) => Promise<readonly Finding[]>;
}

export function detector(ec2: SimulatedEc2, world: World = {}): Detector {
  const { declared = [web], settings = { remediatorRoleArn: REMEDIATOR_ROLE }, wake, now = () => NOW } = world;
  const { isGuarded = () => true, timeLeft = () => Infinity, emitted, behind } = world;
  const { reporting, ...reported } = recordedReporting<Measure>(emitted);
  const handler = createDetectorHandler(compiled(...declared), settings, {
    securityGroupsOf: (accountId) => (isGuarded(accountId) ? ec2 : undefined),
    ...(behind && { behind }),
    reporting,
    now,
    ...(wake && { remediator: async (request: RestorationRequest) => wake(request) }),
  });
  return { ...reported, run: async (event) => (await handler(event, { timeLeft })).findings };
}

/**
 * Resolves to the findings about an event. @param group the guarded group's rules when the event arrives, or a simulated EC2 with the
 * group.
 */
export function findingsOf(
  event: unknown,
  group: readonly string[] | SimulatedEc2,
  ...declared: readonly (Baseline | Limit)[]
): Promise<readonly Finding[]> {
  return detector(group instanceof SimulatedEc2 ? group : ec2With(group), declared.length > 0 ? { declared } : {}).run(event);
}

/** A row of a test table: title, expected finding, event, group, and declared baselines and limits. */
export type Case = [name: string, expected: string, ...given: Parameters<typeof findingsOf>];

/**
 * Tests that the event leads to exactly one finding. `expected` is the finding's kind and severity, such as `drift, critical`. The summary
 * can follow, as in `drift, critical: tcp/22 from 0.0.0.0/0 must be revoked`. If the summary ends with `…`, the test compares only the text
 * before `…`.
 */
export async function isFound(_: string, expected: string, ...given: Parameters<typeof findingsOf>): Promise<void> {
  const findings = await findingsOf(...given);

  const words = findings.map(({ kind, severity, summary }) => {
    const told = expected.includes(': ') ? `${kind}, ${severity}: ${summary}` : `${kind}, ${severity}`;
    return expected.endsWith('…') ? `${told.slice(0, expected.length - 1)}…` : told;
  });
  expect(words).toEqual([expected]);
}
