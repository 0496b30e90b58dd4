/** What the remediator would make of AWS Config's event: its own handler, with a memory in the place of EC2's. */
import { createHandler, parseEvent, RetryableError } from '@portcullis/guard/restore';
import type { CompiledBaseline } from '@portcullis/baseline';
import type { Finding } from '@portcullis/finding';
import type { SecurityGroupReader } from '@portcullis/security-groups';
import type { Explained } from './explained.js';
import { problemSteps } from './problem-steps.js';
import { rehearsedGroups } from './rehearsed-groups.js';
import { Steps } from './steps.js';
import { recordedGroup } from './recorded-group.js';
import { findingInPlainWords, inPlainWords, tracedGroups, unasked } from './traced-groups.js';

export interface ExplainConfigOptions {
  /** Absent where EC2 is not to be asked. */
  readonly groups: SecurityGroupReader | undefined;
  readonly now: () => Date;
}

export async function explainConfig(event: unknown, compiled: CompiledBaseline, { groups, now }: ExplainConfigOptions): Promise<Explained> {
  const steps = new Steps();
  for (const step of eventSteps(event)) steps.add(step);
  const recorded = groups === undefined ? recordedGroup(event) : undefined;
  if (recorded !== undefined)
    steps.add('EC2 is not asked: the group is judged as the item in the event has it, and as if nobody had changed it since');
  const findings: Finding[] = [];
  const handle = createHandler(
    compiled,
    { reportRestored: 'COMPLIANT', maxRevocations: undefined },
    {
      accountPorts: () => ({
        securityGroups: rehearsedGroups(tracedGroups(groups ?? recorded ?? unasked(), steps).reader, steps),
        evaluations: {
          put: (evaluations) => {
            for (const { resourceId, compliance, annotation } of evaluations)
              steps.add(`it would report ${resourceId} to AWS Config as ${compliance}: ${inPlainWords(annotation)}`);
            return Promise.resolve();
          },
        },
      }),
      reporting: {
        findings: (found) => {
          findings.push(...found);
          return Promise.resolve();
        },
        measure: () => undefined,
        log: (level, message) => {
          if (level === 'info' || level === 'warn') steps.add(`it would say: ${inPlainWords(message)}`);
        },
        verbose: () => undefined,
      },
      now,
      wait: () => Promise.resolve(),
    },
  );
  try {
    await handle(event);
  } catch (error) {
    if (!(error instanceof RetryableError)) throw error;
    steps.add('it would fail, so that Lambda tries the same again');
  }
  steps.add(
    findings.length === 0
      ? 'it would tell nothing'
      : `it would tell this as ${findings.map(({ kind, severity }) => `${kind}, ${severity}`).join('; ')}`,
  );
  const basis = groups === undefined ? { basis: 'event' as const } : {};
  return {
    steps: steps.list,
    findings: findings.map((each) => ({ ...findingInPlainWords(each), ...basis })),
    rehearsed: true,
  };
}

function eventSteps(event: unknown): string[] {
  const parsed = parseEvent(event);
  if (!parsed.ok) return problemSteps(parsed.problems);
  const { trigger, source, messageType } = parsed.value;
  const whose = source === 'config' ? "AWS Config's" : "the detector's";
  const what = `the event is ${whose} ${messageType}`;
  switch (trigger.kind) {
    case 'group':
      return [`${what}: it only says which group to look at, ${trigger.group.id}`];
    case 'schedule':
      return [`${what}: every guarded group is looked at`];
    case 'not-applicable':
      return [`${what} of ${trigger.resourceId}, which is not judged: ${trigger.reason}`];
    case 'nothing':
      return [`${what}: nothing is looked at: ${trigger.reason}`];
  }
}
