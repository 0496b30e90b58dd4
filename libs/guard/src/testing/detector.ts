/** The detector in a world of its own: the real handler and the real reader, on a simulated EC2. */
import type { CompiledBaseline } from '@portcullis/baseline';
import type { TimeLimits } from '../runtime/time-limits.js';
import type { Finding, LogLevel } from '@portcullis/finding';
import type { RestorationRequest } from '../runtime/restoration-request.js';
import { baseline, SimulatedEc2, type liveRules, compiled } from '@portcullis/security-groups/testing';
import { createHandler, type DetectorSettings } from '../detect/handler.js';
import type { Measure } from '../detect/ports.js';
import { GROUP, REMEDIATOR_ROLE } from './records.js';

/** What the reference scenario declares. */
export const web = baseline(['tcp 80 from 0.0.0.0/0', 'tcp 443 from 0.0.0.0/0'], { groups: { ids: [GROUP] } });
export const AT_BASELINE = ['tcp 80 from 0.0.0.0/0', 'tcp 443 from 0.0.0.0/0'];

/** EC2 with the guarded group. */
export function ec2With(rules: ReturnType<typeof liveRules>): SimulatedEc2 {
  return new SimulatedEc2(rules, GROUP);
}

const NOW = new Date('2026-11-23T10:00:05.000Z');

export interface World {
  readonly declared?: CompiledBaseline;
  readonly settings?: DetectorSettings;
  /** Called with each request to wake the remediator; absent, nobody can be woken. */
  readonly wake?: (request: RestorationRequest) => void | Promise<void>;
  readonly now?: () => Date;
  /** @default every account is guarded */
  readonly isGuarded?: (accountId: string) => boolean;
  /** By default there is no end. */
  readonly timeLeft?: TimeLimits['timeLeft'];
  /** Called with the findings that leave together. */
  readonly emitted?: (findings: readonly Finding[]) => void;
}

export interface Detector {
  /** What the sinks were given. */
  readonly findings: Finding[];
  readonly logged: { readonly level: LogLevel; readonly message: string }[];
  readonly measured: Partial<Record<Measure, number>>;
  /** Resolves to the findings of this one event. */
  readonly run: (event: unknown) => Promise<readonly Finding[]>;
}

export function detector(ec2: SimulatedEc2, world: World = {}): Detector {
  const { declared = compiled(web), settings = { remediatorRoleArn: REMEDIATOR_ROLE }, wake, now = () => NOW } = world;
  const { isGuarded = () => true } = world;
  const { timeLeft = () => Infinity, emitted } = world;
  const findings: Finding[] = [];
  const logged: Detector['logged'] = [];
  const measured: Partial<Record<Measure, number>> = {};
  const handler = createHandler(declared, settings, {
    securityGroupsOf: (accountId) => (isGuarded(accountId) ? ec2 : undefined),
    reporting: {
      findings: (told) => {
        findings.push(...told);
        emitted?.(told);
        return Promise.resolve();
      },
      measure: (name, value) => {
        measured[name] = (measured[name] ?? 0) + value;
      },
      log: (level, message) => {
        logged.push({ level, message });
      },
      verbose: () => undefined,
    },
    now,
    ...(wake && {
      remediator: {
        restore: async (request: RestorationRequest) => {
          await wake(request);
        },
      },
    }),
  });
  return { findings, logged, measured, run: async (event) => (await handler(event, { timeLeft })).findings };
}
