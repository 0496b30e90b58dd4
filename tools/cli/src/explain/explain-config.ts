/**
 * Explains what the remediator would do about an event of AWS Config. Runs the remediator's own handler, but changes groups only in memory.
 */
import type { CompiledBaseline } from '@portcullis/baseline';
import type { Finding } from '@portcullis/finding';
import { createRemediatorHandler, parseRemediatorEvent, RetryableError } from '@portcullis/guard/restore';
import type { SecurityGroupReader } from '@portcullis/security-groups';
import { currentUtcDay } from '../command-line/io.js';
import { explainGroupWrites } from './dry-run-groups.js';
import { explainLimitsOfGroup } from './limit-steps.js';
import { explainEventProblems, Steps, type Explanation } from './steps.js';
import { explainGroupReads } from './traced-groups.js';
import { offlineEc2Reader } from '../aws/refusing-ec2-reader.js';
import { explainNotAskedFinding, explainNotAskedCode, configItemReaderToExplain } from './offline-groups.js';

/** @param groups the reader of EC2; `undefined` if EC2 must not be called */
export async function explainConfigEvent(
  event: unknown,
  compiled: CompiledBaseline,
  groups: SecurityGroupReader | undefined,
  now: () => Date,
): Promise<Explanation> {
  const steps = new Steps();
  const parsed = parseRemediatorEvent(event);
  steps.add(...explainEventTrigger(parsed));
  const recorded = groups === undefined ? configItemReaderToExplain(event) : undefined;
  if (recorded !== undefined) steps.add('EC2 is not called: the rules of the group are read from the configuration item in the event');
  const findings: Finding[] = [];
  const traced = explainGroupReads(groups ?? recorded ?? offlineEc2Reader(), steps);
  if (parsed.ok && parsed.value.trigger.kind === 'group') {
    const { trigger, accountId } = parsed.value;
    await explainLimitsOfGroup({ id: trigger.group.id, accountId }, compiled, traced, steps, currentUtcDay({ now }));
  }
  const securityGroups = explainGroupWrites(traced.reader, steps);
  const handle = createRemediatorHandler(
    compiled,
    { reportRestored: 'COMPLIANT', maxRevocations: undefined },
    {
      accountPorts: () => ({
        securityGroups,
        evaluations: {
          put: (evaluations) => {
            for (const { resourceId, compliance, annotation } of evaluations)
              steps.add(`the remediator would report ${resourceId} to AWS Config as ${compliance}: ${explainNotAskedCode(annotation)}`);
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
          if (level === 'info' || level === 'warn') steps.add(`the remediator would log: ${explainNotAskedCode(message)}`);
        },
        verbose: () => undefined,
      },
      approvals: {
        start: () => {
          steps.add('the remediator would wait for an approval, unless the group already waits for one');
          return Promise.resolve({ words: 'waits for approval', outlook: 'the group is restored after an approval', retry: false });
        },
        cancel: () => {
          steps.add('if the group waits for an approval, the remediator would end the wait');
          return Promise.resolve(undefined);
        },
      },
      now,
      wait: () => Promise.resolve(),
    },
  );
  try {
    await handle(event);
  } catch (error) {
    if (!(error instanceof RetryableError)) throw error;
    steps.add('the remediator would fail, and Lambda would retry');
  }
  const reported = findings.map(({ kind, severity }) => `${kind}, ${severity}`).join('; ');
  steps.add(findings.length === 0 ? 'the remediator would report no finding' : `the remediator would report a finding: ${reported}`);
  const basis = groups === undefined ? { basis: 'event' as const } : {};
  return { steps: steps.list, findings: findings.map((finding) => ({ ...explainNotAskedFinding(finding), ...basis })), rehearsed: true };
}

function explainEventTrigger(parsed: ReturnType<typeof parseRemediatorEvent>): string[] {
  if (!parsed.ok) return explainEventProblems(parsed.problems);
  const { trigger, source, messageType } = parsed.value;
  const what = `the event is ${source === 'config' ? "AWS Config's" : "the detector's"} ${messageType}`;
  switch (trigger.kind) {
    case 'group':
      return [`${what}: the remediator checks the group ${trigger.group.id}`];
    case 'schedule':
      return [`${what}: the remediator checks every guarded group`];
    case 'not-applicable':
      return [`${what} of ${trigger.resourceId}: the remediator does not check this resource: ${trigger.reason}`];
    case 'nothing':
      return [`${what}: the remediator checks nothing: ${trigger.reason}`];
  }
}
